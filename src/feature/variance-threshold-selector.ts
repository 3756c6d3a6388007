import { double, outputColumn } from '../param/row.js'
import { featuresCol } from '../param/shared.js'
import { state } from '../param/state.js'
import { estimator, model } from '../pipeline/define.js'
import type { FitOptions } from '../pipeline/estimator.js'
import { NumericAttribute } from '../sql/attributes.js'
import type { DataFrame } from '../sql/dataframe.js'
import type { BatchTransform } from '../sql/plan.js'
import { type StructType, VectorUDT, withFields } from '../sql/types.js'
import { summarizeVectors } from '../stat/vector-summary.js'
import { selectedField, selectFeatures } from './selected-features.js'

const params = {
  featuresCol,
  outputCol: outputColumn({ default: (uid) => `${uid}__output`, yields: VectorUDT, doc: 'output column name' }),
  varianceThreshold: double({ default: 0, min: 0, doc: 'features whose variance is not greater are left out (>= 0)' }),
} as const

/**
 * Keeps the features that a {@link VarianceThresholdSelector} chose (Spark's `VarianceThresholdSelectorModel`), in order, with their ML
 * attributes. Vectors keep their form.
 *
 * **Null** is a DataError, **NaN** stays NaN. **Errors**: DataError naming the row for a vector that is too short; SchemaError for a missing column,
 * one that is no vector, or an output column that exists. **Cost**: one sweep. **Differs from Spark**: a
 * sparse vector that is too short is an error, too.
 */
export class VarianceThresholdSelectorModel extends model(
  'org.apache.spark.ml.feature.VarianceThresholdSelectorModel',
  params,
  { selectedFeatures: state.ints('indices of the features that are kept, ascending') },
) {
  override transformSchema(schema: StructType): StructType {
    return withFields(super.transformSchema(schema), [selectedField(this, schema, NumericAttribute())])
  }

  override bind(schema: StructType): BatchTransform {
    return selectFeatures(this, schema, NumericAttribute())
  }

  /** Spark's text. */
  override toString(): string {
    return `VarianceThresholdSelectorModel: uid=${this.uid}, numSelectedFeatures=${this.selectedFeatures.length}`
  }
}

/**
 * Chooses the features whose sample variance is greater than a threshold: by default those that are not constant (Spark's
 * `VarianceThresholdSelector`).
 *
 * **Null** is a DataError. **NaN** makes the variance NaN, and the feature is left out. **Errors**: DataError naming the row for a
 * vector of another length, and when there are no rows; SchemaError as for the model. **Cost**: one pass. **Differs from Spark**: nothing.
 *
 * @example
 * ```ts
 * import { createDataFrame, VarianceThresholdSelector, Vectors } from 'ridgeline'
 * const data = createDataFrame([{ features: Vectors.dense(6, 7, 0) }, { features: Vectors.dense(0, 9, 0) }])
 * const model = await new VarianceThresholdSelector({ outputCol: 'varied' }).fit(data)
 * console.log(model.selectedFeatures) // [ 0, 1 ]
 * ```
 */
export class VarianceThresholdSelector extends estimator(
  'org.apache.spark.ml.feature.VarianceThresholdSelector',
  params,
  VarianceThresholdSelectorModel,
) {
  protected override async train(data: DataFrame, options: FitOptions): Promise<VarianceThresholdSelectorModel> {
    const summary = await summarizeVectors(data, this.getFeaturesCol(), this.uid, options)
    const [min, max, variance] = [summary.min(), summary.max(), summary.variance()]
    const threshold = this.getVarianceThreshold()
    const slots = Array.from(variance.keys())
    const selectedFeatures = slots.filter((j) => (max[j] === min[j] ? 0 : variance[j]) > threshold)
    return new VarianceThresholdSelectorModel({ selectedFeatures })
  }
}
