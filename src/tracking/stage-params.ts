import type { ParamMap } from '../param/param.js'
import { Params, shortClassName } from '../param/params.js'
import { nestedStages } from '../persistence/nested.js'
import type { Estimator } from '../pipeline/estimator.js'
import type { Evaluator } from '../pipeline/evaluator.js'
import type { Transformer } from '../pipeline/transformer.js'
import { valueText } from './log-batches.js'

/** A tuner, as what its parameters say. */
export interface Tuner extends Estimator<Transformer> {
  getEstimator(): Estimator<Transformer>
  getEvaluator(): Evaluator
  getEstimatorParamMaps(): readonly ParamMap[]
}

export const isTuner = (stage: Params): stage is Tuner => stage.hasParam('estimatorParamMaps')

/** Longest value of a parameter that MLflow keeps. */
const LONGEST = 6000

const className = (stage: Params): string => shortClassName(stage.definition.sparkClass)

/** Names of a stage and of all stages inside it, by uid: the class, numbered where there are several of it. As PySpark's autologging names them. */
export function stageNames(stage: Params): Map<string, string> {
  const stages = new Map(Array.from(nestedStages(stage), (inner) => [inner.uid, inner]))
  const total = new Map<string, number>()
  const names = new Map<string, string>()
  for (const inner of stages.values()) total.set(className(inner), (total.get(className(inner)) ?? 0) + 1)
  const seen = new Map<string, number>()
  for (const [uid, inner] of stages) {
    const name = className(inner)
    seen.set(name, (seen.get(name) ?? 0) + 1)
    names.set(uid, (total.get(name) ?? 0) > 1 ? `${name}_${seen.get(name)}` : name)
  }
  return names
}

const isStages = (value: unknown): value is readonly Params[] =>
  Array.isArray(value) && value.length > 0 && value.every((item) => item instanceof Params)

/**
 * Parameters of an estimator and of the stages inside it, `Stage.name` for those inside, as PySpark's autologging logs them: of a tuner, what it tunes is told by its runs.
 */
export function stageParams(stage: Params, names: ReadonlyMap<string, string>, inner = false): Record<string, string> {
  const prefix = inner ? `${names.get(stage.uid)}.` : ''
  const params: Record<string, string> = {}
  for (const param of stage.params) {
    if (!stage.isDefined(param)) continue
    const value = stage.getOrDefault(param)
    const key = prefix + param.name
    if (isTuner(stage) && param.name === 'estimatorParamMaps') continue
    if (value instanceof Params) {
      params[key] = names.get(value.uid) ?? className(value)
      if (!isTuner(stage) || param.name !== 'estimator') Object.assign(params, stageParams(value, names, true))
    } else if (isStages(value)) {
      params[key] = JSON.stringify(value.map(({ uid }) => names.get(uid)))
      for (const item of value) Object.assign(params, stageParams(item, names, true))
    } else {
      const text = valueText(value)
      params[key] = text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text
    }
  }
  return params
}

/** The values of a map of a grid, by the names of stages and parameters. */
export const mapParams = (map: ParamMap, names: ReadonlyMap<string, string>): Record<string, string> =>
  Object.fromEntries(
    map
      .toArray()
      .map(({ param, value }) => [
        `${names.get(param.parent)}.${param.name}`,
        value instanceof Params ? (names.get(value.uid) ?? className(value)) : valueText(value),
      ]),
  )

/** What stands inside what, for a reader. */
export function hierarchy(stage: Params, names: ReadonlyMap<string, string>): object {
  const tree: Record<string, unknown> = { name: names.get(stage.uid) }
  for (const param of stage.params) {
    if (!stage.isDefined(param)) continue
    const value = stage.getOrDefault(param)
    if (value instanceof Params) tree[param.name] = hierarchy(value, names)
    else if (isStages(value)) tree[param.name] = value.map((item) => hierarchy(item, names))
  }
  return tree
}

/** MLflow's tags of an estimator. */
export const estimatorTags = (stage: Params): Record<string, string> => ({
  estimator_name: className(stage),
  estimator_class: stage.definition.sparkClass,
})
