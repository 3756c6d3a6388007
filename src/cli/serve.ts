import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { load } from '../persistence/load.js'
import type { Transformer } from '../pipeline/transformer.js'
import type { Policies } from '../schema/policies.js'
import { type Contract, contractOf } from '../serving/contracts.js'
import { isGoogleStorage, withGoogleFolder } from '../serving/google-storage.js'
import { modelAt } from '../serving/model-folder.js'
import { ModelHost } from '../serving/model-host.js'
import { LOG_LEVELS } from '../serving/options.js'
import type { Protocol } from '../serving/protocol.js'
import { mlflow } from '../serving/protocols/mlflow.js'
import { v2 } from '../serving/protocols/v2.js'
import { createServer, type LogLevel, type ModelServer, type TlsOptions } from '../serving/server.js'
import { watchPath } from '../serving/watch.js'
import { type CliArguments, type CliIo, type Command, EXIT, UsageError } from './command.js'
import { BadInputError, reading } from './input-error.js'

const NAME = 'serve'
const DEFAULT_PORT = 8080

/** Contracts that are protocols alone; the others are those of platforms. */
const PROTOCOLS: Readonly<Record<string, readonly Protocol[]>> = { mlflow: [mlflow], v2: [v2] }

/** A number that an option holds. @throws UsageError for what is none, or out of bounds. */
function numberOf(args: CliArguments, option: string, least: number, most: number): number | undefined {
  const text = args.text(option)
  if (text === undefined) return undefined
  const number = Number(text)
  if (text.trim() !== '' && number >= least && number <= most) return number
  throw new UsageError(`--${option} is "${text}". Allowed: a number from ${least} to ${most}`, NAME)
}

const UNITS: Readonly<Record<string, number>> = { k: 1, m: 2, g: 3 }

/** A size in bytes, such as 512KB or 16MiB. */
function sizeOf(args: CliArguments, option: string): number | undefined {
  const text = args.text(option)
  if (text === undefined) return undefined
  const [, digits, unit = '', binary] = /^(\d+)(?:([kmg])(i?)b?)?$/i.exec(text.replaceAll(' ', '')) ?? []
  if (digits === undefined)
    throw new UsageError(`--${option} is "${text}". Allowed: a size such as 512KB or 16MiB`, NAME)
  return Number(digits) * (binary ? 1024 : 1000) ** (UNITS[unit.toLowerCase()] ?? 0)
}

async function tlsOf(args: CliArguments): Promise<TlsOptions | undefined> {
  const [key, cert] = [args.text('tls-key'), args.text('tls-cert')]
  if (key === undefined && cert === undefined) return undefined
  if (key === undefined || cert === undefined) throw new UsageError('--tls-key and --tls-cert go together', NAME)
  return { key: await fileOf(key), cert: await fileOf(cert) }
}

const fileOf = (path: string): Promise<string> =>
  readFile(path, 'utf8').catch((cause: unknown) => {
    throw new BadInputError(cause)
  })

/** Tokens of a file, one a line; lines that start with # tell something else. */
async function tokensOf(args: CliArguments): Promise<readonly string[]> {
  const path = args.text('token-file')
  if (path === undefined) return []
  const lines = (await fileOf(path)).split('\n').map((line) => line.trim())
  const tokens = lines.filter((line) => line !== '' && !line.startsWith('#'))
  if (tokens.length > 0) return tokens
  throw new BadInputError(new Error(`"${path}" holds no token. Write one a line, or leave --token-file out.`))
}

function policiesOf(args: CliArguments): Policies | undefined {
  const text = args.text('policies')
  if (text === undefined) return undefined
  try {
    return JSON.parse(text) as Policies
  } catch {
    throw new UsageError(`--policies is not JSON. Write for example '{"unseen":"error"}'`, NAME)
  }
}

/** Addresses of stores and registries, which are no paths of this machine. */
const isAddress = (path: string): boolean => /^[a-z][a-z0-9+.-]+:/i.test(path)

/** The path of the model: that of the command line, of the platform, or of the environment. */
function pathOf(args: CliArguments, contract: Contract | undefined): string {
  const path = args.positionals[0] ?? contract?.model ?? process.env.RIDGELINE_MODEL
  if (path) return path
  throw new UsageError('the argument MODEL is missing, and so is the environment variable RIDGELINE_MODEL', NAME)
}

/** Whether MLflow says where the model lies: an address of its registry, or a folder that it wrote. */
const isOfMlflow = (place: string): boolean =>
  /^(models|runs|mlflow-artifacts):/.test(place) || (!isAddress(place) && existsSync(join(place, 'MLmodel')))

/** Where a model is loaded from, and loaded again from. */
const loaderOf = (path: string) => (): Promise<Transformer> =>
  isGoogleStorage(path) ? withGoogleFolder(path, loadAt) : loadAt(path)

async function loadAt(path: string): Promise<Transformer> {
  const place = isAddress(path) ? path : modelAt(path)
  if (!isOfMlflow(place)) return (await load(place)) as Transformer
  const { loadModel } = await import('../tracking/load-model.js')
  return loadModel(place)
}

/** The name of a model by its path: that of the registry, or that of the file. */
const nameOf = (path: string): string => /^models:\/+([^/@]+)/.exec(path)?.[1] ?? basename(path).replace(/[.]json$/, '')

