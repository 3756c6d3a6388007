import { RidgelineError } from '../errors.js'

/** What the user gave, a model or a file of rows, is bad; `cause` tells how. */
export class BadInputError extends Error {
  /** What else the command line offers. */
  readonly advice: string

  constructor(cause: unknown, advice = '') {
    super('bad input', { cause })
    this.advice = advice
    this.name = 'BadInputError'
  }
}

/** Runs work that only reads what the user gave: errors of the library are then about that. @param advice what else there is to say. */
export async function reading<T>(work: () => Promise<T>, advice = () => ''): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof RidgelineError ? new BadInputError(error, advice()) : error
  }
}
