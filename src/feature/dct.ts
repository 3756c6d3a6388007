import { accepts, bool } from '../param/row.js'
import { singleColumn } from '../param/shared.js'
import { transformer } from '../pipeline/define.js'
import { type ComputeSlots, computedSlots } from '../scoring/slot-forms.js'
import type { VectorColumn } from '../sql/batch.js'
import { valueError } from '../sql/column-origin.js'
import { denseVectors, vectorSize, vectorStart } from '../sql/columns.js'
import type { BatchTransform } from '../sql/plan.js'
import { printable } from '../sql/row-form.js'
import { type StructType, VectorUDT, withFields } from '../sql/types.js'
import { type CosineTransform, cosineTransform } from './cosine-transform.js'
import { denseValues } from './dense-values.js'
import { likeSizedField } from './vector-field.js'
import { vectorTransform } from './vector-transform.js'

const params = {
  ...singleColumn(accepts.vector, VectorUDT),
  inverse: bool({ default: false, doc: 'whether to undo the transform (DCT-III) instead' }),
} as const

/**
 * The discrete cosine transform of each vector (Spark's `DCT`): the orthonormal DCT-II, `y_k = s_k sum_n x_n cos(pi (2n + 1) k / 2N)` with
 * `s_0 = sqrt(1 / N)` and `s_k = sqrt(2 / N)`, or with `inverse` the DCT-III that undoes it.
 *
 * Output vectors are dense and as long as their inputs, which may differ in length. **Null** is a DataError. **NaN** spreads over its vector.
 * **Errors**: DataError naming the row for a vector of length 0; SchemaError for a missing column, one that is no vector, or an output column that exists. **Cost**: O(N log N) a vector for N
 * a power of two; each odd factor m of N costs O(m) a slot. **Differs from Spark**: rounding.
 *
 * @example
 * ```ts
 * import { createDataFrame, DCT, Vectors } from 'ridgeline'
 * const data = createDataFrame([{ x: Vectors.dense(1, 1, 1, 1) }])
 * await new DCT({ inputCol: 'x', outputCol: 'y' }).transform(data).show() // [2.0,0.0,0.0,0.0]
 * ```
 */
export class DCT extends transformer('org.apache.spark.ml.feature.DCT', params) {
  override transformSchema(schema: StructType): StructType {
    return withFields(super.transformSchema(schema), [this.output(schema)])
  }

  override bind(schema: StructType): BatchTransform {
    const inverse = this.getInverse()
    const column = this.getInputCol()
    const known = new Map<number, CosineTransform>()
    const transformOf = (size: number): CosineTransform => {
      const found = known.get(size) ?? printable(cosineTransform, size)
      known.set(size, found)
      return found
    }
    return vectorTransform({
      stage: this.uid,
      column,
      output: this.output(schema),
      run: (vectors, length, firstRow) => {
        for (let i = 0; i < length; i++) {
          if (vectorSize(vectors, i) > 0) continue
          throw valueError(
            'a vector of length 0',
            i,
            { stage: this.uid, column, firstRow },
            'vectors with at least one slot',
          )
        }
        return vectors.sizes === null
          ? transformRows(vectors, length, transformOf(vectors.size), inverse)
          : transformEach(vectors, length, (row) => transformOf(row.length)(row, 0, inverse))
      },
      form: (vectors) =>
        vectors.size > 0
          ? {
              ...computedSlots(vectors, vectors.size, printable(transformSlots, transformOf(vectors.size), inverse)),
              storage: 'dense',
            }
          : undefined,
    })
  }

  private output(schema: StructType) {
    return likeSizedField(this.getOutputCol(), schema, this.getInputCol(), this.uid)
  }

  /** Spark's text. */
  override toString(): string {
    return `DCT: uid=${this.uid}, inverse=${this.getInverse()}`
  }
}

/** The waves of one row. */
const transformSlots =
  (transform: CosineTransform, inverse: boolean): ComputeSlots =>
  (slots, into, at) => {
    into.set(slots, at)
    transform(into, at, inverse)
    return true
  }

function transformRows(
  vectors: VectorColumn,
  length: number,
  transform: CosineTransform,
  inverse: boolean,
): VectorColumn {
  const { size } = vectors
  const values = denseValues(vectors, length).slice()
  for (let at = 0; at < values.length; at += size) transform(values, at, inverse)
  return denseVectors(values, size)
}

/** Rows that differ in length. */
function transformEach(column: VectorColumn, length: number, transform: (row: Float64Array) => void): VectorColumn {
  const offsets = new Int32Array(length + 1)
  for (let i = 0; i < length; i++) offsets[i + 1] = offsets[i] + vectorSize(column, i)
  const values = new Float64Array(offsets[length])
  const indices = new Int32Array(offsets[length])
  for (let i = 0; i < length; i++) {
    const row = new Float64Array(offsets[i + 1] - offsets[i])
    for (let e = vectorStart(column, i); e < vectorStart(column, i + 1); e++) {
      row[column.indices![e]] = column.values[e]
    }
    transform(row)
    values.set(row, offsets[i])
    for (let j = 0; j < row.length; j++) indices[offsets[i] + j] = j
  }
  return { ...column, offsets, indices, values, dense: new Uint8Array(length).fill(1) }
}
