import { ParamError } from '../errors.js'
import type { Params } from '../param/params.js'
import { double, oneOf, outputColumn } from '../param/row.js'
import type { Rule } from '../param/rules.js'
import { featuresCol, labelCol } from '../param/shared.js'
import { state } from '../param/state.js'
import { estimator, model } from '../pipeline/define.js'
import type { FitOptions } from '../pipeline/estimator.js'
import { NumericAttribute } from '../sql/attributes.js'
import type { DataFrame } from '../sql/dataframe.js'
import type { BatchTransform } from '../sql/plan.js'
import { type StructType, VectorUDT, withFields } from '../sql/types.js'
import { anovaTests } from '../stat/anova-test.js'
import { chiSquaredTests } from '../stat/chi-square-test.js'
import { fValueTests } from '../stat/f-value-test.js'
import { orderOfKeys } from '../util/hash-order.js'
import { type SelectionMode, selectByPValues, selectedField, selectFeatures } from './selected-features.js'

const THRESHOLDS: Readonly<Record<SelectionMode, number>> = {
  numTopFeatures: 50,
  percentile: 0.1,
  fpr: 0.05,
  fdr: 0.05,
  fwe: 0.05,
}
/** Tests by types of feature and label. */
const TESTS = {
  'categorical categorical': chiSquaredTests,
  'continuous categorical': anovaTests,
  'continuous continuous': fValueTests,
} as const

const params = {
  featuresCol,
  labelCol,
  outputCol: outputColumn({ default: (uid) => `${uid}__output`, yields: VectorUDT, doc: 'output column name' }),
  featureType: oneOf(['categorical', 'continuous'], { doc: 'type of the features' }),
  labelType: oneOf(['categorical', 'continuous'], { doc: 'type of the label' }),
  selectionMode: oneOf(['numTopFeatures', 'percentile', 'fpr', 'fdr', 'fwe'], {
    default: 'numTopFeatures',
    doc: 'how features are selected: a number of them (numTopFeatures) or a part (percentile), those of the smallest p values; or those whose p value is below a bound (fpr), below it divided by the number of features (fwe), or passes the procedure of Benjamini and Hochberg (fdr)',
  }),
  selectionThreshold: double({
    doc: 'bound of the selection; not set: 50 for numTopFeatures, 0.1 for percentile, 0.05 for fpr, fdr and fwe',
  }),
} as const

/** The threshold fits the mode. */
const thresholdRule: Rule = (stage) => {
  if (!stage.isSet('selectionThreshold')) return
  const threshold = stage.get('selectionThreshold') as number
  const mode = stage.getOrDefault('selectionMode') as SelectionMode
  const counts = mode === 'numTopFeatures'
  if (counts ? Number.isInteger(threshold) && threshold >= 1 : threshold >= 0 && threshold <= 1) return
  throw new ParamError(`"selectionThreshold" is ${threshold}`, {
    stage: stage.uid,
    param: 'selectionThreshold',
    allowed: `Allowed with selectionMode "${mode}": ${counts ? 'a whole number from 1' : 'a number in [0, 1]'}`,
    received: String(threshold),
  })
}

/** There is a test for the types. */
const typesRule: Rule = (stage) => {
  const missing = ['featureType', 'labelType'].find((name) => !stage.isSet(name))
  if (missing === undefined && typesOf(stage) in TESTS) return
  throw new ParamError(
    missing === undefined
      ? 'there is no test of categorical features against a continuous label'
      : `parameter "${missing}" is not set`,
    {
      stage: stage.uid,
      param: missing ?? 'labelType',
      allowed: `Allowed types of feature and label: ${Object.keys(TESTS).join(', ')}`,
      received: missing === undefined ? typesOf(stage) : 'nothing',
    },
  )
}

const typesOf = (stage: Params): string => `${stage.get('featureType')} ${stage.get('labelType')}`

