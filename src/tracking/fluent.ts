import { activeRun, inRun } from './active-run.js'
import { downloadFrom } from './artifact-client.js'
import type { DatasetInput, Experiment, Run, Tags, ViewType } from './entities.js'
import type { SearchOptions } from './experiment-client.js'
import { invalidCall } from './mlflow-error.js'
import { openModel } from './model-uri.js'
import type { MetricOptions } from './run-client.js'
import { currentClient, currentExperimentId } from './settings.js'

/** Which run is meant; default the active one. */
export interface RunOption {
  readonly runId?: string
}

/** Logs a parameter of the active run. @throws MlflowError `INVALID_PARAMETER_VALUE` when it has another value already. */
export const logParam = (key: string, value: unknown, { runId }: RunOption = {}): Promise<void> =>
  inRun(runId, (client, id) => client.logParam(id, key, value))

/** Logs parameters of the active run, in as few calls as the server allows. */
export const logParams = (params: Readonly<Record<string, unknown>>, { runId }: RunOption = {}): Promise<void> =>
  inRun(runId, (client, id) => client.logBatch(id, { params }))

/** Logs a value of a metric. NaN stays NaN; the infinities come back as ±1.7976931348623157e308, which is what MLflow keeps of them. */
export const logMetric = (
  key: string,
  value: number,
  { runId, ...options }: MetricOptions & RunOption = {},
): Promise<void> => inRun(runId, (client, id) => client.logMetric(id, key, value, options))

/** Logs values of several metrics at one step, in as few calls as the server allows. */
export const logMetrics = (
  metrics: Readonly<Record<string, number>>,
  { runId, dataset, ...options }: MetricOptions & RunOption = {},
): Promise<void> =>
  inRun(runId, (client, id) =>
    client.logBatch(id, {
      metrics: Object.entries(metrics).map(([key, value]) => ({
        key,
        value,
        ...options,
        ...(dataset === undefined ? {} : { datasetName: dataset.name, datasetDigest: dataset.digest }),
      })),
    }),
  )

/** Sets a tag of the active run. */
export const setTag = (key: string, value: unknown, { runId }: RunOption = {}): Promise<void> =>
  inRun(runId, (client, id) => client.setTag(id, key, value))

/** Sets tags of the active run, in as few calls as the server allows. */
export const setTags = (tags: Readonly<Record<string, unknown>>, { runId }: RunOption = {}): Promise<void> =>
  inRun(runId, (client, id) => client.logBatch(id, { tags }))

/** Removes a tag of the active run. */
export const deleteTag = (key: string, { runId }: RunOption = {}): Promise<void> =>
  inRun(runId, (client, id) => client.deleteTag(id, key))

/** Logs a file, or a folder, of this machine. */
export const logArtifact = (localPath: string, artifactPath?: string, { runId }: RunOption = {}): Promise<void> =>
  inRun(runId, (client, id) => client.logArtifact(id, localPath, artifactPath))

/** Logs all that is in a folder of this machine. */
export const logArtifacts = (localDir: string, artifactPath?: string, { runId }: RunOption = {}): Promise<void> =>
  inRun(runId, (client, id) => client.logArtifacts(id, localDir, artifactPath))

/** Logs a text as a file. */
export const logText = (text: string, artifactFile: string, { runId }: RunOption = {}): Promise<void> =>
  inRun(runId, (client, id) => client.logText(id, text, artifactFile))

/** Logs a value as a JSON file. */
export const logDict = (dictionary: unknown, artifactFile: string, { runId }: RunOption = {}): Promise<void> =>
  inRun(runId, (client, id) => client.logDict(id, dictionary, artifactFile))

/** Records the data that the active run reads. `context` says what for: `training`, `validation`. */
export const logInput = (
  dataset: DatasetInput['dataset'],
  { context, tags, runId }: RunOption & { readonly context?: string; readonly tags?: Tags } = {},
): Promise<void> =>
  inRun(runId, (client, id) =>
    client.logInputs(id, {
      datasets: [{ dataset, tags: { ...tags, ...(context === undefined ? {} : { 'mlflow.data.context': context }) } }],
    }),
  )

/** Address of the artifacts of the active run, or of a path in them. */
export function getArtifactUri(artifactPath = ''): string {
  const run = activeRun()
  if (!run) throw invalidCall('there is no active run', { hint: 'Call it inside startRun().' })
  return artifactPath === '' ? run.info.artifactUri : `${run.info.artifactUri}/${artifactPath}`
}

/**
 * Copies artifacts to this machine.
 * @param artifactUri `runs:/ID/path`, `models:/name/3`, `models:/name@alias`, `mlflow-artifacts:/…`, or the address of a store.
 * @param dstPath default: a new temporary folder, which the caller removes.
 * @returns the path of the copy.
 */
export async function downloadArtifacts(artifactUri: string, dstPath?: string): Promise<string> {
  const client = activeRun()?.client ?? currentClient()
  const { store, path } = await openModel(client, artifactUri)
  return downloadFrom(store, path, dstPath, client.options.signal)
}

/** Runs of experiments, by default the current one, of all pages. */
export async function searchRuns({
  experimentIds,
  experimentNames,
  maxResults = Number.POSITIVE_INFINITY,
  ...options
}: Omit<SearchOptions, 'pageToken'> & {
  readonly experimentIds?: readonly string[]
  readonly experimentNames?: readonly string[]
  readonly runViewType?: ViewType
} = {}): Promise<Run[]> {
  const client = currentClient()
  const named = await Promise.all((experimentNames ?? []).map((name) => client.getExperimentByName(name)))
  const ids = [...(experimentIds ?? []), ...named.flatMap((experiment) => experiment?.experimentId ?? [])]
  const all = experimentIds || experimentNames ? ids : [await currentExperimentId(client)]
  if (all.length === 0) return []
  return allPages(maxResults, 1000, (maxOfPage, pageToken) =>
    client.searchRuns(all, { ...options, maxResults: maxOfPage, pageToken }),
  )
}

/** Experiments, of all pages. */
export function searchExperiments({
  maxResults = Number.POSITIVE_INFINITY,
  ...options
}: Omit<SearchOptions, 'pageToken'> & { readonly viewType?: ViewType } = {}): Promise<Experiment[]> {
  const client = currentClient()
  return allPages(maxResults, 1000, (maxOfPage, pageToken) =>
    client.searchExperiments({ ...options, maxResults: maxOfPage, pageToken }),
  )
}

/** All pages of a list, up to a number of items. */
export async function allPages<T>(
  maxResults: number,
  pageSize: number,
  next: (maxOfPage: number, token: string | undefined) => Promise<T[] & { readonly token?: string }>,
): Promise<T[]> {
  const found: T[] = []
  let token: string | undefined
  do {
    const page = await next(Math.min(pageSize, maxResults - found.length), token)
    for (const item of page) found.push(item)
    token = page.token
  } while (token !== undefined && found.length < maxResults)
  return found
}
