import { PersistenceError } from '../errors.js'
import type { Params } from '../param/params.js'
import type { SparkLayout } from '../persistence/spark/layout.js'

/** The classifier stands in a folder of its name. */
export const oneVsRestLayout: SparkLayout = {
  read: async (source) => ({ params: { classifier: await source.stage('classifier') } }),
  async write(stage, sink) {
    await sink.stage(stage.getOrDefault('classifier') as Params, 'classifier')
    return {}
  },
}

/** So does each model, numbered, and the metadata tell how many there are. */
export const oneVsRestModelLayout: SparkLayout = {
  async read(source) {
    const { numClasses, labelMetadata } = source.metadata.all
    if (!Number.isInteger(numClasses) || typeof labelMetadata !== 'string') {
      throw new PersistenceError(`the metadata of "${source.path}" have no numClasses or labelMetadata`, {
        stage: 'load',
        received: source.path,
      })
    }
    const models: Params[] = []
    for (let i = 0; i < (numClasses as number); i++) models.push(await source.stage(`model_${i}`))
    const { params } = await oneVsRestLayout.read(source)
    return { params, state: { models, labelMetadata } }
  },
  async write(stage, sink) {
    const { models, labelMetadata } = stage as Params & { models: readonly Params[]; labelMetadata: string }
    await oneVsRestLayout.write(stage, sink)
    for (const [i, model] of models.entries()) await sink.stage(model, `model_${i}`)
    return { fields: { labelMetadata: JSON.stringify(labelMetadata), numClasses: String(models.length) } }
  },
}
