import { randomUUID } from 'node:crypto'
import type { Transformer } from '../pipeline/transformer.js'
import type { MlflowSignature } from '../schema/mlflow-signature.js'
import { writeFolderAtomic } from '../util/atomic-write.js'
import { mapConcurrent } from '../util/map-concurrent.js'
import { activeRun, inRun } from './active-run.js'
import { artifactPathOf } from './artifact-client.js'
import { type ArtifactStore, inFolder } from './artifact-store.js'
import type { LoggedModel, ModelVersion, Tags } from './entities.js'
import { valueText } from './log-batches.js'
import type { MlflowClient } from './mlflow-client.js'
import { invalidCall, MlflowError } from './mlflow-error.js'
import { type ModelContent, type ModelFile, modelDirectory } from './model-directory.js'
import { registerWith } from './register-model.js'
import { currentClient, currentExperimentId } from './settings.js'

/** How a model is logged. */
export interface LogModelOptions extends ModelContent {
  /** Makes a version of this registered model of it. */
  readonly registeredModelName?: string
  /** Seconds to wait until the version is ready; default 300. */
  readonly awaitRegistrationFor?: number
  /** The run that has made it; default the active one. A server of MLflow 3 needs none. */
  readonly runId?: string
  /** Parameters of the model; default those of the run. */
  readonly params?: Readonly<Record<string, unknown>>
  readonly tags?: Tags
  readonly modelType?: string
  /** Step of the run at which it was made; `runs:/ID/name` means the model of the highest one. Default 0. */
  readonly step?: number
}

/** A model that was logged. */
export interface ModelInfo {
  /** Its address for `loadModel` and for MLflow's Python: `models:/m-…`, or `runs:/…` with MLflow 2. */
  readonly modelUri: string
  readonly name: string
  /** Id of the logged model; undefined with MLflow 2. */
  readonly modelId?: string
  readonly runId?: string
  readonly flavors: ModelFile['flavors']
  readonly signature?: MlflowSignature
  /** Where it was registered. */
  readonly registeredModelVersion?: ModelVersion
}

/** Files that are sent at a time. */
const AT_ONCE = 4
/** What models say that no server has seen. */
const MLFLOW_VERSION = '3.17.2'

/**
 * Logs a fitted model as an MLflow model (Python's `mlflow.spark.log_model`): the model as JSON (flavor `ridgeline`) and, where Spark has all of it, in Spark's format (flavors `spark` and
 * `python_function`), which `mlflow.spark.load_model` and `mlflow.pyfunc.load_model` load; with signature, input example and Python's requirements.
 *
 * With MLflow 3 it is a logged model of the experiment, linked to the active run; with MLflow 2 it stands among the artifacts of the run.
 *
 * @param name of the model in the experiment, and in `runs:/RUN_ID/name`.
 * @throws UnsupportedError for what is no fitted model; MlflowError when the server refuses. A model that could not be written is marked `LOGGED_MODEL_UPLOAD_FAILED`.
 */
