import { UnsupportedError } from '../errors.js'
import { classLookup } from '../persistence/classes.js'
import { fromDocument } from '../persistence/json.js'
import type { LoadOptions } from '../persistence/load.js'
import { loadSpark } from '../persistence/spark/load.js'
import { Transformer } from '../pipeline/transformer.js'
import { activeRun } from './active-run.js'
import { artifactPathOf, requireFile } from './artifact-client.js'
import { openStore } from './artifact-store.js'
import { invalidCall, isNotFound, MlflowError } from './mlflow-error.js'
import type { ModelFile } from './model-directory.js'
import { type ModelPlace, openModel } from './model-uri.js'
import { currentClient } from './settings.js'
import { parseYaml } from './yaml.js'

/**
 * Loads a model that was logged here, or from PySpark by `mlflow.spark.log_model`.
 * @param modelUri `runs:/RUN_ID/name`, `models:/name/3`, `models:/name@champion`, `models:/name/Production`, `models:/name/latest`, `models:/m-ID`, `mlflow-artifacts:/…`, an address in a
 *   bucket, or a folder of this machine, for which no server is asked.
 * @throws MlflowError when there is no such model, or one of a flavor that cannot be read here; PersistenceError when its files are damaged.
 */
export async function loadModel<T extends Transformer = Transformer>(
  modelUri: string,
  options: Pick<LoadOptions, 'classes' | 'verify' | 'storage'> = {},
): Promise<T> {
  const place = await placeOf(modelUri, options.storage)
  const { flavors } = await modelFile(place, modelUri)
  const at = (data: unknown): string => below(place.path, artifactPathOf(String(data)))
  const classes = classLookup(options.classes)
  let model: unknown
  if (flavors.ridgeline) {
    const path = at(flavors.ridgeline.data)
    const text = new TextDecoder().decode(await place.store.read(path))
    model = await fromDocument(text, `${modelUri}/${flavors.ridgeline.data}`, classes, options.verify ?? true)
  } else if (flavors.spark) {
    model = await loadSpark(place.store, at(flavors.spark.model_data), classes)
  } else {
    const found = Object.keys(flavors).join(', ')
    throw new MlflowError(`the model at ${modelUri} has the flavors ${found || '(none)'}`, {
      errorCode: 'INVALID_PARAMETER_VALUE',
      param: 'modelUri',
      allowed: 'Allowed: ridgeline, spark',
      received: found,
      hint: 'Log it with logModel() here, or with mlflow.spark.log_model().',
    })
  }
  if (model instanceof Transformer) return model as T
  throw new UnsupportedError(`${String(model)} does not transform rows`, { stage: 'loadModel', received: modelUri })
}

/** What the MLmodel file of a model says: flavors, signature, run. @throws MlflowError when there is no model. */
export const getModelInfo = async (modelUri: string): Promise<ModelFile> => modelFile(await placeOf(modelUri), modelUri)

function placeOf(uri: string, storage?: LoadOptions['storage']): Promise<ModelPlace> | ModelPlace {
  if (/^(runs|models|mlflow-artifacts|https?):/.test(uri)) {
    const client = activeRun()?.client ?? currentClient()
    return openModel(storage ? client.with({ storage }) : client, uri)
  }
  return { store: openStore(uri, storage), path: '' }
}

const below = (folder: string, path: string): string => (folder === '' ? path : `${folder}/${path}`)

async function modelFile({ store, path }: ModelPlace, uri: string): Promise<ModelFile> {
  const at = below(path, 'MLmodel')
  await requireFile(store, at).catch((cause: unknown) => {
    if (!isNotFound(cause)) throw cause
    throw new MlflowError(`there is no model at ${uri}`, {
      errorCode: 'RESOURCE_DOES_NOT_EXIST',
      param: 'modelUri',
      allowed: 'Allowed: the address of a folder with an MLmodel file',
      received: uri,
      cause,
    })
  })
  const bytes = await store.read(at)
  const file = parseYaml(new TextDecoder().decode(bytes), `${uri}/MLmodel`) as Partial<ModelFile> | null
  if (typeof file !== 'object' || file === null || typeof file.flavors !== 'object' || file.flavors === null) {
    throw invalidCall(`the MLmodel file of ${uri} names no flavors`, { param: 'modelUri', received: uri })
  }
  return file as ModelFile
}
