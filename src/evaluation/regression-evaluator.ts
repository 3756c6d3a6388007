import { bool, inputColumn, oneOf } from '../param/row.js'
import { labelCol, weightCol } from '../param/shared.js'
import { evaluator } from '../pipeline/define.js'
import type { FitOptions } from '../pipeline/estimator.js'
import { deriveSchema } from '../pipeline/schema.js'
import type { DataFrame } from '../sql/dataframe.js'
import { doublesOf, weightsOf } from '../sql/doubles.js'
import { RegressionMetrics } from '../stat/regression-metrics.js'
import { ResidualSums } from '../stat/residual-sums.js'
import { type Mergeable, PartitionFold } from '../util/partition-fold.js'
import { nothingToEvaluate } from './no-rows.js'

/** What a metric is read from. */
type Errors = Pick<RegressionMetrics, 'meanAbsoluteError' | 'meanSquaredError' | 'rootMeanSquaredError'>

/** Mean errors, which residuals tell alone. */
const ERRORS = {
  rmse: (m: Errors) => m.rootMeanSquaredError,
  mse: (m: Errors) => m.meanSquaredError,
  mae: (m: Errors) => m.meanAbsoluteError,
} as const

/** Where larger is better. */
const SCORES = {
  r2: (m: RegressionMetrics) => m.r2,
  var: (m: RegressionMetrics) => m.explainedVariance,
} as const

type ScoreName = keyof typeof SCORES

const isScore = (name: string): name is ScoreName => name in SCORES

/** What takes in predictions and labels. */
interface Measures<A> extends Mergeable<A> {
  readonly count: number
  add(predictions: Float64Array, labels: Float64Array, weights: Float64Array | null): unknown
}

const params = {
  predictionCol: inputColumn({
    default: 'prediction',
    accepts: { text: 'double or float', ok: (type) => type.kind === 'double' || type.kind === 'float' },
    doc: 'prediction column name',
  }),
  labelCol,
  weightCol,
  metricName: oneOf(['mse', 'rmse', 'r2', 'mae', 'var'], {
    default: 'rmse',
    doc: 'metric name in evaluation (mse|rmse|r2|mae|var)',
  }),
  throughOrigin: bool({ default: false, expert: true, doc: 'whether the regression is through the origin' }),
} as const

/**
 * Measures predictions of numbers (Spark's `RegressionEvaluator`).
 *
 * With labels `y`, predictions `p`, weights `w` of sum `W`, and weighted sums: `mse` is `Σ (y - p)² / W`, `rmse` (default) its root and
 * `mae` `Σ |y - p| / W`, where smaller is better; `r2` is `1 - Σ (y - p)² / SS` and `var`, the explained variance, `Σ (p - mean(y))² / W`,
 * where larger is better. `SS` is `Σ y²` through the origin, else `W - 1` times the unbiased weighted variance of `y`: Spark's quantity,
 * and the sum of squares only where all weights are 1.
 *
 * **Null, NaN**: null in a column that is read is a DataError naming the row; a NaN prediction or label makes the metric NaN.
 * **Errors**: SchemaError for a missing column, a prediction column that is not double or float, a label or weight column that is not
 * numeric; DataError for a weight that is null, NaN, negative or infinite, and when no row has a positive weight.
 * **Cost**: one pass, constant memory. **Differs from Spark**: partitions are always merged in order.
 *
 * @example
 * ```ts
 * import { createDataFrame, RegressionEvaluator } from 'ridgeline'
 * const scored = createDataFrame([{ prediction: 2.5, label: 3 }, { prediction: 0.5, label: -0.5 }])
 * console.log(await new RegressionEvaluator({ metricName: 'mae' }).evaluate(scored)) // 0.75
 * ```
 */
export class RegressionEvaluator extends evaluator('org.apache.spark.ml.evaluation.RegressionEvaluator', params) {
  /** All metrics from one pass. @throws as `evaluate`. */
  getMetrics(data: DataFrame, options: FitOptions = {}): Promise<RegressionMetrics> {
    return this.gather(data, () => new RegressionMetrics(this.getThroughOrigin()), options)
  }

  private async gather<A extends Measures<A>>(data: DataFrame, create: () => A, options: FitOptions): Promise<A> {
    deriveSchema(this, data.schema, 'fit')
    const weight = this.isDefined('weightCol') ? this.getWeightCol() : ''
    const columns = [this.getPredictionCol(), this.getLabelCol(), ...(weight === '' ? [] : [weight])]
    const fold = new PartitionFold(create)
    let firstRow = 0
    for await (const batch of data.batches(columns, options)) {
      const origin = (i: number) => ({ stage: this.uid, column: columns[i], firstRow })
      fold
        .of(batch.partition)
        .add(
          doublesOf(batch.columns[0], batch.length, origin(0)),
          doublesOf(batch.columns[1], batch.length, origin(1)),
          weight === '' ? null : weightsOf(batch.columns[2], batch.length, origin(2)),
        )
      firstRow += batch.length
    }
    const metrics = fold.result()
    if (!metrics?.count) throw nothingToEvaluate(this.uid, columns[0], firstRow)
    return metrics
  }

  protected override async measure(data: DataFrame, options: FitOptions): Promise<number> {
    const name = this.getMetricName()
    if (isScore(name)) return SCORES[name](await this.getMetrics(data, options))
    return ERRORS[name](await this.gather(data, () => new ResidualSums(), options))
  }

  override isLargerBetter(): boolean {
    return isScore(this.getMetricName())
  }

  override toString(): string {
    return `RegressionEvaluator: uid=${this.uid}, metricName=${this.getMetricName()}, throughOrigin=${this.getThroughOrigin()}`
  }
}
