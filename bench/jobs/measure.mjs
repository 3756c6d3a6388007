// What every job reports about itself, as one line of JSON.
import { readFileSync } from 'node:fs'

/** Peak resident memory of this process in MB. */
function peakMB() {
  const line = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))
  return line ? Number(line[1]) / 1024 : process.resourceUsage().maxRSS / 1024
}

/** Runs `work` once and prints seconds, CPU seconds of all threads, and peak memory. */
export async function measure(/** @type {() => Promise<number>} */ work) {
  const cpu = process.cpuUsage()
  const started = performance.now()
  const check = await work()
  const seconds = (performance.now() - started) / 1000
  const { user, system } = process.cpuUsage(cpu)
  console.log(JSON.stringify({ seconds, cpuSeconds: (user + system) / 1e6, peakMB: peakMB(), check }))
}

/** For jobs that count from the start of the process: the caller measures the seconds. */
export function reportWhole(/** @type {number} */ check) {
  const { user, system } = process.cpuUsage()
  console.log(JSON.stringify({ cpuSeconds: (user + system) / 1e6, peakMB: peakMB(), check }))
}
