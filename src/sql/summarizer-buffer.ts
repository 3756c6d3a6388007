import { DataError } from '../errors.js'
import type { VectorColumn } from './batch.js'

/**
 * Weighted statistics of each coordinate of a column of vectors, in one pass and mergeable. Rows of weight 0 count for
 * nothing. Results have one number a coordinate; a NaN in a row makes the sums of its coordinate NaN, and is passed
 * over by `min` and `max`. Zeros are not visited one by one, so sparse rows cost what they store. Source: Spark's
 * `SummarizerBuffer` (behind `ml.stat.Summarizer`), with its order of operations; West, Updating mean and variance
 * estimates (1979), doi:10.1145/359146.359153; Chan, Golub and LeVeque (1979) for merging.
 */
export class SummarizerBuffer {
  /** Length of the vectors. */
  readonly size: number
  #count = 0
  #weightSum = 0
  #weightSquareSum = 0
  // Over the entries other than zero: running mean, sum of squared deviations, of squares, of absolute values, of
  // weights; number; extremes.
  readonly #mean: Float64Array
  readonly #deviations: Float64Array
  readonly #squares: Float64Array
  readonly #absolutes: Float64Array
  readonly #weights: Float64Array
  readonly #nonZeros: Float64Array
  readonly #max: Float64Array
  readonly #min: Float64Array

  constructor(size: number) {
    this.size = size
    this.#mean = new Float64Array(size)
    this.#deviations = new Float64Array(size)
    this.#squares = new Float64Array(size)
    this.#absolutes = new Float64Array(size)
    this.#weights = new Float64Array(size)
    this.#nonZeros = new Float64Array(size)
    this.#max = new Float64Array(size).fill(-Number.MAX_VALUE)
    this.#min = new Float64Array(size).fill(Number.MAX_VALUE)
  }

  /**
   * Adds `length` rows of a column without nulls.
   * @param weights one weight a row, 0 or more; null or absent: all 1.
   * @throws DataError when the vectors have another length or a weight is negative.
   */
  add(column: VectorColumn, length: number, weights: Float64Array | null = null): this {
    const { size, offsets, indices, values } = column
    if (size !== this.size) throw new DataError(`the vectors do not all have length ${this.size}`)
    const mean = this.#mean
    const deviations = this.#deviations
    const weightSums = this.#weights
    const squares = this.#squares
    const absolutes = this.#absolutes
    const nonZeros = this.#nonZeros
    const max = this.#max
    const min = this.#min
    for (let row = 0; row < length; row++) {
      const weight = weights ? weights[row] : 1
      if (weight === 0) continue
      if (!(weight > 0))
        throw new DataError(`weight ${weight} is negative or NaN`, { row, allowed: 'Weights are 0 or more' })
      const start = offsets ? offsets[row] : row * size
      const end = offsets ? offsets[row + 1] : start + size
      for (let e = start; e < end; e++) {
        const value = values[e]
        if (value === 0) continue
        const i = indices ? indices[e] : e - start
        if (max[i] < value) max[i] = value
        if (min[i] > value) min[i] = value
        const difference = value - mean[i]
        const weightSum = weightSums[i] + weight
        mean[i] += (weight * difference) / weightSum
        deviations[i] += weight * (value - mean[i]) * difference
        weightSums[i] = weightSum
        squares[i] += weight * value * value
        absolutes[i] += weight * Math.abs(value)
        nonZeros[i]++
      }
      this.#count++
      this.#weightSum += weight
      this.#weightSquareSum += weight * weight
    }
    return this
  }

  /** Adds `length` dense rows, one after the other in `values`. */
  addRows(values: Float64Array, length: number, weights: Float64Array | null = null): this {
    const dense = { sizes: null, offsets: null, indices: null, dense: null, valid: null } as const
    return this.add({ kind: 'vector', size: this.size, values, ...dense }, length, weights)
  }

  /**
   * Adds the statistics of other rows.
   * @throws DataError when their vectors have another length.
   */
  merge(other: SummarizerBuffer): this {
    if (other.size !== this.size) {
      throw new DataError(`vectors of length ${other.size} do not go with vectors of length ${this.size}`)
    }
    for (let i = 0; i < this.size; i++) {
      const mine = this.#weights[i]
      const theirs = other.#weights[i]
      const total = mine + theirs
      if (mine === 0) {
        this.#mean[i] = other.#mean[i]
        this.#deviations[i] = other.#deviations[i]
      } else if (theirs !== 0) {
        const difference = other.#mean[i] - this.#mean[i]
        this.#mean[i] += (difference * theirs) / total
        this.#deviations[i] += other.#deviations[i] + (difference * difference * mine * theirs) / total
      }
      this.#weights[i] = total
      this.#squares[i] += other.#squares[i]
      this.#absolutes[i] += other.#absolutes[i]
      this.#nonZeros[i] += other.#nonZeros[i]
      this.#max[i] = Math.max(this.#max[i], other.#max[i])
      this.#min[i] = Math.min(this.#min[i], other.#min[i])
    }
    this.#count += other.#count
    this.#weightSum += other.#weightSum
    this.#weightSquareSum += other.#weightSquareSum
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

  /** Weighted mean. @throws DataError without rows, as all that follow. */
  mean(): Float64Array {
    this.#needRows()
    return this.#mean.map((mean, i) => mean * (this.#weights[i] / this.#weightSum))
  }
  /** Weighted sum. */
  sum(): Float64Array {
    this.#needRows()
    return this.#mean.map((mean, i) => mean * this.#weights[i])
  }
  /** Unbiased weighted sample variance, with the denominator `W - sum(w^2) / W`; 0 where that is not positive. */
  variance(): Float64Array {
    this.#needRows()
    const total = this.#weightSum
    const denominator = total - this.#weightSquareSum / total
    if (!(denominator > 0)) return new Float64Array(this.size)
    return this.#deviations.map((deviations, i) => {
      const weights = this.#weights[i]
      const ofZeros = (this.#mean[i] * this.#mean[i] * weights * (total - weights)) / total
      return Math.max((deviations + ofZeros) / denominator, 0)
    })
  }
  /** Square root of `variance`. */
  std(): Float64Array {
    return this.variance().map(Math.sqrt)
  }
  /** Number of rows whose entry is not 0 (NaN is not 0). */
  numNonZeros(): Float64Array {
    this.#needRows()
    return this.#nonZeros.slice()
  }
  /** Largest entry. */
  max(): Float64Array {
    this.#needRows()
    return this.#max.map((max, i) => (this.#nonZeros[i] < this.#count && max < 0 ? 0 : max))
  }
  /** Smallest entry. */
  min(): Float64Array {
    this.#needRows()
    return this.#min.map((min, i) => (this.#nonZeros[i] < this.#count && min > 0 ? 0 : min))
  }
  /** Square root of the weighted sum of squares. */
  normL2(): Float64Array {
    this.#needRows()
    return this.#squares.map(Math.sqrt)
  }
  /** Weighted sum of absolute values. */
  normL1(): Float64Array {
    this.#needRows()
    return this.#absolutes.slice()
  }

  #needRows(): void {
    if (!(this.#weightSum > 0)) {
      throw new DataError('there is nothing to summarise: no row has a positive weight', {
        hint: 'An empty part of the data, such as an empty fold, is the usual cause.',
      })
    }
  }
}
