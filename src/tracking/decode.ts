import type {
  DatasetInput,
  Experiment,
  LoggedModel,
  Metric,
  ModelVersion,
  PagedList,
  RegisteredModel,
  Run,
  RunInfo,
  Tags,
} from './entities.js'

/** An object of an answer; the server leaves out what is empty. */
// biome-ignore lint/suspicious/noExplicitAny: answers of a server, of which each decoder takes what it knows
export type Answer = Readonly<Record<string, any>>

interface Pair {
  readonly key: string
  readonly value?: string
}

const pairs = (list: readonly Pair[] = []): Record<string, string> =>
  Object.fromEntries(list.map(({ key, value = '' }) => [key, value]))
const optional = <V>(name: string, value: V | undefined | ''): Record<string, V> =>
  value === undefined || value === '' ? {} : { [name]: value }
/** Numbers of 64 bits may come as texts, and NaN does. */
const number = (value: number | string | undefined): number => Number(value ?? 0)
const optionalNumber = (name: string, value: number | string | undefined): Record<string, number> =>
  value === undefined ? {} : { [name]: Number(value) }

/** Tags as the server wants them. */
export const toPairs = (values: Readonly<Record<string, string>> = {}): Pair[] =>
  Object.entries(values).map(([key, value]) => ({ key, value }))

/** A page of a list under a name of an answer. */
export const decodePage = <T>(answer: Answer, name: string, decode: (item: Answer) => T): PagedList<T> =>
  Object.assign(
    ((answer[name] as readonly Answer[]) ?? []).map(decode),
    optional('token', answer.next_page_token as string | undefined),
  )

export const decodeExperiment = (json: Answer): Experiment => ({
  experimentId: json.experiment_id,
  name: json.name,
  artifactLocation: json.artifact_location ?? '',
  lifecycleStage: json.lifecycle_stage ?? 'active',
  ...optionalNumber('creationTime', json.creation_time),
  ...optionalNumber('lastUpdateTime', json.last_update_time),
  tags: pairs(json.tags),
})

export const decodeRunInfo = (json: Answer): RunInfo => ({
  runId: json.run_id ?? json.run_uuid,
  runName: json.run_name ?? '',
  experimentId: json.experiment_id,
  userId: json.user_id ?? '',
  status: json.status ?? 'RUNNING',
  startTime: number(json.start_time),
  ...optionalNumber('endTime', json.end_time),
  artifactUri: json.artifact_uri ?? '',
  lifecycleStage: json.lifecycle_stage ?? 'active',
})

export const decodeMetric = (json: Answer): Metric => ({
  key: json.key,
  value: number(json.value),
  timestamp: number(json.timestamp),
  step: number(json.step),
  ...optional('modelId', json.model_id),
  ...optional('datasetName', json.dataset_name),
  ...optional('datasetDigest', json.dataset_digest),
  ...optional('runId', json.run_id),
})

export function decodeRun({ info, data = {}, inputs = {}, outputs = {} }: Answer): Run {
  const metrics: Answer[] = data.metrics ?? []
  const datasets: Answer[] = inputs.dataset_inputs ?? []
  return {
    info: decodeRunInfo(info),
    data: {
      metrics: Object.fromEntries(metrics.map(({ key, value }) => [key, number(value)])),
      params: pairs(data.params),
      tags: pairs(data.tags),
    },
    inputs: {
      datasetInputs: datasets.map(decodeDatasetInput),
      modelInputs: (inputs.model_inputs ?? []).map(({ model_id }: Answer) => model_id),
    },
    outputs: {
      modelOutputs: (outputs.model_outputs ?? []).map(({ model_id, step }: Answer) => ({
        modelId: model_id,
        step: number(step),
      })),
    },
  }
}

const decodeDatasetInput = ({ dataset = {}, tags }: Answer): DatasetInput => ({
  dataset: {
    name: dataset.name,
    digest: dataset.digest,
    sourceType: dataset.source_type,
    source: dataset.source,
    ...optional('schema', dataset.schema),
    ...optional('profile', dataset.profile),
  },
  tags: pairs(tags),
})

export const decodeLoggedModel = ({ info, data = {} }: Answer): LoggedModel => ({
  modelId: info.model_id,
  experimentId: info.experiment_id,
  name: info.name ?? '',
  artifactLocation: info.artifact_uri,
  creationTimestamp: number(info.creation_timestamp_ms),
  lastUpdatedTimestamp: number(info.last_updated_timestamp_ms),
  modelType: info.model_type ?? '',
  ...optional('sourceRunId', info.source_run_id),
  status: info.status,
  params: pairs(data.params),
  tags: pairs(info.tags),
  metrics: (data.metrics ?? []).map(decodeMetric),
})

export const decodeModelVersion = (json: Answer): ModelVersion => ({
  name: json.name,
  version: String(json.version),
  creationTimestamp: number(json.creation_timestamp),
  lastUpdatedTimestamp: number(json.last_updated_timestamp),
  description: json.description ?? '',
  currentStage: json.current_stage ?? 'None',
  source: json.source ?? '',
  ...optional('runId', json.run_id),
  // MLflow's own server tells the model by the source alone.
  ...optional('modelId', json.model_id ?? /^models:\/(m-[\da-f]+)$/.exec(json.source ?? '')?.[1]),
  status: json.status ?? 'READY',
  ...optional('statusMessage', json.status_message),
  aliases: json.aliases ?? [],
  tags: pairs(json.tags),
})

export const decodeRegisteredModel = (json: Answer): RegisteredModel => ({
  name: json.name,
  creationTimestamp: number(json.creation_timestamp),
  lastUpdatedTimestamp: number(json.last_updated_timestamp),
  description: json.description ?? '',
  latestVersions: (json.latest_versions ?? []).map(decodeModelVersion),
  aliases: Object.fromEntries((json.aliases ?? []).map(({ alias, version }: Answer) => [alias, String(version)])),
  tags: pairs(json.tags) as Tags,
})
