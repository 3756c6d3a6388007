import { accepts, inputColumn, int } from '../param/row.js'
import { collectSubModels, parallelism, seed } from '../param/shared.js'
import { optional, stageListsState, stageState, state } from '../param/state.js'
import { estimator, model } from '../pipeline/define.js'
import type { FitOptions } from '../pipeline/estimator.js'
import type { TypeHint } from '../pipeline/read-fields.js'
import { requireColumn } from '../pipeline/schema.js'
import type { Transformer } from '../pipeline/transformer.js'
import type { DataFrame } from '../sql/dataframe.js'
import type { StructField, StructType } from '../sql/types.js'
import { search } from './search.js'
import { tunedLayout, tunerLayout } from './spark-layout.js'
import { foldsOfColumn, randomFolds, requireRows } from './splits.js'
import { candidateSchema, validatorParams } from './validator-params.js'

const SPARK_CLASS = 'org.apache.spark.ml.tuning.CrossValidator'

const modelParams = {
  ...validatorParams,
  seed: seed(SPARK_CLASS),
  numFolds: int({ default: 3, min: 2, doc: 'number of folds for cross validation (>= 2)' }),
  foldCol: inputColumn({
    default: '',
    accepts: accepts.integer,
    fitOnly: true,
    optional: true,
    doc: 'the column name of user specified fold number',
  }),
} as const

const params = { ...modelParams, parallelism, collectSubModels } as const

/**
 * What {@link CrossValidator} found (Spark's `CrossValidatorModel`): it transforms as its best model does.
 *
 * `avgMetrics[i]` belongs to map `i` of `estimatorParamMaps`; `subModels[fold][i]` is there when `collectSubModels` was set, and is
 * saved with the model. **Differs from Spark**: `subModels` is undefined where Scala throws; `stdMetrics` is pyspark's, and is saved.
 */
export class CrossValidatorModel extends model('org.apache.spark.ml.tuning.CrossValidatorModel', modelParams, {
  bestModel: stageState<Transformer>('the model of the best map, fitted on all rows'),
  avgMetrics: state.doubles('mean over the folds of the metric, for each map'),
  stdMetrics: optional(state.doubles('population standard deviation over the folds of the metric, for each map')),
  subModels: optional(stageListsState<Transformer>('the models of every fold, for each map')),
}) {
  static readonly sparkLayout = tunedLayout('avgMetrics', true)

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
 * Selects the best of several maps of parameters by k-fold cross-validation (Spark's `CrossValidator`): each map is fitted k times on
 * all folds but one and measured on that one; the map with the best average metric (the first of equals) is fitted again on all rows.
 *
 * **Folds**: random, one draw a row from `seed` and the number of the logical partition, exactly as Scala's CrossValidator; pyspark's
 * own CrossValidator cuts a `rand(seed)` column and draws other folds. `seed` defaults to Scala's: the hash of the class name.
 * With `foldCol`, a column of ints from 0 to numFolds - 1 that the estimator does not see until the last fit on all rows.
 *
 * **NaN** metrics count as larger than every number, as in Spark: they lose where smaller is better, and win where larger is.
 *
 * **Errors**, all before any model is fitted: ParamError and SchemaError of any candidate; DataError when a fold has no training or no
 * validation rows, or a fold number is null or out of range.
 *
 * **Cost**: k · maps + 1 fits, `parallelism` at a time (results do not depend on it), k + 1 counting passes; the rows of one fold at a
 * time are kept in memory, and a byte a row for the random folds. Of a pipeline, the stages before the first that a map touches are
 * fitted and run once a fold; the rest is fitted as by `fitMultiple`, so that one pass over the rows of a fold serves all maps of a
 * `LinearRegression`. Progress counts the fits; an AbortSignal stops between fits and inside them.
 *
 * **Differs from Spark**: an empty fold and a null fold number are errors that say so; a map that sets a parameter of a stage outside
 * the estimator is refused here, not by `save`.
 *
 * Reference: Kohavi, A study of cross-validation and bootstrap for accuracy estimation and model selection, IJCAI (1995).
 *
 * @example
 * ```ts
 * import { createDataFrame, CrossValidator, LinearRegression, ParamGridBuilder, RegressionEvaluator, VectorAssembler } from 'ridgeline'
 * const rows = Array.from({ length: 40 }, (_, i) => ({ x: i, label: 2 * i + (i % 3) }))
 * const data = new VectorAssembler({ inputCols: ['x'], outputCol: 'features' }).transform(createDataFrame(rows))
 * const lr = new LinearRegression()
 * const cv = new CrossValidator({
 *   estimator: lr,
 *   estimatorParamMaps: new ParamGridBuilder().addGrid(lr.regParam, [0, 0.1]).build(),
 *   evaluator: new RegressionEvaluator(),
 * })
 * const model = await cv.fit(data)
 * console.log(model.avgMetrics)
 * ```
 */
export class CrossValidator extends estimator(SPARK_CLASS, params, CrossValidatorModel) {
  static readonly sparkLayout = tunerLayout

  override transformSchema(schema: StructType): StructType {
    const foldCol = this.getFoldCol()
    if (foldCol !== '') requireColumn(this, schema, foldCol, accepts.integer, 'foldCol')
    return candidateSchema(this, schema)
  }

  protected override async train(data: DataFrame, options: FitOptions): Promise<CrossValidatorModel> {
    const numFolds = this.getNumFolds()
    const foldCol = this.getFoldCol()
    const splits =
      foldCol === '' ? randomFolds(data, numFolds, this.getSeed()) : foldsOfColumn(data, foldCol, numFolds, this)
    const hint =
      foldCol === ''
        ? 'Give more rows, set another seed or fewer folds (numFolds), or name a column of fold numbers (foldCol).'
        : `Give every fold from 0 to ${numFolds - 1} rows in column "${foldCol}", or set numFolds to the number of folds.`
    await requireRows(data, splits, this, hint, options.signal)
    const { best, averages, metrics, models } = await search(this, data, splits, {
      ...options,
      parallelism: this.getParallelism(),
      collectSubModels: this.getCollectSubModels(),
    })
    return new CrossValidatorModel({
      bestModel: best,
      avgMetrics: averages,
      stdMetrics: averages.map((mean, i) => Math.sqrt(meanOf(metrics.map((fold) => (fold[i] - mean) ** 2)))),
      subModels: models,
    })
  }
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length
