import { DataError, UnsupportedError } from '../errors.js'
import { LANES } from '../linalg/blas.js'
import type { VectorColumn } from '../sql/batch.js'
import { fusedMultiplyAdd } from '../util/fused-multiply-add.js'
import type { Moments } from './moments.js'

/**
 * Largest number of features for normal equations: their matrix grows with the square. Spark's
 * `MAX_FEATURES_FOR_NORMAL_SOLVER`.
 */
export const MAX_FEATURES_FOR_NORMAL_EQUATIONS = 4096

/** The error for more features than normal equations may have. */
export const tooManyFeatures = (numFeatures: number, stage?: string): UnsupportedError =>
  new UnsupportedError(`the normal equations of ${numFeatures} features are too large`, {
    stage,
    allowed: `At most ${MAX_FEATURES_FOR_NORMAL_EQUATIONS} features`,
    hint: 'Use another solver, such as "l-bfgs".',
  })

/** Rows that the dense loop takes at once: their factors stay in registers, each sum is still formed row by row. */
const ROWS = 4

/**
 * Spark adds `w y x` and `w x` of dense vectors by a Java BLAS that fuses multiplication and addition in whole vector registers: of as many
 * features as fill them. (The products of two features are not fused.) Where the equations are nearly singular, that last bit decides the
 * answer, so it is done alike, for so many rows: more of them are rarely singular, and fusing in software takes time.
 */
const FUSED_ROWS = 65_536

/**
 * Weighted sums that least squares needs: the Gram matrix of the rows `[features, label, 1]`, packed by columns of its
 * upper triangle. One pass over the data, in any number of blocks; memory `(features + 2)^2 / 2` numbers. Sums are
 * formed row by row, as Spark forms them, so that nearly singular problems take Spark's road. Source: Spark's
 * `WeightedLeastSquares.Aggregator`.
 */
export class WeightedMoments implements Moments {
  readonly numFeatures: number
  readonly inOrder = true
  #count = 0
  readonly #gram: Float64Array
  readonly #rows: Float64Array
  readonly #weights = new Float64Array(ROWS)

  /**
   * @param stage `uid` of the stage that learns, for errors.
   * @throws UnsupportedError for more than 4096 features.
   */
  constructor(numFeatures: number, stage?: string) {
    if (numFeatures > MAX_FEATURES_FOR_NORMAL_EQUATIONS) throw tooManyFeatures(numFeatures, stage)
    const width = numFeatures + 2
    this.numFeatures = numFeatures
    this.#gram = new Float64Array((width * (width + 1)) / 2)
    this.#rows = new Float64Array(ROWS * width)
  }

  /** Number of rows, rows of weight 0 included. */
  get count(): number {
    return this.#count
  }
  /** Sum of the weights. */
  get weightSum(): number {
    return this.#gram[this.#gram.length - 1]
  }
  /** Weighted sums of each feature times the label, then of the squared label. */
  get labelProducts(): Float64Array {
    const k = this.numFeatures
    return this.#gram.subarray((k * (k + 1)) / 2, ((k + 1) * (k + 2)) / 2)
  }
  /** Weighted sums of each feature, then of the label. */
  get sums(): Float64Array {
    const k = this.numFeatures
    return this.#gram.subarray(((k + 1) * (k + 2)) / 2, this.#gram.length - 1)
  }
  /** Weighted sums of the products of two features, packed by columns of the upper triangle. */
  get featureProducts(): Float64Array {
    const k = this.numFeatures
    return this.#gram.subarray(0, (k * (k + 1)) / 2)
  }

  /**
   * Adds the rows of a block.
   * @param weights one weight a row, 0 or more; null: all 1.
   * @throws DataError when the vectors have another length.
   */
  add(features: VectorColumn, labels: Float64Array, weights: Float64Array | null): this {
    if (features.size !== this.numFeatures) {
      throw new DataError(`the vectors do not all have length ${this.numFeatures}`)
    }
    if (features.offsets) this.#addSparse(features, labels, weights)
    else this.#addDense(features.values, labels, weights)
    this.#count += labels.length
    return this
  }

  /** Adds the sums of another part of the data. */
  merge(other: WeightedMoments): this {
    if (other.numFeatures !== this.numFeatures) {
      throw new DataError(`vectors of length ${other.numFeatures} do not go with vectors of length ${this.numFeatures}`)
    }
    for (let p = 0; p < this.#gram.length; p++) this.#gram[p] += other.#gram[p]
    this.#count += other.#count
    return this
  }

  /** Number of features whose label products and sums are fused for the next rows. */
  #fusedFeatures(): number {
    return this.#count < FUSED_ROWS ? this.numFeatures - (this.numFeatures % LANES) : 0
  }

