import { ParamError } from '../errors.js'
import { accepts, int } from '../param/row.js'
import { singleColumn } from '../param/shared.js'
import { transformer } from '../pipeline/define.js'
import { type ComputeSlots, computedSlots } from '../scoring/slot-forms.js'
import type { VectorColumn } from '../sql/batch.js'
import { denseVectors, isDenseRow, vectorSize, vectorStart } from '../sql/columns.js'
import type { BatchTransform } from '../sql/plan.js'
import { printable, type VectorForm } from '../sql/row-form.js'
import { StructField, type StructType, VectorUDT } from '../sql/types.js'
import { uninitialized } from '../util/uninitialized.js'
import { type Terms, termsOf } from './polynomial-terms.js'
import { vectorTransform } from './vector-transform.js'

const params = {
  ...singleColumn(accepts.vector, VectorUDT),
  degree: int({ default: 2, min: 1, doc: 'the highest degree of a term (>= 1)' }),
} as const

/**
 * Expands vectors by the products of their slots up to a degree (Spark's `PolynomialExpansion`). `(x, y)` of degree 2 becomes
 * `(x, x², y, xy, y²)`: terms are ordered by the power of the last slot, then by that of the slot before it, and so on.
 *
 * Dense vectors become dense ones, sparse vectors sparse ones; vectors may differ in length. A vector of n slots becomes one of
 * `C(n + degree, degree) - 1` slots. **Null** is a DataError. **NaN** makes its terms NaN, but for terms with a zero in a later slot, which are 0, as in Spark.
 * **Errors**: ParamError when there would be more than 2^31 - 1 terms; SchemaError for a missing column, one that is no vector, or an output
 * column that exists. **Cost**: a product for each term. **Differs from Spark**: nothing.
 *
 * Source: the recursion of Spark's class as a table, in which each term is a term before it times one slot.
 *
 * @example
 * ```ts
 * import { createDataFrame, PolynomialExpansion, Vectors } from 'ridgeline'
 * const data = createDataFrame([{ x: Vectors.dense(2, 3) }])
 * await new PolynomialExpansion({ inputCol: 'x', outputCol: 'p', degree: 2 }).transform(data).show() // [2.0,4.0,3.0,6.0,9.0]
 * ```
 */
export class PolynomialExpansion extends transformer('org.apache.spark.ml.feature.PolynomialExpansion', params) {
  override bind(_schema: StructType): BatchTransform {
    const degree = this.getDegree()
    const known = new Map<number, Terms>()
    const terms = (slots: number): Terms => {
      const found = known.get(slots) ?? termsOf(slots, degree, () => this.tooMany(slots))
      known.set(slots, found)
      return found
    }
    return vectorTransform({
      stage: this.uid,
      column: this.getInputCol(),
      output: StructField(this.getOutputCol(), VectorUDT),
      run: (vectors, length) =>
        vectors.offsets === null
          ? denseVectors(expandRows(vectors.values, length, terms(vectors.size)), terms(vectors.size).count)
          : expandEach(vectors, length, terms),
      form: (vectors) => expandedForm(vectors, degree, terms),
    })
  }

  private tooMany(slots: number): never {
    throw new ParamError(`${slots} slots have too many terms of degree ${this.getDegree()}`, {
      stage: this.uid,
      param: 'degree',
      allowed: 'Allowed: at most 2147483647 terms',
      received: String(this.getDegree()),
      hint: 'Lower the degree.',
    })
  }

  /** Spark's text. */
  override toString(): string {
    return `PolynomialExpansion: uid=${this.uid}, degree=${this.getDegree()}`
  }
}

/** Most products, about, that are laid out for one row at a time. */
const MOST_PRODUCTS = 100_000

const expandSlots =
  (expansion: typeof expand, runs: Int32Array, count: number): ComputeSlots =>
  (slots, into, at) => {
    expansion(slots, 0, runs, into, at)
    // Whether an infinite number is multiplied with a 0 depends on how the vector is stored.
    for (let t = at; t < at + count; t++) if (!Number.isFinite(into[t])) return false
    return true
  }

/** The products of one row. */
function expandedForm(vectors: VectorForm, degree: number, terms: (slots: number) => Terms): VectorForm | undefined {
  if (vectors.size ** degree > MOST_PRODUCTS) return undefined
  const { runs, count } = terms(vectors.size)
  const form = computedSlots(vectors, count, printable(expandSlots, expand, runs, count))
  return vectors.storage === 'dense' ? { ...form, storage: 'dense' } : form
}

function expandRows(values: Float64Array, length: number, terms: Terms): Float64Array {
  const products = uninitialized(length * terms.count)
  for (let i = 0; i < length; i++) expand(values, i * terms.slots, terms.runs, products, i * terms.count)
  return products
}

/** The terms of one row. Once a product is 0 it stays 0, whatever it is multiplied with; adding 0 makes 0 of -0. */
function expand(values: Float64Array, from: number, runs: Int32Array, products: Float64Array, to: number): void {
  let at = to
  for (let r = 0; r < runs.length; r += 3) {
    const before = runs[r] < 0 ? 1 : products[to + runs[r]]
    const end = at + runs[r + 2]
    let slot = from + runs[r + 1]
    if (before === 0) for (; at < end; at++) products[at] = 0
    else for (; at < end; at++, slot++) products[at] = before * values[slot] + 0
  }
}

/** Rows in compressed form, which may differ in length. */
function expandEach(column: VectorColumn, length: number, terms: (slots: number) => Terms): VectorColumn {
  const offsets = new Int32Array(length + 1)
  const sizes = column.sizes && new Int32Array(length)
  const rows: { indices: ArrayLike<number>; values: ArrayLike<number> }[] = []
  for (let i = 0; i < length; i++) {
    const [start, end, size] = [vectorStart(column, i), vectorStart(column, i + 1), vectorSize(column, i)]
    const all = terms(size)
    const row = isDenseRow(column, i)
      ? denseRow(column.values, start, all)
      : sparseRow(column.indices!.subarray(start, end), column.values.subarray(start, end), all, terms(end - start))
    rows.push(row)
    offsets[i + 1] = offsets[i] + row.values.length
    if (sizes) sizes[i] = all.count
  }
  const indices = new Int32Array(offsets[length])
  const values = new Float64Array(offsets[length])
  rows.forEach((row, i) => {
    indices.set(row.indices, offsets[i])
    values.set(row.values, offsets[i])
  })
  return { ...column, size: sizes ? -1 : terms(column.size).count, sizes, offsets, indices, values }
}

function denseRow(from: Float64Array, start: number, terms: Terms) {
  const values = new Float64Array(terms.count)
  expand(from, start, terms.runs, values, 0)
  return { indices: Int32Array.from(values.keys()), values }
}

/**
 * The terms of a sparse row that are not 0.
 * @param all terms of all slots; `few` those of as many slots as are stored.
 */
function sparseRow(slots: Int32Array, from: Float64Array, all: Terms, few: Terms) {
  const products = new Float64Array(few.count)
  expand(from, 0, few.runs, products, 0)
  const places = all.placesOf(slots, few)
  const indices: number[] = []
  const values: number[] = []
  for (let t = 0; t < few.count; t++) {
    if (products[t] === 0) continue
    indices.push(places[t])
    values.push(products[t])
  }
  return { indices, values }
}
