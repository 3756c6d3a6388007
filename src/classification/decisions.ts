import { DataError } from '../errors.js'

/**
 * The class of the largest score of each row; the first one where several are equal. As Spark's `Vector.argmax`.
 * @param scores `numClasses` numbers a row, row after row.
 */
export function classByScores(scores: Float64Array, numClasses: number): Float64Array {
  const classes = new Float64Array(scores.length / numClasses)
  for (let row = 0, at = 0; row < classes.length; row++, at += numClasses) {
    let best = 0
    for (let k = 1; k < numClasses; k++) if (scores[at + k] > scores[at + best]) best = k
    classes[row] = best
  }
  return classes
}

/**
 * The class of the largest `probability / threshold` of each row, the first one where several are equal. A class of threshold 0 wins,
 * unless its probability is 0, too. Source: Spark's `ProbabilisticClassificationModel.probability2prediction`.
 * @param probabilities one number a class and row, row after row.
 */
export function classByThresholds(probabilities: Float64Array, thresholds: readonly number[]): Float64Array {
  const numClasses = thresholds.length
  const classes = new Float64Array(probabilities.length / numClasses)
  for (let row = 0, at = 0; row < classes.length; row++, at += numClasses) {
    let best = 0
    let most = Number.NEGATIVE_INFINITY
    for (let k = 0; k < numClasses; k++) {
      const scaled = probabilities[at + k] / thresholds[k]
      // 0 / 0 is NaN, which is not larger.
      if (scaled > most) {
        best = k
        most = scaled
      }
    }
    classes[row] = best
  }
  return classes
}

/**
 * Divides each row of numbers of 0 or more by its sum. Source: Spark's `normalizeToProbabilitiesInPlace`.
 * @param values `numClasses` numbers a row, row after row.
 * @param stage `uid` of the model, to which a row of zeros is a DataError, as in Spark. Without it, zeros stay.
 */
export function normalizeRows(values: Float64Array, numClasses: number, stage?: string): void {
  for (let at = 0; at < values.length; at += numClasses) {
    let sum = 0
    for (let k = 0; k < numClasses; k++) sum += values[at + k]
    if (sum === 0) {
      if (stage === undefined) continue
      throw new DataError('a row falls in leaves that no class has a share in, so it has no probabilities', {
        stage,
        allowed: 'Allowed: leaves of rows whose weights add up to more than 0',
        received: 'leaves of weight 0',
        hint: 'Train without rows of weight 0 and with bags that are not empty, or set probabilityCol to "" and no thresholds.',
      })
    }
    for (let k = 0; k < numClasses; k++) values[at + k] /= sum
  }
}
