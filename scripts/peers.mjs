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
  mkdirSync(home, { recursive: true })
  const run = (/** @type {string} */ command, /** @type {string[]} */ args) =>
    execFileSync(command, args, { stdio: 'inherit' })
  run('python3', ['-m', 'venv', '--clear', join(home, 'venv')])
  run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements])
  writeFileSync(stamp, wanted)
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
