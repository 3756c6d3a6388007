// An MLflow server for as long as an example runs, where none is named.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, constants, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { RidgelineError } from 'ridgeline'

/** A server, ours or the user's. */
export interface MlflowServer extends AsyncDisposable {
  readonly uri: string
}

/** How long a server may take to answer; the first start makes its data base. */
const START_MS = 120_000

/** Where a program is on the PATH. */
async function programOnPath(name: string): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, name)
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (folder !== '' && isThere) return path
  }
  return undefined
}

/** A port that is free now. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as { port: number }
  probe.close()
  await once(probe, 'close')
  return port
}

/**
 * The server that MLFLOW_TRACKING_URI names; else `mlflow server` on this machine, which ends, with all that it keeps, when the result is disposed of.
 * @throws RidgelineError where there is neither, with the command that installs it.
 */
export async function startMlflow(): Promise<MlflowServer> {
  const { MLFLOW_TRACKING_URI } = process.env
  if (MLFLOW_TRACKING_URI) return { uri: MLFLOW_TRACKING_URI, [Symbol.asyncDispose]: async () => {} }
  const program = await programOnPath('mlflow')
  if (program === undefined) {
    throw new RidgelineError(
      'there is no MLflow: MLFLOW_TRACKING_URI is not set, and no program mlflow is on the PATH',
      {
        hint: 'Install it: pip install mlflow',
      },
    )
  }
  const folder = await mkdtemp(join(tmpdir(), 'rides-mlflow-'))
  const port = await freePort()
  const uri = `http://127.0.0.1:${port}`
  const store = [
    '--backend-store-uri',
    `sqlite:///${folder}/mlflow.db`,
    '--artifacts-destination',
    `${folder}/artifacts`,
  ]
  const args = [
    'server',
    '--host',
    '127.0.0.1',
    '--port',
    String(port),
    '--workers',
    '1',
    '--serve-artifacts',
    ...store,
  ]
  console.log(`Starting ${program} ${args.join(' ')}`)
  // A group of its own: the server has processes of its own, and ctrl-C must not reach it before us.
  const child = spawn(program, args, {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, MLFLOW_DISABLE_TELEMETRY: 'true', DO_NOT_TRACK: 'true' },
  })
  let log = ''
  child.stderr.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-2000)
  })
  const ended = once(child, 'exit')
  const stop = (): void => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid)
  }
  const interrupted = (): void => {
    stop()
    process.exit(130)
  }
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted)
  const server = {
    uri,
    async [Symbol.asyncDispose]() {
      process.off('SIGINT', interrupted).off('SIGTERM', interrupted)
      stop()
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
  for (const end = Date.now() + START_MS; ; await sleep(200)) {
    const answer = await fetch(`${uri}/health`).catch(() => undefined)
    if (answer?.ok) return server
    if (child.exitCode === null && Date.now() < end) continue
    await server[Symbol.asyncDispose]()
    throw new RidgelineError(`the MLflow server does not answer: ${log.trim()}`)
  }
}
