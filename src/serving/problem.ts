import type { FastifyError } from 'fastify'
import { type ErrorDetails, RidgelineError } from '../errors.js'

/** What is wrong with a request, as programs tell it apart; the HTTP status follows from it, and each protocol words it in its own way. */
export type ProblemKind =
  /** The body is not what the protocol says: no JSON, no columns, two forms at once. */
  | 'malformed'
  /** A column that the model reads is not there. */
  | 'missing-column'
  /** A value is refused: of another type, null, NaN, an unseen label. */
  | 'invalid-value'
  | 'unauthorized'
  | 'not-found'
  | 'too-large'
  | 'media-type'
  | 'timeout'
  /** The client went away before it had its answer. */
  | 'gone'
  | 'unavailable'
  | 'internal'

const STATUS: Readonly<Record<ProblemKind, number>> = {
  malformed: 400,
  'missing-column': 400,
  'invalid-value': 400,
  unauthorized: 401,
  'not-found': 404,
  'too-large': 413,
  'media-type': 415,
  timeout: 504,
  gone: 499,
  unavailable: 503,
  internal: 500,
}

/** One thing that is wrong with the input: where, and why. */
export interface InputIssue {
  /** The column; absent where no column is to blame. */
  readonly field?: string
  /** Zero-based number of the row, where one row is to blame. */
  readonly row?: number
  readonly reason: string
}

/** A request that cannot be answered. */
export class RequestProblem extends Error {
  readonly kind: ProblemKind
  readonly status: number
  /** What is wrong with the input, one by one; empty where it is not about columns. */
  readonly issues: readonly InputIssue[]

  constructor(
    kind: ProblemKind,
    message: string,
    more: { readonly issues?: readonly InputIssue[]; readonly status?: number; readonly cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause })
    this.name = 'RequestProblem'
    this.kind = kind
    this.status = more.status ?? STATUS[kind]
    this.issues = more.issues ?? []
  }
}

const issueOf = ({ column, row }: ErrorDetails, reason: string): InputIssue => ({
  ...(column === undefined ? {} : { field: column }),
  ...(row === undefined ? {} : { row }),
  reason,
})

const ofStatus = new Map<number, ProblemKind>([
  [401, 'unauthorized'],
  [404, 'not-found'],
  [413, 'too-large'],
  [415, 'media-type'],
  [503, 'unavailable'],
])

/**
 * Any error as a problem: SchemaError and DataError are about the input, errors of Fastify have a status, and all else is an `internal` one, whose message stays here.
 */
export function problemOf(error: unknown): RequestProblem {
  if (error instanceof RequestProblem) return error
  if (error instanceof RidgelineError && (error.code === 'SCHEMA' || error.code === 'DATA')) {
    const kind = error.code === 'DATA' ? 'invalid-value' : error.details.column ? 'missing-column' : 'malformed'
    return new RequestProblem(kind, error.message, { issues: [issueOf(error.details, error.message)], cause: error })
  }
  const { statusCode: status = 500, message } = error as Partial<FastifyError>
  if (status < 400 || status >= 500) return new RequestProblem('internal', 'Internal Server Error', { cause: error })
  return new RequestProblem(ofStatus.get(status) ?? 'malformed', message ?? 'Bad Request', { status, cause: error })
}
