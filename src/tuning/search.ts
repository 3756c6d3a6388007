import type { ParamMap } from '../param/param.js'
import type { FitOptions, FitVariant } from '../pipeline/estimator.js'
import type { Transformer } from '../pipeline/transformer.js'
import type { DataFrame } from '../sql/dataframe.js'
import { mapConcurrent } from '../util/map-concurrent.js'
import { bestIndex } from './best-index.js'
import type { Split } from './splits.js'
import type { Validator } from './validator-params.js'

/** How a search is run. */
export interface SearchOptions extends FitOptions {
  /** How many candidates are fitted at a time; results do not depend on it. */
  readonly parallelism: number
  /** Whether the models of the splits are kept. */
  readonly collectSubModels: boolean
}

/** What a search found. */
export interface SearchResult {
  /** `metrics[split][map]`. */
  readonly metrics: readonly (readonly number[])[]
  /** Mean over the splits, for each map. */
  readonly averages: readonly number[]
  /** `models[split][map]`, where they were to be kept. */
  readonly models?: readonly (readonly Transformer[])[]
  /** The best candidate, fitted on all rows. */
  readonly best: Transformer
}

/**
 * Fits every candidate of a tuner on the training rows of every split, measures it on the validation rows, and fits the candidate with
 * the best average on all rows. The rows of one split at a time are kept in memory; what no candidate changes is fitted and run once a
 * split, and the candidates are fitted together, so that they share what they can.
 */
export async function search(
  tuner: Validator,
  data: DataFrame,
  splits: readonly Split[],
  { parallelism, collectSubModels, signal, onProgress, profile }: SearchOptions,
): Promise<SearchResult> {
  const estimator = tuner.getEstimator()
  const evaluator = tuner.getEvaluator()
  const maps = tuner.getEstimatorParamMaps()
  const division = estimator.divide(maps)
  const candidate = division?.rest ?? estimator
  const variants = maps.map((map) => candidate.copy(map))
  const metrics: number[][] = []
  const models: Transformer[][] = []
  const total = splits.length * maps.length + 1
  let done = 0
  const report = (message: string): void => onProgress?.({ stage: tuner.uid, done: ++done, total, message })

  for (const { name, training, validation } of splits) {
    const train = training.cache()
    const validate = validation.cache()
    const cached = [train, validate]
    const measured: number[] = []
    const kept: Transformer[] = []
    try {
      const common = await division?.common.fit(train, { signal, profile: false })
      const learnFrom = common?.transform(train) ?? train
      // Every candidate is measured on these rows; what the candidates learn from, those who can share read once.
      const measureOn = common?.transform(validate).cache() ?? validate
      if (common) cached.push(measureOn)
      let fitVariant: FitVariant<Transformer> | undefined
      const tryMap = async (map: ParamMap, i: number, stop: AbortSignal): Promise<void> => {
        fitVariant ??= candidate.fits(learnFrom, variants, { signal: stop, profile: false })
        const model = await fitVariant(i)
        measured[i] = await evaluator.evaluate(model.transform(measureOn), { signal: stop })
        if (collectSubModels) kept[i] = division && common ? division.join(common, model, map) : model
        report(name)
      }
      await mapConcurrent(maps, parallelism, tryMap, signal)
    } finally {
      for (const frame of cached) frame.unpersist()
    }
    metrics.push(measured)
    models.push(kept)
  }

  const averages = maps.map((_, i) => metrics.reduce((sum, split) => sum + split[i], 0) / splits.length)
  const best = await estimator.fit(data, maps[bestIndex(averages, evaluator.isLargerBetter())], { signal, profile })
  report('best candidate, all rows')
  return { metrics, averages, best, ...(collectSubModels ? { models } : {}) }
}
