// Runs the notebooks of examples/notebooks in Jupyter without a screen, with tslab and the packed package, and compares what they show.
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packInto } from './packed.mjs'

/**
 * @typedef {{ output_type: string, text?: string | string[], data?: Record<string, string | string[]> }} Output
 * @typedef {{ id: string, cell_type: string, source: string[], metadata: { tags?: string[] }, outputs?: Output[], execution_count?: number | null }} Cell
 * @typedef {{ cells: Cell[] }} Notebook
 */

const root = fileURLToPath(new URL('..', import.meta.url))
const examples = join(root, 'examples')
const lists = join(root, 'test', 'interop', 'notebooks')
const home = join(root, '.interop', 'notebooks')
const bin = join(home, 'venv', 'bin')
/** Where copies of the notebooks run. */
export const runFolder = join(home, 'examples', 'notebooks')
/** The tag by which nbval, too, knows cells whose output is compared. */
const CHECKED = 'nbval-check-output'

/** File names of the notebooks. */
export const notebookNames = () => readdirSync(join(examples, 'notebooks')).filter((name) => name.endsWith('.ipynb'))

/** @returns {Notebook} */
const readNotebook = (/** @type {string} */ path) => JSON.parse(readFileSync(path, 'utf8'))

const environment = () => ({
  ...process.env,
  PATH: [dirname(process.execPath), bin, join(home, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
  JUPYTER_DATA_DIR: join(home, 'jupyter', 'data'),
  JUPYTER_CONFIG_DIR: join(home, 'jupyter', 'config'),
  JUPYTER_RUNTIME_DIR: join(home, 'jupyter', 'runtime'),
  IPYTHONDIR: join(home, 'jupyter', 'ipython'),
})

const run = (/** @type {string} */ command, /** @type {string[]} */ args) =>
  execFileSync(command, args, { cwd: home, env: environment(), stdio: 'inherit' })

/**
 * Installs Jupyter and tslab into `.interop/notebooks`, unless the same versions are there already, and beside them the package as it is packed
 * now. Needs `python3` with venv.
 */
export function prepareNotebooks() {
  const requirements = join(lists, 'requirements.txt')
  const manifest = readFileSync(join(lists, 'package.json'))
  const stamp = join(home, 'installed')
  const wanted = createHash('sha256').update(readFileSync(requirements)).update(manifest).digest('hex')
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
    rmSync(home, { recursive: true, force: true })
    mkdirSync(home, { recursive: true })
    writeFileSync(join(home, 'package.json'), manifest)
    run('python3', ['-m', 'venv', join(home, 'venv')])
    run(join(bin, 'python'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements])
    // Its one native dependency, zeromq, brings its binary; no install script is needed.
    run('npm', ['install', '--ignore-scripts', '--no-package-lock', '--no-audit', '--no-fund', '--loglevel', 'error'])
    const tslab = join(home, 'node_modules', '.bin', 'tslab')
    run(tslab, ['install', '--sys-prefix', `--python=${join(bin, 'python')}`, `--binary=${tslab}`])
    writeFileSync(stamp, wanted)
  }
  // Without a lock, so that npm does not hold the new package against the hash of the last.
  const tarball = packInto(home)
  run('npm', ['install', tarball, '--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--loglevel', 'error'])
  rmSync(join(home, 'examples'), { recursive: true, force: true })
  for (const folder of ['notebooks', 'data']) {
    cpSync(join(examples, folder), join(home, 'examples', folder), { recursive: true })
  }
}

/**
 * Runs one notebook from top to bottom, in a copy.
 * @returns {Notebook} the notebook with its new outputs.
 * @throws Error with the cell and its error when a cell fails.
 */
export function runNotebook(/** @type {string} */ name) {
  const { status, stderr } = spawnSync(
    join(bin, 'jupyter'),
    [
      'nbconvert',
      '--to',
      'notebook',
      '--execute',
      '--ExecutePreprocessor.timeout=120',
      '--output',
      `run-${name}`,
      name,
    ],
    { cwd: runFolder, env: environment(), encoding: 'utf8', timeout: 600_000 },
  )
  if (status !== 0) throw new Error(`${name} failed:\n${stderr.slice(-6000)}`)
  return readNotebook(join(runFolder, `run-${name}`))
}

const joined = (/** @type {string | string[]} */ text) => (Array.isArray(text) ? text.join('') : text)

/** What a cell shows, as one text: printed texts joined, whatever pieces they came in, then each display by its types. */
function shownText(/** @type {Cell} */ cell) {
  const outputs = cell.outputs ?? []
  const printed = outputs.map(({ text = '' }) => joined(text)).join('')
  const displays = outputs.flatMap(({ data = {} }) =>
    Object.keys(data)
      .sort()
      .map((type) => `${type}:\n${joined(data[type])}`),
  )
  return [printed.trim(), ...displays].join('\n').trim()
}

/**
 * Where a run shows something else than what is stored, in the cells that are marked for it.
 * @returns {string[]} a line for each difference.
 */
export function differences(/** @type {Notebook} */ stored, /** @type {Notebook} */ executed) {
  if (stored.cells.length !== executed.cells.length) return ['the numbers of cells differ']
  return stored.cells.flatMap((cell, i) => {
    if (!cell.metadata.tags?.includes(CHECKED)) return []
    const [before, now] = [shownText(cell), shownText(executed.cells[i])]
    if (before === now) return []
    const at = [...before].findIndex((character, k) => character !== now[k])
    const from = Math.max(0, (at < 0 ? before.length : at) - 40)
    const part = (/** @type {string} */ text) => JSON.stringify(text.slice(from, from + 120))
    return [`cell ${cell.id}: stored ${part(before)}, now ${part(now)}`]
  })
}

/** Differences between a notebook as it is stored and its new run. */
export function testNotebook(/** @type {string} */ name) {
  return differences(readNotebook(join(examples, 'notebooks', name)), runNotebook(name))
}

/** Runs a notebook and stores its outputs in it. */
export function updateNotebook(/** @type {string} */ name) {
  const path = join(examples, 'notebooks', name)
  const stored = readNotebook(path)
  let count = 0
  for (const [i, { outputs }] of runNotebook(name).cells.entries()) {
    // tslab does not count its cells.
    if (stored.cells[i].cell_type === 'code') Object.assign(stored.cells[i], { outputs, execution_count: ++count })
  }
  writeFileSync(path, `${JSON.stringify(stored, null, 1)}\n`)
}
