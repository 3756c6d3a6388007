// Runs benchmarks beside their peers in one go, interleaved, every run in a process of its own, and writes the tables of bench/README.md.
// Usage: npm run bench [-- --only PART,PART] [--rounds 3]. Parts of names select; lines of other benchmarks stay as they are.
// Peers need Python with the packages of test/interop/requirements.txt: they are installed into .interop as `npm run test:interop` does.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { installPeers, peerVersions } from '../scripts/peers.mjs'
import { benchmarks } from './benchmarks.mjs'
import { best, markdown } from './table.mjs'

const { values: options } = parseArgs({
  options: { rounds: { type: 'string', default: '3' }, only: { type: 'string', default: '' } },
})
const rounds = Number(options.rounds)
const chosen = benchmarks.filter(({ name }) => options.only.split(',').some((part) => name.includes(part)))
if (chosen.length === 0 || !(rounds >= 1)) {
  throw new Error(`nothing to run. Names: ${benchmarks.map(({ name }) => name).join(', ')}`)
}
const here = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url))
const work = mkdtempSync(join(tmpdir(), 'ridgeline-bench-'))

/** What jobs are told by the environment: how many threads. Waiting threads sleep, and numpy picks its kernels by itself. */
function environment(/** @type {number} */ threads) {
  const { OPENBLAS_CORETYPE, OPENBLAS_L2_SIZE, ...rest } = process.env
  const count = String(threads)
  return {
    ...rest,
    TMPDIR: work,
    OMP_NUM_THREADS: count,
    OPENBLAS_NUM_THREADS: count,
    OMP_WAIT_POLICY: 'PASSIVE',
    OPENBLAS_THREAD_TIMEOUT: '4',
  }
}

/** @returns {import('./table.mjs').Result} */
function run(/** @type {string[]} */ command, threads = availableParallelism()) {
  // Ridgeline takes as many threads as there are cores that the process may use; the same cores are there for every system.
  const pinned = threads < availableParallelism() ? ['taskset', '-c', `0-${threads - 1}`] : []
  const [file, ...args] = [...pinned, ...command]
  const started = process.hrtime.bigint()
  const child = spawnSync(file, [...args, work], { encoding: 'utf8', env: environment(threads) })
  if (child.status !== 0) {
    throw new Error(`${command.join(' ')} ended with ${child.status}:\n${child.stderr.slice(-2000)}`)
  }
  const wall = Number(process.hrtime.bigint() - started) / 1e9
  const result = JSON.parse(child.stdout.trim().split('\n').at(-1) ?? '')
  return { ...result, seconds: result.seconds ?? wall }
}

/** The systems of a benchmark that can run here; says which cannot, and why. */
function available(/** @type {import('./benchmarks.mjs').Benchmark} */ { name, systems, needs = {} }) {
  const missing = Object.entries(needs).flatMap(([system, { install, data }]) => {
    try {
      install()
      run(data)
      return []
    } catch (error) {
      console.error(`${name}: ${system} is missing, and is left out: ${error}`)
      return [system]
    }
  })
  return Object.fromEntries(Object.entries(systems).filter(([system]) => !missing.includes(system)))
}

/** @returns {Record<string, import('./table.mjs').Result>} */
function compare(/** @type {import('./benchmarks.mjs').Benchmark} */ { name, systems, threads, once }) {
  /** @type {Map<string, import('./table.mjs').Result[]>} */
  const results = new Map()
  for (let round = 1; round <= rounds; round++) {
    for (const [system, command] of Object.entries(systems)) {
      if (round > 1 && once?.includes(system)) continue
      const result = run(command, threads)
      console.error(`${name}: ${system}, round ${round}: ${JSON.stringify(result)}`)
      results.set(system, [...(results.get(system) ?? []), result])
    }
  }
  return Object.fromEntries([...results].map(([system, list]) => [system, best(list)]))
}

const resultsFile = here('data/results.json')
/** @type {Record<string, import('./table.mjs').Measured>} */
const known = existsSync(resultsFile) ? JSON.parse(readFileSync(resultsFile, 'utf8')) : {}

/** Keeps what was measured, and writes the tables from all that is known. */
function record() {
  const all = new Map(benchmarks.flatMap(({ name }) => (known[name] ? [[name, known[name]]] : [])))
  const table = markdown(all)
  const lines = [...all].map(([name, measured]) => `  ${JSON.stringify(name)}: ${JSON.stringify(measured)}`)
  writeFileSync(resultsFile, `{\n${lines.join(',\n')}\n}\n`)
  const text = readFileSync(here('README.md'), 'utf8')
  const marked = /<!-- results -->[\s\S]*<!-- \/results -->/
  writeFileSync(
    here('README.md'),
    text.replace(marked, () => `<!-- results -->\n${table}\n<!-- /results -->`),
  )
  return table
}

try {
  installPeers()
  const machine = `Node ${process.versions.node}, ${peerVersions()}, ${cpus().length} x ${cpus()[0]?.model ?? 'CPU'}`
  const made = new Set()
  for (const benchmark of chosen) {
    const { name, what, data, peers } = benchmark
    peers?.()
    if (data && !made.has(data.join())) run(data)
    made.add(data?.join())
    const systems = compare({ ...benchmark, systems: available(benchmark) })
    known[name] = { what, date: new Date().toISOString().slice(0, 10), environment: machine, rounds, systems }
    record()
  }
  console.log(record())
} finally {
  rmSync(work, { recursive: true, force: true })
}
