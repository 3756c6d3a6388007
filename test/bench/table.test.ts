import { expect, test } from 'vitest'
import { benchmarks } from '../../bench/benchmarks.mjs'
import { best, type Measured, markdown } from '../../bench/table.mjs'

const measured = (systems: Measured['systems']): Measured => ({
  what: 'a fit',
  date: '2026-01-02',
  environment: 'Node 20',
  rounds: 2,
  systems,
})

test('the best of several runs has the least times and the most memory', () => {
  const later = { seconds: 0.4, cpuSeconds: 0.9 }
  expect(
    best([
      { seconds: 2, cpuSeconds: 3, peakMB: 10, error: 0.5, later },
      { seconds: 1, cpuSeconds: 4, peakMB: 20, error: 0.5, later: { seconds: 0.6, cpuSeconds: 0.8 } },
    ]),
  ).toEqual({ seconds: 1, cpuSeconds: 3, peakMB: 20, error: 0.5, later: { seconds: 0.4, cpuSeconds: 0.8 } })
  expect(best([{ seconds: 2, cpuSeconds: 3, peakMB: 10 }]).later).toBeUndefined()
  const calls = { p50: 1e-6, p99: 2e-6, p999: 9e-6 }
  const slow = { seconds: 2e-6, cpuSeconds: 2e-6, peakMB: 10, calls: { p50: 2e-6, p99: 2e-6, p999: 2e-6 } }
  expect(best([slow, { seconds: 1e-6, cpuSeconds: 3e-6, peakMB: 10, calls }]).calls).toEqual(calls)
  expect(markdown(new Map([['one', measured({ ours: { ...slow, calls } })]]))).toContain(
    '| a fit | ours | 1.00 | 2.00 | 9.00 |',
  )
})

test('the tables compare with the first system, and one thread with two', () => {
  const text = markdown(
    new Map([
      [
        'fit-1',
        measured({
          ours: { seconds: 2, cpuSeconds: 2, peakMB: 10, error: 0.125, later: { seconds: 1, cpuSeconds: 1 } },
          peer: { seconds: 5, cpuSeconds: 6, peakMB: 123.4 },
        }),
      ],
      [
        'fit-2',
        measured({ ours: { seconds: 1.5, cpuSeconds: 2, peakMB: 10, later: { seconds: 0.5, cpuSeconds: 1.1 } } }),
      ],
    ]),
  )
  expect(text).toContain('Node 20; best of 2 interleaved rounds (last on 2026-01-02).')
  expect(text).toContain('| a fit | ours | 2.00 | 1.00 | 2.00 | 1.00 | 10 | 0.1250000 |  |  |  |  | 2026-01-02 |')
  expect(text).toContain('|  | peer | 5.00 |  | 6.00 |  | 123 |  | 2.50 |  | 3.00 |  |  |')
  expect(text).toContain('| fit | ours | 2.00 | 1.10 |')
})

test('servers under load have a table of their own, with the best round of each', () => {
  const times = { seconds: 1, cpuSeconds: 1, peakMB: 1 }
  const slow = { ...times, requests: { perSecond: 900, p50: 2, p99: 9 } }
  const fast = { ...times, requests: { perSecond: 1000, p50: 1, p99: 5 } }
  const peer = { ...times, requests: { perSecond: 50, p50: 20, p99: 100 } }
  expect(best([slow, fast]).requests).toEqual(fast.requests)
  const text = markdown(new Map([['serve', measured({ ours: best([slow, fast]), peer })]]))
  expect(text).toContain('| a fit | ours | 1000 | 1.00 | 5.00 |  |  |')
  expect(text).toContain('|  | peer | 50.0 | 20.0 | 100 | 20.0 | 0.0500 |')
})

test('benchmarks have names of their own', () => {
  const names = benchmarks.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
})
