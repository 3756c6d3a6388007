import { javaExp } from '../util/java-exp.js'
import type { Descent } from './descent.js'

/**
 * What boosting minimizes. Each tree is fitted to the negative gradient, so that the scores, sums of what all trees tell, go
 * down the slope (Friedman 2001, doi:10.1214/aos/1013203451). The scores of a row are `scores[at .. at + width)`.
 */
export interface Loss {
  readonly name: 'squared' | 'absolute' | 'logistic' | 'quantile' | 'softmax'
  /** Scores of a row, and trees of an iteration: one, or one a class. */
  readonly width: number
  /** Fall of the loss of a row per unit of its score `k`. */
  residual(scores: Float64Array, at: number, label: number, k: number): number
  /** Loss of one row. */
  error(scores: Float64Array, at: number, label: number): number
  /** Beyond Spark: where scores start and how far leaves go. Absent: as in Spark, by means alone. */
  readonly descent?: Descent
}

/** `(y - F)²`, for numbers (Spark's `SquaredError`). */
export const squaredError: Loss = {
  name: 'squared',
  width: 1,
  residual: (scores, at, label) => 2 * (label - scores[at]),
  error: (scores, at, label) => (label - scores[at]) * (label - scores[at]),
}

/** `|y - F|`, for numbers (Spark's `AbsoluteError`). */
export const absoluteError: Loss = {
  name: 'absolute',
  width: 1,
  residual: (scores, at, label) => (label - scores[at] < 0 ? -1 : 1),
  error: (scores, at, label) => Math.abs(label - scores[at]),
}

/** `2 log(1 + exp(-2 y F))`, for the classes y = -1 and 1; F is half the log-odds of class 1 (Spark's `LogLoss`). */
export const logLoss: Loss = {
  name: 'logistic',
  width: 1,
  residual: (scores, at, label) => (4 * label) / (1 + javaExp(2 * label * scores[at])),
  error: (scores, at, label) => {
    const margin = -2 * label * scores[at]
    // Without overflow: the exponent is never positive.
    return 2 * (margin > 0 ? margin + Math.log1p(javaExp(-margin)) : Math.log1p(javaExp(margin)))
  },
}

/** Sum of weighted losses and of weights; mergeable by partition. */
export class MeanLoss {
  #sum = 0
  #weight = 0

  add(error: number, weight: number): void {
    this.#sum += error * weight
    this.#weight += weight
  }

  merge(other: MeanLoss): this {
    this.#sum += other.#sum
    this.#weight += other.#weight
    return this
  }

  get value(): number {
    return this.#sum / this.#weight
  }
}
