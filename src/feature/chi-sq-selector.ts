import { double, int, oneOf, outputColumn } from '../param/row.js'
import { featuresCol, labelCol } from '../param/shared.js'
import { state } from '../param/state.js'
import { estimator, model } from '../pipeline/define.js'
import type { FitOptions } from '../pipeline/estimator.js'
import { NominalAttribute } from '../sql/attributes.js'
import type { DataFrame } from '../sql/dataframe.js'
import type { BatchTransform } from '../sql/plan.js'
import { type StructType, VectorUDT, withFields } from '../sql/types.js'
import { chiSquaredTests } from '../stat/chi-square-test.js'
import { selectByPValues, selectedField, selectFeatures } from './selected-features.js'

const rate = (byDefault: number, doc: string) => double({ default: byDefault, min: 0, max: 1, doc })

const params = {
  featuresCol,
  labelCol,
  outputCol: outputColumn({ default: (uid) => `${uid}__output`, yields: VectorUDT, doc: 'output column name' }),
  selectorType: oneOf(['numTopFeatures', 'percentile', 'fpr', 'fdr', 'fwe'], {
    default: 'numTopFeatures',
    doc: 'how features are selected: as many as numTopFeatures or the part percentile of all, those of the smallest p values; or those whose p value is below fpr (fpr), below fwe divided by the number of features (fwe), or passes the procedure of Benjamini and Hochberg for fdr (fdr)',
  }),
  numTopFeatures: int({ default: 50, min: 1, doc: 'number of features to select; all, where there are fewer' }),
  percentile: rate(0.1, 'part of the features to select'),
  fpr: rate(0.05, 'the highest p value of features to keep'),
  fdr: rate(0.05, 'upper bound of the expected false discovery rate'),
  fwe: rate(0.05, 'upper bound of the expected family-wise error rate'),
} as const

/**
 * Keeps the features that a {@link ChiSqSelector} selected (Spark's `ChiSqSelectorModel`): `selectedFeatures` has their indices, ascending.
 *
 * The output has their values in the order of the input, and their ML attributes; slots of which the input says nothing are nominal. Sparse rows
 * stay sparse. **Null** is a DataError, and so is a vector without one of the features; **NaN** passes. **Cost**: one sweep.
 * **Differs from Spark**: also a sparse vector that is too short is refused.
 */
export class ChiSqSelectorModel extends model('org.apache.spark.ml.feature.ChiSqSelectorModel', params, {
  selectedFeatures: state.ints('indices of the features that are kept, ascending'),
}) {
  override transformSchema(schema: StructType): StructType {
    return withFields(super.transformSchema(schema), [selectedField(this, schema, NominalAttribute())])
  }

  override bind(schema: StructType): BatchTransform {
    return selectFeatures(this, schema, NominalAttribute())
  }

  /** Spark's text. */
  override toString(): string {
    return `ChiSqSelectorModel: uid=${this.uid}, numSelectedFeatures=${this.selectedFeatures.length}`
  }
}

/**
 * Selects categorical features by the chi-squared test of each against a categorical label (Spark's `ChiSqSelector`).
 *
 * **Null, NaN**, and a feature of more than 10,000 values, are a DataError. **Errors**: DataError for vectors of different lengths or no rows;
 * SchemaError for a column that is missing or of another type, or an output column that exists. **Cost**: one pass; memory for the counts of
 * each value and label. **Differs from Spark**: NaN is refused.
 *
 * @deprecated as in Spark: `UnivariateFeatureSelector` does the same, and more.
 * @example
 * ```ts
 * import { ChiSqSelector, createDataFrame, Vectors } from 'ridgeline'
 * const data = createDataFrame([
 *   { features: Vectors.dense(0, 0, 18, 1), label: 1 },
 *   { features: Vectors.dense(0, 1, 12, 0), label: 0 },
 *   { features: Vectors.dense(1, 0, 15, 0.1), label: 0 },
 * ])
 * const model = await new ChiSqSelector({ numTopFeatures: 1, outputCol: 'selected' }).fit(data)
 * console.log(model.selectedFeatures) // [2]
 * ```
 */
export class ChiSqSelector extends estimator('org.apache.spark.ml.feature.ChiSqSelector', params, ChiSqSelectorModel) {
  protected override async train(data: DataFrame, options: FitOptions): Promise<ChiSqSelectorModel> {
    const columns = { stage: this.uid, featuresCol: this.getFeaturesCol(), labelCol: this.getLabelCol() }
    const tests = await chiSquaredTests(data, columns, { signal: options.signal })
    const mode = this.getSelectorType()
    const pValues = tests.map(({ pValue }) => pValue)
    const selected = selectByPValues(pValues, mode, this.getOrDefault(mode) as number)
    return new ChiSqSelectorModel({ selectedFeatures: selected.sort((a, b) => a - b) })
  }
}
