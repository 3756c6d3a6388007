import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { installMlflow, pythonWith } from '../../scripts/peers.mjs'

/** A real MLflow server on loopback: SQLite, artifacts handed on by the server. */
export interface MlflowServer extends AsyncDisposable {
  readonly uri: string
  /** Python of its environment, which has MLflow and PySpark. */
  readonly python: string
  /** Ends the process at once, as a crash does; what it has stored stays. */
  kill(): Promise<void>
  /** Starts it again after `kill()`, at the same address. */
  start(): Promise<void>
}

/** Without telemetry, and without what the caller's environment says of other servers. */
function environment(more: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith('MLFLOW_'))
  return { ...Object.fromEntries(others), MLFLOW_DISABLE_TELEMETRY: 'true', DO_NOT_TRACK: 'true', ...more }
}

export { installMlflow }

/** The last MLflow 2. Later versions of SQLAlchemy lack what it imports; its basic authentication needs Flask-WTF. */
export const installMlflowTwo = (): string =>
  pythonWith('mlflow-two', ['mlflow==2.22.2', 'sqlalchemy<2.1', 'flask-wtf'])

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as { port: number }
  probe.close()
  await once(probe, 'close')
  return port
}

/**
 * Starts MLflow, which is installed when it is not there, in a folder of its own that is removed with it.
 * @param options `python` of an environment with another MLflow; `args` and `env` of the server beside the usual ones.
 */
export async function startMlflow({
  python = installMlflow(),
  args = [],
  env = {},
}: {
  readonly python?: string
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
} = {}): Promise<MlflowServer> {
  const folder = mkdtempSync(join(tmpdir(), 'ridgeline-mlflow-'))
  const artifacts = join(folder, 'artifacts')
  const log = join(folder, 'server.log')
  mkdirSync(artifacts)
  const port = await freePort()
  const uri = `http://127.0.0.1:${port}`
  let child: ChildProcess | undefined

  const start = async (): Promise<void> => {
    const out = openSync(log, 'a')
    const command = ['server', '--host', '127.0.0.1', '--port', String(port), '--workers', '1']
    const stores = [
      '--backend-store-uri',
      `sqlite:///${join(folder, 'mlflow.db')}`,
      '--artifacts-destination',
      artifacts,
    ]
    const program = spawn(join(dirname(python), 'mlflow'), [...command, '--serve-artifacts', ...stores, ...args], {
      stdio: ['ignore', out, out],
      // A group of its own, so that its workers end with it.
      detached: true,
      env: environment(env),
    })
    child = program
    const answers = () =>
      fetch(`${uri}/health`).then(
        ({ ok }) => ok,
        () => false,
      )
    for (const end = Date.now() + 180_000; !(await answers()); await sleep(200)) {
      if (program.exitCode !== null || Date.now() > end)
        throw new Error(`mlflow server: ${readFileSync(log, 'utf8').slice(-3000)}`)
    }
  }
  const kill = async (): Promise<void> => {
    const program = child
    child = undefined
    if (!program?.pid || program.exitCode !== null) return
    const closed = once(program, 'exit')
    process.kill(-program.pid, 'SIGKILL')
    await closed
  }
  const server: MlflowServer = {
    uri,
    python,
    kill,
    start,
    async [Symbol.asyncDispose]() {
      await kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  try {
    await start()
  } catch (error) {
    await server[Symbol.asyncDispose]()
    throw error
  }
  return server
}
