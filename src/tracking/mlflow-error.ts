import { type ErrorDetails, RidgelineError } from '../errors.js'

/** Codes that MLflow's server gives to what went wrong, and those of the client for what never became an answer. */
export type MlflowErrorCode =
  | 'RESOURCE_DOES_NOT_EXIST'
  | 'RESOURCE_ALREADY_EXISTS'
  | 'INVALID_PARAMETER_VALUE'
  | 'INVALID_STATE'
  | 'BAD_REQUEST'
  | 'ENDPOINT_NOT_FOUND'
  | 'NOT_IMPLEMENTED'
  | 'PERMISSION_DENIED'
  | 'UNAUTHENTICATED'
  | 'REQUEST_LIMIT_EXCEEDED'
  | 'TEMPORARILY_UNAVAILABLE'
  | 'INTERNAL_ERROR'
  | 'CONNECTION_FAILED'
  | 'REQUEST_TIMEOUT'
  // Servers have more, and newer ones will have others.
  | (string & {})

/** What an {@link MlflowError} knows beside the details of every error. */
export interface MlflowErrorDetails extends ErrorDetails {
  readonly errorCode: MlflowErrorCode
  readonly status?: number
  readonly serverMessage?: string
}

/**
 * The tracking server refused a call, could not be reached, or what was asked of the client makes no sense to MLflow.
 *
 * `errorCode` is the server's own (`RESOURCE_DOES_NOT_EXIST`, `RESOURCE_ALREADY_EXISTS`, `INVALID_PARAMETER_VALUE`, …), or `CONNECTION_FAILED` and
 * `REQUEST_TIMEOUT` where there was no answer; `serverMessage` is the server's sentence, `status` the HTTP status.
 */
export class MlflowError extends RidgelineError {
  override readonly code = 'MLFLOW'
  readonly errorCode: MlflowErrorCode
  /** HTTP status of the answer; undefined when there was none. */
  readonly status?: number
  /** What the server said, word by word. */
  readonly serverMessage?: string

  constructor(problem: string, { errorCode, status, serverMessage, ...details }: MlflowErrorDetails) {
    super(problem, { stage: 'mlflow', ...details })
    this.errorCode = errorCode
    this.status = status
    this.serverMessage = serverMessage
  }

  /** Whether something of that name, id, version or alias is not there. */
  get isNotFound(): boolean {
    return this.errorCode === 'RESOURCE_DOES_NOT_EXIST' || this.errorCode === 'NOT_FOUND'
  }
}

/** Whether an error says that something of that name, id, version or alias is not there. */
export const isNotFound = (error: unknown): boolean => error instanceof MlflowError && error.isNotFound

/** A call that cannot be made as it is, found out without the server. */
export const invalidCall = (problem: string, details: ErrorDetails = {}): MlflowError =>
  new MlflowError(problem, { errorCode: 'INVALID_PARAMETER_VALUE', ...details })
