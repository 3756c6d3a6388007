import { DataError } from '../errors.js'

/**
 * Weighted sums of residuals and the mean errors that they tell, in one pass and mergeable: the part of `RegressionMetrics` that needs no
 * moments of labels and predictions, for searches that measure thousands of models. Sums are formed row by row, as Spark forms them.
 */
export class ResidualSums {
  #count = 0
  #weightSum = 0
  #squares = 0
  #absolutes = 0

  /** Adds rows. @param weights as in `RegressionMetrics`. @throws DataError for a negative weight. */
  add(predictions: Float64Array, labels: Float64Array, weights: Float64Array | null): this {
    if (weights === null) this.#addUnweighted(predictions, labels)
    else this.#addWeighted(predictions, labels, weights)
    return this
  }

  #addUnweighted(predictions: Float64Array, labels: Float64Array): void {
    let squares = this.#squares
    let absolutes = this.#absolutes
    for (let row = 0; row < labels.length; row++) {
      const residual = labels[row] - predictions[row]
      squares += residual * residual
      absolutes += Math.abs(residual)
    }
    this.#squares = squares
    this.#absolutes = absolutes
    this.#count += labels.length
    this.#weightSum += labels.length
  }

  #addWeighted(predictions: Float64Array, labels: Float64Array, weights: Float64Array): void {
    for (let row = 0; row < labels.length; row++) {
      const weight = weights[row]
      if (weight === 0) continue
      if (!(weight > 0)) {
        throw new DataError(`weight ${weight} is negative or NaN`, { row, allowed: 'Weights are 0 or more' })
      }
      const residual = labels[row] - predictions[row]
      this.#squares += weight * residual * residual
      this.#absolutes += weight * Math.abs(residual)
      this.#count++
      this.#weightSum += weight
    }
  }

  /** Adds the rows that another instance has seen. */
  merge(other: ResidualSums): this {
    this.#count += other.#count
    this.#weightSum += other.#weightSum
    this.#squares += other.#squares
    this.#absolutes += other.#absolutes
    return this
  }

  /** Number of rows of positive weight. */
  get count(): number {
    return this.#count
  }
  /** Sum of the weights. */
  get weightSum(): number {
    return this.#weightSum
  }

  /** Mean of `|label - prediction|`. @throws DataError without rows, as all that follow. */
  get meanAbsoluteError(): number {
    this.#needRows()
    return this.#absolutes / this.#weightSum
  }
  /** Weighted sum of the squared residuals, by way of the norm as in Spark. */
  get squares(): number {
    this.#needRows()
    return Math.sqrt(this.#squares) ** 2
  }
  /** Mean of `(label - prediction)^2`. */
  get meanSquaredError(): number {
    return this.squares / this.#weightSum
  }
  /** Square root of `meanSquaredError`. */
  get rootMeanSquaredError(): number {
    return Math.sqrt(this.meanSquaredError)
  }

  #needRows(): void {
    if (this.#weightSum > 0) return
    throw new DataError('there is nothing to measure: no row has a positive weight', {
      hint: 'An empty part of the data, such as an empty fold, is the usual cause.',
    })
  }
}
