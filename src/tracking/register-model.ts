import { setTimeout as sleep } from 'node:timers/promises'
import { activeRun } from './active-run.js'
import type { ModelVersion, Tags } from './entities.js'
import type { MlflowClient } from './mlflow-client.js'
import { MlflowError } from './mlflow-error.js'
import { openModel, parseModelUri } from './model-uri.js'
import { ignoreExisting } from './registry-client.js'
import { currentClient } from './settings.js'

export interface RegisterModelOptions {
  readonly tags?: Tags
  /** Seconds to wait until the version is ready; 0 does not wait. Default 300, as in Python. */
  readonly awaitRegistrationFor?: number
}

/**
 * Makes a new version of a registered model, which is created when there is none of that name (Python's `mlflow.register_model`).
 * @param modelUri `runs:/RUN_ID/name`, `models:/m-ID`, or the address of a model directory that the server may read.
 * @throws MlflowError when there is no such model, or the server refuses the address, as it does paths of this machine.
 */
export function registerModel(
  modelUri: string,
  name: string,
  options: RegisterModelOptions = {},
): Promise<ModelVersion> {
  return registerWith(activeRun()?.client ?? currentClient(), modelUri, name, options)
}

export async function registerWith(
  client: MlflowClient,
  modelUri: string,
  name: string,
  { tags, awaitRegistrationFor = 300 }: RegisterModelOptions,
): Promise<ModelVersion> {
  const { source, runId, modelId } = await sourceOf(client, modelUri)
  await client.createRegisteredModel(name).catch(ignoreExisting)
  const made = await client.createModelVersion(name, source, { runId, modelId, tags })
  if (modelId !== undefined) await linkVersion(client, modelId, made)
  return whenReady(client, made, awaitRegistrationFor)
}

interface Source {
  readonly source: string
  readonly runId?: string
  readonly modelId?: string
}

async function sourceOf(client: MlflowClient, uri: string): Promise<Source> {
  if (uri.startsWith('runs:')) {
    const { store, path, modelId, runId } = await openModel(client, uri)
    if (modelId !== undefined) return { source: `models:/${modelId}`, runId, modelId }
    if (!(await store.list(path))?.some((entry) => entry.name === 'MLmodel')) throw noModel(uri)
    const { artifactUri } = (await client.getRun(runId as string)).info
    return { source: path === '' ? artifactUri : `${artifactUri}/${path}`, runId }
  }
  if (!uri.startsWith('models:')) return { source: uri }
  const { modelId } = parseModelUri(uri)
  if (modelId === undefined) return { source: uri }
  const { sourceRunId } = await client.getLoggedModel(modelId)
  return { source: uri, runId: sourceRunId, modelId }
}

const noModel = (uri: string): MlflowError =>
  new MlflowError(`there is no model at ${uri}`, {
    errorCode: 'RESOURCE_DOES_NOT_EXIST',
    received: uri,
    hint: 'Log one there: logModel(model, name).',
  })

/** A logged model knows the versions that were made of it, in a tag that MLflow's pages show. */
async function linkVersion(client: MlflowClient, modelId: string, { name, version }: ModelVersion): Promise<void> {
  const known = (await client.getLoggedModel(modelId)).tags['mlflow.modelVersions'] ?? '[]'
  const versions = JSON.parse(known) as { readonly name: string; readonly version: string | number }[]
  // MLflow 3 links by itself; a second entry would be shown twice.
  if (versions.some((other) => other.name === name && String(other.version) === version)) return
  const all = JSON.stringify([...versions, { name, version }])
  await client.setLoggedModelTags(modelId, { 'mlflow.modelVersions': all })
}

async function whenReady(client: MlflowClient, made: ModelVersion, seconds: number): Promise<ModelVersion> {
  const end = Date.now() + 1000 * seconds
  let version = made
  while (version.status === 'PENDING_REGISTRATION' && Date.now() < end) {
    await sleep(1000, undefined, { signal: client.options.signal })
    version = await client.getModelVersion(made.name, made.version)
  }
  if (version.status !== 'FAILED_REGISTRATION') return version
  throw new MlflowError(`version ${made.version} of model "${made.name}" could not be registered`, {
    errorCode: 'INTERNAL_ERROR',
    serverMessage: version.statusMessage,
    received: version.status,
    hint: version.statusMessage,
  })
}
