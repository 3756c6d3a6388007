import { randomUUID } from 'node:crypto'
import { type Answer, decodeModelVersion, decodePage, decodeRegisteredModel, toPairs } from './decode.js'
import type { ModelStage, ModelVersion, PagedList, RegisteredModel, Tags } from './entities.js'
import { quoted, REQUEST_TAG, type SearchOptions } from './experiment-client.js'
import { LoggedModelClient } from './logged-model-client.js'
import { invalidCall, MlflowError } from './mlflow-error.js'

/** Stages of a version, as MLflow has them. */
export const MODEL_STAGES: readonly ModelStage[] = ['None', 'Staging', 'Production', 'Archived']

export interface CreateModelVersionOptions {
  readonly runId?: string
  readonly modelId?: string
  readonly tags?: Tags
  readonly description?: string
  readonly runLink?: string
}

/** Versions are whole numbers, which programs hold as numbers or texts. */
export type VersionNumber = string | number

/** The part of the client about the model registry. */
export abstract class RegistryClient extends LoggedModelClient {
  /** @throws MlflowError `RESOURCE_ALREADY_EXISTS` when there is one of that name. */
  async createRegisteredModel(
    name: string,
    { tags, description }: { readonly tags?: Tags; readonly description?: string } = {},
  ): Promise<RegisteredModel> {
    const request = randomUUID()
    const { registered_model } = await this.registry.call<Answer>('POST', 'registered-models/create', {
      json: {
        name,
        tags: toPairs({ ...tags, [REQUEST_TAG]: request }),
        ...(description === undefined ? {} : { description }),
      },
      findDone: async () => {
        const filter = `name = ${quoted(name)}`
        const answer = await this.registry.call<Answer>('GET', 'registered-models/search', { query: { filter } })
        const made = (answer.registered_models ?? []).find(
          (model: Answer) => decodeRegisteredModel(model).tags[REQUEST_TAG] === request,
        )
        return made && { registered_model: made }
      },
    })
    return decodeRegisteredModel(registered_model)
  }

  async renameRegisteredModel(name: string, newName: string): Promise<RegisteredModel> {
    const { registered_model } = await this.registry.call<Answer>('POST', 'registered-models/rename', {
      json: { name, new_name: newName },
    })
    return decodeRegisteredModel(registered_model)
  }

  async updateRegisteredModel(
    name: string,
    { description }: { readonly description: string },
  ): Promise<RegisteredModel> {
    const { registered_model } = await this.registry.call<Answer>('PATCH', 'registered-models/update', {
      json: { name, description },
    })
    return decodeRegisteredModel(registered_model)
  }

  async deleteRegisteredModel(name: string): Promise<void> {
    await this.registry.call('DELETE', 'registered-models/delete', { json: { name }, removes: true })
  }

  /** @throws MlflowError `RESOURCE_DOES_NOT_EXIST` for an unknown name. */
  async getRegisteredModel(name: string): Promise<RegisteredModel> {
    const { registered_model } = await this.registry.call<Answer>('GET', 'registered-models/get', { query: { name } })
    return decodeRegisteredModel(registered_model)
  }

  async searchRegisteredModels({
    filterString,
    orderBy,
    maxResults = 100,
    pageToken,
  }: SearchOptions = {}): Promise<PagedList<RegisteredModel>> {
    const answer = await this.registry.call<Answer>('GET', 'registered-models/search', {
      query: { filter: filterString, order_by: orderBy, max_results: maxResults, page_token: pageToken },
    })
    return decodePage(answer, 'registered_models', decodeRegisteredModel)
  }

  async setRegisteredModelTag(name: string, key: string, value: string): Promise<void> {
    await this.registry.call('POST', 'registered-models/set-tag', { json: { name, key, value } })
  }

  async deleteRegisteredModelTag(name: string, key: string): Promise<void> {
    await this.registry.call('DELETE', 'registered-models/delete-tag', { json: { name, key }, removes: true })
  }

  /**
   * The newest version of each stage, or of the given ones.
   * @deprecated MLflow has deprecated stages: use `getModelVersionByAlias` or `searchModelVersions`.
   */
  async getLatestVersions(name: string, stages?: readonly string[]): Promise<ModelVersion[]> {
    const answer = await this.registry.call<Answer>('POST', 'registered-models/get-latest-versions', {
      json: { name, ...(stages === undefined ? {} : { stages }) },
    })
    return decodePage(answer, 'model_versions', decodeModelVersion)
  }

  /** @param source `models:/m-…` of a logged model, `runs:/…`, or the address of a store. */
  async createModelVersion(
    name: string,
    source: string,
    { runId, modelId, tags, description, runLink }: CreateModelVersionOptions = {},
  ): Promise<ModelVersion> {
    const request = randomUUID()
    const { model_version } = await this.registry.call<Answer>('POST', 'model-versions/create', {
      json: {
        name,
        source,
        ...(runId === undefined ? {} : { run_id: runId }),
        ...(modelId === undefined ? {} : { model_id: modelId }),
        ...(runLink === undefined ? {} : { run_link: runLink }),
        ...(description === undefined ? {} : { description }),
        tags: toPairs({ ...tags, [REQUEST_TAG]: request }),
      },
      findDone: async () => {
        const query = { filter: `name = ${quoted(name)}`, order_by: ['version_number DESC'], max_results: 100 }
        const { model_versions = [] } = await this.registry.call<Answer>('GET', 'model-versions/search', { query })
        const made = model_versions.find((json: Answer) => decodeModelVersion(json).tags[REQUEST_TAG] === request)
        return made && { model_version: made }
      },
    })
    return decodeModelVersion(model_version)
  }

