import type { Experiment } from './entities.js'
import { environmentText } from './environment.js'
import { MlflowClient } from './mlflow-client.js'
import { invalidCall, MlflowError } from './mlflow-error.js'

/** What MLflow's own interface keeps for the whole process: two addresses and the experiment. */
const settings: { trackingUri?: string; registryUri?: string; experimentId?: string } = {}

/** Where runs are recorded, for the whole process; undefined: what `MLFLOW_TRACKING_URI` says. */
export function setTrackingUri(uri: string | undefined): void {
  if (uri !== settings.trackingUri) settings.experimentId = undefined
  settings.trackingUri = uri
}

/** The address of the tracking server; undefined when none is set. */
export const getTrackingUri = (): string | undefined => settings.trackingUri ?? environmentText('MLFLOW_TRACKING_URI')

/** Where models are registered, for the whole process; undefined: what `MLFLOW_REGISTRY_URI` says, or the tracking server. */
export function setRegistryUri(uri: string | undefined): void {
  settings.registryUri = uri
}

/** The address of the model registry; undefined when none is set. */
export const getRegistryUri = (): string | undefined =>
  settings.registryUri ?? environmentText('MLFLOW_REGISTRY_URI') ?? getTrackingUri()

/** A client of the servers that are set. @throws MlflowError when there is no address. */
export const currentClient = (signal?: AbortSignal): MlflowClient =>
  new MlflowClient({ trackingUri: getTrackingUri(), registryUri: getRegistryUri(), signal })

/**
 * Chooses the experiment of the runs that are started from now on in this process, and creates it when there is none of that name.
 * @param experiment its name, or `{ experimentId }`.
 * @throws MlflowError for an unknown id, and for an experiment that was deleted.
 */
export async function setExperiment(experiment: string | { readonly experimentId: string }): Promise<Experiment> {
  const client = currentClient()
  const found =
    typeof experiment === 'string'
      ? await experimentByName(client, experiment)
      : await client.getExperiment(experiment.experimentId)
  if (found.lifecycleStage === 'deleted') {
    throw new MlflowError(`experiment "${found.name}" was deleted`, {
      errorCode: 'INVALID_STATE',
      received: found.experimentId,
      hint: `Bring it back: new MlflowClient().restoreExperiment("${found.experimentId}").`,
    })
  }
  settings.experimentId = found.experimentId
  return found
}

/** The experiment of a name, made when there is none; several programs may do so at once. */
async function experimentByName(client: MlflowClient, name: string): Promise<Experiment> {
  const found = await client.getExperimentByName(name)
  if (found) return found
  try {
    return await client.getExperiment(await client.createExperiment(name))
  } catch (error) {
    const other = await client.getExperimentByName(name).catch(() => undefined)
    if (other) return other
    throw error
  }
}

/** The experiment of new runs: that which was set, that of `MLFLOW_EXPERIMENT_NAME` or `MLFLOW_EXPERIMENT_ID`, or MLflow's default. */
export async function currentExperimentId(client: MlflowClient): Promise<string> {
  if (settings.experimentId !== undefined) return settings.experimentId
  const name = environmentText('MLFLOW_EXPERIMENT_NAME')
  const id = environmentText('MLFLOW_EXPERIMENT_ID')
  if (name === undefined) return id ?? '0'
  const { experimentId } = await experimentByName(client, name)
  if (id === undefined || id === experimentId) return experimentId
  throw invalidCall(
    `MLFLOW_EXPERIMENT_ID is ${id}, but experiment "${name}" of MLFLOW_EXPERIMENT_NAME has the id ${experimentId}`,
    {
      param: 'MLFLOW_EXPERIMENT_ID',
      received: id,
      hint: 'Set one of them.',
    },
  )
}
