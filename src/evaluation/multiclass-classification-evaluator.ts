import { DataError } from '../errors.js'
import { accepts, double, inputColumn, oneOf, string } from '../param/row.js'
import { labelCol, weightCol } from '../param/shared.js'
import { evaluator } from '../pipeline/define.js'
import type { FitOptions } from '../pipeline/estimator.js'
import { deriveSchema, requireColumn } from '../pipeline/schema.js'
import type { VectorColumn } from '../sql/batch.js'
import { type ColumnOrigin, valueError } from '../sql/column-origin.js'
import type { DataFrame } from '../sql/dataframe.js'
import { doublesOf, numbersOf, weightsOf } from '../sql/doubles.js'
import { fieldNames } from '../sql/types.js'
import { vectorEntries } from '../sql/vector-entries.js'
import { MulticlassMetrics } from '../stat/multiclass-metrics.js'
import { javaDoubleText } from '../util/java-text.js'
import { PartitionFold } from '../util/partition-fold.js'
import { nothingToEvaluate } from './no-rows.js'

interface Metric {
  readonly largerIsBetter: boolean
  of(metrics: MulticlassMetrics, label: number, beta: number): number
}
const larger = (of: Metric['of']): Metric => ({ largerIsBetter: true, of })
const smaller = (of: Metric['of']): Metric => ({ largerIsBetter: false, of })

const METRICS = {
  f1: larger((m) => m.weightedFMeasure()),
  accuracy: larger((m) => m.accuracy),
  weightedPrecision: larger((m) => m.weightedPrecision),
  weightedRecall: larger((m) => m.weightedRecall),
  weightedTruePositiveRate: larger((m) => m.weightedTruePositiveRate),
  weightedFalsePositiveRate: smaller((m) => m.weightedFalsePositiveRate),
  weightedFMeasure: larger((m, _, beta) => m.weightedFMeasure(beta)),
  truePositiveRateByLabel: larger((m, label) => m.truePositiveRate(label)),
  falsePositiveRateByLabel: smaller((m, label) => m.falsePositiveRate(label)),
  precisionByLabel: larger((m, label) => m.precision(label)),
  recallByLabel: larger((m, label) => m.recall(label)),
  fMeasureByLabel: larger((m, label, beta) => m.fMeasure(label, beta)),
  logLoss: smaller((m) => m.logLoss),
  hammingLoss: smaller((m) => m.hammingLoss),
} as const
type MetricName = keyof typeof METRICS
const NAMES = Object.keys(METRICS) as MetricName[]

const params = {
  predictionCol: inputColumn({
    default: 'prediction',
    accepts: { text: 'double', ok: (type) => type.kind === 'double' },
    doc: 'prediction column name',
  }),
  labelCol,
  weightCol,
  // Read by one metric only, so that most frames need not have it.
  probabilityCol: string({
    default: 'probability',
    doc: 'column of vectors with the probability of each class; read for logLoss',
  }),
  metricName: oneOf(NAMES, { default: 'f1', doc: `metric name in evaluation (${NAMES.join('|')})` }),
  metricLabel: double({
    default: 0,
    min: 0,
    doc: 'the class whose metric is computed by the metrics whose names end in ByLabel (>= 0)',
  }),
  beta: double({
    default: 1,
    min: 0,
    open: 'left',
    doc: 'how much more recall counts than precision in weightedFMeasure and fMeasureByLabel (> 0)',
  }),
  eps: double({
    default: 1e-15,
    min: 0,
    max: 0.5,
    open: 'both',
    doc: 'probabilities are clipped to [eps, 1 - eps] in logLoss, where 0 and 1 have no finite loss',
  }),
} as const

/**
 * Measures predicted classes against their labels (Spark's `MulticlassClassificationEvaluator`).
 *
 * | metric | meaning | better |
 * | --- | --- | --- |
 * | accuracy, hammingLoss | part of the rows predicted rightly, wrongly | larger, smaller |
 * | precisionByLabel | part of the rows predicted to be `metricLabel` that are | larger |
 * | recallByLabel, truePositiveRateByLabel | part of the rows of `metricLabel` predicted rightly | larger |
 * | falsePositiveRateByLabel | part of the other rows predicted to be `metricLabel` | smaller |
 * | fMeasureByLabel | `(1 + b²) precision recall / (b² precision + recall)`, with `b` = `beta` | larger |
 * | weightedPrecision, weightedRecall, weightedTruePositiveRate, weightedFalsePositiveRate, weightedFMeasure | the same averaged over the labels, by the weight of their rows | as above |
 * | f1 (default) | weightedFMeasure with `beta` 1 | larger |
 * | logLoss | mean of `-log(probability of the label)`, probabilities clipped to [eps, 1 - eps] | smaller |
 *
 * `getMetrics` gives all of them, and the confusion matrix.
 *
 * **Null, NaN**: null in a column that is read and a NaN label are a DataError naming the row; a NaN prediction is a wrong one, a NaN
 * probability makes the log loss NaN. The false positive rate is NaN when there is one class only. **Errors**: SchemaError for a missing
 * column, a prediction column that is not double, a label or weight column that is not numeric, probabilities that are no vectors;
 * DataError for a weight that is null, NaN, negative or infinite, when no row has a positive weight, when no row has `metricLabel`, and in
 * logLoss for a label that is not the index of a probability. **Cost**: one pass, memory that depends on the number of classes alone.
 * **Differs from Spark**: rows of weight 0 count for nothing, see `MulticlassMetrics`; probabilities are vectors, not arrays, and are
 * not read by `evaluate` for other metrics than logLoss.
 *
 * @example
 * ```ts
 * import { createDataFrame, MulticlassClassificationEvaluator } from 'ridgeline'
 * const judged = createDataFrame([[0, 0], [1, 1], [1, 2], [2, 2]], 'prediction DOUBLE, label INT')
 * const evaluator = new MulticlassClassificationEvaluator({ metricName: 'precisionByLabel', metricLabel: 1 })
 * console.log(await evaluator.evaluate(judged)) // 0.5
 * console.log((await evaluator.getMetrics(judged)).accuracy) // 0.75
 * ```
 */
