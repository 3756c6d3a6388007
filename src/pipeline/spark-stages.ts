import { PersistenceError } from '../errors.js'
import type { Params } from '../param/params.js'
import type { SparkContent, SparkExtra, SparkLayout, SparkSink, SparkSource } from '../persistence/spark/layout.js'

/** Folder of a stage: its place, padded so that names sort, and its uid. */
const folderOf = (uid: string, place: number, count: number): string =>
  `stages/${String(place).padStart(String(count).length, '0')}_${uid}`

/**
 * Pipelines in Spark's format: the metadata have the uids of the stages, in order, and each stage stands in a folder named by place and uid.
 * With `language`, pyspark loads them too.
 */
export const stagesLayout = (holder: 'state' | 'params'): SparkLayout => ({
  async read({ metadata, path, stage }: SparkSource): Promise<SparkContent> {
    const uids = metadata.paramMap.stageUids
    if (!Array.isArray(uids) || !uids.every((uid): uid is string => typeof uid === 'string' && uid !== '')) {
      throw new PersistenceError(`the metadata of "${path}" have no stageUids`, { stage: 'load', received: path })
    }
    const stages: Params[] = []
    for (const [i, uid] of uids.entries()) stages.push(await stage(folderOf(uid, i, uids.length)))
    return { [holder]: { stages } }
  },
  async write(pipeline: Params, sink: SparkSink): Promise<SparkExtra> {
    const { stages } = (holder === 'state' ? pipeline : { stages: pipeline.getOrDefault('stages') }) as unknown as {
      stages: readonly Params[]
    }
    for (const [i, stage] of stages.entries()) await sink.stage(stage, folderOf(stage.uid, i, stages.length))
    return { params: { language: '"Python"', stageUids: JSON.stringify(stages.map(({ uid }) => uid)) } }
  },
})
