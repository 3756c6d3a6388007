import { RidgelineError } from '../../src/errors.js'
import { MissingClass } from './classes.js'
import type { RecordedError } from './corpus.js'

/** No difference when `work` raises a typed error where Spark raised one. */
export async function refused(recorded: RecordedError, work: () => Promise<unknown>): Promise<string[]> {
  const spark = `Spark raised ${recorded.type}: ${recorded.message.slice(0, 80)}`
  try {
    await work()
  } catch (error) {
    if (error instanceof MissingClass) throw error
    return error instanceof RidgelineError ? [] : [`${spark}; ours is not typed: ${String(error)}`]
  }
  return [`${spark}; ours raised nothing`]
}
