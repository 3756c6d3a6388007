import type { Word2VecModel } from '../../src/feature/word2vec.js'
import type { DataFrame } from '../../src/sql/dataframe.js'
import { differences, plain, type RecordedObject } from '../helpers/compare.js'
import { toleranceAt } from './tolerances.js'

type Question = (model: never, data: DataFrame) => unknown

interface Iterations {
  evaluateEachIteration(data: DataFrame, loss?: string): Promise<number[]>
}

/** How methods with arguments are asked for what is recorded as `extra`, by name of the recording. */
const questions: Readonly<Record<string, Question>> = {
  findSynonyms: (model: Word2VecModel) => model.findSynonymsArray('spark', 5),
  evaluateEachIteration: (model: Iterations, data) => model.evaluateEachIteration(data),
  evaluateEachIteration_squared: (model: Iterations, data) => model.evaluateEachIteration(data, 'squared'),
  evaluateEachIteration_absolute: (model: Iterations, data) => model.evaluateEachIteration(data, 'absolute'),
}

/** Differences between the recorded results of methods with arguments and ours. */
export async function extraDifferences(
  id: string,
  model: object,
  data: DataFrame,
  recorded: RecordedObject,
): Promise<string[]> {
  const found: string[] = []
  for (const [name, expected] of Object.entries(recorded)) {
    const path = `extra.${name}`
    const question = questions[name]
    if (!question) found.push(`${path}: nothing compares it`)
    else {
      const answer = await question(model as never, data)
      found.push(...differences(path, plain(answer), expected, { tolerance: toleranceAt(id, path), scale: 0 }))
    }
  }
  return found
}
