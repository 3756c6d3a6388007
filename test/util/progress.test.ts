import { describe, expect, test } from 'vitest'
import { ProgressBar } from '../../src/util/progress.js'

const ERASE = '\r\u001b[2K'

/** A terminal that remembers what was written, and a clock that stands still until it is set. */
function terminal(isTTY: boolean, columns = 120) {
  const written: string[] = []
  const time = { now: 5000 }
  const stream = { isTTY, columns, write: (text: string) => written.push(text) }
  return { written, time, options: { stream, clock: () => time.now } }
}

describe('ProgressBar', () => {
  test('draws label, bar, count, elapsed and remaining time on one line', () => {
    const { written, time, options } = terminal(true)
    const bar = new ProgressBar(options)
    time.now += 30_000
    bar.listener({ stage: 'CrossValidator', done: 1, total: 4, message: 'fold 2' })
    expect(written).toEqual([`${ERASE}CrossValidator ██████░░░░░░░░░░░░░░░░░░ 1/4 0:30 < 1:30 fold 2`])
  })

  test('does not guess the remaining time before something is done', () => {
    const { written, options } = terminal(true)
    new ProgressBar(options).listener({ stage: 'fit', done: 0, total: 0 })
    expect(written[0].trimEnd().endsWith('0/0 0:00')).toBe(true)
  })

  test('is throttled, but draws the last event', () => {
    const { written, time, options } = terminal(true)
    const bar = new ProgressBar({ ...options, interval: 100 })
    for (let done = 1; done <= 100; done++) {
      time.now += 10
      bar.listener({ stage: 'fit', done, total: 100 })
    }
    expect(written).toHaveLength(11)
    expect(written.at(-1)).toContain('100/100')
  })

  test('shows hours', () => {
    const { written, time, options } = terminal(true)
    const bar = new ProgressBar(options)
    time.now += 3_723_000
    bar.listener({ stage: 'fit', done: 1, total: 1 })
    expect(written[0]).toContain('1:02:03 < 0:00')
  })

  test('never wraps', () => {
    const { written, options } = terminal(true, 30)
    new ProgressBar(options).listener({ stage: 'a stage with a long name', done: 1, total: 2 })
    expect(written[0].length - ERASE.length).toBe(29)
  })

  test('cleans up after itself', () => {
    const { written, options } = terminal(true)
    const bar = new ProgressBar(options)
    bar.close()
    expect(written).toEqual([])
    bar.listener({ stage: 'fit', done: 1, total: 2 })
    bar[Symbol.dispose]()
    bar.close()
    expect(written.slice(1)).toEqual([ERASE])
  })

  test('writes nothing on a stream that is no terminal', () => {
    const { written, options } = terminal(false)
    const bar = new ProgressBar(options)
    bar.listener({ stage: 'fit', done: 1, total: 1 })
    bar.close()
    expect(written).toEqual([])
  })
})