/**
 * Keeps the features that a {@link UnivariateFeatureSelector} selected (Spark's `UnivariateFeatureSelectorModel`): `selectedFeatures` has their
 * indices, in the order in which they were chosen: by p value, or for `fpr` and `fwe` that of Spark's hash tables, for the same partitions.
 *
 * The output has their values in the order of the input, and their ML attributes. Sparse rows stay sparse. **Null** is a DataError, and so is a
 * vector without one of the features; **NaN** passes. **Cost**: one sweep. **Differs from Spark**: also a sparse vector that is too short is
 * refused.
 */
export class UnivariateFeatureSelectorModel extends model(
  'org.apache.spark.ml.feature.UnivariateFeatureSelectorModel',
  params,
  { selectedFeatures: state.ints('indices of the features that are kept, in the order in which they were chosen') },
) {
  override transformSchema(schema: StructType): StructType {
    return withFields(super.transformSchema(schema), [selectedField(this, schema, NumericAttribute())])
  }

  override bind(schema: StructType): BatchTransform {
    return selectFeatures(this, schema, NumericAttribute())
  }

  /** Spark's text. */
  override toString(): string {
    return `UnivariateFeatureSelectorModel: uid=${this.uid}, numSelectedFeatures=${this.selectedFeatures.length}`
  }
}

/**
 * Selects features by a test of each alone against the label (Spark's `UnivariateFeatureSelector`):
 *
 * | features | label | test |
 * | --- | --- | --- |
 * | categorical | categorical | chi-squared ({@link ChiSquareTest}) |
 * | continuous | categorical | F of the analysis of variance ({@link ANOVATest}) |
 * | continuous | continuous | F of the regression line ({@link FValueTest}) |
 *
 * **Null**, and a label that is NaN, are a DataError. A continuous feature with **NaN** has no p value and is chosen last, a categorical one is a
 * DataError. **Errors**: as the tests; ParamError where the types are not set or have no test, or the threshold does not fit the mode;
 * SchemaError for a column that is missing or of another type, or an output column that exists. **Cost**: one pass, two for two continuous
 * types. **Differs from Spark**: NaN in categorical features and labels is refused.
 *
 * @example
 * ```ts
 * import { createDataFrame, UnivariateFeatureSelector, Vectors } from 'ridgeline'
 * const data = createDataFrame([
 *   { features: Vectors.dense(1.7, 4.4, 7.6), label: 3 }, { features: Vectors.dense(8.8, 7.3, 5.7), label: 2 },
 *   { features: Vectors.dense(1.2, 9.5, 2.5), label: 3 }, { features: Vectors.dense(3.7, 9.2, 6.1), label: 2 },
 *   { features: Vectors.dense(8.9, 5.2, 7.8), label: 4 }, { features: Vectors.dense(7.9, 8.5, 9.2), label: 4 },
 * ])
 * const selector = new UnivariateFeatureSelector({ featureType: 'continuous', labelType: 'categorical', outputCol: 'selected' })
 * const model = await selector.setSelectionThreshold(1).fit(data)
 * console.log(model.selectedFeatures) // [0]
 * ```
 */
export class UnivariateFeatureSelector extends estimator(
  'org.apache.spark.ml.feature.UnivariateFeatureSelector',
  params,
  UnivariateFeatureSelectorModel,
  [typesRule, thresholdRule],
) {
  protected override async train(data: DataFrame, options: FitOptions): Promise<UnivariateFeatureSelectorModel> {
    const columns = { stage: this.uid, featuresCol: this.getFeaturesCol(), labelCol: this.getLabelCol() }
    const mode = this.getSelectionMode()
    const test = TESTS[typesOf(this) as keyof typeof TESTS]
    const tests = await test(data, columns, { signal: options.signal })
    const threshold = this.isSet('selectionThreshold') ? this.getSelectionThreshold() : THRESHOLDS[mode]
    const pValues = tests.map(({ pValue }) => pValue)
    const order = orderOfKeys(pValues.length, data.getNumPartitions())
    return new UnivariateFeatureSelectorModel({ selectedFeatures: selectByPValues(pValues, mode, threshold, order) })
  }
}
