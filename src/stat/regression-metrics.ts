import { SummarizerBuffer } from '../sql/summarizer-buffer.js'
import { ResidualSums } from './residual-sums.js'

const LABEL = 0
const PREDICTION = 1

/**
 * Weighted measures of how well predictions meet their labels, in one pass and mergeable. Rows of weight 0 count for
 * nothing; a NaN makes the measures NaN. Source: Spark's `RegressionMetrics`, with its order of operations.
 *
 * @example
 * ```ts
 * import { RegressionMetrics } from 'ridgeline'
 * const metrics = new RegressionMetrics().add(Float64Array.of(2.5, 0), Float64Array.of(3, -0.5))
 * console.log(metrics.meanSquaredError) // 0.25
 * ```
 */
export class RegressionMetrics {
  readonly #residuals = new ResidualSums()
  readonly #summary = new SummarizerBuffer(2)
  readonly #throughOrigin: boolean

  /** @param throughOrigin whether the model had no intercept, so that `r2` compares with 0 instead of the mean label. */
  constructor(throughOrigin = false) {
    this.#throughOrigin = throughOrigin
  }

  /**
   * Adds rows.
   * @param weights one weight a row, 0 or more; null or absent: all 1.
   * @throws DataError for a negative weight.
   */
  add(predictions: Float64Array, labels: Float64Array, weights: Float64Array | null = null): this {
    this.#residuals.add(predictions, labels, weights)
    this.#summary.addColumns([labels, predictions], labels.length, weights)
    return this
  }

  /** Adds the rows that another instance has seen. */
  merge(other: RegressionMetrics): this {
    this.#residuals.merge(other.#residuals)
    this.#summary.merge(other.#summary)
    return this
  }

  /** Number of rows of positive weight. */
  get count(): number {
    return this.#residuals.count
  }
  /** Sum of the weights. */
  get weightSum(): number {
    return this.#residuals.weightSum
  }

  /** Mean of `|label - prediction|`, in the units of the label. @throws DataError without rows, as all that follow. */
  get meanAbsoluteError(): number {
    return this.#residuals.meanAbsoluteError
  }
  /** Mean of `(label - prediction)^2`. */
  get meanSquaredError(): number {
    return this.#residuals.meanSquaredError
  }
  /** Square root of `meanSquaredError`, in the units of the label. */
  get rootMeanSquaredError(): number {
    return this.#residuals.rootMeanSquaredError
  }
  /** Mean of `(prediction - mean label)^2`. */
  get explainedVariance(): number {
    const mean = this.#summary.mean()
    const total = this.weightSum
    const sum = this.#squares(PREDICTION) + mean[LABEL] ** 2 * total - 2 * mean[LABEL] * mean[PREDICTION] * total
    return sum / total
  }
  /**
   * Coefficient of determination: 1 is perfect, 0 no better than the mean label (or 0, through the origin), without
   * lower limit.
   */
  get r2(): number {
    const total = this.#throughOrigin ? this.#squares(LABEL) : this.#summary.variance()[LABEL] * (this.weightSum - 1)
    return 1 - this.#residuals.squares / total
  }

  /** Weighted sum of squares, by way of the norm as in Spark. */
  #squares(column: number): number {
    return this.#summary.normL2()[column] ** 2
  }
}
