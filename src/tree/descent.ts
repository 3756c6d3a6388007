import type { Loss } from './losses.js'

/** Rows with their scores, `width` numbers a row. */
export interface ScoredRows {
  readonly labels: Float64Array
  /** One weight a row; null: all 1. */
  readonly weights: Float64Array | null
  readonly scores: Float64Array
}

/**
 * How boosting goes about a loss beyond Spark (Friedman's TreeBoost, 2001, doi:10.1214/aos/1013203451): scores start at the
 * best constant, and each leaf moves its rows by what lowers their loss, not by the mean of what the tree was fitted to.
 */
export interface Descent {
  /** Score `k` of every row before the first tree. */
  start(rows: ScoredRows, k: number): number
  /** How far score `k` of the rows of a leaf is moved, before it is shrunk. @param members numbers of the rows. */
  step(rows: ScoredRows, members: Int32Array, k: number): number
}

const everyRow = ({ labels }: ScoredRows): Int32Array => Int32Array.from(labels, (_, row) => row)

/**
 * The pinball loss `q (y - F)` above and `(q - 1) (y - F)` below F, which is least where F is the quantile `q` of the label
 * (Koenker and Bassett 1978, doi:10.2307/1913643). Leaves tell the quantile of what is left of their rows.
 */
export function quantileLoss(q: number): Loss {
  const descent: Descent = {
    start: (rows) => weightedQuantile(rows.labels, rows.weights, everyRow(rows), q),
    step: ({ labels, weights, scores }, members) => {
      const left = Float64Array.from(members, (row) => labels[row] - scores[row])
      const own = weights && Float64Array.from(members, (row) => weights[row])
      return weightedQuantile(left, own, Int32Array.from(left.keys()), q)
    },
  }
  return {
    name: 'quantile',
    width: 1,
    residual: (scores, at, label) => (label >= scores[at] ? q : q - 1),
    error: (scores, at, label) => (label >= scores[at] ? q : q - 1) * (label - scores[at]),
    descent,
  }
}

/** The smallest value up to which the rows have at least the share `q` of the weight; 0 for rows without weight. */
export function weightedQuantile(
  values: Float64Array,
  weights: Float64Array | null,
  rows: Int32Array,
  q: number,
): number {
  if (weights === null) {
    const sorted = Float64Array.from(rows, (row) => values[row]).sort()
    return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)]
  }
  const order = rows.filter((row) => weights[row] > 0).sort((a, b) => values[a] - values[b])
  const wanted = q * order.reduce((sum, row) => sum + weights[row], 0)
  let weight = 0
  for (const row of order) {
    weight += weights[row]
    if (weight >= wanted) return values[row]
  }
  return order.length > 0 ? values[order[order.length - 1]] : 0
}

/**
 * `-log p_y` with the probabilities `p = softmax(F)` of several classes. Leaves take one Newton step, of which Friedman's
 * factor (k - 1) / k undoes that the k scores are one too many (algorithm 6).
 */
export function softmaxLoss(numClasses: number): Loss {
  const probability = (scores: Float64Array, at: number, k: number): number => {
    let sum = 0
    for (let j = 0; j < numClasses; j++) sum += Math.exp(scores[at + j] - scores[at + k])
    return 1 / sum
  }
  const descent: Descent = {
    start: ({ labels, weights }, k) => {
      let own = 0
      let all = 0
      for (let row = 0; row < labels.length; row++) {
        const weight = weights ? weights[row] : 1
        all += weight
        if (labels[row] === k) own += weight
      }
      return Math.log(Math.max(own / all, RAREST))
    },
    step: ({ labels, weights, scores }, members, k) => {
      let slope = 0
      let curvature = 0
      for (const row of members) {
        const weight = weights ? weights[row] : 1
        const p = probability(scores, row * numClasses, k)
        slope += weight * (Number(labels[row] === k) - p)
        curvature += weight * p * (1 - p)
      }
      return curvature < CERTAIN ? 0 : ((numClasses - 1) / numClasses) * (slope / curvature)
    },
  }
  return {
    name: 'softmax',
    width: numClasses,
    residual: (scores, at, label, k) => Number(label === k) - probability(scores, at, k),
    error: (scores, at, label) => -Math.log(probability(scores, at, label)),
    descent,
  }
}

/** Share of a class that has no rows, so that its logarithm is a number. */
const RAREST = 1e-15

/** Curvature below which all rows of a leaf are told with certainty, so that there is nothing left to learn. */
const CERTAIN = 1e-150
