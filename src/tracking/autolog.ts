import { type FitCall, observeFits } from '../pipeline/fit-observers.js'
import type { Transformer } from '../pipeline/transformer.js'
import { bestIndex } from '../tuning/best-index.js'
import { mapConcurrent } from '../util/map-concurrent.js'
import { type ActiveRun, activeRun, startRun } from './active-run.js'
import { fromDataFrame } from './dataset.js'
import { importanceChart } from './importance-chart.js'
import { logModel } from './log-model.js'
import { importancesOf, trainingFacts } from './model-facts.js'
import { contextTags } from './run-context.js'
import { estimatorTags, hierarchy, isTuner, mapParams, stageNames, stageParams, type Tuner } from './stage-params.js'

/** What autologging records. */
export interface AutologOptions {
  /** Ends it. */
  readonly disable?: boolean
  /** The fitted model, and the best one of a tuner by itself. Default true. */
  readonly logModels?: boolean
  /** Schema, number of rows and fingerprint of the data, for which they are read once more. Default true. */
  readonly logDatasets?: boolean
  /** A few rows of the data beside the model. Default false. */
  readonly logInputExamples?: boolean
  /** Makes a version of this registered model of every fitted one. */
  readonly registeredModelName?: string
  readonly extraTags?: Readonly<Record<string, string>>
}

let stop: (() => void) | undefined

/**
 * Records every fit of this process from now on (Python's `mlflow.pyspark.ml.autolog`), in the active run, or in one of its own: parameters of the estimator and of all stages inside it by
 * PySpark's names, the data's schema and fingerprint, the model; of a tuner a nested run for each map of the grid with its metrics, the best parameters, the best model, and
 * `search_results.csv`; metrics and objective of a training summary; feature importances as picture and JSON.
 *
 * What a fit does inside, for its stages, folds and candidates, is part of it. A fit that fails leaves its run FAILED, one that is aborted KILLED. A server that cannot be reached does
 * not harm a fit: it is told as a warning of the process (`MlflowWarning`).
 *
 * **Differs from PySpark's**: fits of single feature stages are recorded, too; metrics of evaluators that are called afterwards are not. `fitMultiple`, and `fit` with several maps, are not recorded, as there.
 *
 * Calling it again replaces the options; `autolog({ disable: true })` ends it.
 */
export function autolog(options: AutologOptions = {}): void {
  stop?.()
  stop = options.disable ? undefined : observeFits((call, fit) => recorded(call, fit, options))
}

async function recorded(call: FitCall, fit: () => Promise<Transformer>, options: AutologOptions): Promise<Transformer> {
  const active = activeRun()
  if (active) return recordIn(active, call, fit, options)
  let begun: Promise<Transformer> | undefined
  const { signal } = call.options
  const work = (run: ActiveRun): Promise<Transformer> => {
    begun = recordIn(run, call, fit, options)
    return begun
  }
  const tags = { 'mlflow.autologging': 'ridgeline', ...options.extraTags }
  try {
    return await startRun(work, { signal, tags })
  } catch (error) {
    // The fit itself may have failed; all else must not harm it.
    const result = begun ? await begun : undefined
    if (!signal?.aborted) warn('its run', error)
    return result ?? fit()
  }
}

async function recordIn(
  run: ActiveRun,
  call: FitCall,
  fit: () => Promise<Transformer>,
  options: AutologOptions,
): Promise<Transformer> {
  const names = stageNames(call.estimator)
  await tolerant('its parameters', () => logBefore(run, call, names))
  if (options.logDatasets ?? true) await tolerant('its data', () => logData(run, call))
  const model = await fit()
  const { estimator } = call
  if (isTuner(estimator)) await tolerant('its search', () => logSearch(run, estimator, model, names))
  await tolerant('its training summary', () => logSummaries(run, model, names))
  await tolerant('its feature importances', () => logImportances(run, model))
  if (options.logModels ?? true) await tolerant('its model', () => logModels(run, call, model, options))
  return model
}

/** Nothing of the recording may harm the fit. */
async function tolerant(what: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (error) {
    warn(what, error)
  }
}

const warn = (what: string, error: unknown): void =>
  process.emitWarning(
    `autolog: ${what} is not recorded: ${error instanceof Error ? error.message : error}`,
    'MlflowWarning',
  )

async function logBefore({ client, info }: ActiveRun, { estimator }: FitCall, names: Names): Promise<void> {
  await client.logBatch(info.runId, { params: stageParams(estimator, names), tags: estimatorTags(estimator) })
  if (names.size === 1) return
  const tuned = isTuner(estimator)
    ? {
        [names.get(estimator.uid) ?? '']: {
          tuning_parameter_map_list: estimator.getEstimatorParamMaps().map((map) => mapParams(map, names)),
          tuned_estimator_parameter_map: stageParams(estimator.getEstimator(), names, true),
        },
      }
    : {}
  await client.logDict(info.runId, { hierarchy: hierarchy(estimator, names), ...tuned }, 'estimator_info.json')
}

type Names = ReadonlyMap<string, string>

