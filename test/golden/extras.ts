import type { LSHModel } from '../../src/feature/lsh.js'
import { MinHashLSHModel } from '../../src/feature/min-hash-lsh.js'
import type { Word2VecModel } from '../../src/feature/word2vec.js'
import { Vectors } from '../../src/linalg/vectors.js'
import type { DataFrame } from '../../src/sql/dataframe.js'
import type { Row } from '../../src/sql/row.js'
import { differences, plain, type Recorded, type RecordedObject } from '../helpers/compare.js'
import type { Frames } from './frames.js'
import { toleranceAt } from './tolerances.js'

/** What is asked of a model about a frame. Other frames of the corpus are there, and the recorded answer where it leaves an order open. */
type Question = (model: never, data: DataFrame, frames: Frames, recorded: Recorded) => unknown

interface Iterations {
  evaluateEachIteration(data: DataFrame, loss?: string): Promise<number[]>
}

/** The vectors whose neighbours were asked for. */
const KEYS = { setsA: Vectors.sparse(15, [0, 3, 5], [1, 1, 1]), lshA: Vectors.dense(1, 0.5, -1) }

const nearest: Question = (model: LSHModel, data) => {
  const key = model instanceof MinHashLSHModel ? KEYS.setsA : KEYS.lshA
  return model.approxNearestNeighbors(data, key, 4).select('id', 'distCol').collect()
}

/** Near pairs with their distances, the first 60 by distance; the order of equal distances is that of the recording. */
const nearPairs =
  (other: string, threshold: number): Question =>
  async (model: LSHModel, data, frames, recorded) => {
    const pairs = model.approxSimilarityJoin(data, frames.frame({ dataset: other, partitions: 1 }), threshold, 'dist')
    const rows = (await pairs.collect()) as { datasetA: Row; datasetB: Row; dist: number }[]
    const distances = new Map(rows.map(({ datasetA, datasetB, dist }) => [`${datasetA.id} ${datasetB.id}`, dist]))
    const sorted = [...distances.values()].sort((a, b) => a - b)
    return (recorded as [number, number, number][]).map(([a, b, distance], i) => {
      const own = distances.get(`${a} ${b}`)
      return own === undefined || Math.abs(sorted[i] - distance) > 1e-12
        ? [a, b, sorted[i] ?? null, own ?? null]
        : [a, b, own]
    })
  }

/** How methods with arguments are asked for what is recorded as `extra`, by name of the recording. */
const questions: Readonly<Record<string, Question>> = {
  nearest4: nearest,
  'join0.6': nearPairs('setsB', 0.6),
  'join1.5': nearPairs('lshB', 1.5),
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
  frames: Frames,
): Promise<string[]> {
  const found: string[] = []
  for (const [name, expected] of Object.entries(recorded)) {
    const path = `extra.${name}`
    const question = questions[name]
    if (!question) found.push(`${path}: nothing compares it`)
    else {
      const answer = await question(model as never, data, frames, expected)
      found.push(...differences(path, plain(answer), expected, { tolerance: toleranceAt(id, path), scale: 0 }))
    }
  }
  return found
}
