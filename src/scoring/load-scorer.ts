import { UnsupportedError } from '../errors.js'
import { type LoadOptions, load } from '../persistence/load.js'
import type { RowScorer, ScoredRow, ScorerOptions } from './row-scorer.js'

/** What can be made into a scorer: every transformer. */
interface Scorer {
  scorer?<Out extends object>(options?: ScorerOptions): RowScorer<Out>
}

/**
 * Loads a saved model and makes it into a scorer: all that a service needs, in one line. Nothing but this package is loaded.
 * @throws as `PipelineModel.load`, and as `model.scorer`; UnsupportedError when the file holds what does not transform rows.
 * @example
 * ```ts
 * import { Bucketizer } from 'ridgeline'
 * import { loadScorer } from 'ridgeline/scoring'
 * await new Bucketizer({ inputCol: 'hour', outputCol: 'part', splits: [0, 12, 24] }).write().overwrite().save('hours.json')
 * const score = await loadScorer('hours.json')
 * console.log(score({ hour: 18 })) // { part: 1 }
 * ```
 */
export async function loadScorer<Out extends object = ScoredRow>(
  path: string,
  options: ScorerOptions & LoadOptions = {},
): Promise<RowScorer<Out>> {
  const { classes, verify, storage, options: places, ...rest } = options
  const given = Object.entries({ classes, verify, storage, options: places }).filter(([, value]) => value !== undefined)
  const model = (await load(path, Object.fromEntries(given) as LoadOptions)) as Scorer
  if (model.scorer) return model.scorer<Out>(rest)
  throw new UnsupportedError(`"${path}" holds ${String(model)}, which does not transform rows`, {
    stage: 'loadScorer',
    allowed: 'Allowed: a model or a transformer',
    hint: 'Fit the estimator and save its model.',
  })
}
