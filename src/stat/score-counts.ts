/** Weights of positive and negative rows by their score. Scores ascend and are distinct; NaN is above all others. */
export interface ScoreCounts {
  readonly scores: Float64Array
  readonly positives: Float64Array
  readonly negatives: Float64Array
}

export const NO_COUNTS: ScoreCounts = {
  scores: new Float64Array(0),
  positives: new Float64Array(0),
  negatives: new Float64Array(0),
}

/**
 * Counts rows; weights of one score are added up in the order of the rows. Sorts the scores, then looks each row's up.
 * @param weights one a row, with a minus where the row is negative.
 */
export function countByScore(rows: Float64Array, weights: Float64Array): ScoreCounts {
  const scores = distinct(rows.slice().sort())
  const positives = new Float64Array(scores.length)
  const negatives = new Float64Array(scores.length)
  for (let row = 0; row < rows.length; row++) {
    const place = placeOf(rows[row], scores)
    if (weights[row] > 0) positives[place] += weights[row]
    else negatives[place] -= weights[row]
  }
  return { scores, positives, negatives }
}

/** The counts of both; those of `a` come first in the sums. */
export function mergeCounts(a: ScoreCounts, b: ScoreCounts): ScoreCounts {
  if (a.scores.length === 0) return b
  const size = a.scores.length + b.scores.length
  const scores = new Float64Array(size)
  const positives = new Float64Array(size)
  const negatives = new Float64Array(size)
  let count = 0
  for (let i = 0, j = 0; i < a.scores.length || j < b.scores.length; count++) {
    const order = i === a.scores.length ? 1 : j === b.scores.length ? -1 : compare(a.scores[i], b.scores[j])
    scores[count] = order > 0 ? b.scores[j] : a.scores[i]
    if (order <= 0) {
      positives[count] = a.positives[i]
      negatives[count] = a.negatives[i++]
    }
    if (order >= 0) {
      positives[count] += b.positives[j]
      negatives[count] += b.negatives[j++]
    }
  }
  const part = (values: Float64Array): Float64Array => values.subarray(0, count)
  return { scores: part(scores), positives: part(positives), negatives: part(negatives) }
}

/** Order of two scores: NaN is above all others, 0 and -0 are one. */
function compare(a: number, b: number): number {
  if (a < b || a === b) return a < b ? -1 : 0
  return a > b ? 1 : Number(Number.isNaN(a)) - Number(Number.isNaN(b))
}

/** Drops what comes again from ascending numbers; -0 becomes 0. */
function distinct(ascending: Float64Array): Float64Array {
  let count = 0
  for (const value of ascending) {
    if (count === 0 || compare(ascending[count - 1], value) !== 0) ascending[count++] = value + 0
  }
  return ascending.slice(0, count)
}

/** Place of a score that is among the scores. */
function placeOf(score: number, scores: Float64Array): number {
  let low = 0
  let high = scores.length - 1
  if (Number.isNaN(score)) return high
  while (low < high) {
    const middle = (low + high) >> 1
    if (scores[middle] < score) low = middle + 1
    else high = middle
  }
  return low
}