export class MulticlassClassificationEvaluator extends evaluator(
  'org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator',
  params,
) {
  /** All metrics from one pass; the log loss where the frame has the column of probabilities. @throws as `evaluate`. */
  getMetrics(data: DataFrame, options: FitOptions = {}): Promise<MulticlassMetrics> {
    const hasProbabilities = fieldNames(data.schema).includes(this.getProbabilityCol())
    return this.read(data, hasProbabilities || this.getMetricName() === 'logLoss', options)
  }

  protected override async measure(data: DataFrame, options: FitOptions): Promise<number> {
    const name = this.getMetricName()
    const metrics = await this.read(data, name === 'logLoss', options)
    const label = this.getMetricLabel()
    if (name.endsWith('ByLabel') && !metrics.labels.includes(label)) {
      throw new DataError(`no row has the label ${label}`, {
        stage: this.uid,
        param: 'metricLabel',
        allowed: `Labels that occur: ${metrics.labels.join(', ')}`,
        received: String(label),
        hint: 'Set metricLabel to one of them.',
      })
    }
    return METRICS[name].of(metrics, label, this.getBeta())
  }

  override isLargerBetter(): boolean {
    return METRICS[this.getMetricName()].largerIsBetter
  }

  /** Spark's text. */
  override toString(): string {
    const [name, label, beta, eps] = [this.getMetricName(), this.getMetricLabel(), this.getBeta(), this.getEps()]
    return `MulticlassClassificationEvaluator: uid=${this.uid}, metricName=${name}, metricLabel=${javaDoubleText(label)}, beta=${javaDoubleText(beta)}, eps=${javaDoubleText(eps)}`
  }

  private async read(data: DataFrame, withProbabilities: boolean, options: FitOptions): Promise<MulticlassMetrics> {
    deriveSchema(this, data.schema, 'fit')
    const weight = this.isDefined('weightCol') ? this.getWeightCol() : ''
    const probability = withProbabilities ? this.getProbabilityCol() : ''
    if (withProbabilities) requireColumn(this, data.schema, probability, accepts.vector, 'probabilityCol')
    const columns = [this.getPredictionCol(), this.getLabelCol(), weight, probability].filter((name) => name !== '')
    const fold = new PartitionFold(() => new MulticlassMetrics(this.getEps()))
    let firstRow = 0
    for await (const batch of data.batches(columns, options)) {
      const { length } = batch
      const at = (column: string): [number, ColumnOrigin] => [
        columns.indexOf(column),
        { stage: this.uid, column, firstRow },
      ]
      const read = (column: string, as: typeof doublesOf): Float64Array => {
        const [i, origin] = at(column)
        return as(batch.columns[i], length, origin)
      }
      const labels = read(this.getLabelCol(), numbersOf)
      const [i, origin] = at(probability)
      fold
        .of(batch.partition)
        .add(
          read(this.getPredictionCol(), doublesOf),
          labels,
          weight === '' ? null : read(weight, weightsOf),
          withProbabilities ? ofLabels(batch.columns[i] as VectorColumn, labels, origin) : null,
        )
      firstRow += length
    }
    const metrics = fold.result()
    if (!metrics || metrics.labels.length === 0) throw nothingToEvaluate(this.uid, columns[0], firstRow)
    return metrics
  }
}

/** Probabilities of the labels. @throws DataError naming the row when a label is not the index of a probability. */
function ofLabels(column: VectorColumn, labels: Float64Array, origin: ColumnOrigin): Float64Array {
  const row = labels.findIndex((label) => !(Number.isInteger(label) && label >= 0))
  if (row >= 0) throw valueError(`probabilities for the label ${labels[row]}`, row, origin, 'labels 0, 1, 2, …')
  return vectorEntries(column, labels.length, (i) => labels[i], origin)
}
