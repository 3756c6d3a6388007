import type { Vector } from '../linalg/vector.js'
import { Vectors } from '../linalg/vectors.js'
import { accepts, double } from '../param/row.js'
import { isBelow } from '../param/rules.js'
import { singleColumn } from '../param/shared.js'
import { state } from '../param/state.js'
import { estimator, model } from '../pipeline/define.js'
import type { FitOptions } from '../pipeline/estimator.js'
import { changedSlots, type SlotChange, scaledSlots } from '../scoring/slot-forms.js'
import type { DataFrame } from '../sql/dataframe.js'
import type { BatchTransform } from '../sql/plan.js'
import { printable } from '../sql/row-form.js'
import { type StructType, VectorUDT, withFields } from '../sql/types.js'
import { summarizeVectors } from '../stat/vector-summary.js'
import { javaDoubleText } from '../util/java-text.js'
import { compressRows } from './compress-rows.js'
import { denseValues } from './dense-values.js'
import { requireOneLength } from './one-length.js'
import { rescaleRows } from './row-arithmetic.js'
import { sizedField } from './vector-field.js'
import { vectorTransform } from './vector-transform.js'

const params = {
  ...singleColumn(accepts.vector, VectorUDT),
  min: double({ default: 0, doc: 'lower bound of the output' }),
  max: double({ default: 1, doc: 'upper bound of the output' }),
} as const

const ordered = isBelow('min', 'max')

/**
 * Maps each slot of vectors from the range that a {@link MinMaxScaler} saw to the range from `min` to `max` (Spark's
 * `MinMaxScalerModel`): `(x - originalMin) / (originalMax - originalMin) * (max - min) + min`.
 *
 * A slot that was constant becomes `(min + max) / 2`. Values outside the range that was seen leave the range of the output. Each output is
 * dense or sparse, whichever takes less memory. **Null** is a DataError, **NaN** stays NaN. **Errors**: DataError naming the row for a
 * vector of another length; SchemaError for a missing column, one that is no vector, or an output column that exists; ParamError when `min` is not below
 * `max`. **Cost**: two sweeps over all slots, those of zeros included. **Differs from Spark**: nothing.
 */
export class MinMaxScalerModel extends model(
  'org.apache.spark.ml.feature.MinMaxScalerModel',
  params,
  {
    originalMin: state.vector('smallest value of each feature'),
    originalMax: state.vector('largest value of each feature'),
  },
  [ordered],
) {
  /** @throws ParamError unless both vectors have the same length. */
  constructor(learned: { readonly originalMin: Vector; readonly originalMax: Vector }, uid?: string) {
    super(learned, uid)
    requireOneLength(this.uid, { originalMin: this.originalMin, originalMax: this.originalMax })
  }

  override get keepsSlots(): boolean {
    return true
  }

  override transformSchema(schema: StructType): StructType {
    return withFields(super.transformSchema(schema), [this.output()])
  }

  override bind(_schema: StructType): BatchTransform {
    const [min, max] = [this.getMin(), this.getMax()]
    const lowest = this.originalMin.toArray()
    const factors = this.originalMax.toArray().map((highest, j) => {
      const range = highest - lowest[j]
      return range === 0 ? 0 : (max - min) / range
    })
    const size = factors.length
    return vectorTransform({
      stage: this.uid,
      column: this.getInputCol(),
      output: this.output(),
      size,
      run: (vectors, length) => {
        const zeros = new Uint8Array(length)
        const from = denseValues(vectors, length)
        const values = rescaleRows(from, lowest, factors, min, zeros)
        if (factors.includes(0)) fillConstants(from, values, factors, (min + max) / 2, zeros)
        return compressRows(values, length, size, zeros)
      },
      form: (vectors) => ({
        ...(min === 0 && !factors.includes(0)
          ? scaledSlots(vectors, lowest, factors)
          : changedSlots(vectors, printable(rescale, lowest, factors, min, (min + max) / 2))),
        storage: 'compressed',
      }),
    })
  }

  private output() {
    return sizedField(this.getOutputCol(), this.originalMin.size)
  }

  /** Spark's text. */
  override toString(): string {
    const [min, max] = [this.getMin(), this.getMax()].map(javaDoubleText)
    return `MinMaxScalerModel: uid=${this.uid}, numFeatures=${this.originalMin.size}, min=${min}, max=${max}`
  }
}

/** One number of one row. */
const rescale =
  (lowest: Float64Array, factors: Float64Array, min: number, constant: number): SlotChange =>
  (x, slot) =>
    factors[slot] === 0 ? constant : (x - lowest[slot]) * factors[slot] + min

/** Sets the slots with the factor 0, which were constant, to one value; NaN stays. */
function fillConstants(
  from: Float64Array,
  values: Float64Array,
  factors: Float64Array,
  constant: number,
  zeros: Uint8Array,
): void {
  const size = factors.length
  for (let j = 0; j < size; j++) {
    if (factors[j] !== 0) continue
    for (let e = j; e < values.length; e += size) values[e] = Number.isNaN(from[e]) ? Number.NaN : constant
  }
  zeros.fill(1)
}

/**
 * Learns the range of each slot of vectors, which its model maps to the range from `min` to `max` (Spark's `MinMaxScaler`).
 *
 * **Null** is a DataError. **NaN** does not count; a slot of NaN alone gets the largest double as its minimum. **Errors**: DataError naming the row
 * for a vector of another length, and when there are no rows; otherwise as for the model. **Cost**: one pass. **Differs from Spark**:
 * nothing.
 *
 * @example
 * ```ts
 * import { createDataFrame, MinMaxScaler, Vectors } from 'ridgeline'
 * const data = createDataFrame([1, 3, 2].map((x) => ({ x: Vectors.dense(x, 5) })))
 * const model = await new MinMaxScaler({ inputCol: 'x', outputCol: 'scaled' }).fit(data)
 * await model.transform(data).show() // [0.0,0.5], [1.0,0.5], [0.5,0.5]
 * ```
 */
export class MinMaxScaler extends estimator('org.apache.spark.ml.feature.MinMaxScaler', params, MinMaxScalerModel, [
  ordered,
]) {
  protected override async train(data: DataFrame, options: FitOptions): Promise<MinMaxScalerModel> {
    const summary = await summarizeVectors(data, this.getInputCol(), this.uid, options)
    return new MinMaxScalerModel({
      originalMin: Vectors.dense(summary.min()).compressed(),
      originalMax: Vectors.dense(summary.max()).compressed(),
    })
  }
}
