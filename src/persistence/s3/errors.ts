import { PersistenceError } from '../../errors.js'

/** Why a bucket could not be read or written, for programs. */
export type StoreReason =
  | 'noSuchBucket'
  | 'noSuchKey'
  | 'exists'
  | 'accessDenied'
  | 'badCredentials'
  | 'wrongSignature'
  | 'kmsKey'
  | 'wrongRegion'
  | 'network'
  | 'damaged'
  | 'notInstalled'
  | 'other'

/** A bucket could not be read or written; `reason` says why. */
export class StoreError extends PersistenceError {
  readonly reason: StoreReason

  constructor(reason: StoreReason, problem: string, details: PersistenceError['details'] = {}) {
    super(problem, details)
    this.reason = reason
  }
}

interface Cause {
  readonly name?: string
  readonly code?: string
  readonly Code?: string
  readonly message?: string
  readonly $metadata?: { readonly httpStatusCode?: number }
  readonly cause?: unknown
}

/** Codes of the servers, or of the connection, what they mean and what to do. The first rule that fits counts. */
const RULES: readonly (readonly [codes: RegExp, reason: StoreReason, words: string, hint: string])[] = [
  [/^NoSuchBucket$/, 'noSuchBucket', 'the bucket does not exist', 'Check its name, the endpoint and the account.'],
  [/^(NoSuchKey|NotFound)$/, 'noSuchKey', 'nothing is saved there', 'Check the path.'],
  [
    /^(PreconditionFailed|ConditionalRequestConflict)$/,
    'exists',
    'something was saved there meanwhile',
    'Replace it: write().overwrite().save(path).',
  ],
  [
    /kms.*(notfound|disabled|invalidstate|keyusage)|^KMSKeyNotFound/i,
    'kmsKey',
    'the KMS key does not exist or cannot be used',
    'Check sseKmsKeyId, and the rights of the key.',
  ],
  [
    /^SignatureDoesNotMatch$/,
    'wrongSignature',
    'the signature is wrong',
    'Check the secret key, and the clock of this machine.',
  ],
  [/^RequestTimeTooSkewed$/, 'wrongSignature', 'the clock of this machine is wrong', 'Set the clock.'],
  [
    /^(InvalidAccessKeyId|InvalidToken|ExpiredToken|ExpiredTokenException|TokenRefreshRequired|CredentialsProviderError)$/,
    'badCredentials',
    'the credentials are missing, unknown or expired',
    'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or log in again.',
  ],
  [
    /^(AccessDenied|AllAccessDisabled|AccountProblem|Forbidden)$/,
    'accessDenied',
    'access is denied',
    'Ask for the rights s3:GetObject, s3:PutObject, s3:DeleteObject and s3:ListBucket, and those on the KMS key.',
  ],
  [
    /^(PermanentRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraintException)$/,
    'wrongRegion',
    'the bucket is in another region',
    'Name its region: AWS_REGION, or the option region.',
  ],
  [
    /^(ECONN|EPIPE|ENOTFOUND|EAI_|EHOST|ENETUNREACH|ETIMEDOUT|ERR_STREAM|ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO)|^(TimeoutError|AbortError|NetworkingError|RequestTimeout|SlowDown|ServiceUnavailable|InternalError)$/,
    'network',
    'the server cannot be reached, or does not answer',
    'Check the endpoint and the network, and try again.',
  ],
]

/** Codes of an error and of those underneath, the outermost last: what lies deepest says most. */
function codesOf(error: unknown): string[] {
  const { name, code, Code, cause } = (error ?? {}) as Cause
  const own = [Code, code, name].filter((text) => typeof text === 'string')
  return cause === undefined || cause === error ? own : [...codesOf(cause), ...own]
}

/** The error of the SDK as one of the library. */
export function storeError(action: 'read' | 'write', path: string, cause: unknown): StoreError {
  if (cause instanceof StoreError) return cause
  const codes = codesOf(cause)
  const { message = String(cause), $metadata } = (cause ?? {}) as Cause
  const details = { stage: 'storage', param: 'path', received: path, cause }
  for (const [pattern, reason, words, hint] of RULES) {
    const found = codes.find((code) => pattern.test(code))
    if (found === undefined) continue
    const said = message === '' || message === found || message === 'UnknownError' ? found : `${found}: ${message}`
    const problem = reason === 'noSuchKey' ? `nothing is saved at "${path}"` : `cannot ${action} "${path}": ${words}`
    return new StoreError(reason, `${problem} (${said})`, { ...details, hint })
  }
  const status = $metadata?.httpStatusCode
  const reason = status !== undefined && status >= 500 ? 'network' : status === 403 ? 'accessDenied' : 'other'
  const said = [...(status === undefined ? [] : [`status ${status}`]), ...codes.slice(-1), message].join(', ')
  return new StoreError(reason, `cannot ${action} "${path}" (${said})`, { ...details, hint: 'Check the endpoint.' })
}
