import { randomUUID } from 'node:crypto'
import { userInfo } from 'node:os'
import { type Answer, decodeMetric, decodePage, decodeRun, toPairs } from './decode.js'
import type {
  Dataset,
  DatasetInput,
  LifecycleStage,
  Metric,
  ModelOutput,
  PagedList,
  Run,
  RunStatus,
  Tags,
  ViewType,
} from './entities.js'
import { ExperimentClient, REQUEST_TAG, type SearchOptions } from './experiment-client.js'
import { batches, metricJson, valueText } from './log-batches.js'

/** When a metric was measured, and on what. */
export interface MetricOptions {
  readonly step?: number
  /** Milliseconds since 1970; default now. */
  readonly timestamp?: number
  /** Logged model and data that it was measured on (MLflow 3). */
  readonly modelId?: string
  readonly dataset?: Pick<Dataset, 'name' | 'digest'>
}

export interface CreateRunOptions {
  /** Default: the server invents one. */
  readonly runName?: string
  readonly startTime?: number
  readonly tags?: Tags
}

/** What `logBatch` logs at once: metrics with their steps, parameters and tags. */
export interface LogBatch {
  readonly metrics?: readonly (Pick<Metric, 'key' | 'value'> & Partial<Metric>)[]
  readonly params?: Readonly<Record<string, unknown>>
  readonly tags?: Readonly<Record<string, unknown>>
}

/** Name of the user as MLflow records it. */
export function userName(): string {
  try {
    return userInfo().username
  } catch {
    // A container may have a user without a name.
    return 'unknown'
  }
}

/** Metrics that the server gives at once. */
const HISTORY_PAGE = 25_000

/** The part of the client about runs and what is logged in them. */
export abstract class RunClient extends ExperimentClient {
  /** @throws MlflowError `RESOURCE_DOES_NOT_EXIST` for an unknown experiment. */
  async createRun(
    experimentId: string,
    { runName, startTime = Date.now(), tags = {} }: CreateRunOptions = {},
  ): Promise<Run> {
    const request = randomUUID()
    const name = runName ?? tags['mlflow.runName']
    const { run } = await this.tracking.call<Answer>('POST', 'runs/create', {
      json: {
        experiment_id: experimentId,
        user_id: tags['mlflow.user'] ?? userName(),
        ...(name === undefined ? {} : { run_name: name }),
        start_time: startTime,
        tags: toPairs({ ...tags, ...(name === undefined ? {} : { 'mlflow.runName': name }), [REQUEST_TAG]: request }),
      },
      findDone: async () => {
        const { runs } = await this.tracking.call<Answer>('POST', 'runs/search', {
          json: { experiment_ids: [experimentId], filter: `tags.\`${REQUEST_TAG}\` = '${request}'`, max_results: 1 },
        })
        return runs?.[0] && { run: runs[0] }
      },
    })
    return decodeRun(run)
  }

  /** @throws MlflowError `RESOURCE_DOES_NOT_EXIST` for an unknown id. */
  async getRun(runId: string): Promise<Run> {
    const { run } = await this.tracking.call<Answer>('GET', 'runs/get', { query: { run_id: runId } })
    return decodeRun(run)
  }

  /** The run that a run is nested in; undefined when there is none. */
  async getParentRun(runId: string): Promise<Run | undefined> {
    const parent = (await this.getRun(runId)).data.tags['mlflow.parentRunId']
    return parent === undefined ? undefined : this.getRun(parent)
  }

  async updateRun(
    runId: string,
    { status, name, endTime }: { readonly status?: RunStatus; readonly name?: string; readonly endTime?: number } = {},
  ): Promise<void> {
    await this.tracking.call('POST', 'runs/update', {
      json: {
        run_id: runId,
        ...(status === undefined ? {} : { status }),
        ...(name === undefined ? {} : { run_name: name }),
        ...(endTime === undefined ? {} : { end_time: endTime }),
      },
    })
  }

  /** Ends a run. */
  async setTerminated(
    runId: string,
    { status = 'FINISHED', endTime = Date.now() }: { readonly status?: RunStatus; readonly endTime?: number } = {},
  ): Promise<void> {
    await this.updateRun(runId, { status, endTime })
  }

  /** Marks a run as deleted; `restoreRun` brings it back. */
  async deleteRun(runId: string): Promise<void> {
    await this.setRunLifecycle(runId, 'delete', 'deleted')
  }

  async restoreRun(runId: string): Promise<void> {
    await this.setRunLifecycle(runId, 'restore', 'active')
  }

  private async setRunLifecycle(runId: string, what: string, stage: LifecycleStage): Promise<void> {
    await this.tracking.call('POST', `runs/${what}`, {
      json: { run_id: runId },
      findDone: async () => ((await this.getRun(runId)).info.lifecycleStage === stage ? {} : undefined),
    })
  }