  /** Makes a version of another registered model out of a version: `models:/from/3`, `models:/from@alias`. */
  async copyModelVersion(srcModelUri: string, dstName: string): Promise<ModelVersion> {
    const [, name, version] = /^models:\/([^/@]+)\/(\d+)$/.exec(srcModelUri) ?? []
    const [, aliased, alias] = /^models:\/([^/@]+)@([^/@]+)$/.exec(srcModelUri) ?? []
    if (version === undefined && alias === undefined) {
      throw invalidCall(`no version can be copied from "${srcModelUri}"`, {
        param: 'srcModelUri',
        allowed: 'Allowed: models:/name/version, models:/name@alias',
        received: srcModelUri,
      })
    }
    const source =
      alias === undefined
        ? await this.getModelVersion(name, version)
        : await this.getModelVersionByAlias(aliased, alias)
    await this.createRegisteredModel(dstName).catch(ignoreExisting)
    return this.createModelVersion(dstName, `models:/${source.name}/${source.version}`, {
      runId: source.runId,
      tags: source.tags,
      description: source.description,
    })
  }

  async updateModelVersion(
    name: string,
    version: VersionNumber,
    { description }: { readonly description: string },
  ): Promise<ModelVersion> {
    const { model_version } = await this.registry.call<Answer>('PATCH', 'model-versions/update', {
      json: { name, version: String(version), description },
    })
    return decodeModelVersion(model_version)
  }

  /** @deprecated MLflow has deprecated stages: use `setRegisteredModelAlias`. */
  async transitionModelVersionStage(
    name: string,
    version: VersionNumber,
    stage: ModelStage,
    { archiveExistingVersions = false }: { readonly archiveExistingVersions?: boolean } = {},
  ): Promise<ModelVersion> {
    const { model_version } = await this.registry.call<Answer>('POST', 'model-versions/transition-stage', {
      json: { name, version: String(version), stage, archive_existing_versions: archiveExistingVersions },
    })
    return decodeModelVersion(model_version)
  }

  async deleteModelVersion(name: string, version: VersionNumber): Promise<void> {
    await this.registry.call('DELETE', 'model-versions/delete', {
      json: { name, version: String(version) },
      removes: true,
    })
  }

  /** @throws MlflowError `RESOURCE_DOES_NOT_EXIST` for an unknown version. */
  async getModelVersion(name: string, version: VersionNumber): Promise<ModelVersion> {
    const { model_version } = await this.registry.call<Answer>('GET', 'model-versions/get', {
      query: { name, version: String(version) },
    })
    return decodeModelVersion(model_version)
  }

  /** Address of the files of a version. */
  async getModelVersionDownloadUri(name: string, version: VersionNumber): Promise<string> {
    const { artifact_uri } = await this.registry.call<Answer>('GET', 'model-versions/get-download-uri', {
      query: { name, version: String(version) },
    })
    return artifact_uri
  }

  async searchModelVersions({
    filterString,
    orderBy,
    maxResults = 10_000,
    pageToken,
  }: SearchOptions = {}): Promise<PagedList<ModelVersion>> {
    const answer = await this.registry.call<Answer>('GET', 'model-versions/search', {
      query: { filter: filterString, order_by: orderBy, max_results: maxResults, page_token: pageToken },
    })
    return decodePage(answer, 'model_versions', decodeModelVersion)
  }

  /** @deprecated MLflow has deprecated stages. */
  getModelVersionStages(): readonly ModelStage[] {
    return MODEL_STAGES
  }

  async setModelVersionTag(name: string, version: VersionNumber, key: string, value: string): Promise<void> {
    await this.registry.call('POST', 'model-versions/set-tag', { json: { name, version: String(version), key, value } })
  }

  async deleteModelVersionTag(name: string, version: VersionNumber, key: string): Promise<void> {
    await this.registry.call('DELETE', 'model-versions/delete-tag', {
      json: { name, version: String(version), key },
      removes: true,
    })
  }

  /** Gives a name to a version, which another version may have had: `champion`. */
  async setRegisteredModelAlias(name: string, alias: string, version: VersionNumber): Promise<void> {
    await this.registry.call('POST', 'registered-models/alias', { json: { name, alias, version: String(version) } })
  }

  async deleteRegisteredModelAlias(name: string, alias: string): Promise<void> {
    await this.registry.call('DELETE', 'registered-models/alias', { json: { name, alias }, removes: true })
  }

  /** @throws MlflowError `RESOURCE_DOES_NOT_EXIST` for an unknown model or alias (for an alias, the server itself says `INVALID_PARAMETER_VALUE`). */
  async getModelVersionByAlias(name: string, alias: string): Promise<ModelVersion> {
    const answer = await this.registry
      .call<Answer>('GET', 'registered-models/alias', { query: { name, alias } })
      .catch((error: unknown) => {
        if (!(error instanceof MlflowError) || !/alias .*not found/i.test(error.serverMessage ?? '')) throw error
        const { status, serverMessage } = error
        throw new MlflowError(`model "${name}" has no alias "${alias}"`, {
          errorCode: 'RESOURCE_DOES_NOT_EXIST',
          status,
          serverMessage,
          received: alias,
          hint: 'getRegisteredModel(name).aliases has those that there are.',
          cause: error,
        })
      })
    return decodeModelVersion(answer.model_version)
  }
}

/** For creating what may be there. */
export function ignoreExisting(error: unknown): void {
  if (!(error instanceof MlflowError) || error.errorCode !== 'RESOURCE_ALREADY_EXISTS') throw error
}
