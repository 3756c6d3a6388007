// Results as the table of README.md. They are kept in data/results.json, so that a run of some benchmarks leaves the others' lines alone.

/**
 * @typedef {{ seconds: number, cpuSeconds: number }} Times
 * @typedef {{ perSecond: number, p50: number, p99: number }} Requests Of a server under load: how many it answered, and milliseconds until one was.
 * @typedef {{ p50: number, p99: number, p999: number }} Calls
 * @typedef {Times & { later?: Times, peakMB: number, error?: number, requests?: Requests, calls?: Calls }} Result
 * @typedef {object} Measured
 * @property {string} what
 * @property {string} date
 * @property {string} environment Machine and versions.
 * @property {number} rounds
 * @property {Record<string, Result>} systems
 */

/** The best of several runs: least times, most memory. @returns {Result} */
export function best(/** @type {Result[]} */ results) {
  const times = (/** @type {Times[]} */ list) => ({
    seconds: Math.min(...list.map((r) => r.seconds)),
    cpuSeconds: Math.min(...list.map((r) => r.cpuSeconds)),
  })
  const later = results.flatMap((r) => r.later ?? [])
  const [requests] = results.flatMap((r) => r.requests ?? []).sort((a, b) => b.perSecond - a.perSecond)
  return {
    ...times(results),
    later: later.length > 0 ? times(later) : undefined,
    peakMB: Math.max(...results.map((r) => r.peakMB)),
    error: results[0].error,
    ...(requests && { requests }),
    calls: results.toSorted((a, b) => a.seconds - b.seconds)[0].calls,
  }
}

const digits = (/** @type {number | undefined} */ x) => {
  if (x === undefined) return ''
  return x >= 100 ? x.toFixed(0) : x.toPrecision(3)
}
const row = (/** @type {string[]} */ ...cells) => `| ${cells.join(' | ')} |`
const ratio = (/** @type {number | undefined} */ x, /** @type {number | undefined} */ base) =>
  x === undefined || base === undefined ? '' : digits(x / base)

/** Lines of one benchmark, the first system's ahead. */
function lines(/** @type {Measured} */ { what, date, systems }) {
  const [first] = Object.values(systems)
  return Object.entries(systems).map(([system, r], i) => {
    const ratios = [
      ratio(r.seconds, first.seconds),
      ratio(r.later?.seconds, first.later?.seconds),
      ratio(r.cpuSeconds, first.cpuSeconds),
      ratio(r.later?.cpuSeconds, first.later?.cpuSeconds),
    ]
    return row(
      i === 0 ? what : '',
      system,
      ...[r.seconds, r.later?.seconds, r.cpuSeconds, r.later?.cpuSeconds].map(digits),
      r.peakMB.toFixed(0),
      r.error?.toPrecision(7) ?? '',
      ...(i === 0 ? ['', '', '', ''] : ratios),
      i === 0 ? date : '',
    )
  })
}

/** What the second thread is worth: wherever a benchmark was run with one thread and with two. */
function threadLines(/** @type {Map<string, Measured>} */ all) {
  return [...all].flatMap(([name, two]) => {
    const one = all.get(name.replace(/-2$/, '-1'))
    if (!one || one === two) return []
    return Object.keys(two.systems).flatMap((system, i) => {
      const [a, b] = [one.systems[system], two.systems[system]].map((r) => r && { ...r, ...r.later })
      if (!a || !b) return []
      return row(
        i === 0 ? name.slice(0, -2) : '',
        system,
        ratio(a.seconds, b.seconds),
        ratio(b.cpuSeconds, a.cpuSeconds),
      )
    })
  })
}

/** Servers under load, beside the first of each benchmark. */
function requestLines(/** @type {Measured} */ { what, systems }) {
  const [first] = Object.values(systems)
  return Object.entries(systems).flatMap(([system, { requests }], i) => {
    if (!requests || !first.requests) return []
    const { perSecond, p50, p99 } = requests
    const ratios = [ratio(first.requests.perSecond, perSecond), ratio(first.requests.p99, p99)]
    return row(i === 0 ? what : '', system, ...[perSecond, p50, p99].map(digits), ...(i === 0 ? ['', ''] : ratios))
  })
}

/** Microseconds of a call, where one row a call was timed. */
function callLines(/** @type {Map<string, Measured>} */ all) {
  return [...all.values()].flatMap(({ what, systems }) =>
    Object.entries(systems).flatMap(([system, { calls }], i) => {
      if (!calls) return []
      return row(i === 0 ? what : '', system, ...[calls.p50, calls.p99, calls.p999].map((x) => digits(x * 1e6)))
    }),
  )
}

/** The tables, and where they were measured. */
export function markdown(/** @type {Map<string, Measured>} */ all) {
  const environments = new Map(
    [...all.values()].map((m) => [`${m.environment}; best of ${m.rounds} interleaved rounds`, m.date]),
  )
  return [
    ...[...environments].map(([text, date]) => `${text} (last on ${date}).`),
    '',
    row(
      'benchmark',
      'system',
      's, first',
      's, later',
      'CPU s, first',
      'CPU s, later',
      'peak MB',
      'error',
      ...Array(2).fill('times, s'),
      ...Array(2).fill('times, CPU'),
      'date',
    ),
    `|---|---|${'---:|'.repeat(10)}---|`,
    ...[...all.values()].flatMap(lines),
    '',
    row('one thread and two, later runs', 'system', 'times as fast', 'times the CPU seconds'),
    '|---|---|---:|---:|',
    ...threadLines(all),
    '',
    row(
      'servers under load',
      'system',
      'requests/s',
      'p50 ms',
      'p99 ms',
      'requests of the first to its',
      'p99 of the first to its',
    ),
    '|---|---|---:|---:|---:|---:|---:|',
    ...[...all.values()].flatMap(requestLines),
    '',
    row('one row a call', 'system', 'p50, µs', 'p99, µs', 'p99.9, µs'),
    '|---|---|---:|---:|---:|',
    ...callLines(all),
  ].join('\n')
}
