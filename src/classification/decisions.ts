import { DataError } from '../errors.js'

/** Says which class the numbers of a row, which begin at `at`, stand for. */
export type Decision = (scores: Float64Array, at: number) => number

/** Turns the scores of a row, which begin at `at`, into probabilities in place. @returns false where they have none. */
export type Softening = (scores: Float64Array, at: number) => boolean

/** The class of the largest score; the first one where several are equal. As Spark's `Vector.argmax`. */
export const bestClass =
  (numClasses: number): Decision =>
  (scores, at) => {
    let best = 0
    for (let k = 1; k < numClasses; k++) if (scores[at + k] > scores[at + best]) best = k
    return best
  }

/**
 * The class of the largest `probability / threshold`, the first one where several are equal. A class of threshold 0 wins, unless its probability is 0,
 * too. Source: Spark's `ProbabilisticClassificationModel.probability2prediction`.
 */
export const classByThresholds =
  (thresholds: Float64Array): Decision =>
  (scores, at) => {
    let best = 0
    let most = Number.NEGATIVE_INFINITY
    for (let k = 0; k < thresholds.length; k++) {
      const scaled = scores[at + k] / thresholds[k]
      // 0 / 0 is NaN, which is not larger.
      if (scaled > most) {
        best = k
        most = scaled
      }
    }
    return best
  }

/** 1 where the second of two scores is above a threshold. */
export const secondAbove =
  (threshold: number): Decision =>
  (scores, at) =>
    scores[at + 1] > threshold ? 1 : 0

/** The classes of rows. @param scores `numClasses` numbers a row, row after row. */
export function classesOf(scores: Float64Array, numClasses: number, decide: Decision): Float64Array {
  const classes = new Float64Array(scores.length / numClasses)
  for (let row = 0, at = 0; row < classes.length; row++, at += numClasses) classes[row] = decide(scores, at)
  return classes
}

/** Numbers of 0 or more, divided by their sum. Source: Spark's `normalizeToProbabilitiesInPlace`. */
export const sharesOf =
  (numClasses: number): Softening =>
  (scores, at) => {
    let sum = 0
    for (let k = 0; k < numClasses; k++) sum += scores[at + k]
    if (sum === 0) return false
    for (let k = 0; k < numClasses; k++) scores[at + k] /= sum
    return true
  }

/** Turns rows of scores into probabilities in place. @throws DataError naming the model for a row that has none, as in Spark. */
export function shareRows(scores: Float64Array, soften: Softening, numClasses: number, stage: string): void {
  for (let at = 0; at < scores.length; at += numClasses) if (!soften(scores, at)) throw noProbabilities(stage)
}

const noProbabilities = (stage: string): DataError =>
  new DataError('a row falls in leaves that no class has a share in, so it has no probabilities', {
    stage,
    allowed: 'Allowed: leaves of rows whose weights add up to more than 0',
    received: 'leaves of weight 0',
    hint: 'Train without rows of weight 0 and with bags that are not empty, or set probabilityCol to "" and no thresholds.',
  })
