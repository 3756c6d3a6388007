import { ParamError } from '../errors.js'
import { Column } from '../sql/expression/column.js'
import { type ColumnOrName, call, toColumn, value } from '../sql/expression/functions/base.js'
import { title } from '../sql/expression/title.js'
import { DoubleType } from '../sql/types.js'

/** Name of a statistic of vectors. */
export type SummaryMetric =
  | 'mean'
  | 'sum'
  | 'variance'
  | 'std'
  | 'count'
  | 'numNonZeros'
  | 'max'
  | 'min'
  | 'normL1'
  | 'normL2'

/** Some statistics of vectors, made by `Summarizer.metrics` (Spark's `SummaryBuilder`). */
export class SummaryBuilder {
  readonly #metrics: readonly SummaryMetric[]

  /** @throws ParamError without any statistic. */
  constructor(metrics: readonly SummaryMetric[]) {
    if (metrics.length === 0) {
      throw new ParamError('no statistic is named', {
        stage: 'Summarizer',
        param: 'metrics',
        allowed: 'Allowed: at least one',
        received: 'nothing',
        hint: "Name them: Summarizer.metrics('mean', 'std').",
      })
    }
    this.#metrics = metrics
  }

  /**
   * The aggregate of a column of vectors: a struct with a field for each statistic.
   * @param weightCol numbers of 0 or more; left out: 1 for each row.
   */
  summary(featuresCol: ColumnOrName, weightCol?: ColumnOrName): Column {
    const one = new Column({ kind: 'literal', value: 1, dataType: DoubleType })
    return call('aggregate_metrics', featuresCol, weightCol ?? one, value(this.#metrics.join(',')))
  }
}

const single =
  (metric: SummaryMetric) =>
  (featuresCol: ColumnOrName, weightCol?: ColumnOrName): Column =>
    new SummaryBuilder([metric])
      .summary(featuresCol, weightCol)
      .getField(metric)
      .alias(`${metric}(${title(toColumn(featuresCol).expression)})`)

/**
 * Statistics of each slot of a column of vectors, as aggregates for `select` and `groupBy(…).agg` (Spark's `ml.stat.Summarizer`).
 *
 * `count` counts rows of positive weight; all others are vectors with a number a slot: weighted `mean`, `sum`, unbiased `variance`, `std`, `numNonZeros` (rows of positive weight whose entry is not 0),
 * `max`, `min`, and the norms `normL1` and `normL2` of the slot over the rows. Sparse vectors cost what they store.
 *
 * **Null** vectors, and vectors that differ in length, are DataErrors; a null weight is 0. **NaN** makes its sums NaN, and is passed over by `min` and `max`. **Errors**: DataError also
 * for a negative weight, and for a group without rows of positive weight; SchemaError for a column that is no vector, and an unknown statistic. **Cost**: one pass;
 * the vectors of a group are held in memory. **Differs from Spark**: rounding (rows are summed in the order in which the engine collects them).
 *
 * @example
 * ```ts
 * import { createDataFrame, Summarizer, Vectors } from 'ridgeline'
 * const data = createDataFrame([{ x: Vectors.dense(1, 0), w: 1 }, { x: Vectors.dense(3, 4), w: 3 }])
 * await data.select(Summarizer.mean('x', 'w')).show() // [2.5,3.0]
 * await data.select(Summarizer.metrics('max', 'count').summary('x').alias('s')).select('s.max', 's.count').show() // [3.0,4.0], 2
 * ```
 */
export const Summarizer = {
  /** A builder for several statistics at once. @throws ParamError without any. */
  metrics: (...metrics: readonly SummaryMetric[]): SummaryBuilder => new SummaryBuilder(metrics),
  mean: single('mean'),
  sum: single('sum'),
  variance: single('variance'),
  std: single('std'),
  count: single('count'),
  numNonZeros: single('numNonZeros'),
  max: single('max'),
  min: single('min'),
  normL1: single('normL1'),
  normL2: single('normL2'),
} as const
