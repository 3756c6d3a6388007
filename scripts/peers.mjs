// The peers' Python environment: the one that the interop tests use.
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const home = join(root, '.interop')
const requirements = join(root, 'test', 'interop', 'requirements.txt')

/** Python of the environment that holds the real counterparts. */
export const python = join(home, 'venv', 'bin', 'python')

/** Python of the environment that holds the newest Spark. */
export const newestPython = join(home, 'newest', 'bin', 'python')

/** Python of the environment that holds MLflow. */
export const mlflowPython = join(home, 'mlflow', 'bin', 'python')

/** Names and versions of the peers: `pyspark 4.0.1, numpy 2.4.6, …`. */
export const peerVersions = () => readFileSync(requirements, 'utf8').trim().replaceAll('==', ' ').split('\n').join(', ')

/**
 * Installs the real counterparts (PySpark, which brings its own Spark, and the peers of the benchmarks) into `.interop/venv`, unless the
 * same list is installed there already. Needs `python3` with venv, and Java 17 for Spark.
 */
export function installPeers() {
  const list = readFileSync(requirements)
  const stamp = join(home, 'installed')
  const wanted = createHash('sha256').update(list).digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted && existsSync(python)) return
  requireTools()
  makeEnvironment('venv')
  pipInstall(python, ['-r', requirements])
  writeFileSync(stamp, wanted)
}

/**
 * Installs the newest Spark that the registry has into `.interop/newest`, or brings what is there up to date. The newest of today, 4.3.0,
 * runs on Java 17; a Spark that does not is bounded here (`pyspark[ml]<VERSION`).
 */
export function installNewestSpark() {
  if (!existsSync(newestPython)) {
    requireTools()
    makeEnvironment('newest')
  }
  pipInstall(newestPython, ['--upgrade', 'pyspark[ml]'])
}

/** Installs MLflow, which brings scikit-learn, and the Spark that Ridgeline follows into `.interop/mlflow`. @returns its Python. */
export const installMlflow = () => pythonWith('mlflow', ['mlflow==3.17.2', 'pyspark==4.0.1'])

/**
 * Python of an environment of its own in `.interop`, with these packages; it is made when it is not there, and anew when the list changes.
 * @param {string} name
 * @param {readonly string[]} packages as pip takes them: `tritonclient[http]==2.73.0`.
 */
export function pythonWith(name, packages) {
  const stamp = join(home, `${name}.installed`)
  const list = packages.join('\n')
  const own = join(home, name, 'bin', 'python')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === list && existsSync(own)) return own
  makeEnvironment(name)
  pipInstall(own, [...packages])
  writeFileSync(stamp, list)
  return own
}

/** @param {string} name */
function makeEnvironment(name) {
  mkdirSync(home, { recursive: true })
  execFileSync('python3', ['-m', 'venv', '--clear', join(home, name)], { stdio: 'inherit' })
}

/**
 * @param {string} into Python of an environment.
 * @param {string[]} what
 */
function pipInstall(into, what) {
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check']
  execFileSync(into, [...pip, ...what], { stdio: 'inherit' })
}

/** @throws Error naming what this machine lacks. */
function requireTools() {
  const tools = {
    'python3 (3.11 or newer) with the modules venv and ensurepip': [
      'python3',
      '-c',
      'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))',
    ],
    'java (17 or 21), for Spark': ['java', '-version'],
  }
  const missing = Object.entries(tools).filter(([, [command, ...args]]) => spawnSync(command, args).status !== 0)
  if (missing.length > 0)
    throw new Error(`the peers need what is missing here: ${missing.map(([what]) => what).join('; ')}`)
}
