import { DataError } from '../errors.js'
import { DenseMatrix } from '../linalg/matrix.js'

/** Weight of the rows of one label, and how they were predicted. */
interface ClassTotals {
  /** Weight of the rows that have the label. */
  weight: number
  /** Weight of those that were predicted to have it. */
  truePositives: number
  /** Weight of the rows of other labels that were predicted to have it. */
  falsePositives: number
}

/** What the measures are computed from; labels ascend. */
interface Totals {
  readonly byLabel: ReadonlyMap<number, ClassTotals>
  readonly weight: number
  readonly wrong: number
}

/**
 * Weighted measures of predicted classes against their labels, in one pass, mergeable, in memory that depends on the
 * number of classes alone.
 *
 * The classes are the labels that occur, in ascending order (`labels`); they need not be integers, except for the log
 * loss. A class that is only predicted has no measures of its own, as in Spark. With the weights `TP`, `FP` of rows
 * rightly and wrongly predicted to be of a class, `P` of its rows and `N` of the other rows: `precision` is
 * `TP / (TP + FP)`, `recall` (the true positive rate) `TP / P`, the false positive rate `FP / N`, and
 * `fMeasure` their weighted harmonic mean `(1 + b²) precision recall / (b² precision + recall)`; quotients `0 / 0` of
 * precision and F-measure are 0. Weighted averages have the weights `P`.
 *
 * **Null, NaN**: a NaN label is a DataError; a NaN prediction is a wrong one. The false positive rate is NaN when there
 * is one class only. **Errors**: DataError for a weight that is negative or NaN, a label that did not occur, and every
 * measure without rows.
 *
 * **Differs from Spark**: rows of weight 0 count for nothing (there they keep their class in `labels`, whose recall,
 * 0 / 0, makes weighted averages NaN); `eps` belongs to the object. Source: Spark's `mllib.evaluation.MulticlassMetrics`.
 *
 * @example
 * ```ts
 * import { MulticlassMetrics } from 'ridgeline'
 * const metrics = new MulticlassMetrics().add(Float64Array.of(0, 1, 1, 2), Float64Array.of(0, 1, 2, 2))
 * console.log(metrics.accuracy, metrics.precision(1), metrics.recall(2)) // 0.75 0.5 0.5
 * ```
 */
export class MulticlassMetrics {
  /** By label, then by prediction: weight of the rows. */
  readonly #confusion = new Map<number, Map<number, number>>()
  readonly #eps: number
  #loss = 0
  #lossWeight = 0
  #totals: Totals | undefined

  /** @param eps probabilities are clipped to `[eps, 1 - eps]` before their logarithm is taken. */
  constructor(eps = 1e-15) {
    if (!(eps > 0 && eps < 0.5))
      throw new DataError(`eps is ${eps}`, { param: 'eps', allowed: 'Allowed: 0 < eps < 0.5' })
    this.#eps = eps
  }

  /**
   * Adds rows.
   * @param weights one weight a row, 0 or more; null or absent: all 1.
   * @param probabilities of the *label* of each row, which the log loss needs; null or absent: there is none.
   * @throws DataError for a NaN label, and for a weight that is negative or NaN.
   */
  add(
    predictions: Float64Array,
    labels: Float64Array,
    weights: Float64Array | null = null,
    probabilities: Float64Array | null = null,
  ): this {
    this.#totals = undefined
    for (let row = 0; row < labels.length; row++) {
      const label = labels[row]
      const weight = weights ? weights[row] : 1
      if (weight === 0) continue
      if (!(weight > 0))
        throw new DataError(`weight ${weight} is negative or NaN`, { row, allowed: 'Weights are 0 or more' })
      if (Number.isNaN(label))
        throw new DataError('the label is NaN', { row, allowed: 'Labels are numbers of classes' })
      this.#addPair(label, predictions[row], weight)
      if (probabilities) {
        this.#loss += this.#lossOf(probabilities[row]) * weight
        this.#lossWeight += weight
      }
    }
    return this
  }

  /** Adds the rows that another instance has seen. */
  merge(other: MulticlassMetrics): this {
    this.#totals = undefined
    for (const [label, row] of other.#confusion) {
      for (const [prediction, weight] of row) this.#addPair(label, prediction, weight)
    }
    this.#loss += other.#loss
    this.#lossWeight += other.#lossWeight
    return this
  }

