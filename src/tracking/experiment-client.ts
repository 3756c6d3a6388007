import { randomUUID } from 'node:crypto'
import type { StorageOptions } from '../persistence/storage-options.js'
import { Connection, type ConnectionOptions } from './connection.js'
import { type Answer, decodeExperiment, decodePage, toPairs } from './decode.js'
import type { Experiment, LifecycleStage, PagedList, Tags, ViewType } from './entities.js'
import { environmentText } from './environment.js'
import { invalidCall, isNotFound } from './mlflow-error.js'

/**
 * Tag of everything that the client creates. When an answer is lost, the client looks for its tag before it creates again, so that nothing is made twice.
 * MLflow's pages hide tags of this beginning.
 */
export const REQUEST_TAG = 'mlflow.ridgeline.request'

/** A text in a filter of the server. */
export const quoted = (text: string): string => (text.includes("'") ? `"${text}"` : `'${text}'`)

export interface MlflowClientOptions extends ConnectionOptions {
  /** Address of the tracking server; `MLFLOW_TRACKING_URI`. */
  readonly trackingUri?: string
  /** Address of the model registry; `MLFLOW_REGISTRY_URI`, default the tracking server. */
  readonly registryUri?: string
  /** How buckets with artifacts are reached, where that is not what the environment says. */
  readonly storage?: StorageOptions
}

/** How a list is searched. */
export interface SearchOptions {
  /** In MLflow's language: `metrics.rmse < 1 and tags.stage = 'train'`. */
  readonly filterString?: string
  /** For example `['metrics.rmse ASC']`. */
  readonly orderBy?: readonly string[]
  readonly maxResults?: number
  readonly pageToken?: string
}

/** The part of the client about experiments. */
export abstract class ExperimentClient {
  readonly options: MlflowClientOptions
  protected readonly tracking: Connection
  protected readonly registry: Connection

  /** @throws MlflowError when there is no address of a server. */
  constructor(options: MlflowClientOptions = {}) {
    const trackingUri = options.trackingUri ?? environmentText('MLFLOW_TRACKING_URI')
    if (trackingUri === undefined) {
      throw invalidCall('the address of the tracking server is not known', {
        param: 'trackingUri',
        hint: 'Start one with "mlflow server --port 5000", and set MLFLOW_TRACKING_URI or call setTrackingUri("http://127.0.0.1:5000").',
      })
    }
    const registryUri = options.registryUri ?? environmentText('MLFLOW_REGISTRY_URI') ?? trackingUri
    this.options = { ...options, trackingUri, registryUri }
    this.tracking = new Connection(trackingUri, options)
    this.registry = registryUri === trackingUri ? this.tracking : new Connection(registryUri, options)
  }

  get trackingUri(): string {
    return this.options.trackingUri as string
  }
  get registryUri(): string {
    return this.options.registryUri as string
  }

  /** @returns its id. @throws MlflowError `RESOURCE_ALREADY_EXISTS` when there is one of that name, deleted ones included. */
  async createExperiment(
    name: string,
    { artifactLocation, tags }: { readonly artifactLocation?: string; readonly tags?: Tags } = {},
  ): Promise<string> {
    const request = randomUUID()
    const created = await this.tracking.call<Answer>('POST', 'experiments/create', {
      json: {
        name,
        ...(artifactLocation === undefined ? {} : { artifact_location: artifactLocation }),
        tags: toPairs({ ...tags, [REQUEST_TAG]: request }),
      },
      findDone: async () => {
        const found = await this.getExperimentByName(name)
        return found?.tags[REQUEST_TAG] === request ? { experiment_id: found.experimentId } : undefined
      },
    })
    return created.experiment_id
  }

  /** @throws MlflowError `RESOURCE_DOES_NOT_EXIST` for an unknown id. */
  async getExperiment(experimentId: string): Promise<Experiment> {
    const { experiment } = await this.tracking.call<Answer>('GET', 'experiments/get', {
      query: { experiment_id: experimentId },
    })
    return decodeExperiment(experiment)
  }

  /** @returns undefined when there is none of that name. */
  async getExperimentByName(name: string): Promise<Experiment | undefined> {
    try {
      const { experiment } = await this.tracking.call<Answer>('GET', 'experiments/get-by-name', {
        query: { experiment_name: name },
      })
      return decodeExperiment(experiment)
    } catch (error) {
      if (isNotFound(error)) return undefined
      throw error
    }
  }

  async searchExperiments({
    viewType = 'ACTIVE_ONLY',
    filterString,
    orderBy,
    maxResults = 1000,
    pageToken,
  }: SearchOptions & { readonly viewType?: ViewType } = {}): Promise<PagedList<Experiment>> {
    const answer = await this.tracking.call<Answer>('POST', 'experiments/search', {
      json: {
        view_type: viewType,
        filter: filterString,
        order_by: orderBy,
        max_results: maxResults,
        page_token: pageToken,
      },
    })
    return decodePage(answer, 'experiments', decodeExperiment)
  }

  async renameExperiment(experimentId: string, newName: string): Promise<void> {
    await this.tracking.call('POST', 'experiments/update', {
      json: { experiment_id: experimentId, new_name: newName },
    })
  }

  /** Marks it and its runs as deleted; `restoreExperiment` brings them back. */
  async deleteExperiment(experimentId: string): Promise<void> {
    await this.setLifecycle(experimentId, 'delete', 'deleted')
  }

  async restoreExperiment(experimentId: string): Promise<void> {
    await this.setLifecycle(experimentId, 'restore', 'active')
  }

  private async setLifecycle(experimentId: string, what: string, stage: LifecycleStage): Promise<void> {
    await this.tracking.call('POST', `experiments/${what}`, {
      json: { experiment_id: experimentId },
      findDone: async () => ((await this.getExperiment(experimentId)).lifecycleStage === stage ? {} : undefined),
    })
  }

  async setExperimentTag(experimentId: string, key: string, value: string): Promise<void> {
    await this.tracking.call('POST', 'experiments/set-experiment-tag', {
      json: { experiment_id: experimentId, key, value },
    })
  }

  async deleteExperimentTag(experimentId: string, key: string): Promise<void> {
    await this.tracking.call('POST', 'experiments/delete-experiment-tag', {
      json: { experiment_id: experimentId, key },
      removes: true,
    })
  }
}
