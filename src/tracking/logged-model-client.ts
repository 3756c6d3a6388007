import { randomUUID } from 'node:crypto'
import { ArtifactClient, artifactPathOf, listFiles, uploadFolder } from './artifact-client.js'
import type { ArtifactStore } from './artifact-store.js'
import { type Answer, decodeLoggedModel, decodePage, toPairs } from './decode.js'
import type { FileInfo, LoggedModel, PagedList, Tags } from './entities.js'
import { quoted, REQUEST_TAG, type SearchOptions } from './experiment-client.js'

export interface CreateLoggedModelOptions {
  /** Default: the server invents one. */
  readonly name?: string
  readonly sourceRunId?: string
  readonly modelType?: string
  readonly params?: Readonly<Record<string, string>>
  readonly tags?: Tags
}

/** How logged models are searched. */
export interface SearchLoggedModelsOptions extends Omit<SearchOptions, 'orderBy'> {
  readonly datasets?: readonly { readonly datasetName: string; readonly datasetDigest?: string }[]
  /** For example `[{ fieldName: 'metrics.rmse', ascending: true }]`. */
  readonly orderBy?: readonly {
    readonly fieldName: string
    readonly ascending?: boolean
    readonly datasetName?: string
    readonly datasetDigest?: string
  }[]
}

/** Parameters that MLflow takes with a new model; the others follow. */
const PARAMS = 100

/** The part of the client about the logged models of MLflow 3. A server of MLflow 2 answers `ENDPOINT_NOT_FOUND`. */
export abstract class LoggedModelClient extends ArtifactClient {
  /** Creates one that waits for its files, `LOGGED_MODEL_PENDING`; `finalizeLoggedModel` says how that went. */
  async createLoggedModel(
    experimentId: string,
    { name, sourceRunId, modelType, params = {}, tags }: CreateLoggedModelOptions = {},
  ): Promise<LoggedModel> {
    const request = randomUUID()
    const all = toPairs(params)
    const { model } = await this.tracking.call<Answer>('POST', 'logged-models', {
      json: {
        experiment_id: experimentId,
        ...(name === undefined ? {} : { name }),
        ...(sourceRunId === undefined ? {} : { source_run_id: sourceRunId }),
        ...(modelType === undefined ? {} : { model_type: modelType }),
        params: all.slice(0, PARAMS),
        tags: toPairs({ ...tags, [REQUEST_TAG]: request }),
      },
      findDone: async () => {
        const { models = [] } = await this.tracking.call<Answer>('POST', 'logged-models/search', {
          json: {
            experiment_ids: [experimentId],
            filter: `tags.\`${REQUEST_TAG}\` = '${request}'`,
            max_results: 1,
          },
        })
        return models[0] && { model: models[0] }
      },
    })
    const made = decodeLoggedModel(model)
    await this.sendModelParams(made.modelId, all.slice(PARAMS))
    return made
  }

  private async sendModelParams(modelId: string, params: readonly object[]): Promise<void> {
    for (let i = 0; i < params.length; i += PARAMS) {
      await this.tracking.call('POST', `logged-models/${encodeURIComponent(modelId)}/params`, {
        json: { model_id: modelId, params: params.slice(i, i + PARAMS) },
      })
    }
  }

  /** Adds parameters to a logged model. */
  async logModelParams(modelId: string, params: Readonly<Record<string, string>>): Promise<void> {
    await this.sendModelParams(modelId, toPairs(params))
  }

  async finalizeLoggedModel(
    modelId: string,
    status: 'LOGGED_MODEL_READY' | 'LOGGED_MODEL_UPLOAD_FAILED',
  ): Promise<LoggedModel> {
    const { model } = await this.tracking.call<Answer>('PATCH', `logged-models/${encodeURIComponent(modelId)}`, {
      json: { model_id: modelId, status },
    })
    return decodeLoggedModel(model)
  }

  /** @throws MlflowError `RESOURCE_DOES_NOT_EXIST` for an unknown id. */
  async getLoggedModel(modelId: string): Promise<LoggedModel> {
    const { model } = await this.tracking.call<Answer>('GET', `logged-models/${encodeURIComponent(modelId)}`)
    return decodeLoggedModel(model)
  }

  async deleteLoggedModel(modelId: string): Promise<void> {
    await this.tracking.call('DELETE', `logged-models/${encodeURIComponent(modelId)}`, { removes: true })
  }

  async setLoggedModelTags(modelId: string, tags: Tags): Promise<void> {
    await this.tracking.call('PATCH', `logged-models/${encodeURIComponent(modelId)}/tags`, {
      json: { tags: toPairs(tags) },
    })
  }

  async deleteLoggedModelTag(modelId: string, key: string): Promise<void> {
    const path = `logged-models/${encodeURIComponent(modelId)}/tags/${encodeURIComponent(key)}`
    await this.tracking.call('DELETE', path, { removes: true })
  }

  async searchLoggedModels(
    experimentIds: readonly string[],
    { filterString, datasets = [], maxResults, orderBy = [], pageToken }: SearchLoggedModelsOptions = {},
  ): Promise<PagedList<LoggedModel>> {
    const answer = await this.tracking.call<Answer>('POST', 'logged-models/search', {
      json: {
        experiment_ids: experimentIds,
        filter: filterString,
        datasets: datasets.map(({ datasetName, datasetDigest }) => ({
          dataset_name: datasetName,
          dataset_digest: datasetDigest,
        })),
        max_results: maxResults,
        order_by: orderBy.map(({ fieldName, ascending = true, datasetName, datasetDigest }) => ({
          field_name: fieldName,
          ascending,
          dataset_name: datasetName,
          dataset_digest: datasetDigest,
        })),
        page_token: pageToken,
      },
    })
    return decodePage(answer, 'models', decodeLoggedModel)
  }

  /** The models of a run by a name, as `runs:/ID/NAME` means them, those of the highest step first. */
  async findLoggedModels(runId: string, name: string): Promise<LoggedModel[]> {
    const { info, outputs } = await this.getRun(runId)
    const stepOf = new Map(outputs.modelOutputs.map(({ modelId, step }) => [modelId, step]))
    const found: LoggedModel[] = []
    let pageToken: string | undefined
    do {
      const page = await this.searchLoggedModels([info.experimentId], {
        filterString: `name = ${quoted(name)}`,
        pageToken,
      })
      found.push(...page.filter(({ sourceRunId }) => sourceRunId === runId))
      pageToken = page.token
    } while (pageToken !== undefined)
    const step = ({ modelId }: LoggedModel) => stepOf.get(modelId) ?? -1
    return found.sort((a, b) => step(b) - step(a) || b.creationTimestamp - a.creationTimestamp)
  }

  async modelArtifacts(modelId: string): Promise<ArtifactStore> {
    return this.artifactStore((await this.getLoggedModel(modelId)).artifactLocation)
  }

  async listLoggedModelArtifacts(modelId: string, path = ''): Promise<FileInfo[]> {
    return listFiles(await this.modelArtifacts(modelId), path)
  }

  /** Adds a file of this machine to a logged model. */
  async logModelArtifact(modelId: string, localPath: string): Promise<void> {
    const name = localPath.split(/[\\/]/).at(-1) as string
    await (await this.modelArtifacts(modelId)).upload(localPath, artifactPathOf(name))
  }

  /** Adds all that is in a folder of this machine to a logged model. */
  async logModelArtifacts(modelId: string, localDir: string): Promise<void> {
    await uploadFolder(await this.modelArtifacts(modelId), localDir, '', this.options.signal)
  }
}