async function logData({ client, info }: ActiveRun, { data, options }: FitCall): Promise<void> {
  const dataset = await fromDataFrame(data, { signal: options.signal })
  await client.logInputs(info.runId, { datasets: [{ dataset, tags: { 'mlflow.data.context': 'train' } }] })
}

/** Metrics of a search, one for each map of the grid, by PySpark's names. */
function searchMetrics(tuner: Tuner, model: Transformer): Record<string, readonly number[]> {
  const name = String(tuner.getEvaluator().getOrDefault('metricName'))
  const { avgMetrics, stdMetrics, validationMetrics } = model as {
    readonly avgMetrics?: readonly number[]
    readonly stdMetrics?: readonly number[]
    readonly validationMetrics?: readonly number[]
  }
  return {
    ...(avgMetrics ? { [`avg_${name}`]: avgMetrics } : {}),
    ...(stdMetrics ? { [`std_${name}`]: stdMetrics } : {}),
    ...(validationMetrics ? { [name]: validationMetrics } : {}),
  }
}

/** Runs that are written at a time. */
const AT_ONCE = 4

async function logSearch(run: ActiveRun, tuner: Tuner, model: Transformer, names: Names): Promise<void> {
  const { client, info } = run
  const { runId, experimentId, startTime } = info
  const metrics = searchMetrics(tuner, model)
  const maps = tuner.getEstimatorParamMaps()
  const values = maps.map((map) => mapParams(map, names))
  const context = { ...(await contextTags()), 'mlflow.autologging': 'ridgeline', 'mlflow.parentRunId': runId }
  const metricsOf = (i: number) => Object.entries(metrics).map(([key, list]) => ({ key, value: list[i] }))
  await mapConcurrent(maps, AT_ONCE, async (map, i) => {
    const candidate = tuner.getEstimator().copy(map)
    const runName = Object.entries(values[i])
      .map(([name, value]) => `${name.split('.').at(-1)} ${value}`)
      .join(', ')
    const child = await client.createRun(experimentId, {
      startTime,
      runName: runName.slice(0, 200) || undefined,
      tags: { ...context, ...estimatorTags(candidate) },
    })
    await client.logBatch(child.info.runId, { params: stageParams(candidate, names), metrics: metricsOf(i) })
    await client.setTerminated(child.info.runId)
  })
  const [main] = Object.values(metrics)
  const best = bestIndex(main, tuner.getEvaluator().isLargerBetter())
  await client.logText(runId, searchTable(values, metrics), 'search_results.csv')
  await client.logDict(runId, values[best], 'best_parameters.json')
  const bestParams = Object.entries(values[best]).map(([name, value]) => [`best_${name}`, value])
  await client.logBatch(runId, { params: Object.fromEntries(bestParams), metrics: metricsOf(best) })
}

/** The grid as CSV, by PySpark's names of the columns. */
function searchTable(maps: readonly Record<string, string>[], metrics: Record<string, readonly number[]>): string {
  const names = [...new Set(maps.flatMap((map) => Object.keys(map)))]
  const cell = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  const rows = maps.map((map, i) => [
    JSON.stringify(map),
    ...Object.values(metrics).map((list) => String(list[i])),
    ...names.map((name) => map[name] ?? ''),
  ])
  const head = ['params', ...Object.keys(metrics), ...names.map((name) => `param.${name}`)]
  return [head, ...rows].map((row) => `${row.map(cell).join(',')}\n`).join('')
}

async function logSummaries({ client, info }: ActiveRun, model: Transformer, names: Names): Promise<void> {
  const facts = trainingFacts(model)
  for (const { stage, metrics, objectiveHistory } of facts) {
    const prefix = facts.length > 1 ? `${names.get(stage.uid)}.` : ''
    await client.logBatch(info.runId, {
      metrics: [
        ...Object.entries(metrics).map(([key, value]) => ({ key: prefix + key, value })),
        ...objectiveHistory.map((value, step) => ({ key: `${prefix}objective`, value, step })),
      ],
    })
  }
}

async function logImportances({ client, info }: ActiveRun, model: Transformer): Promise<void> {
  const importances = importancesOf(model)
  if (!importances) return
  await client.logDict(info.runId, Object.fromEntries(importances), 'feature_importances.json')
  await client.logText(info.runId, importanceChart(importances), 'feature_importances.svg')
}

async function logModels(
  { info }: ActiveRun,
  { data, options: { signal } }: FitCall,
  model: Transformer,
  { logInputExamples = false, registeredModelName }: AutologOptions,
): Promise<void> {
  const inputs = logInputExamples ? model.modelSchema().inputs.map(({ name }) => name) : []
  const inputExample = logInputExamples
    ? await data
        .select(...inputs)
        .limit(5)
        .collect({ signal })
    : undefined
  const { runId } = info
  await logModel(model, 'model', { runId, registeredModelName, inputExample })
  const { bestModel } = model as { readonly bestModel?: Transformer }
  if (bestModel) await logModel(bestModel, 'best_model', { runId, inputExample })
}