  /** Labels that occur, ascending. */
  get labels(): readonly number[] {
    return [...this.#confusion.keys()].sort((a, b) => a - b)
  }
  /** Sum of the weights. */
  get weightSum(): number {
    return this.#read().weight
  }
  /** Weights of the rows by label (rows of the matrix) and prediction (columns), in the order of `labels`. */
  get confusionMatrix(): DenseMatrix {
    const labels = this.labels
    const values = labels.flatMap((prediction) =>
      labels.map((label) => this.#confusion.get(label)?.get(prediction) ?? 0),
    )
    return new DenseMatrix(labels.length, labels.length, values)
  }

  /** Part of the rows of this label that were predicted rightly. @throws DataError for a label that did not occur. */
  recall(label: number): number {
    const { truePositives, weight } = this.#of(label)
    return truePositives / weight
  }
  /** The same as `recall`. */
  truePositiveRate(label: number): number {
    return this.recall(label)
  }
  /** Part of the rows of other labels that were predicted to have this one. @throws DataError, see `recall`. */
  falsePositiveRate(label: number): number {
    const { falsePositives, weight } = this.#of(label)
    return falsePositives / (this.#read().weight - weight)
  }
  /** Part of the rows predicted to have this label that have it; 0 when there are none. @throws DataError, see `recall`. */
  precision(label: number): number {
    const { truePositives, falsePositives } = this.#of(label)
    const predicted = truePositives + falsePositives
    return predicted === 0 ? 0 : truePositives / predicted
  }
  /** Weighted harmonic mean of precision and recall. @param beta how much more recall counts than precision. */
  fMeasure(label: number, beta = 1): number {
    const precision = this.precision(label)
    const recall = this.recall(label)
    if (precision + recall === 0) return 0
    const square = beta * beta
    return ((1 + square) * precision * recall) / (square * precision + recall)
  }

  /** Part of the rows that were predicted rightly. @throws DataError without rows, as all that follow. */
  get accuracy(): number {
    const { byLabel, weight } = this.#read()
    let right = 0
    for (const { truePositives } of byLabel.values()) right += truePositives
    return right / weight
  }
  /** Part of the rows that were predicted wrongly. */
  get hammingLoss(): number {
    const { wrong, weight } = this.#read()
    return wrong / weight
  }
  /** Average recall, which is the accuracy. */
  get weightedRecall(): number {
    return this.#average((label) => this.recall(label))
  }
  /** The same as `weightedRecall`. */
  get weightedTruePositiveRate(): number {
    return this.weightedRecall
  }
  /** Average false positive rate. */
  get weightedFalsePositiveRate(): number {
    return this.#average((label) => this.falsePositiveRate(label))
  }
  /** Average precision. */
  get weightedPrecision(): number {
    return this.#average((label) => this.precision(label))
  }
  /** Average F-measure. @param beta how much more recall counts than precision. */
  weightedFMeasure(beta = 1): number {
    return this.#average((label) => this.fMeasure(label, beta))
  }
  /** Mean of `-log(probability of the label)`, clipped. @throws DataError when rows came without probabilities. */
  get logLoss(): number {
    const { weight } = this.#read()
    // The sums agree up to rounding when every row came with its probability.
    if (this.#lossWeight < weight * 0.999999) {
      throw new DataError('the log loss needs the probabilities of all rows', {
        hint: 'Give the probabilities of the labels to add().',
      })
    }
    return this.#loss / this.#lossWeight
  }

  #addPair(label: number, prediction: number, weight: number): void {
    let row = this.#confusion.get(label)
    if (row === undefined) {
      row = new Map()
      this.#confusion.set(label, row)
    }
    row.set(prediction, (row.get(prediction) ?? 0) + weight)
  }

  #lossOf(probability: number): number {
    if (probability < this.#eps) return -Math.log(this.#eps)
    if (probability > 1 - this.#eps) return -Math.log1p(-this.#eps)
    return -Math.log(probability)
  }

  #of(label: number): ClassTotals {
    const totals = this.#read().byLabel.get(label)
    if (totals) return totals
    throw new DataError(`no row has the label ${label}`, {
      allowed: `Labels that occur: ${this.labels.join(', ')}`,
      received: String(label),
    })
  }

  #average(measure: (label: number) => number): number {
    const { byLabel, weight: total } = this.#read()
    let sum = 0
    for (const [label, { weight }] of byLabel) sum += (measure(label) * weight) / total
    return sum
  }

  #read(): Totals {
    this.#totals ??= this.#sum()
    return this.#totals
  }

  #sum(): Totals {
    const byLabel = new Map<number, ClassTotals>()
    for (const label of this.labels) byLabel.set(label, { weight: 0, truePositives: 0, falsePositives: 0 })
    let total = 0
    let wrong = 0
    for (const [label, totals] of byLabel) {
      for (const [prediction, weight] of this.#confusion.get(label) ?? []) {
        totals.weight += weight
        const predicted = byLabel.get(prediction)
        if (prediction === label) totals.truePositives += weight
        else {
          wrong += weight
          if (predicted) predicted.falsePositives += weight
        }
      }
      total += totals.weight
    }
    if (byLabel.size === 0) {
      throw new DataError('there is nothing to measure: no row has a positive weight', {
        hint: 'An empty part of the data, such as an empty fold, is the usual cause.',
      })
    }
    return { byLabel, weight: total, wrong }
  }
}