  /** One page of runs; with its `token` as `pageToken`, the next. */
  async searchRuns(
    experimentIds: readonly string[],
    {
      filterString = '',
      runViewType = 'ACTIVE_ONLY',
      maxResults = 1000,
      orderBy,
      pageToken,
    }: SearchOptions & { readonly runViewType?: ViewType } = {},
  ): Promise<PagedList<Run>> {
    const answer = await this.tracking.call<Answer>('POST', 'runs/search', {
      json: {
        experiment_ids: experimentIds,
        filter: filterString,
        run_view_type: runViewType,
        max_results: maxResults,
        order_by: orderBy,
        page_token: pageToken,
      },
    })
    return decodePage(answer, 'runs', decodeRun)
  }

  async logMetric(
    runId: string,
    key: string,
    value: number,
    { step = 0, timestamp = Date.now(), modelId, dataset }: MetricOptions = {},
  ): Promise<void> {
    const metric = metricJson({
      key,
      value,
      timestamp,
      step,
      modelId,
      datasetName: dataset?.name,
      datasetDigest: dataset?.digest,
    })
    await this.tracking.call('POST', 'runs/log-metric', { json: { run_id: runId, ...metric } })
  }

  /** @throws MlflowError `INVALID_PARAMETER_VALUE` when the run has another value of that name already. */
  async logParam(runId: string, key: string, value: unknown): Promise<void> {
    await this.tracking.call('POST', 'runs/log-parameter', { json: { run_id: runId, key, value: valueText(value) } })
  }

  async setTag(runId: string, key: string, value: unknown): Promise<void> {
    await this.tracking.call('POST', 'runs/set-tag', { json: { run_id: runId, key, value: valueText(value) } })
  }

  async deleteTag(runId: string, key: string): Promise<void> {
    await this.tracking.call('POST', 'runs/delete-tag', { json: { run_id: runId, key }, removes: true })
  }

  /**
   * Logs any number of metrics, parameters and tags, in as few calls as the server's limits allow. A call may be repeated: the server takes a metric of the same
   * step, time and value once.
   */
  async logBatch(runId: string, { metrics = [], params = {}, tags = {} }: LogBatch): Promise<void> {
    const now = Date.now()
    const texts = (values: Readonly<Record<string, unknown>>) =>
      Object.entries(values).map(([key, value]) => ({ key, value: valueText(value) }))
    const all = {
      metrics: metrics.map((metric) => metricJson({ timestamp: now, step: 0, ...metric })),
      params: texts(params),
      tags: texts(tags),
    }
    for (const batch of batches(all)) {
      await this.tracking.call('POST', 'runs/log-batch', { json: { run_id: runId, ...batch } })
    }
  }

  /** Records the data, and the models, that a run reads. */
  async logInputs(
    runId: string,
    {
      datasets = [],
      models = [],
    }: { readonly datasets?: readonly DatasetInput[]; readonly models?: readonly string[] },
  ): Promise<void> {
    await this.tracking.call('POST', 'runs/log-inputs', {
      json: {
        run_id: runId,
        datasets: datasets.map(({ dataset: { sourceType, ...dataset }, tags }) => ({
          tags: toPairs(tags),
          dataset: { ...dataset, source_type: sourceType },
        })),
        ...(models.length === 0 ? {} : { models: models.map((modelId) => ({ model_id: modelId })) }),
      },
    })
  }

  /** Records the models that a run has made (MLflow 3). */
  async logOutputs(runId: string, models: readonly ModelOutput[]): Promise<void> {
    await this.tracking.call('POST', 'runs/outputs', {
      json: { run_id: runId, models: models.map(({ modelId, step }) => ({ model_id: modelId, step })) },
      findDone: async () => {
        const { modelOutputs } = (await this.getRun(runId)).outputs
        return models.every(({ modelId }) => modelOutputs.some((known) => known.modelId === modelId)) ? {} : undefined
      },
    })
  }

  /** All values of a metric, in the order in which they were logged. */
  async getMetricHistory(runId: string, key: string): Promise<Metric[]> {
    const history: Metric[] = []
    let token: string | undefined
    do {
      const answer = await this.tracking.call<Answer>('GET', 'metrics/get-history', {
        query: { run_id: runId, metric_key: key, max_results: HISTORY_PAGE, page_token: token },
      })
      const page = decodePage(answer, 'metrics', decodeMetric)
      for (const metric of page) history.push(metric)
      token = page.token
    } while (token !== undefined)
    return history
  }

  /** Records a model directory among the artifacts of a run, as MLflow 2 shows it. `model` is its MLmodel. */
  async recordLoggedModel(runId: string, model: { readonly model_uuid: string }): Promise<void> {
    await this.tracking.call('POST', 'runs/log-model', {
      json: { run_id: runId, model_json: JSON.stringify(model) },
      findDone: async () => {
        const history = (await this.getRun(runId)).data.tags['mlflow.log-model.history'] ?? '[]'
        const known = JSON.parse(history) as readonly { readonly model_uuid?: string }[]
        return known.some(({ model_uuid }) => model_uuid === model.model_uuid) ? {} : undefined
      },
    })
  }
}
