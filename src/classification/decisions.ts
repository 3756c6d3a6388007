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
 * Divides each row of numbers of 0 or more by its sum; a row of zeros stays. Source: Spark's `normalizeToProbabilitiesInPlace`.
 * @param values `numClasses` numbers a row, row after row.
 */
export function normalizeRows(values: Float64Array, numClasses: number): void {
  for (let at = 0; at < values.length; at += numClasses) {
    let sum = 0
    for (let k = 0; k < numClasses; k++) sum += values[at + k]
    if (sum === 0) continue
    for (let k = 0; k < numClasses; k++) values[at + k] /= sum
  }
}