/** Waits until the signal comes. Without one, the server runs until the process ends. */
const aborted = (signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted) resolve()
    signal?.addEventListener('abort', () => resolve(), { once: true })
  })

async function serverOf(
  args: CliArguments,
  path: string,
  contract: Contract | undefined,
  io: CliIo,
): Promise<ModelServer> {
  const wanted = args.text('contract') ?? 'auto'
  const timeout = numberOf(args, 'timeout', 0, 86_400)
  const closeDelay = numberOf(args, 'close-delay', 0, 3600)
  const bodyLimit = sizeOf(args, 'body-limit')
  const [outputCols, schema, version] = [args.text('columns'), args.text('schema'), args.text('model-version')]
  const policies = policiesOf(args)
  const [tls, tokens] = [await tlsOf(args), await tokensOf(args)]
  const options = {
    name: args.text('name') ?? nameOf(path),
    ...(version === undefined ? {} : { version }),
    ...(outputCols === undefined ? {} : { outputCols: outputCols.split(',').map((name) => name.trim()) }),
    ...(schema === undefined ? {} : { schema }),
    ...(policies && { policies }),
    ...(timeout === undefined ? {} : { timeout: timeout * 1000 }),
  }
  const host = await reading(() => ModelHost.open(loaderOf(path), options))
  return createServer(host, {
    protocols: PROTOCOLS[wanted] ?? [mlflow, v2, ...(contract ? [contract.protocol] : [])],
    tokens,
    ...(bodyLimit === undefined ? {} : { bodyLimit }),
    ...(closeDelay === undefined ? {} : { closeDelay: closeDelay * 1000 }),
    ...(tls && { tls }),
    logLevel: (args.text('log-level') ?? 'info') as LogLevel,
    logStream: io.stderr,
  })
}

/** Serves a model over HTTP until the process is told to stop. */
export const serve: Command = {
  name: NAME,
  summary: 'Answers requests over HTTP with the predictions of a model',
  positionals: ['[MODEL]'],
  options: {
    host: { value: 'HOST', help: 'address to listen on (default 127.0.0.1; 0.0.0.0 for all)' },
    port: { value: 'PORT', help: `port to listen on (default ${DEFAULT_PORT}; 0 for any free one)` },
    name: { value: 'NAME', help: 'name of the model (default: that of the file)' },
    'model-version': { value: 'VERSION', help: 'version of the model (default: its uid, which each fit makes anew)' },
    columns: { value: 'A,B', help: 'columns of the answer (default: what the predictors make)' },
    schema: {
      value: 'DDL',
      help: "types of the columns of a row, for models that do not know them: 'city STRING, km DOUBLE'",
    },
    policies: { value: 'JSON', help: `what becomes of odd rows, such as '{"unseen":"error"}'` },
    contract: {
      value: 'NAME',
      choices: ['auto', 'mlflow', 'v2', 'sagemaker', 'vertex', 'azure'],
      help: 'protocols to speak: MLflow and V2, with those of the platform that is found (default), or fewer',
    },
    'token-file': { value: 'FILE', help: 'bearer tokens that are taken, one a line' },
    'tls-key': { value: 'FILE', help: 'private key in PEM, for HTTPS' },
    'tls-cert': { value: 'FILE', help: 'certificate in PEM, for HTTPS' },
    'body-limit': { value: 'SIZE', help: 'largest body of a request (default 16MiB)' },
    timeout: { value: 'SECONDS', help: 'time that the scoring of a request may take (default: any)' },
    'close-delay': {
      value: 'SECONDS',
      help: 'time between 503 of health and the last connection that is taken, when the server ends (default 0)',
    },
    watch: { help: 'load the model anew when its file changes' },
    'log-level': { value: 'LEVEL', choices: [...LOG_LEVELS], help: 'least level of what is logged (default info)' },
  },
  details: `Needs the package fastify (npm install fastify@5); with prom-client there are metrics at /metrics. The log goes to
standard error, one JSON object a line, without what clients send. SIGTERM or ctrl-C ends the server once it has
answered what was sent; SIGHUP loads the model anew. Without MODEL the path is that of the platform, or of the
environment variable RIDGELINE_MODEL. docs/serving.md tells the routes.`,
  async run(args, io) {
    const wanted = args.text('contract') ?? 'auto'
    const contract = Object.hasOwn(PROTOCOLS, wanted) ? undefined : contractOf(wanted)
    const path = pathOf(args, contract)
    if (args.has('watch') && isAddress(path)) throw new UsageError('--watch watches files of this machine', NAME)
    const port = numberOf(args, 'port', 0, 65_535) ?? contract?.port ?? DEFAULT_PORT
    const server = await serverOf(args, path, contract, io)
    // What is wrong with the new model stands in the log.
    const reload = () => server.reload().catch(() => undefined)
    const unwatch = args.has('watch') ? watchPath(path, reload) : undefined
    process.on('SIGHUP', reload)
    try {
      const address = await server.listen({ host: args.text('host') ?? contract?.host ?? '127.0.0.1', port })
      const { name, version } = server.model
      io.stdout.write(
        args.has('json')
          ? `${JSON.stringify({ address, name, version })}\n`
          : `serving ${name} (version ${version}) at ${address}\n`,
      )
      await aborted(io.signal)
    } finally {
      process.off('SIGHUP', reload)
      unwatch?.()
      await server.close()
    }
    return EXIT.fine
  },
}
