import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { mapConcurrent } from '../../src/util/map-concurrent.js'

const items = [5, 1, 4, 2, 3]

describe('mapConcurrent', () => {
  test.each([1, 2, 3, 99])('gives results in order with %i at a time', async (limit) => {
    let running = 0
    let most = 0
    const results = await mapConcurrent(items, limit, async (x, i) => {
      most = Math.max(most, ++running)
      await sleep(x)
      running--
      return `${i}:${x}`
    })
    expect(results).toEqual(['0:5', '1:1', '2:4', '3:2', '4:3'])
    expect(most).toBe(Math.min(limit, items.length))
  })

  test('of nothing is nothing', async () => {
    expect(await mapConcurrent([], 3, async () => 1)).toEqual([])
  })

  test('rejects with the first error, starts nothing more, and leaves nothing running', async () => {
    const started: number[] = []
    let ended = 0
    const error = new Error('third')
    const run = mapConcurrent(items, 2, async (x, i, signal) => {
      started.push(i)
      if (i === 1) throw error
      await sleep(20, undefined, { signal }).catch(() => undefined)
      ended++
      return x
    })
    await expect(run).rejects.toBe(error)
    expect(started).toEqual([0, 1])
    expect(ended).toBe(1)
  })

  test('rejects with the reason of the signal, before and during the work', async () => {
    const controller = new AbortController()
    const reason = new Error('stop')
    let started = 0
    const task = async () => {
      if (++started === 2) controller.abort(reason)
    }
    await expect(mapConcurrent(items, 1, task, controller.signal)).rejects.toBe(reason)
    expect(started).toBe(2)
    await expect(mapConcurrent(items, 1, task, controller.signal)).rejects.toBe(reason)
    expect(started).toBe(2)
  })
})
