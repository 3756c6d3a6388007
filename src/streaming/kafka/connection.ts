import { readFileSync } from 'node:fs'
import { ParamError, PersistenceError } from '../../errors.js'
import { knownNames } from '../../util/names.js'
import { countOption } from '../options.js'

/** How brokers are reached and talked to, whatever the client. */
export interface KafkaConnection {
  /** The package that speaks to the brokers. */
  readonly client: 'kafkajs' | 'platformatic'
  readonly brokers: readonly string[]
  readonly clientId: string
  readonly tls?: {
    readonly ca?: string
    readonly cert?: string
    readonly key?: string
    readonly passphrase?: string
    /** Whether the name of the broker must be that of its certificate. */
    readonly verifyName: boolean
  }
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
    readonly username: string
    readonly password: string
  }
  readonly compression: 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd'
  readonly sessionTimeout: number
  readonly heartbeatInterval: number
  readonly transactionTimeout: number
  readonly requestTimeout: number
  readonly fetchMaxWait: number
  readonly fetchMinBytes: number
  readonly fetchMaxBytes: number
  readonly maxPartitionFetchBytes: number
  readonly maxRequestSize: number
  readonly readUncommitted: boolean
}

/** Kafka's names of settings that mean something here, and `client`, each with `kafka.` before it. */
const SETTINGS = [
  'client',
  'bootstrap.servers',
  'client.id',
  'group.id',
  'security.protocol',
  'sasl.mechanism',
  'sasl.jaas.config',
  'sasl.username',
  'sasl.password',
  'ssl.truststore.type',
  'ssl.truststore.location',
  'ssl.truststore.certificates',
  'ssl.ca.location',
  'ssl.keystore.type',
  'ssl.keystore.location',
  'ssl.keystore.key',
  'ssl.keystore.certificate.chain',
  'ssl.key.password',
  'ssl.endpoint.identification.algorithm',
  'compression.type',
  'acks',
  'enable.idempotence',
  'isolation.level',
  'session.timeout.ms',
  'heartbeat.interval.ms',
  'transaction.timeout.ms',
  'request.timeout.ms',
  'fetch.max.wait.ms',
  'fetch.min.bytes',
  'fetch.max.bytes',
  'max.partition.fetch.bytes',
  'max.request.size',
].map((name) => `kafka.${name}`)

const PROTOCOLS = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'] as const
const MECHANISMS = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const
const CLIENTS = ['kafkajs', 'platformatic'] as const
const COMPRESSIONS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const

type Options = ReadonlyMap<string, string>

function choice<T extends string>(options: Options, name: string, values: readonly T[], otherwise: T): T {
  const given = options.get(name)
  if (given === undefined) return otherwise
  const found = values.find((value) => value.toLowerCase() === given.toLowerCase())
  if (found) return found
  throw new ParamError(`${name} is ${given}`, {
    stage: 'kafka',
    param: name,
    allowed: knownNames('values', given, values),
    received: given,
  })
}

const missing = (param: string, hint: string): ParamError =>
  new ParamError(`the option ${param} is missing`, { stage: 'kafka', param, hint })

/**
 * The connection that options tell, by Kafka's and Spark's names.
 * @throws ParamError for unknown or contradicting options; PersistenceError for certificates that cannot be read.
 */
export function connectionOf(options: Options): KafkaConnection {
  for (const name of options.keys()) {
    if (!name.startsWith('kafka.') || SETTINGS.includes(name)) continue
    throw new ParamError(`there is no setting "${name}"`, {
      stage: 'kafka',
      param: name,
      allowed: knownNames('settings', name, SETTINGS),
      received: name,
      hint: 'Settings of the Java client that mean nothing here are left out',
    })
  }
  const servers = options.get('kafka.bootstrap.servers')
  if (!servers)
    throw missing('kafka.bootstrap.servers', "Write option('kafka.bootstrap.servers', 'host1:9092,host2:9092')")
  const { protocol, sasl } = saslOf(options)
  const acks = options.get('kafka.acks')
  if ((acks !== undefined && !['all', '-1'].includes(acks)) || options.get('kafka.enable.idempotence') === 'false') {
    throw new ParamError('messages are sent in transactions, which need all acknowledgements and idempotence', {
      stage: 'kafka',
      param: acks === undefined ? 'kafka.enable.idempotence' : 'kafka.acks',
      allowed: 'Allowed: acks all, idempotence true',
    })
  }
  const count = (name: string, otherwise: number): number => countOption(options, `kafka.${name}`, 0) ?? otherwise
  const sessionTimeout = count('session.timeout.ms', 10_000)
  return {
    client: choice(options, 'kafka.client', CLIENTS, 'kafkajs'),
    brokers: servers.split(',').map((server) => server.trim()),
    clientId: options.get('kafka.client.id') ?? 'ridgeline',
    ...(protocol.endsWith('SSL') ? { tls: tlsOf(options) } : {}),
    ...(sasl ? { sasl } : {}),
    compression: choice(options, 'kafka.compression.type', COMPRESSIONS, 'none'),
    sessionTimeout,
    heartbeatInterval: count('heartbeat.interval.ms', Math.min(3000, Math.floor(sessionTimeout / 3))),
    transactionTimeout: count('transaction.timeout.ms', 60_000),
    requestTimeout: count('request.timeout.ms', 30_000),
    fetchMaxWait: count('fetch.max.wait.ms', 500),
    fetchMinBytes: count('fetch.min.bytes', 1),
    fetchMaxBytes: count('fetch.max.bytes', 52_428_800),
    maxPartitionFetchBytes: count('max.partition.fetch.bytes', 1_048_576),
    maxRequestSize: count('max.request.size', 1_048_576),
    readUncommitted:
      choice(options, 'kafka.isolation.level', ['read_committed', 'read_uncommitted'], 'read_committed') ===
      'read_uncommitted',
  }
}

