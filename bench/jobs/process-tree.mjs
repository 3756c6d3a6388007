// What a process and those that it started take, as the system counts it.
import { readdirSync, readFileSync } from 'node:fs'

/** Ticks of the clock in /proc: the same on every Linux. */
const TICKS_PER_SECOND = 100

/** Fields of /proc/PID/stat from the state on; undefined where the process is gone. */
function stat(/** @type {number} */ pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}

/** The process and those below it. @returns {number[]} */
export function tree(/** @type {number} */ root) {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), parent: Number(stat(Number(name))?.[1]) }))
  const found = [root]
  for (const pid of found) found.push(...parents.filter(({ parent }) => parent === pid).map((child) => child.pid))
  return found
}

/** CPU seconds of all threads, and peak memory. */
export function usage(/** @type {number} */ root) {
  let [ticks, kilobytes] = [0, 0]
  for (const pid of tree(root)) {
    const fields = stat(pid)
    if (!fields) continue
    ticks += Number(fields[11]) + Number(fields[12])
    kilobytes += Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0)
  }
  return { cpuSeconds: ticks / TICKS_PER_SECOND, peakMB: kilobytes / 1024 }
}
