import { NotFittedError } from '../errors.js'
import type { InstanceBlock } from '../optim/instances.js'
import { deriveSchema } from '../pipeline/schema.js'
import type { ColumnData, VectorColumn } from '../sql/batch.js'
import type { ColumnOrigin } from '../sql/column-origin.js'
import type { DataFrame } from '../sql/dataframe.js'
import { doublesOf, numbersOf, weightsOf } from '../sql/doubles.js'
import { fieldNames } from '../sql/types.js'
import { vectorEntries } from '../sql/vector-entries.js'
import { PartitionFold } from '../util/partition-fold.js'
import type { ClassificationModel } from './classification-model.js'
import { ClassificationStatistics, type JudgedRows } from './classification-statistics.js'
import type { SummaryParts, TrainingSummaryParts } from './classification-summary.js'

/** The parameter that names the column which curves are drawn of. */
export type ScoreParam = 'probabilityCol' | 'rawPredictionCol'

/**
 * Judges a model on any frame, in one pass.
 * @throws SchemaError for a missing column or one of another type; DataError for a null or NaN label, a null feature vector
 *   or one of another length, and for a weight that is null, negative or not finite.
 */
export async function evaluateClassifier(
  model: ClassificationModel,
  data: DataFrame,
  scoreParam: ScoreParam,
  signal?: AbortSignal,
): Promise<SummaryParts> {
  const judge = new Judge(model, data, scoreParam)
  const { score, prediction, label, weight } = judge.columns
  const names = [score, prediction, label, ...(weight === '' ? [] : [weight])]
  const fold = judge.fold()
  let firstRow = 0
  for await (const { columns, length, partition } of judge.model.transform(data).batches(names, { signal })) {
    const origin = (i: number): ColumnOrigin => ({ stage: model.uid, column: names[i], firstRow })
    fold.of(partition).add({
      scores: judge.scores(columns[0], length),
      predictions: doublesOf(columns[1], length, origin(1)),
      labels: numbersOf(columns[2], length, origin(2)),
      weights: weight === '' ? null : weightsOf(columns[3], length, origin(3)),
    })
    firstRow += length
  }
  const statistics = fold.result() ?? judge.statistics()
  return judge.parts(() => statistics)
}

/**
 * Judges a model on the rows that it was fitted on. They are kept, and judged when the first measure is asked for: a fit that
 * nobody asks does not pay for it.
 * @param blocks all rows of `data`, checked.
 */
export function trainingParts(
  model: ClassificationModel,
  data: DataFrame,
  blocks: readonly InstanceBlock[],
  scoreParam: ScoreParam,
  objectiveHistory: readonly number[],
): TrainingSummaryParts {
  const judge = new Judge(model, data, scoreParam)
  let rows: readonly InstanceBlock[] = blocks
  let statistics: ClassificationStatistics | undefined
  const compute = (): ClassificationStatistics => {
    const fold = judge.fold()
    for (const block of rows) fold.of(block.partition).add(judge.block(block))
    rows = []
    return fold.result() ?? judge.statistics()
  }
  const parts = judge.parts(() => {
    statistics ??= compute()
    return statistics
  })
  return { ...parts, objectiveHistory }
}

/** The summary of a model that was fitted here. @throws NotFittedError on a loaded model. */
export function requireSummary<S>(uid: string, summary: S | undefined): S {
  if (summary) return summary
  throw new NotFittedError('there is no training summary', {
    stage: uid,
    allowed: 'A model has one after fit, not after load',
    hint: 'Use evaluate(data).',
  })
}

/** Applies a model to the rows of one frame. */
class Judge {
  /** The model, with a name for every column that is needed. */
  readonly model: ClassificationModel
  readonly columns: SummaryParts['columns']
  readonly #data: DataFrame
  #run: ((block: InstanceBlock) => { scores: ColumnData; predictions: ColumnData }) | undefined

  constructor(model: ClassificationModel, data: DataFrame, scoreParam: ScoreParam) {
    const text = (param: string): string => (model.isDefined(param) ? (model.getOrDefault(param) as string) : '')
    // As Spark: a column whose name is empty gets one, and weights that the frame does not have are none.
    const renamed: Record<string, string> = {}
    for (const param of [scoreParam, 'predictionCol']) {
      if (text(param) === '') renamed[param] = `${param.slice(0, -'Col'.length)}_${model.uid}`
    }
    if (text('weightCol') !== '' && !fieldNames(data.schema).includes(text('weightCol'))) renamed.weightCol = ''
    this.model = Object.keys(renamed).length === 0 ? model : model.copy(renamed)
    this.columns = {
      features: text('featuresCol'),
      label: text('labelCol'),
      prediction: renamed.predictionCol ?? text('predictionCol'),
      score: renamed[scoreParam] ?? text(scoreParam),
      weight: renamed.weightCol ?? text('weightCol'),
    }
    this.#data = data
    deriveSchema(this.model, data.schema, 'fit')
  }

  statistics(): ClassificationStatistics {
    return new ClassificationStatistics(this.#data.getNumPartitions())
  }

  fold(): PartitionFold<ClassificationStatistics> {
    return new PartitionFold(() => this.statistics())
  }

  parts(statistics: () => ClassificationStatistics): SummaryParts {
    return { model: this.model, data: this.#data, columns: this.columns, statistics }
  }

  /** Scores of class 1 out of a column of vectors of scores, where there are two classes. */
  scores(column: ColumnData, length: number): Float64Array | null {
    const vectors = column as VectorColumn
    if (vectors.size !== 2) return null
    return vectorEntries(vectors, length, () => 1, { stage: this.model.uid, column: this.columns.score, firstRow: 0 })
  }

  /** The model's answers for rows that were read before. */
  block(block: InstanceBlock): JudgedRows {
    this.#run ??= this.#bind()
    const { scores, predictions } = this.#run(block)
    const { labels, weights, length } = block
    return {
      labels,
      weights,
      scores: this.scores(scores, length),
      predictions: (predictions as { data: Float64Array }).data,
    }
  }

  #bind() {
    const step = this.model.bind(this.#data.schema)
    const place = (name: string): number => step.outputs.findIndex((field) => field.name === name)
    const score = place(this.columns.score)
    const prediction = place(this.columns.prediction)
    return ({ features, length }: InstanceBlock) => {
      const { columns } = step.run([features], length, 0)
      return { scores: columns[score], predictions: columns[prediction] }
    }
  }
}
