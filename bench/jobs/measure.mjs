// What every job reports about itself, as one line of JSON.
import { readFileSync, writeFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Peak resident memory of this process in MB. */
export function peakMB() {
  const line = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))
  return line ? Number(line[1]) / 1024 : process.resourceUsage().maxRSS / 1024
}

/** Lets go of what the preparation left behind, and starts the peak of memory anew: what is measured is the work, with its data. */
async function settle() {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc')
  // Freed memory goes back to the system by and by.
  for (let i = 0; i < 4; i++) {
    gc()
    await setTimeout(50)
  }
  try {
    writeFileSync('/proc/self/clear_refs', '5')
  } catch {
    // Elsewhere than on Linux the peak is that of the whole process.
  }
}

/** Runs `work` once: what it gives, seconds, and CPU seconds of all threads. */
async function clock(/** @type {() => Promise<any>} */ work) {
  const cpu = process.cpuUsage()
  const started = performance.now()
  const value = await work()
  const seconds = (performance.now() - started) / 1000
  const { user, system } = process.cpuUsage(cpu)
  return { value, seconds, cpuSeconds: (user + system) / 1e6 }
}

/**
 * Runs `work` for the first time in this process, then `more` times again, and prints both: seconds, CPU seconds, peak memory.
 * @template T
 * @param {() => Promise<T>} work
 * @param {number} more
 * @param {(value: T) => number | Promise<number>} [error] of what the work gave; its time does not count.
 */
export async function measure(work, more = 0, error) {
  await settle()
  const { value, ...first } = await clock(work)
  /** @type {{ seconds: number, cpuSeconds: number } | undefined} */
  let later
  for (let i = 0; i < more; i++) {
    const { seconds, cpuSeconds } = await clock(work)
    later = {
      seconds: Math.min(seconds, later?.seconds ?? seconds),
      cpuSeconds: Math.min(cpuSeconds, later?.cpuSeconds ?? cpuSeconds),
    }
  }
  const peak = peakMB()
  console.log(JSON.stringify({ ...first, later, peakMB: peak, error: await error?.(value) }))
}

/** For jobs that count from the start of the process: the caller measures the seconds. */
export function reportWhole() {
  const { user, system } = process.cpuUsage()
  console.log(JSON.stringify({ cpuSeconds: (user + system) / 1e6, peakMB: peakMB() }))
}

/** Batches of calls that are timed. */
const BATCHES = 2000

/**
 * Times calls in batches, as no clock tells a call of some nanoseconds, and prints p50, p99 and p99.9 of a call over the batches; `seconds` is p50.
 * @param {(i: number) => number} call is told its number, so that it can take another row each time.
 * @param {number} batch calls of a batch.
 * @param {object} more what is printed beside.
 */
export function reportCalls(call, batch, more = {}) {
  let sum = 0
  const time = (/** @type {number} */ from) => {
    const started = performance.now()
    for (let i = from; i < from + batch; i++) sum += call(i)
    return (performance.now() - started) / 1000 / batch
  }
  for (let b = 0; b < BATCHES; b++) time(b * batch)
  settle()
  const cpu = process.cpuUsage()
  const times = Float64Array.from({ length: BATCHES }, (_, b) => time(b * batch)).sort()
  const { user, system } = process.cpuUsage(cpu)
  printCalls(times, (user + system) / 1e6 / BATCHES / batch, sum, more)
}

/** Prints p50, p99 and p99.9 of sorted times. */
function printCalls(
  /** @type {Float64Array} */ times,
  /** @type {number} */ cpuSeconds,
  /** @type {number} */ sum,
  /** @type {object} */ more = {},
) {
  const at = (/** @type {number} */ share) => times[Math.min(times.length - 1, Math.floor(share * times.length))]
  const [p50, p99, p999] = [0.5, 0.99, 0.999].map(at)
  if (!Number.isFinite(sum)) throw new Error('no predictions')
  console.log(JSON.stringify({ seconds: p50, cpuSeconds, peakMB: peakMB(), calls: { p50, p99, p999 }, ...more }))
}

/**
 * As `reportCalls`, of calls that give a promise, each timed by itself: they take microseconds.
 * @param {(i: number) => Promise<number>} call
 * @param {number} calls
 */
export async function reportEachCall(call, calls) {
  let sum = 0
  for (let i = 0; i < calls / 10; i++) sum += await call(i)
  await settle()
  const cpu = process.cpuUsage()
  const times = new Float64Array(calls)
  for (let i = 0; i < calls; i++) {
    const started = performance.now()
    sum += await call(i)
    times[i] = (performance.now() - started) / 1000
  }
  const { user, system } = process.cpuUsage(cpu)
  printCalls(times.sort(), (user + system) / 1e6 / calls, sum)
}
