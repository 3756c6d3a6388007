import { ParamError } from '../errors.js'
import { knownNames, shortText } from '../util/names.js'

/** A client of S3 that the user made: an `S3Client` of `@aws-sdk/client-s3`. */
export interface S3ClientLike {
  // biome-ignore lint/suspicious/noExplicitAny: the package is optional, so its types of commands are not known here
  send(command: any, options?: any): Promise<any>
}

/** How a bucket is reached, where that is not what the environment says. */
export interface StorageOptions {
  /** URL of a server that speaks S3. Default: `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`, the profile, AWS itself. */
  readonly endpoint?: string
  /** Default: `AWS_REGION`, `AWS_DEFAULT_REGION`, the profile, us-east-1. */
  readonly region?: string
  /** Whether the bucket stands in the path, not in the host. Default: true where an endpoint is given, here or by `AWS_ENDPOINT_URL[_S3]`. */
  readonly pathStyle?: boolean
  /** Default: what the AWS SDK finds: variables, profile, single sign-on, web identity, the container or the machine. */
  readonly credentials?: {
    readonly accessKeyId: string
    readonly secretAccessKey: string
    readonly sessionToken?: string
  }
  /** How the server encrypts what is saved: `AES256` or `aws:kms`. Default: `aws:kms` where a key is given, else what the bucket does. */
  readonly sse?: 'AES256' | 'aws:kms'
  /** Id, alias or ARN of the KMS key. */
  readonly sseKmsKeyId?: string
  /** More headers, signed: of a save, for the requests that create objects (`x-amz-acl`, `x-amz-storage-class`); of a load, for all. */
  readonly headers?: Readonly<Record<string, string>>
  /** How often a request is tried. Default 3. */
  readonly maxAttempts?: number
  /** Milliseconds without an answer after which a try is given up. Default 60,000. */
  readonly timeout?: number
  /** Files of more bytes are sent in parts of that size; 5 MiB or more. Default 16 MiB. */
  readonly multipartSize?: number
  /** A client of your own; then the options of connection, region and credentials are not looked at. */
  readonly client?: S3ClientLike
}

/** Values of options as Spark takes them: `true` and `"true"` are the same. */
export type StorageOption = string | number | boolean

/** Names of the options, and what each may be. */
const TYPES: Readonly<Record<keyof StorageOptions, string>> = {
  endpoint: 'string',
  region: 'string',
  pathStyle: 'boolean',
  credentials: 'object',
  sse: 'string',
  sseKmsKeyId: 'string',
  headers: 'object',
  maxAttempts: 'number',
  timeout: 'number',
  multipartSize: 'number',
  client: 'object',
}
const SSE = ['AES256', 'aws:kms']
const MIN_PART = 5 * 2 ** 20

const refuse = (param: string, received: unknown, allowed: string, hint?: string): never => {
  throw new ParamError(`option "${param}" is ${shortText(received)}`, {
    stage: 'storage',
    param,
    allowed: `Allowed: ${allowed}`,
    received: shortText(received),
    hint,
  })
}

const unknownOption = (name: string, known: readonly string[], hint: string): never => {
  throw new ParamError(`option "${name}" does not exist`, {
    stage: 'storage',
    param: name,
    allowed: knownNames('options', name, known),
    received: name,
    hint,
  })
}

/** @throws ParamError for an unknown option, or a value that it cannot have. */
export function checkStorageOptions(options: StorageOptions): StorageOptions {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue
    if (!Object.hasOwn(TYPES, name)) unknownOption(name, Object.keys(TYPES), 'Remove it, or correct its name.')
    const type = TYPES[name as keyof StorageOptions]
    // Secrets are not repeated in messages.
    if (name === 'credentials' || name === 'client') {
      if (typeof value !== 'object' || value === null) refuse(name, typeof value, 'an object')
    } else if (typeof value !== type || value === null || value === '') refuse(name, value, `a ${type}`)
  }
  const { sse, sseKmsKeyId, endpoint, maxAttempts, timeout, multipartSize, headers, client, credentials } = options
  if (sse !== undefined && !SSE.includes(sse)) refuse('sse', sse, SSE.join(', '))
  if (sse === 'AES256' && sseKmsKeyId !== undefined) refuse('sse', sse, 'aws:kms where a KMS key is given')
  if (endpoint !== undefined && !/^https?:\/\//.test(endpoint))
    refuse('endpoint', endpoint, 'a URL, such as http://127.0.0.1:9000')
  const least = { maxAttempts: 1, timeout: 1, multipartSize: MIN_PART }
  for (const [name, value] of Object.entries({ maxAttempts, timeout, multipartSize })) {
    const min = least[name as keyof typeof least]
    if (value !== undefined && !(Number.isInteger(value) && value >= min))
      refuse(name, value, `an integer of ${min} or more`)
  }
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (typeof value !== 'string') refuse(`headers.${name}`, value, 'a string')
  }
  if (client && typeof client.send !== 'function') refuse('client', 'an object without send()', 'an S3Client')
  if (client && headers) refuse('headers', headers, 'none beside a client of your own', 'Add them to the client.')
  if (credentials && !(credentials.accessKeyId && credentials.secretAccessKey))
    refuse('credentials', 'incomplete', 'accessKeyId and secretAccessKey')
  return options
}

