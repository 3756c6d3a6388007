import type { Vector } from '../linalg/vector.js'
import { slotNamesOf } from '../pipeline/feature-names.js'
import { PipelineModel } from '../pipeline/pipeline.js'
import type { Transformer } from '../pipeline/transformer.js'
import { fieldIndex } from '../sql/types.js'

/** A feature by name, and its share of what a model has learned. */
export type Importance = readonly [feature: string, importance: number]

/** The model that a tuner has found, or the model itself. */
const chosen = (model: Transformer): Transformer => (model as { readonly bestModel?: Transformer }).bestModel ?? model

/** The fitted stages of a model one by one, those of pipelines and of the best model of a tuner included. */
export function fittedStages(model: Transformer): Transformer[] {
  const own = chosen(model)
  if (own !== model) return fittedStages(own)
  return own instanceof PipelineModel ? own.stages.flatMap(fittedStages) : [own]
}

/** Importances of the features, where a model tells them, largest first. */
export function importancesOf(model: Transformer): Importance[] | undefined {
  const stage = fittedStages(model).findLast((inner) => 'featureImportances' in inner)
  if (!stage) return undefined
  const { featureImportances } = stage as unknown as { readonly featureImportances: Vector }
  const values = featureImportances.toArray()
  const names = featureNames(chosen(model), stage)
  return Array.from(values, (value, i): Importance => [names?.[i] ?? `feature_${i}`, value]).sort((a, b) => b[1] - a[1])
}

function featureNames(model: Transformer, stage: Transformer): readonly string[] | undefined {
  const column = stage.getOrDefault('featuresCol') as string
  if (model instanceof PipelineModel && model.inputSchema) return model.getFeatureNamesOut(column)
  const { inputSchema } = stage
  const field = inputSchema?.fields[fieldIndex(inputSchema, column)]
  return field && slotNamesOf(field)
}

/** Names of metrics as evaluators call them, by what summaries call them. */
const METRICS: Readonly<Record<string, string>> = {
  rootMeanSquaredError: 'rmse',
  meanSquaredError: 'mse',
  meanAbsoluteError: 'mae',
  r2: 'r2',
  explainedVariance: 'var',
  accuracy: 'accuracy',
  weightedPrecision: 'weightedPrecision',
  weightedRecall: 'weightedRecall',
  areaUnderROC: 'areaUnderROC',
  totalIterations: 'totalIterations',
}

/** What the summary of a training tells: metrics, and the objective at each iteration. */
export interface TrainingFacts {
  readonly stage: Transformer
  readonly metrics: Readonly<Record<string, number>>
  readonly objectiveHistory: readonly number[]
}

/** Summaries of the stages that have one. */
export function trainingFacts(model: Transformer): TrainingFacts[] {
  return fittedStages(model).flatMap((stage) => {
    const holder = stage as { readonly hasSummary?: boolean; readonly summary?: object }
    // A model without a summary raises an error when it is asked for one.
    const summary = holder.hasSummary ? holder.summary : undefined
    if (!summary) return []
    const values = summary as Readonly<Record<string, unknown>>
    const metrics = Object.entries(METRICS).flatMap(([name, short]): [string, number][] =>
      name in summary ? [[`training_${short}`, Number(values[name])]] : [],
    )
    const objectiveHistory = (values.objectiveHistory ?? []) as readonly number[]
    return [{ stage, metrics: Object.fromEntries(metrics), objectiveHistory }]
  })
}
