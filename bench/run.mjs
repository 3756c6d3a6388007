// Runs every benchmark beside its peers in one go, interleaved, and writes the table to bench/README.md.
// Usage: npm run bench [-- --repeat 3] [-- --only NAME]. Peers need Python with the packages of test/interop/requirements.txt:
// they are installed into .interop as `npm run test:interop` does.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { installPeers, python } from '../scripts/peers.mjs'

const { values: options } = parseArgs({
  options: { repeat: { type: 'string', default: '3' }, only: { type: 'string', default: '' } },
})
const here = fileURLToPath(new URL('.', import.meta.url))
const work = mkdtempSync(join(tmpdir(), 'ridgeline-bench-'))
const node = (/** @type {string} */ job) => [process.execPath, join(here, 'jobs', `${job}.mjs`)]
const py = (/** @type {string} */ peer) => [python, join(here, 'peers', `${peer}.py`)]

/**
 * @typedef {{ seconds: number, cpuSeconds: number, peakMB: number, check?: number }} Result
 * @typedef {{ name: string, what: string, rows?: number, ours: string[], peers: Record<string, string[]>, once?: string[] }} Benchmark
 */

/** @type {Benchmark[]} */
const benchmarks = [
  {
    name: 'rides-cv',
    what: 'rides cross-validation: 27 fits and the refit, first run in the process',
    ours: node('rides-cv'),
    peers: { Spark: py('spark_rides_cv') },
    once: ['Spark'],
  },
  {
    name: 'first-prediction',
    what: 'process start to first prediction of a saved rides model',
    ours: node('first-prediction'),
    peers: { 'scikit-learn': py('sklearn_first_prediction') },
  },
  ...[100_000, 1_000_000].map((rows) => ({
    name: `price-fit-${rows}`,
    what: `price pipeline, fit on ${rows.toLocaleString('en')} rows in memory`,
    rows,
    ours: [...node('price'), 'fit'],
    peers: { 'scikit-learn': [...py('sklearn_price'), 'fit'], Spark: [...py('spark_price'), 'fit'] },
  })),
  ...[100_000, 1_000_000].map((rows) => ({
    name: `price-transform-${rows}`,
    what: `price pipeline, transform of ${rows.toLocaleString('en')} rows in memory`,
    rows,
    ours: [...node('price'), 'transform'],
    peers: { 'scikit-learn': [...py('sklearn_price'), 'transform'], Spark: [...py('spark_price'), 'transform'] },
  })),
]

/** @returns {Result} */
function run(/** @type {string[]} */ command, /** @type {string[]} */ args) {
  const started = process.hrtime.bigint()
  const [file, ...first] = command
  const child = spawnSync(file, [...first, ...args], {
    encoding: 'utf8',
    env: { ...process.env, RIDGELINE_BENCH_START: String(started) },
  })
  if (child.status !== 0)
    throw new Error(`${command.join(' ')} ended with ${child.status}:\n${child.stderr.slice(-2000)}`)
  const wall = Number(process.hrtime.bigint() - started) / 1e9
  const result = JSON.parse(child.stdout.trim().split('\n').at(-1) ?? '')
  return { ...result, seconds: result.seconds ?? wall }
}

const best = (/** @type {Result[]} */ results) => ({
  seconds: Math.min(...results.map((r) => r.seconds)),
  cpuSeconds: Math.min(...results.map((r) => r.cpuSeconds)),
  peakMB: Math.max(...results.map((r) => r.peakMB)),
})
const digits = (/** @type {number} */ x) => (x >= 100 ? x.toFixed(0) : x.toPrecision(3))

try {
  installPeers()
  const lines = [
    '| benchmark | system | seconds (best) | CPU seconds (best) | peak MB | seconds, times ours | CPU, times ours |',
    '|---|---|---:|---:|---:|---:|---:|',
  ]
  for (const bench of benchmarks.filter(({ name }) => name.includes(options.only))) {
    const args = bench.rows ? [String(bench.rows), work] : [work]
    if (bench.rows) run(node('price-data'), args)
    /** @type {Map<string, Result[]>} */
    const results = new Map()
    const systems = Object.entries({ Ridgeline: bench.ours, ...bench.peers })
    for (let round = 0; round < Number(options.repeat); round++) {
      for (const [system, command] of systems) {
        if (round > 0 && bench.once?.includes(system)) continue
        console.error(`${bench.name}: ${system}, round ${round + 1}`)
        results.set(system, [...(results.get(system) ?? []), run(command, args)])
      }
    }
    const ours = best(results.get('Ridgeline') ?? [])
    for (const [system, list] of results) {
      const r = best(list)
      const ratio =
        system === 'Ridgeline' ? ['', ''] : [digits(r.seconds / ours.seconds), digits(r.cpuSeconds / ours.cpuSeconds)]
      lines.push(
        `| ${system === 'Ridgeline' ? bench.what : ''} | ${system} | ${digits(r.seconds)} | ${digits(r.cpuSeconds)} | ${r.peakMB.toFixed(0)} | ${ratio[0]} | ${ratio[1]} |`,
      )
    }
  }
  const table = lines.join('\n')
  console.log(table)
  if (!options.only) {
    const path = join(here, 'README.md')
    const about = `Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? 'CPU'}, best of ${options.repeat} interleaved rounds.`
    const text = readFileSync(path, 'utf8').replace(
      /<!-- results -->[\s\S]*<!-- \/results -->/,
      () => `<!-- results -->\n${about}\n\n${table}\n<!-- /results -->`,
    )
    writeFileSync(path, text)
  }
} finally {
  rmSync(work, { recursive: true, force: true })
}