/** A mutable form, while options are collected. */
type Draft = { -readonly [K in keyof StorageOptions]?: StorageOptions[K] } & {
  /** Hadoop gives hosts without a scheme. */
  ssl?: boolean
  key?: { accessKeyId?: string; secretAccessKey?: string; sessionToken?: string }
}

const flag = (name: string, value: StorageOption): boolean => {
  const text = String(value).toLowerCase()
  if (text !== 'true' && text !== 'false') refuse(name, value, 'true, false')
  return text === 'true'
}
const count = (name: string, value: StorageOption): number => {
  const number = Number(value)
  if (String(value).trim() === '' || !Number.isFinite(number)) refuse(name, value, 'a number')
  return number
}
/** Hadoop's sizes: `64M`. */
const bytes = (name: string, value: StorageOption): number => {
  const [, digits, unit] =
    /^(\d+)([kmgKMG]?)$/.exec(String(value)) ?? refuse(name, value, 'bytes, such as 67108864 or 64M')
  return Number(digits) * 1024 ** ' kmg'.indexOf((unit || ' ').toLowerCase())
}
/** Hadoop's times: milliseconds, or with a unit: `200s`. */
const milliseconds = (name: string, value: StorageOption): number => {
  const [, digits, unit] = /^(\d+)(ms|s|m|)$/.exec(String(value)) ?? refuse(name, value, 'a time, such as 60000 or 60s')
  return Number(digits) * ({ s: 1000, m: 60_000 }[unit] ?? 1)
}
const encryption = (name: string, value: StorageOption): 'AES256' | 'aws:kms' => {
  const found = { 'SSE-KMS': 'aws:kms', 'SSE-S3': 'AES256', AES256: 'AES256' }[String(value)] as 'AES256' | undefined
  return found ?? refuse(name, value, 'SSE-KMS, AES256')
}

/** Names of Hadoop's S3A client that its users know, and what they mean here. */
const S3A: Readonly<Record<string, (draft: Draft, value: StorageOption, name: string) => void>> = {
  'fs.s3a.endpoint': (draft, value) => {
    draft.endpoint = String(value)
  },
  'fs.s3a.endpoint.region': (draft, value) => {
    draft.region = String(value)
  },
  'fs.s3a.path.style.access': (draft, value, name) => {
    draft.pathStyle = flag(name, value)
  },
  'fs.s3a.connection.ssl.enabled': (draft, value, name) => {
    draft.ssl = flag(name, value)
  },
  'fs.s3a.access.key': (draft, value) => {
    draft.key = { ...draft.key, accessKeyId: String(value) }
  },
  'fs.s3a.secret.key': (draft, value) => {
    draft.key = { ...draft.key, secretAccessKey: String(value) }
  },
  'fs.s3a.session.token': (draft, value) => {
    draft.key = { ...draft.key, sessionToken: String(value) }
  },
  'fs.s3a.encryption.algorithm': (draft, value, name) => {
    draft.sse = encryption(name, value)
  },
  'fs.s3a.encryption.key': (draft, value) => {
    draft.sseKmsKeyId = String(value)
  },
  'fs.s3a.attempts.maximum': (draft, value, name) => {
    draft.maxAttempts = count(name, value)
  },
  'fs.s3a.connection.timeout': (draft, value, name) => {
    draft.timeout = milliseconds(name, value)
  },
  'fs.s3a.multipart.size': (draft, value, name) => {
    draft.multipartSize = bytes(name, value)
  },
}
/** Older names of the same. */
const OLDER: Readonly<Record<string, string>> = {
  'fs.s3a.server-side-encryption-algorithm': 'fs.s3a.encryption.algorithm',
  'fs.s3a.server-side-encryption.key': 'fs.s3a.encryption.key',
}

/**
 * Options by the names of Hadoop's S3A client (`fs.s3a.endpoint`, also with `spark.hadoop.` in front), as options of this library.
 * @throws ParamError for an unknown name, or a value that it cannot have.
 */
export function storageFromS3a(options: Readonly<Record<string, StorageOption>>): StorageOptions {
  const draft: Draft = {}
  for (const [given, value] of Object.entries(options)) {
    const plain = given.replace(/^spark\.hadoop\./, '')
    const name = OLDER[plain] ?? plain
    if (!Object.hasOwn(S3A, name)) {
      unknownOption(given, Object.keys(S3A), 'Leave it out; the AWS SDK finds credentials as usual.')
    }
    S3A[name](draft, value, given)
  }
  const { ssl = true, key, endpoint, ...rest } = draft
  const url = endpoint === undefined || endpoint.includes('://') ? endpoint : `${ssl ? 'https' : 'http'}://${endpoint}`
  return checkStorageOptions({
    ...rest,
    ...(url === undefined ? {} : { endpoint: url }),
    ...(key ? { credentials: { accessKeyId: '', secretAccessKey: '', ...key } } : {}),
  })
}
