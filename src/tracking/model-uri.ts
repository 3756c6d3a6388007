import type { ArtifactStore } from './artifact-store.js'
import type { ModelVersion } from './entities.js'
import type { MlflowClient } from './mlflow-client.js'
import { invalidCall, MlflowError } from './mlflow-error.js'

/** A place among artifacts, and what of MLflow it is. */
export interface ModelPlace {
  readonly store: ArtifactStore
  /** Path in the store. */
  readonly path: string
  readonly modelId?: string
  readonly runId?: string
  readonly version?: ModelVersion
}

const ALLOWED =
  'Allowed: runs:/RUN_ID/path, models:/name/version, models:/name@alias, models:/name/stage, models:/name/latest, models:/m-ID, mlflow-artifacts:/…, a path'

/** What `models:/…` names. */
export interface ModelReference {
  readonly modelId?: string
  readonly name?: string
  readonly version?: string
  readonly alias?: string
  readonly stage?: string
}

/** Takes `models:/…` apart; a name alone with `latest` has no version. @throws MlflowError for what is none. */
export function parseModelUri(uri: string): ModelReference {
  const [first = '', second, ...rest] = uri.replace(/^models:\/+/, '').split('/')
  const [, aliased, alias] = /^(.+)@([^@]+)$/.exec(first) ?? []
  if (
    !uri.startsWith('models:/') ||
    first === '' ||
    second === '' ||
    rest.length > 0 ||
    (alias && second !== undefined)
  ) {
    throw invalidCall(`"${uri}" names no model`, { param: 'modelUri', allowed: ALLOWED, received: uri })
  }
  if (alias !== undefined) return { name: aliased, alias }
  if (second === undefined) return { modelId: first }
  if (/^\d+$/.test(second)) return { name: first, version: second }
  return second.toLowerCase() === 'latest' ? { name: first } : { name: first, stage: second }
}

/**
 * The version that `models:/name/3`, `models:/name@alias`, `models:/name/Production` or `models:/name/latest` means.
 * @throws MlflowError `RESOURCE_DOES_NOT_EXIST` when there is none.
 */
export async function findModelVersion(client: MlflowClient, uri: string): Promise<ModelVersion> {
  const { name, version, alias, stage } = parseModelUri(uri)
  if (name === undefined) throw invalidCall(`"${uri}" names no registered model`, { param: 'modelUri', received: uri })
  if (version !== undefined) return client.getModelVersion(name, version)
  if (alias !== undefined) return client.getModelVersionByAlias(name, alias)
  const latest = await client.getLatestVersions(name, stage === undefined ? undefined : [stage])
  const [newest] = latest.sort((a, b) => Number(b.version) - Number(a.version))
  if (newest) return newest
  throw new MlflowError(`model "${name}" has no version${stage === undefined ? '' : ` in stage "${stage}"`}`, {
    errorCode: 'RESOURCE_DOES_NOT_EXIST',
    received: uri,
    hint: 'searchModelVersions({ filterString: "name = \'…\'" }) lists those that there are.',
  })
}

/** Finds the artifacts that an address of MLflow, or of a store, means. @throws MlflowError when there are none. */
export async function openModel(client: MlflowClient, uri: string): Promise<ModelPlace> {
  if (uri.startsWith('runs:')) return openRun(client, uri)
  if (!uri.startsWith('models:')) return { store: client.artifactStore(uri), path: '' }
  const { modelId } = parseModelUri(uri)
  if (modelId !== undefined) return { store: await client.modelArtifacts(modelId), path: '', modelId }
  const version = await findModelVersion(client, uri)
  const source = await client.getModelVersionDownloadUri(version.name, version.version)
  // A version may be a copy of another one, or point at a run.
  return { ...(await openModel(client, source)), runId: version.runId, version }
}

/** Files of a run, or of a model that it logged under that name, as MLflow 3 keeps them apart from the run's own. */
async function openRun(client: MlflowClient, uri: string): Promise<ModelPlace> {
  const [, runId, path = ''] = /^runs:\/+([^/]+)(?:\/(.*))?$/.exec(uri) ?? []
  if (runId === undefined)
    throw invalidCall(`"${uri}" names no run`, { param: 'modelUri', allowed: ALLOWED, received: uri })
  const store = client.artifactStore((await client.getRun(runId)).info.artifactUri)
  const own = { store, path: path.replace(/\/+$/, ''), runId }
  if (own.path === '' || (await store.list(own.path)) !== undefined) return own
  const [name, ...rest] = own.path.split('/')
  const [model] = await client.findLoggedModels(runId, name).catch((error: unknown) => {
    // MLflow 2 has no logged models.
    if (error instanceof MlflowError && error.errorCode === 'ENDPOINT_NOT_FOUND') return []
    throw error
  })
  if (!model) return own
  const { modelId, artifactLocation } = model
  return { store: client.artifactStore(artifactLocation), path: rest.join('/'), modelId, runId }
}
