import { activeRun } from './active-run.js'
import type { Experiment, LoggedModel, ModelVersion, RegisteredModel, Run, Tags } from './entities.js'
import type { SearchOptions } from './experiment-client.js'
import { allPages } from './fluent.js'
import type { SearchLoggedModelsOptions } from './logged-model-client.js'
import { currentClient, currentExperimentId } from './settings.js'

// What Python has beside its client, too: the calls of a client of the servers that are set.

/** Creates an experiment. @returns its id. @throws MlflowError `RESOURCE_ALREADY_EXISTS` when there is one of that name. */
export const createExperiment = (
  name: string,
  options?: { readonly artifactLocation?: string; readonly tags?: Tags },
): Promise<string> => currentClient().createExperiment(name, options)

/** @throws MlflowError `RESOURCE_DOES_NOT_EXIST` for an unknown id. */
export const getExperiment = (experimentId: string): Promise<Experiment> => currentClient().getExperiment(experimentId)

/** @returns undefined when there is none of that name. */
export const getExperimentByName = (name: string): Promise<Experiment | undefined> =>
  currentClient().getExperimentByName(name)

/** Marks an experiment and its runs as deleted. */
export const deleteExperiment = (experimentId: string): Promise<void> => currentClient().deleteExperiment(experimentId)

/** Sets a tag of the experiment of the active run, or of that in which runs are started. */
export async function setExperimentTag(key: string, value: string): Promise<void> {
  const client = currentClient()
  const experimentId = activeRun()?.info.experimentId ?? (await currentExperimentId(client))
  await client.setExperimentTag(experimentId, key, value)
}

/** @throws MlflowError `RESOURCE_DOES_NOT_EXIST` for an unknown id. */
export const getRun = (runId: string): Promise<Run> => currentClient().getRun(runId)

/** The run that a run is nested in; undefined when there is none. */
export const getParentRun = (runId: string): Promise<Run | undefined> => currentClient().getParentRun(runId)

/** Marks a run as deleted. */
export const deleteRun = (runId: string): Promise<void> => currentClient().deleteRun(runId)

/** Logged models of experiments, by default the current one, of all pages (MLflow 3). */
export async function searchLoggedModels({
  experimentIds,
  maxResults = Number.POSITIVE_INFINITY,
  ...options
}: Omit<SearchLoggedModelsOptions, 'pageToken'> & { readonly experimentIds?: readonly string[] } = {}): Promise<
  LoggedModel[]
> {
  const client = currentClient()
  const ids = experimentIds ?? [await currentExperimentId(client)]
  return allPages(maxResults, 50, (maxOfPage, pageToken) =>
    client.searchLoggedModels(ids, { ...options, maxResults: maxOfPage, pageToken }),
  )
}

/** Registered models, of all pages. */
export function searchRegisteredModels({
  maxResults = Number.POSITIVE_INFINITY,
  ...options
}: Omit<SearchOptions, 'pageToken'> = {}): Promise<RegisteredModel[]> {
  const client = currentClient()
  return allPages(maxResults, 100, (maxOfPage, pageToken) =>
    client.searchRegisteredModels({ ...options, maxResults: maxOfPage, pageToken }),
  )
}

/** Versions of registered models, of all pages. */
export function searchModelVersions({
  maxResults = Number.POSITIVE_INFINITY,
  ...options
}: Omit<SearchOptions, 'pageToken'> = {}): Promise<ModelVersion[]> {
  const client = currentClient()
  return allPages(maxResults, 1000, (maxOfPage, pageToken) =>
    client.searchModelVersions({ ...options, maxResults: maxOfPage, pageToken }),
  )
}

/** Sets a tag of a version of a registered model. */
export const setModelVersionTag = (name: string, version: string | number, key: string, value: string): Promise<void> =>
  currentClient().setModelVersionTag(name, version, key, value)
