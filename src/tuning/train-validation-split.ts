import { double } from '../param/row.js'
import { collectSubModels, parallelism, seed } from '../param/shared.js'
import { optional, stageState, stagesState, state } from '../param/state.js'
import { estimator, model } from '../pipeline/define.js'
import type { FitOptions } from '../pipeline/estimator.js'
import type { TypeHint } from '../pipeline/read-fields.js'
import type { Transformer } from '../pipeline/transformer.js'
import type { DataFrame } from '../sql/dataframe.js'
import type { StructField, StructType } from '../sql/types.js'
import { search } from './search.js'
import { tunedLayout, tunerLayout } from './spark-layout.js'
import { requireRows } from './splits.js'
import { candidateSchema, validatorParams } from './validator-params.js'

const SPARK_CLASS = 'org.apache.spark.ml.tuning.TrainValidationSplit'

const modelParams = {
  ...validatorParams,
  seed: seed(SPARK_CLASS),
  trainRatio: double({
    default: 0.75,
    min: 0,
    max: 1,
    doc: 'ratio between training set and validation set (>= 0 && <= 1)',
  }),
} as const

const params = { ...modelParams, parallelism, collectSubModels } as const

/**
 * What {@link TrainValidationSplit} found (Spark's `TrainValidationSplitModel`): it transforms as its best model does.
 *
 * `validationMetrics[i]` and `subModels[i]` belong to map `i` of `estimatorParamMaps`; the sub-models are there when `collectSubModels`
 * was set, and are saved with the model. **Differs from Spark**: `subModels` is undefined where Scala throws.
 */
export class TrainValidationSplitModel extends model(
  'org.apache.spark.ml.tuning.TrainValidationSplitModel',
  modelParams,
  {
    bestModel: stageState<Transformer>('the model of the best map, fitted on all rows'),
    validationMetrics: state.doubles('the metric on the validation rows, for each map'),
    subModels: optional(stagesState<Transformer>('the models of the training rows, for each map')),
  },
) {
  static readonly sparkLayout = tunedLayout('validationMetrics', false)

  get hasSubModels(): boolean {
    return this.subModels !== undefined
  }

  override transformSchema(schema: StructType): StructType {
    return this.bestModel.transformSchema(schema)
  }

  override readFields(known: StructType, hint: TypeHint): readonly StructField[] | undefined {
    return this.bestModel.readFields(known, hint)
  }

  protected override apply(data: DataFrame): DataFrame {
    return this.bestModel.transform(data)
  }
}

/**
 * Selects the best of several maps of parameters on one random split (Spark's `TrainValidationSplit`): each map is fitted on the training
 * part and measured on the validation part; the map with the best metric (the first of equals) is fitted again on all rows.
 *
 * **Split**: `data.randomSplit([trainRatio, 1 - trainRatio], seed)`, as in Scala; pyspark's own class cuts a `rand(seed)` column instead.
 * `seed` defaults to Scala's: the hash of the class name.
 *
 * **NaN** metrics, **errors**, **cost** and what **differs from Spark** are as for {@link CrossValidator}, with one split in place of k folds.
 *
 * @example
 * ```ts
 * import { createDataFrame, LinearRegression, ParamGridBuilder, RegressionEvaluator, TrainValidationSplit, VectorAssembler } from 'ridgeline'
 * const rows = Array.from({ length: 40 }, (_, i) => ({ x: i, label: 2 * i + (i % 3) }))
 * const data = new VectorAssembler({ inputCols: ['x'], outputCol: 'features' }).transform(createDataFrame(rows))
 * const lr = new LinearRegression()
 * const tvs = new TrainValidationSplit({
 *   estimator: lr,
 *   estimatorParamMaps: new ParamGridBuilder().addGrid(lr.regParam, [0, 0.1]).build(),
 *   evaluator: new RegressionEvaluator(),
 *   trainRatio: 0.8,
 * })
 * console.log((await tvs.fit(data)).validationMetrics)
 * ```
 */
export class TrainValidationSplit extends estimator(SPARK_CLASS, params, TrainValidationSplitModel) {
  static readonly sparkLayout = tunerLayout

  override transformSchema(schema: StructType): StructType {
    return candidateSchema(this, schema)
  }

  protected override async train(data: DataFrame, options: FitOptions): Promise<TrainValidationSplitModel> {
    const ratio = this.getTrainRatio()
    const [training, validation] = data.randomSplit([ratio, 1 - ratio], this.getSeed())
    const splits = [{ name: 'the split', training, validation }]
    await requireRows(data, splits, this, 'Give more rows, or set another seed or trainRatio.', options.signal)
    const { best, averages, models } = await search(this, data, splits, {
      ...options,
      parallelism: this.getParallelism(),
      collectSubModels: this.getCollectSubModels(),
    })
    return new TrainValidationSplitModel({ bestModel: best, validationMetrics: averages, subModels: models?.[0] })
  }
}
