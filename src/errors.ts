/** What every error of the library carries beside its sentence, for programs that must tell cases apart. */
export interface ErrorDetails {
  /** `uid` of the stage, or the name of the function, in which it happened. */
  readonly stage?: string
  /** Name of the parameter that is wrong. */
  readonly param?: string
  /** Name of the column that is wrong. */
  readonly column?: string
  /** What is allowed there: a range, a list of names, a type. */
  readonly allowed?: string
  /** What came instead, in short form. */
  readonly received?: string
  /** Zero-based number of the row, where one row is to blame. */
  readonly row?: number
  /** Path of the file, where one file is to blame. */
  readonly file?: string
  /** Number of the line in that file, from 1. */
  readonly line?: number
  /** What to do about it, as a sentence. */
  readonly hint?: string
  /** The error underneath, when another library raised one. */
  readonly cause?: unknown
}

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`)

function placeText({ row, file, line }: ErrorDetails): string {
  const place = [
    ...(row === undefined ? [] : [`row ${row}`]),
    ...(file === undefined ? [] : [file]),
    ...(line === undefined ? [] : [`line ${line}`]),
  ]
  return place.length === 0 ? '' : ` (${place.join(', ')})`
}

/**
 * Base of all errors of the library. The message has a fixed shape: stage, what is wrong, what is allowed, what to do.
 * `code` is stable and is what a program should test.
 */
export class RidgelineError extends Error {
  readonly code: string = 'RIDGELINE'
  readonly details: ErrorDetails

  /** @param problem what is wrong, naming the parameter or column and the value that came. */
  constructor(problem: string, details: ErrorDetails = {}) {
    const where = details.stage ? `${details.stage}: ` : ''
    const at = placeText(details)
    const parts = [where + sentence(problem + at)]
    if (details.allowed) parts.push(sentence(details.allowed))
    if (details.hint) parts.push(sentence(details.hint))
    super(parts.join(' '), details.cause === undefined ? undefined : { cause: details.cause })
    this.details = details
    this.name = new.target.name
  }
}

/** A parameter is unknown, missing, or has a value outside what its row allows. */
export class ParamError extends RidgelineError {
  override readonly code = 'PARAM'
}

/** A column is missing, exists already, or has a type that a stage or an expression cannot take. */
export class SchemaError extends RidgelineError {
  override readonly code = 'SCHEMA'
}

/** A row holds a value that the operation refuses: null, NaN, an unseen label, a vector of another size. */
export class DataError extends RidgelineError {
  override readonly code = 'DATA'
}

/** Something of a fitted model was asked that this model does not have, for example the summary of a loaded model. */
export class NotFittedError extends RidgelineError {
  override readonly code = 'NOT_FITTED'
}

/** The operation exists, but not for this class, engine or combination of parameters. */
export class UnsupportedError extends RidgelineError {
  override readonly code = 'UNSUPPORTED'
}

/** A file could not be read or written: missing, truncated, foreign, too new, or altered. */
export class PersistenceError extends RidgelineError {
  override readonly code = 'PERSISTENCE'
}

/** An expression in Spark's SQL grammar could not be understood. */
export class ParseError extends RidgelineError {
  override readonly code = 'PARSE'
}

/** The relational engine failed, or the optional dependency that it needs is not installed. */
export class EngineError extends RidgelineError {
  override readonly code = 'ENGINE'
}
