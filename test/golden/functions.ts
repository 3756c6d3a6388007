import { StopWordsRemover } from '../../src/feature/stop-words-remover.js'
import type { Estimator } from '../../src/pipeline/estimator.js'
import type { Evaluator } from '../../src/pipeline/evaluator.js'
import type { Transformer } from '../../src/pipeline/transformer.js'
import { differences, plain, type RecordedObject } from '../helpers/compare.js'
import { attributeDifferences } from './attributes.js'
import { buildStage, MissingClass } from './classes.js'
import type { GoldenCase } from './corpus.js'
import type { Frames } from './frames.js'
import { statisticalAdapters } from './statistical-tests.js'
import { toleranceAt } from './tolerances.js'
import { crossValidatorDifferences, trainValidationSplitDifferences } from './tuning.js'

/** How a recording that is not one stage is repeated: differences from what Spark gave. */
type Adapter = (golden: GoldenCase, frames: Frames) => Promise<string[]>

/** An evaluator asked under every recorded combination of its parameters. */
async function evaluatorDifferences(golden: GoldenCase, frames: Frames): Promise<string[]> {
  const found: string[] = []
  const data = frames.frame(golden.input)
  for (const recorded of golden.result as RecordedObject[]) {
    const params = recorded.params as RecordedObject
    const evaluator = buildStage(golden.class, params) as Evaluator
    const at = JSON.stringify(params)
    const nearness = { tolerance: toleranceAt(golden.id, at), scale: 0 }
    found.push(...differences(at, await evaluator.evaluate(data), recorded.value, nearness))
    if (evaluator.isLargerBetter() !== recorded.isLargerBetter) found.push(`${at}: isLargerBetter differs`)
  }
  return found
}

/** Spark's own one-vs-rest with a column of raw scores, which pyspark's cannot make. */
async function oneVsRestDifferences(golden: GoldenCase, frames: Frames): Promise<string[]> {
  const classifier = { class: 'LinearSVC', params: { regParam: 0.01 } }
  const stage = buildStage(golden.class, { classifier, rawPredictionCol: 'raw' }) as Estimator<Transformer>
  const data = frames.frame(golden.input)
  const model = await stage.fit(data)
  const { models, output } = golden.result as RecordedObject
  const rows = await model.transform(data).select('id', 'raw', 'prediction').collect()
  const tolerance = toleranceAt(golden.id, 'result')
  return [
    ...(await attributeDifferences(golden.id, model, { models }, 'model')),
    ...differences('output', plain(rows), output, { tolerance, scale: 0 }),
  ]
}

/** How many stop words each language has, and the first of them. */
async function stopWordDifferences(golden: GoldenCase): Promise<string[]> {
  const recorded = golden.result as RecordedObject
  return Object.entries(recorded).flatMap(([language, expected]) => {
    const words = StopWordsRemover.loadDefaultStopWords(language)
    return differences(language, { n: words.length, first5: words.slice(0, 5) }, expected, { tolerance: 0, scale: 0 })
  })
}

const adapters: Readonly<Record<string, Adapter>> = {
  BinaryClassificationEvaluator: evaluatorDifferences,
  CrossValidator: crossValidatorDifferences,
  MulticlassClassificationEvaluator: evaluatorDifferences,
  MultilabelClassificationEvaluator: evaluatorDifferences,
  RankingEvaluator: evaluatorDifferences,
  OneVsRest: oneVsRestDifferences,
  RegressionEvaluator: evaluatorDifferences,
  StopWordsRemover: stopWordDifferences,
  TrainValidationSplit: trainValidationSplitDifferences,
  ...statisticalAdapters,
}

/** Differences of a recorded function: evaluators, tuning, statistics. */
export async function functionCaseDifferences(golden: GoldenCase, frames: Frames): Promise<string[]> {
  const adapter = adapters[golden.class]
  if (!adapter) throw new MissingClass(golden.class)
  return adapter(golden, frames)
}
