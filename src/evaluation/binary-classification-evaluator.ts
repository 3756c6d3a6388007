import { SchemaError } from '../errors.js'
import { inputColumn, int, oneOf } from '../param/row.js'
import { labelCol, weightCol } from '../param/shared.js'
import { evaluator } from '../pipeline/define.js'
import type { FitOptions } from '../pipeline/estimator.js'
import { deriveSchema } from '../pipeline/schema.js'
import { AttributeGroup } from '../sql/attributes.js'
import type { ColumnData } from '../sql/batch.js'
import type { ColumnOrigin } from '../sql/column-origin.js'
import type { DataFrame } from '../sql/dataframe.js'
import { doublesOf, numbersOf, weightsOf } from '../sql/doubles.js'
import { fieldIndex, isVector, type StructType } from '../sql/types.js'
import { vectorEntries } from '../sql/vector-entries.js'
import { BinaryClassificationMetrics } from '../stat/binary-classification-metrics.js'
import { PartitionFold } from '../util/partition-fold.js'
import { nothingToEvaluate } from './no-rows.js'

const params = {
  rawPredictionCol: inputColumn({
    default: 'rawPrediction',
    accepts: { text: 'vector or double', ok: (type) => isVector(type) || type.kind === 'double' },
    doc: 'column of scores: vectors with the score of class 1 as second entry, or the scores themselves',
  }),
  labelCol,
  weightCol,
  metricName: oneOf(['areaUnderROC', 'areaUnderPR'], {
    default: 'areaUnderROC',
    doc: 'metric name in evaluation (areaUnderROC|areaUnderPR)',
  }),
  numBins: int({
    default: 1000,
    min: 0,
    expert: true,
    doc: 'number of bins to down-sample the curves in area computation (>= 0). If 0, no down-sampling will occur',
  }),
} as const

/**
 * Measures how well scores tell positive rows (label above 0.5) from negative ones (Spark's `BinaryClassificationEvaluator`).
 *
 * `areaUnderROC` (default) is the chance that a positive row scores higher than a negative one, ties counting one half: 1 is perfect, 0.5
 * no better than chance. `areaUnderPR` is the area under precision over recall: 1 is perfect, the part of positive rows no better than
 * chance. Larger is better. A score is the second entry of a vector (of `rawPrediction` or `probability`), or a number. With more than
 * `2 numBins` distinct scores the curves are down-sampled to about `numBins` points, see `BinaryClassificationMetrics`, which
 * `getMetrics` gives with the points of the curves.
 *
 * **Null, NaN**: null in a column that is read and a NaN label are a DataError naming the row; a NaN score is above all others, as in
 * Spark. With one class only, the rate of the other is 0: areaUnderROC is 1 without negative rows, 0 without positive ones.
 * **Errors**: SchemaError for a missing column, a score column that is neither vector nor double, a label or weight column that is not
 * numeric, a score column whose metadata tell another length than 2; DataError for vectors with fewer than two entries, a weight that is null, NaN, negative or infinite, and when there is no row.
 * **Cost**: one pass; memory for each distinct score, which are sorted once. **Differs from Spark**: a NaN
 * label is refused (there it is negative), as is a frame without rows; bins do not depend on a random sample, see
 * `BinaryClassificationMetrics`.
 *
 * @example
 * ```ts
 * import { BinaryClassificationEvaluator, createDataFrame } from 'ridgeline'
 * const scored = createDataFrame([[0.9, 1], [0.6, 0], [0.4, 1], [0.2, 0]], ['score', 'label'])
 * const evaluator = new BinaryClassificationEvaluator({ rawPredictionCol: 'score' })
 * console.log(await evaluator.evaluate(scored)) // 0.75
 * const { x, y } = (await evaluator.getMetrics(scored)).roc()
 * console.log([...x], [...y]) // [ 0, 0, 0.5, 0.5, 1, 1 ] [ 0, 0.5, 0.5, 1, 1, 1 ]
 * ```
 */
export class BinaryClassificationEvaluator extends evaluator(
  'org.apache.spark.ml.evaluation.BinaryClassificationEvaluator',
  params,
) {
  /** Both areas and the curves, from one pass. @throws as `evaluate`. */
  async getMetrics(data: DataFrame, options: FitOptions = {}): Promise<BinaryClassificationMetrics> {
    deriveSchema(this, data.schema, 'fit')
    this.requireTwoScores(data.schema)
    const weight = this.isDefined('weightCol') ? this.getWeightCol() : ''
    const columns = [this.getRawPredictionCol(), this.getLabelCol(), ...(weight === '' ? [] : [weight])]
    const partitions = data.getNumPartitions()
    const fold = new PartitionFold(() => new BinaryClassificationMetrics(this.getNumBins(), partitions))
    let firstRow = 0
    for await (const batch of data.batches(columns, options)) {
      const origin = (i: number): ColumnOrigin => ({ stage: this.uid, column: columns[i], firstRow })
      fold
        .of(batch.partition)
        .add(
          scoresOf(batch.columns[0], batch.length, origin(0)),
          numbersOf(batch.columns[1], batch.length, origin(1)),
          weight === '' ? null : weightsOf(batch.columns[2], batch.length, origin(2)),
        )
      firstRow += batch.length
    }
    const metrics = fold.result()
    if (!metrics || firstRow === 0) throw nothingToEvaluate(this.uid, columns[0], firstRow)
    return metrics
  }

  /** Vectors with scores of more classes have no curve. Without metadata nobody knows before the rows are read. */
  private requireTwoScores(schema: StructType): void {
    const column = this.getRawPredictionCol()
    const field = schema.fields[fieldIndex(schema, column)]
    const size = isVector(field.dataType) ? AttributeGroup.fromStructField(field).size : -1
    if (size < 0 || size === 2) return
    throw new SchemaError(`the vectors of "${column}" have ${size} entries, and two classes have 2 scores.`, {
      stage: this.uid,
      param: 'rawPredictionCol',
      column,
      allowed: 'vectors with 2 entries',
      received: `${size} entries`,
      hint: 'for more classes use MulticlassClassificationEvaluator.',
    })
  }

  protected override async measure(data: DataFrame, options: FitOptions): Promise<number> {
    return (await this.getMetrics(data, options))[this.getMetricName()]
  }

  override isLargerBetter(): boolean {
    return true
  }

  /** Spark's text. */
  override toString(): string {
    return `BinaryClassificationEvaluator: uid=${this.uid}, metricName=${this.getMetricName()}, numBins=${this.getNumBins()}`
  }
}

/** Scores of class 1. */
const scoresOf = (column: ColumnData, length: number, origin: ColumnOrigin): Float64Array =>
  column.kind === 'vector' ? vectorEntries(column, length, () => 1, origin) : doublesOf(column, length, origin)
