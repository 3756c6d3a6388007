import { javaExp } from '../util/java-exp.js'

/**
 * What boosting minimizes. Each tree is fitted to the negative gradient, so that the predictions of all trees together go
 * down the slope (Friedman 2001, doi:10.1214/aos/1013203451). The factors are Spark's (`org.apache.spark.mllib.tree.loss`).
 */
export interface Loss {
  readonly name: 'squared' | 'absolute' | 'logistic'
  /** Fall of the loss per unit of the prediction, of one row. */
  residual(prediction: number, label: number): number
  /** Loss of one row. */
  error(prediction: number, label: number): number
}

/** `(y - F)²`, for numbers. */
export const squaredError: Loss = {
  name: 'squared',
  residual: (prediction, label) => 2 * (label - prediction),
  error: (prediction, label) => (label - prediction) * (label - prediction),
}

/** `|y - F|`, for numbers. */
export const absoluteError: Loss = {
  name: 'absolute',
  residual: (prediction, label) => (label - prediction < 0 ? -1 : 1),
  error: (prediction, label) => Math.abs(label - prediction),
}

/** `2 log(1 + exp(-2 y F))`, for the classes y = -1 and 1; F is half the log-odds of class 1. */
export const logLoss: Loss = {
  name: 'logistic',
  residual: (prediction, label) => (4 * label) / (1 + javaExp(2 * label * prediction)),
  error: (prediction, label) => {
    const margin = -2 * label * prediction
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