export async function logModel(model: Transformer, name: string, options: LogModelOptions = {}): Promise<ModelInfo> {
  if (artifactPathOf(name) !== name || name === '' || /[/:.%"'@]/.test(name)) {
    throw invalidCall(`the name of the model is ${JSON.stringify(name)}`, {
      param: 'name',
      allowed: 'Allowed: a text that is not empty, without / : . % " \' @',
      received: name,
    })
  }
  const runId = options.runId ?? activeRun()?.info.runId
  if (runId !== undefined)
    return inRun(options.runId, (client, id) => logInto(client, model, name, { ...options, runId: id }))
  return logInto(currentClient(), model, name, options)
}

async function logInto(
  client: MlflowClient,
  model: Transformer,
  name: string,
  options: LogModelOptions,
): Promise<ModelInfo> {
  const logged = await createLogged(client, name, options)
  const info = logged
    ? await logThree(client, model, name, logged, options)
    : await logTwo(client, model, name, options)
  const { registeredModelName, awaitRegistrationFor, tags } = options
  if (registeredModelName === undefined) return info
  const version = await registerWith(client, info.modelUri, registeredModelName, { tags, awaitRegistrationFor })
  return { ...info, registeredModelVersion: version }
}

/** A logged model without files; undefined where the server has none, as in MLflow 2. */
async function createLogged(
  client: MlflowClient,
  name: string,
  options: LogModelOptions,
): Promise<LoggedModel | undefined> {
  const { runId, tags, modelType } = options
  const run = runId === undefined ? undefined : await client.getRun(runId)
  const params = options.params ?? run?.data.params ?? {}
  const experimentId = run?.info.experimentId ?? (await currentExperimentId(client))
  try {
    return await client.createLoggedModel(experimentId, {
      name,
      sourceRunId: runId,
      modelType,
      params: Object.fromEntries(Object.entries(params).map(([key, value]) => [key, valueText(value)])),
      tags,
    })
  } catch (error) {
    if (error instanceof MlflowError && error.errorCode === 'ENDPOINT_NOT_FOUND') return undefined
    throw error
  }
}

async function logThree(
  client: MlflowClient,
  model: Transformer,
  name: string,
  { modelId, artifactLocation }: LoggedModel,
  { runId, step = 0, ...content }: LogModelOptions,
): Promise<ModelInfo> {
  try {
    if (runId !== undefined) await client.logOutputs(runId, [{ modelId, step }])
    const file = await writeModel(client, client.artifactStore(artifactLocation), '', model, content, {
      artifactPath: artifactLocation,
      modelUuid: modelId,
      modelId,
      runId,
    })
    await client.finalizeLoggedModel(modelId, 'LOGGED_MODEL_READY')
    return { modelUri: `models:/${modelId}`, name, modelId, ...infoOf(file, runId) }
  } catch (error) {
    const mark = client.with({ signal: undefined, maxRetries: 0 })
    // The first error counts, also when the model cannot be marked.
    await mark.finalizeLoggedModel(modelId, 'LOGGED_MODEL_UPLOAD_FAILED').catch(() => {})
    throw error
  }
}

async function logTwo(
  client: MlflowClient,
  model: Transformer,
  name: string,
  options: LogModelOptions,
): Promise<ModelInfo> {
  const { runId, ...content } = options
  // MLflow 2 keeps models in runs only.
  if (runId === undefined) return inRun(undefined, (own, id) => logTwo(own, model, name, { ...content, runId: id }))
  const store = client.artifactStore((await client.getRun(runId)).info.artifactUri)
  const file = await writeModel(client, store, name, model, content, {
    artifactPath: name,
    modelUuid: randomUUID().replaceAll('-', ''),
    runId,
  })
  await client.recordLoggedModel(runId, file)
  return { modelUri: `runs:/${runId}/${name}`, name, ...infoOf(file, runId) }
}

const infoOf = ({ flavors, signature }: ModelFile, runId: string | undefined) => ({
  flavors,
  ...(runId === undefined ? {} : { runId }),
  ...(signature ? { signature } : {}),
})

async function writeModel(
  client: MlflowClient,
  store: ArtifactStore,
  folder: string,
  model: Transformer,
  content: ModelContent,
  origin: {
    readonly artifactPath: string
    readonly modelUuid: string
    readonly modelId?: string
    readonly runId?: string
  },
): Promise<ModelFile> {
  const mlflowVersion = (await client.serverVersion()) ?? MLFLOW_VERSION
  const { file, files } = await modelDirectory(model, content, { ...origin, mlflowVersion })
  await writeFiles(store, folder, files, client.options.signal)
  return file
}

/** `MLmodel`, which says that there is a model, comes last. */
async function writeFiles(
  store: ArtifactStore,
  folder: string,
  files: ReadonlyMap<string, Uint8Array | string>,
  signal?: AbortSignal,
): Promise<void> {
  const entries = [...files].map(([path, bytes]) => [folder === '' ? path : `${folder}/${path}`, bytes] as const)
  const last = entries.pop()
  await mapConcurrent(entries, AT_ONCE, ([path, bytes]) => store.write(path, bytes), signal)
  if (last) await store.write(...last)
}

/**
 * Writes a fitted model as an MLflow model into a folder of this machine (Python's `mlflow.spark.save_model`). What stands there is replaced once the new one is complete.
 * @throws UnsupportedError for what is no fitted model.
 */
export async function saveModel(model: Transformer, path: string, content: ModelContent = {}): Promise<void> {
  const origin = { artifactPath: path, modelUuid: randomUUID().replaceAll('-', ''), mlflowVersion: MLFLOW_VERSION }
  const { files } = await modelDirectory(model, content, origin)
  await writeFolderAtomic(path, (aside) => writeFiles(inFolder(aside), '', files))
}