  #addDense(values: Float64Array, labels: Float64Array, weights: Float64Array | null): void {
    const fused = this.#fusedFeatures()
    const products = this.labelProducts.slice(0, fused)
    const sums = this.sums.slice(0, fused)
    this.#addDenseRows(values, labels, weights, products, sums)
    this.labelProducts.set(products)
    this.sums.set(sums)
  }

  /** @param products sums for the first features, which are fused, as `sums` are; what the matrix gets for them is replaced. */
  #addDenseRows(
    values: Float64Array,
    labels: Float64Array,
    weights: Float64Array | null,
    products: Float64Array,
    sums: Float64Array,
  ): void {
    const k = this.numFeatures
    const width = k + 2
    const x = this.#rows
    const w = this.#weights
    for (let first = 0; first < labels.length; first += ROWS) {
      const rows = Math.min(ROWS, labels.length - first)
      for (let r = 0; r < rows; r++) {
        const row = first + r
        w[r] = weights ? weights[row] : 1
        loadRow(x, r * width, values, row * k, k, labels[row])
        fuseRow(products, sums, values, row * k, w[r], labels[row])
      }
      if (rows === ROWS) addFourRows(this.#gram, x, w, width)
      else for (let r = 0; r < rows; r++) addRow(this.#gram, x, r * width, w[r], width)
    }
  }

  #addSparse(features: VectorColumn, labels: Float64Array, weights: Float64Array | null): void {
    const { values } = features
    const offsets = features.offsets!
    const indices = features.indices!
    const gram = this.#gram
    const k = this.numFeatures
    const labelColumn = (k * (k + 1)) / 2
    const oneColumn = ((k + 1) * (k + 2)) / 2
    for (let r = 0; r < labels.length; r++) {
      // A row that is dense among sparse ones is a dense vector to Spark.
      const fused = features.dense?.[r] === 1 ? this.#fusedFeatures() : 0
      const start = offsets[r]
      const end = offsets[r + 1]
      const label = labels[r]
      const weight = weights ? weights[r] : 1
      const weightedLabel = weight * label
      for (let e = start; e < end; e++) {
        const j = indices[e]
        const weighted = weight * values[e]
        const column = (j * (j + 1)) / 2
        for (let f = start; f <= e; f++) gram[column + indices[f]] += weighted * values[f]
        if (j < fused) {
          gram[labelColumn + j] = fusedMultiplyAdd(weightedLabel, values[e], gram[labelColumn + j])
          gram[oneColumn + j] = fusedMultiplyAdd(weight, values[e], gram[oneColumn + j])
        } else {
          gram[labelColumn + j] += weightedLabel * values[e]
          gram[oneColumn + j] += weighted
        }
      }
      gram[labelColumn + k] += weightedLabel * label
      gram[oneColumn + k] += weightedLabel
      gram[oneColumn + k + 1] += weight
    }
  }
}

/** Puts features, label and 1 side by side. */
function loadRow(x: Float64Array, at: number, values: Float64Array, from: number, k: number, label: number): void {
  for (let j = 0; j < k; j++) x[at + j] = values[from + j]
  x[at + k] = label
  x[at + k + 1] = 1
}

function fuseRow(
  products: Float64Array,
  sums: Float64Array,
  values: Float64Array,
  from: number,
  weight: number,
  label: number,
): void {
  for (let j = 0; j < sums.length; j++) {
    const value = values[from + j]
    products[j] = fusedMultiplyAdd(weight * label, value, products[j])
    // Times one is exact, and one rounding is left anyway.
    sums[j] = weight === 1 ? sums[j] + value : fusedMultiplyAdd(weight, value, sums[j])
  }
}

function addRow(gram: Float64Array, x: Float64Array, at: number, weight: number, width: number): void {
  let p = 0
  for (let j = 0; j < width; j++) {
    const weighted = weight * x[at + j]
    for (let i = 0; i <= j; i++) gram[p++] += weighted * x[at + i]
  }
}

/**
 * Four rows and two columns of the matrix at once: what is read serves eight products. The sums are those of one row
 * after the other, to the last bit.
 */
function addFourRows(gram: Float64Array, x: Float64Array, w: Float64Array, width: number): void {
  const r1 = width
  const r2 = 2 * width
  const r3 = 3 * width
  const even = width - (width % 2)
  let p = 0
  for (let j = 0; j < even; j += 2) {
    const a0 = w[0] * x[j]
    const a1 = w[1] * x[r1 + j]
    const a2 = w[2] * x[r2 + j]
    const a3 = w[3] * x[r3 + j]
    const b0 = w[0] * x[j + 1]
    const b1 = w[1] * x[r1 + j + 1]
    const b2 = w[2] * x[r2 + j + 1]
    const b3 = w[3] * x[r3 + j + 1]
    let q = p + j + 1
    for (let i = 0; i <= j; i++, p++, q++) {
      const x0 = x[i]
      const x1 = x[r1 + i]
      const x2 = x[r2 + i]
      const x3 = x[r3 + i]
      gram[p] = gram[p] + a0 * x0 + a1 * x1 + a2 * x2 + a3 * x3
      gram[q] = gram[q] + b0 * x0 + b1 * x1 + b2 * x2 + b3 * x3
    }
    const i = j + 1
    gram[q] = gram[q] + b0 * x[i] + b1 * x[r1 + i] + b2 * x[r2 + i] + b3 * x[r3 + i]
    p = q + 1
  }
  for (let j = even; j < width; j++) {
    const a0 = w[0] * x[j]
    const a1 = w[1] * x[r1 + j]
    const a2 = w[2] * x[r2 + j]
    const a3 = w[3] * x[r3 + j]
    for (let i = 0; i <= j; i++, p++) {
      gram[p] = gram[p] + a0 * x[i] + a1 * x[r1 + i] + a2 * x[r2 + i] + a3 * x[r3 + i]
    }
  }
}