function saslOf(options: Options): { protocol: (typeof PROTOCOLS)[number]; sasl?: KafkaConnection['sasl'] } {
  const protocol = choice(options, 'kafka.security.protocol', PROTOCOLS, 'PLAINTEXT')
  if (!protocol.startsWith('SASL')) {
    const lost = ['kafka.sasl.mechanism', 'kafka.sasl.jaas.config', 'kafka.sasl.username'].find((name) =>
      options.has(name),
    )
    if (lost === undefined) return { protocol }
    throw new ParamError(`${lost} is given, but the protocol is ${protocol}`, {
      stage: 'kafka',
      param: 'kafka.security.protocol',
      hint: 'Set kafka.security.protocol to SASL_SSL',
    })
  }
  const jaas = options.get('kafka.sasl.jaas.config') ?? ''
  const value = (name: string): string | undefined => {
    const match = new RegExp(`\\b${name}\\s*=\\s*"((?:[^"\\\\]|\\\\.)*)"`).exec(jaas)
    return match ? match[1].replace(/\\(.)/g, '$1') : options.get(`kafka.sasl.${name}`)
  }
  const [username, password] = [value('username'), value('password')]
  if (username === undefined || password === undefined) {
    throw missing(
      'kafka.sasl.jaas.config',
      'Give it with username="…" and password="…", or kafka.sasl.username and kafka.sasl.password',
    )
  }
  // Kafka's own default, GSSAPI, is not supported.
  if (!options.has('kafka.sasl.mechanism'))
    throw missing('kafka.sasl.mechanism', `Give one of ${MECHANISMS.join(', ')}`)
  const mechanism = choice(options, 'kafka.sasl.mechanism', MECHANISMS, 'PLAIN').toLowerCase()
  return { protocol, sasl: { mechanism, username, password } as KafkaConnection['sasl'] }
}

function tlsOf(options: Options): KafkaConnection['tls'] {
  for (const store of ['truststore', 'keystore']) {
    const type = options.get(`kafka.ssl.${store}.type`)
    if ((type ?? 'PEM').toUpperCase() === 'PEM') continue
    throw new ParamError(`kafka.ssl.${store}.type is ${type}`, {
      stage: 'kafka',
      param: `kafka.ssl.${store}.type`,
      allowed: 'Allowed: PEM',
      received: type,
      hint: 'Turn the store into PEM: keytool -exportcert -rfc, or openssl pkcs12',
    })
  }
  const read = (name: string): string | undefined => {
    const path = options.get(name)
    if (path === undefined) return undefined
    try {
      return readFileSync(path, 'utf8')
    } catch (cause) {
      throw new PersistenceError(`the certificates of ${name} cannot be read`, { stage: 'kafka', file: path, cause })
    }
  }
  const keystore = read('kafka.ssl.keystore.location')
  const ca =
    options.get('kafka.ssl.truststore.certificates') ??
    read('kafka.ssl.truststore.location') ??
    read('kafka.ssl.ca.location')
  const key = options.get('kafka.ssl.keystore.key') ?? keystore
  const cert = options.get('kafka.ssl.keystore.certificate.chain') ?? keystore
  const passphrase = options.get('kafka.ssl.key.password')
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(key === undefined ? {} : { key }),
    ...(cert === undefined ? {} : { cert }),
    ...(passphrase === undefined ? {} : { passphrase }),
    verifyName: options.get('kafka.ssl.endpoint.identification.algorithm') !== '',
  }
}
