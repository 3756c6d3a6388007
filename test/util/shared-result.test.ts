import { describe, expect, it } from 'vitest'
import { SharedResult } from '../../src/util/shared-result.js'

/** A computation that is ended from outside, and what became of it. */
function computation() {
  const runs: { signal: AbortSignal; resolve: (value: number) => void; reject: (error: Error) => void }[] = []
  const compute = (signal: AbortSignal): Promise<number> =>
    new Promise((resolve, reject) => {
      runs.push({ signal, resolve, reject })
      signal.addEventListener('abort', () => reject(signal.reason))
    })
  return { runs, compute }
}

describe('SharedResult', () => {
  it('computes once for all who ask, and keeps the result', async () => {
    const { runs, compute } = computation()
    const shared = new SharedResult<number>()
    const asked = [shared.get(compute), shared.get(compute, new AbortController().signal)]
    runs[0].resolve(7)
    expect(await Promise.all(asked)).toEqual([7, 7])
    expect(await shared.get(compute)).toBe(7)
    expect(runs.length).toBe(1)
  })

  it('does not keep a failure, and every caller sees it', async () => {
    const { runs, compute } = computation()
    const shared = new SharedResult<number>()
    const asked = [shared.get(compute), shared.get(compute)]
    runs[0].reject(new Error('bad row'))
    // Who asks again at the first news of the failure starts anew.
    const again = asked[0].catch(() => shared.get(compute))
    await expect(asked[1]).rejects.toThrow('bad row')
    runs[1].resolve(2)
    expect(await again).toBe(2)
  })

  it('lets one caller give up without the others', async () => {
    const { runs, compute } = computation()
    const shared = new SharedResult<number>()
    const impatient = new AbortController()
    const left = shared.get(compute, impatient.signal)
    const stays = shared.get(compute)
    impatient.abort(new Error('too slow'))
    await expect(left).rejects.toThrow('too slow')
    expect(runs[0].signal.aborted).toBe(false)
    runs[0].resolve(1)
    expect(await stays).toBe(1)
    expect(await shared.get(compute)).toBe(1)
  })

  it('aborts what nobody waits for, and starts anew for the next', async () => {
    const { runs, compute } = computation()
    const shared = new SharedResult<number>()
    const controllers = [new AbortController(), new AbortController()]
    const asked = controllers.map(({ signal }) => shared.get(compute, signal))
    for (const controller of controllers) controller.abort(new Error('stopped'))
    for (const promise of asked) await expect(promise).rejects.toThrow('stopped')
    expect(runs[0].signal.aborted).toBe(true)
    const next = shared.get(compute)
    runs[1].resolve(3)
    expect(await next).toBe(3)
  })

  it('refuses who gave up before, without computing', async () => {
    const { runs, compute } = computation()
    const signal = AbortSignal.abort(new Error('stopped'))
    await expect(new SharedResult<number>().get(compute, signal)).rejects.toThrow('stopped')
    expect(runs.length).toBe(0)
  })

  it('computes anew after clear, while who waits gets the old result', async () => {
    const { runs, compute } = computation()
    const shared = new SharedResult<number>()
    const old = shared.get(compute)
    shared.clear()
    const fresh = shared.get(compute)
    runs[0].reject(new Error('the old one failed'))
    runs[1].resolve(2)
    await expect(old).rejects.toThrow('the old one failed')
    expect(await fresh).toBe(2)
    expect(await shared.get(compute)).toBe(2)
  })
})
