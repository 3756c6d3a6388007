import type { Vector } from '../linalg/vector.js'
import { Vectors } from '../linalg/vectors.js'
import { accepts } from '../param/row.js'
import { singleColumn } from '../param/shared.js'
import { state } from '../param/state.js'
import { estimator, model } from '../pipeline/define.js'
import type { FitOptions } from '../pipeline/estimator.js'
import { scaledSlots } from '../scoring/slot-forms.js'
import type { DataFrame } from '../sql/dataframe.js'
import type { BatchTransform } from '../sql/plan.js'
import { type StructType, VectorUDT, withFields } from '../sql/types.js'
import { summarizeVectors } from '../stat/vector-summary.js'
import { scaled } from './standard-scaler.js'
import { sizedField } from './vector-field.js'
import { vectorTransform } from './vector-transform.js'

const params = singleColumn(accepts.vector, VectorUDT)

/**
 * Divides each slot of vectors by the largest absolute value that a {@link MaxAbsScaler} saw there (Spark's `MaxAbsScalerModel`).
 *
 * A slot whose largest absolute value is 0 stays as it is. Vectors keep their form. **Null** is a DataError, **NaN** stays NaN.
 * **Errors**: DataError naming the row for a vector of another length; SchemaError for a missing column, one that is no vector, or
 * an output column that exists. **Cost**: one sweep. **Differs from Spark**: a vector of another length is always an error.
 */
export class MaxAbsScalerModel extends model('org.apache.spark.ml.feature.MaxAbsScalerModel', params, {
  maxAbs: state.vector('largest absolute value of each feature'),
}) {
  override get keepsSlots(): boolean {
    return true
  }

  override transformSchema(schema: StructType): StructType {
    return withFields(super.transformSchema(schema), [this.output()])
  }

  override bind(_schema: StructType): BatchTransform {
    const factors = this.maxAbs.toArray().map((largest) => (largest === 0 ? 1 : 1 / largest))
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
    return sizedField(this.getOutputCol(), this.maxAbs.size)
  }

  /** Spark's text. */
  override toString(): string {
    return `MaxAbsScalerModel: uid=${this.uid}, numFeatures=${this.maxAbs.size}`
  }
}

/**
 * Learns the largest absolute value of each slot of vectors, by which its model divides: values then lie in [-1, 1], and zeros stay
 * zeros (Spark's `MaxAbsScaler`).
 *
 * **Null** is a DataError. **NaN** does not count; a slot of NaN alone gets the largest double. **Errors**: DataError naming the row for a
 * vector of another length, and when there are no rows; SchemaError as for the model. **Cost**: one pass. **Differs from Spark**: nothing.
 *
 * @example
 * ```ts
 * import { createDataFrame, MaxAbsScaler, Vectors } from 'ridgeline'
 * const data = createDataFrame([{ x: Vectors.dense(1, -8) }, { x: Vectors.dense(2, 4) }])
 * const model = await new MaxAbsScaler({ inputCol: 'x', outputCol: 'scaled' }).fit(data)
 * await model.transform(data).show() // [0.5,-1.0], [1.0,0.5]
 * ```
 */
export class MaxAbsScaler extends estimator('org.apache.spark.ml.feature.MaxAbsScaler', params, MaxAbsScalerModel) {
  protected override async train(data: DataFrame, options: FitOptions): Promise<MaxAbsScalerModel> {
    const summary = await summarizeVectors(data, this.getInputCol(), this.uid, options)
    const min = summary.min()
    const maxAbs: Vector = Vectors.dense(summary.max().map((max, j) => Math.max(Math.abs(min[j]), Math.abs(max))))
    return new MaxAbsScalerModel({ maxAbs: maxAbs.compressed() })
  }
}
