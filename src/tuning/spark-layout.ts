import { PersistenceError } from '../errors.js'
import { ParamMap } from '../param/param.js'
import type { Params } from '../param/params.js'
import { nestedStages } from '../persistence/nested.js'
import type { SparkContent, SparkExtra, SparkLayout, SparkSink, SparkSource } from '../persistence/spark/layout.js'
import { parseJson } from '../persistence/spark/metadata.js'
import { doubleJson, isPlainParam, readDouble, readParam, writeParam } from '../persistence/spark/param-values.js'
import type { Json } from '../sql/types.js'
import { shortText } from '../util/names.js'

/** An entry of a saved grid: a parameter of a stage and its value as JSON, or the folder of the stage that is its value. */
interface GridEntry {
  readonly parent: string
  readonly name: string
  readonly value: string
  readonly isJson: string
}

const damaged = (path: string, what: string): PersistenceError =>
  new PersistenceError(`the metadata of "${path}" ${what}`, { stage: 'load', received: path })

async function readGrid(source: SparkSource, stages: readonly Params[]): Promise<ParamMap[]> {
  const { estimatorParamMaps } = source.metadata.paramMap
  if (!Array.isArray(estimatorParamMaps)) throw damaged(source.path, 'have no estimatorParamMaps')
  const maps: ParamMap[] = []
  for (const entries of estimatorParamMaps as readonly (readonly GridEntry[])[]) {
    const map = new ParamMap()
    for (const { parent, name, value, isJson } of entries) {
      // A grid that names the tuner itself sets nothing that a fit would ask for.
      const owner = stages.find(({ uid }) => uid === parent)
      if (!owner)
        throw damaged(source.path, `name the stage ${shortText(parent)}, which is not among those that are tuned`)
      if (!owner.hasParam(name))
        throw damaged(source.path, `name the parameter ${shortText(name)} of ${parent}, which is not known`)
      const param = owner.getParam(name)
      const { kind } = param.row
      const isStage = String(isJson) === 'false' || !isPlainParam(kind)
      map.put(param, isStage ? await source.stage(value) : readParam(kind, parseJson(value), `${parent}.${name}`))
    }
    maps.push(map)
  }
  return maps
}

async function gridText(maps: readonly ParamMap[], sink: SparkSink): Promise<string> {
  let stages = 0
  const texts: GridEntry[][] = []
  for (const map of maps) {
    const entries: GridEntry[] = []
    for (const { param, value } of map.toArray()) {
      const plain = isPlainParam(param.row.kind)
      const folder = `epm_${param.name}${stages}`
      if (!plain) {
        stages++
        await sink.stage(value as Params, folder)
      }
      const text = plain ? writeParam(param.row.kind, value) : folder
      entries.push({ parent: param.parent, name: param.name, value: text, isJson: String(plain) })
    }
    texts.push(entries)
  }
  return JSON.stringify(texts)
}

/** A tuner: its estimator and evaluator in folders, its grid in the metadata. */
async function readTuner(source: SparkSource): Promise<Record<string, unknown>> {
  const estimator = await source.stage('estimator')
  const evaluator = await source.stage('evaluator')
  const stages = [...nestedStages(estimator), evaluator]
  return { estimator, evaluator, estimatorParamMaps: await readGrid(source, stages) }
}

async function writeTuner(tuner: Params, sink: SparkSink): Promise<Record<string, string>> {
  await sink.stage(tuner.getOrDefault('estimator') as Params, 'estimator')
  await sink.stage(tuner.getOrDefault('evaluator') as Params, 'evaluator')
  const maps = tuner.getOrDefault('estimatorParamMaps') as readonly ParamMap[]
  return { estimatorParamMaps: await gridText(maps, sink) }
}

/** Layout of CrossValidator and TrainValidationSplit. */
export const tunerLayout: SparkLayout = {
  read: async (source) => ({ params: await readTuner(source) }),
  write: async (tuner, sink) => ({ params: await writeTuner(tuner, sink) }),
}

/** Sub-models as a model has them: one list a fold, or one list. */
type SubModels = readonly Params[] | readonly (readonly Params[])[]

/** What pyspark's models have and its files have not; Spark passes over it. */
const DEVIATIONS = 'stdMetrics'

/** Layout of the models of tuners. @param folds whether there are sub-models for each fold. */
export const tunedLayout = (metrics: 'avgMetrics' | 'validationMetrics', folds: boolean): SparkLayout => ({
  async read(source: SparkSource): Promise<SparkContent> {
    const values = source.metadata.all[metrics]
    if (!Array.isArray(values)) throw damaged(source.path, `have no ${metrics}`)
    const params = await readTuner(source)
    const count = (params.estimatorParamMaps as readonly ParamMap[]).length
    const state: Record<string, unknown> = {
      bestModel: await source.stage('bestModel'),
      [metrics]: (values as readonly Json[]).map((value) => readDouble(value, metrics)),
    }
    const deviations = source.metadata.all[DEVIATIONS]
    if (Array.isArray(deviations)) state[DEVIATIONS] = deviations.map((value) => readDouble(value, DEVIATIONS))
    const kept = await source.folders('subModels')
    if (kept.length > 0) {
      const list = (folder: string): Promise<Params[]> => inOrder(count, (i) => source.stage(`${folder}/${i}`))
      state.subModels = folds
        ? await inOrder(kept.length, (fold) => list(`subModels/fold${fold}`))
        : await list('subModels')
    }
    return { state, params }
  },
  async write(model: Params, sink: SparkSink): Promise<SparkExtra> {
    const params = await writeTuner(model, sink)
    const { bestModel, subModels, ...rest } = model as unknown as Record<string, unknown> & {
      readonly bestModel: Params
      readonly subModels?: SubModels
    }
    await sink.stage(bestModel, 'bestModel')
    const save = async (models: readonly Params[], folder: string): Promise<void> => {
      for (const [i, sub] of models.entries()) await sink.stage(sub, `${folder}/${i}`)
    }
    if (subModels && folds) {
      for (const [fold, models] of (subModels as readonly (readonly Params[])[]).entries())
        await save(models, `subModels/fold${fold}`)
    } else if (subModels) await save(subModels as readonly Params[], 'subModels')
    const fields: Record<string, string> = { persistSubModels: String(subModels !== undefined) }
    for (const name of [metrics, DEVIATIONS]) {
      const values = rest[name] as readonly number[] | undefined
      if (values) fields[name] = `[${values.map(doubleJson).join(',')}]`
    }
    return { params, fields }
  },
})

/** One after the other: a store need not answer many questions at a time. */
async function inOrder<T>(count: number, make: (i: number) => Promise<T>): Promise<T[]> {
  const made: T[] = []
  for (let i = 0; i < count; i++) made.push(await make(i))
  return made
}
