import { accepts, vectorParam } from '../param/row.js'
import { singleColumn } from '../param/shared.js'
import { transformer } from '../pipeline/define.js'
import { scaledSlots } from '../scoring/slot-forms.js'
import type { BatchTransform } from '../sql/plan.js'
import { type StructType, VectorUDT, withFields } from '../sql/types.js'
import { scaled } from './standard-scaler.js'
import { sizedField } from './vector-field.js'
import { vectorTransform } from './vector-transform.js'

const params = {
  ...singleColumn(accepts.vector, VectorUDT),
  scalingVec: vectorParam({ doc: 'the vector that each vector is multiplied with, slot by slot' }),
} as const

/**
 * Multiplies each vector with one vector, slot by slot (Spark's `ElementwiseProduct`).
 *
 * Vectors keep their form. **Null** is a DataError. **NaN** stays NaN. **Errors**: DataError naming the row for a vector of another length;
 * SchemaError for a missing column, one that is no vector, or an output column that exists. **Cost**: one sweep. **Differs from
 * Spark**: nothing.
 *
 * @example
 * ```ts
 * import { createDataFrame, ElementwiseProduct, Vectors } from 'ridgeline'
 * const data = createDataFrame([{ x: Vectors.dense(1, 2, 3) }])
 * const product = new ElementwiseProduct({ inputCol: 'x', outputCol: 'y', scalingVec: Vectors.dense(0, 1, 2) })
 * await product.transform(data).show() // [0.0,2.0,6.0]
 * ```
 */
export class ElementwiseProduct extends transformer('org.apache.spark.ml.feature.ElementwiseProduct', params) {
  override get keepsSlots(): boolean {
    return true
  }

  override transformSchema(schema: StructType): StructType {
    return withFields(super.transformSchema(schema), [this.output()])
  }

  override bind(_schema: StructType): BatchTransform {
    const factors = this.getScalingVec().toArray()
    return vectorTransform({
      stage: this.uid,
      column: this.getInputCol(),
      output: this.output(),
      size: factors.length,
      run: (vectors, length) => scaled(vectors, length, factors),
      form: (vectors) => scaledSlots(vectors, null, factors),
    })
  }

  private output() {
    return sizedField(this.getOutputCol(), this.getScalingVec().size)
  }

  /** Spark's text. */
  override toString(): string {
    const size = this.isSet('scalingVec') ? `, vectorSize=${this.getScalingVec().size}` : ''
    return `ElementwiseProduct: uid=${this.uid}${size}`
  }
}
