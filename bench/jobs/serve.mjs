// Usage: serve.mjs ridgeline|fastify|mlflow ROWS FOLDER. Load of 10 connections on a server of the price model, out of this process; each answer is checked.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { delimiter, dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { mlflowPython } from '../../scripts/peers.mjs'
import { load } from './http-load.mjs'
import { tree, usage } from './process-tree.mjs'

const CONNECTIONS = 10
const WARM_UP = 2
const SECONDS = 5
/** Sums in another order. */
const TOLERANCE = 1e-9

const [what, rows, folder] = process.argv.slice(2)
const here = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url))

/** Starts a server in a process of its own. */
function start(/** @type {string} */ command, /** @type {string[]} */ args) {
  // MLflow looks for uvicorn in the path.
  const path = [dirname(mlflowPython), process.env.PATH].join(delimiter)
  const env = { ...process.env, PATH: path, MLFLOW_DISABLE_TELEMETRY: 'true' }
  return spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'], env })
}

/** The port that a server of ours prints. */
async function ownServer() {
  const child = start(process.execPath, [here('serve-server.mjs'), what, folder])
  for await (const line of child.stdout) return { child, port: Number(new URL(String(line).trim()).port) }
  throw new Error('the server ended')
}

/** @returns {Promise<number>} */
const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
      server.close(() => resolve(port))
    })
  })

/** `mlflow models serve` with one worker, as it is without options. */
async function mlflowServer() {
  const model = join(folder, 'serve-mlflow')
  if (!existsSync(model)) {
    const saved = spawnSync(mlflowPython, [here('../peers/mlflow_model.py'), folder], { encoding: 'utf8' })
    if (saved.status !== 0) throw new Error(saved.stderr)
  }
  const port = await freePort()
  const where = ['-m', model, '-h', '127.0.0.1', '-p', String(port), '--env-manager', 'local']
  const child = start(mlflowPython, ['-m', 'mlflow', 'models', 'serve', ...where])
  child.stdout.resume()
  for (let tries = 0; tries < 600; tries++) {
    await setTimeout(100)
    const answer = await fetch(`http://127.0.0.1:${port}/ping`).catch(() => undefined)
    if (answer?.ok) return { child, port }
    if (child.exitCode !== null) break
  }
  throw new Error('mlflow models serve does not answer')
}

const { child, port } = await (what === 'mlflow' ? mlflowServer() : ownServer())
// Each system fits its model for itself: slots of all cities beside an intercept have no single optimum.
const file = what === 'mlflow' ? `serve-${rows}-mlflow.json` : `serve-${rows}.json`
/** @type {{ body: object, predictions: number[] }[]} */
const requests = JSON.parse(readFileSync(join(folder, file), 'utf8'))
const bodies = requests.map(({ body }) => JSON.stringify(body))
const check = (/** @type {string} */ body, /** @type {number} */ i) => {
  const { predictions } = JSON.parse(body)
  const expected = requests[i].predictions
  const wrong = expected.findIndex((value, k) => !(Math.abs(predictions[k] - value) <= TOLERANCE))
  if (wrong >= 0 || predictions.length !== expected.length)
    throw new Error(`request ${i} is answered ${body.slice(0, 200)}`)
}

try {
  const target = { port, path: '/invocations', bodies }
  await load(target, { connections: CONNECTIONS, seconds: WARM_UP, check })
  const before = usage(child.pid ?? 0)
  const { seconds, milliseconds } = await load(target, { connections: CONNECTIONS, seconds: SECONDS, check })
  const after = usage(child.pid ?? 0)
  const at = (/** @type {number} */ share) =>
    milliseconds[Math.min(milliseconds.length - 1, Math.floor(share * milliseconds.length))]
  console.log(
    JSON.stringify({
      seconds: at(0.5) / 1000,
      cpuSeconds: (after.cpuSeconds - before.cpuSeconds) / milliseconds.length,
      peakMB: after.peakMB,
      requests: { perSecond: milliseconds.length / seconds, p50: at(0.5), p99: at(0.99) },
    }),
  )
} finally {
  for (const pid of tree(child.pid ?? 0).reverse()) process.kill(pid)
}
