import { VectorAssembler } from '../../src/feature/vector-assembler.js'
import { Vectors } from '../../src/linalg/vectors.js'
import { PipelineModel } from '../../src/pipeline/pipeline.js'
import { LinearRegressionModel } from '../../src/regression/linear-regression.js'
import type { ModelVersion } from '../../src/tracking/entities.js'
import type { MlflowClient } from '../../src/tracking/mlflow-client.js'
import { MlflowError } from '../../src/tracking/mlflow-error.js'
import { PROMOTION_TAGS } from '../../src/tracking/promotion-record.js'

const DAY_MS = 24 * 3600 * 1000
/** A model that takes x for the label and is wrong by `error` everywhere, so that its rmse and mae are that number. */
const wrongBy = (error: number) =>
  new PipelineModel({
    stages: [
      new VectorAssembler({ inputCols: ['x'], outputCol: 'features' }),
      new LinearRegressionModel({ coefficients: Vectors.dense(1), intercept: error, scale: 1 }),
    ],
  })
const notFound = (what: string) => new MlflowError(what, { errorCode: 'RESOURCE_DOES_NOT_EXIST' })

/** A registry in memory with one model, whose calls can be watched and can fail. */
export class FakeRegistry {
  readonly aliases = new Map<string, string>()
  readonly tags = new Map<string, Record<string, string>>()
  readonly stages = new Map<string, string>()
  readonly errors: readonly number[]
  calls = 0
  onCall: (name: string, count: number) => void = () => undefined
  readonly client: MlflowClient

  /** @param errors of version 1, 2, … */
  constructor(...errors: number[]) {
    this.errors = errors
    for (const i of errors.keys()) this.tags.set(String(i + 1), {})
    const methods: Record<string, (...args: never[]) => unknown> = {
      getModelVersion: (_: string, version: string) => this.version(version),
      getModelVersionByAlias: (_: string, alias: string) => this.version(this.aliases.get(alias) ?? alias),
      getLatestVersions: (_: string, stages?: string[]) =>
        [...this.tags.keys()]
          .filter((v) => !stages || stages.includes(this.stages.get(v) ?? 'None'))
          .map((v) => this.version(v)),
      getRegisteredModel: (name: string) => {
        if (name !== 'rides') throw notFound(`model ${name}`)
        return this.model()
      },
      searchRegisteredModels: () => [this.model()],
      searchModelVersions: () => [...this.tags.keys()].map((v) => this.version(v)),
      createRegisteredModel: () => {
        throw new MlflowError('is there', { errorCode: 'RESOURCE_ALREADY_EXISTS' })
      },
      updateModelVersion: (_: string, version: string, { description }: { description: string }) => {
        this.tags.set(version, { ...this.tags.get(version), description })
      },
      createModelVersion: (_: string, source: string, { tags }: { tags?: Record<string, string> }) => {
        const version = String(this.tags.size + 1)
        this.tags.set(version, { ...tags })
        return { ...this.version(version), source }
      },
      getLoggedModel: () => ({ sourceRunId: 'r', tags: {} }),
      setLoggedModelTags: () => undefined,
      getRun: () => {
        throw notFound('run')
      },
      setModelVersionTag: (_: string, version: string, key: string, value: string) => {
        this.tags.set(version, { ...this.tags.get(version), [key]: value })
      },
      deleteModelVersionTag: (_: string, version: string, key: string) => {
        const { [key]: _gone, ...rest } = this.tags.get(version) ?? {}
        this.tags.set(version, rest)
      },
      setRegisteredModelAlias: (_: string, alias: string, version: string) => this.aliases.set(alias, version),
      deleteRegisteredModelAlias: (_: string, alias: string) => this.aliases.delete(alias),
      transitionModelVersionStage: (
        _: string,
        version: string,
        stage: string,
        options?: { archiveExistingVersions?: boolean },
      ) => {
        for (const [other, at] of this.stages)
          if (options?.archiveExistingVersions && at === stage) this.stages.set(other, 'Archived')
        this.stages.set(version, stage)
      },
    }
    const watched = Object.entries(methods).map(([name, method]) => [
      name,
      async (...args: never[]) => {
        this.onCall(name, ++this.calls)
        return method(...args)
      },
    ])
    this.client = Object.fromEntries(watched) as MlflowClient
  }

  private model() {
    return { name: 'rides', aliases: Object.fromEntries(this.aliases), lastUpdatedTimestamp: 0 }
  }

  private version(version: string): ModelVersion {
    const tags = this.tags.get(version)
    if (!tags) throw notFound(version)
    return {
      name: 'rides',
      version,
      tags,
      currentStage: this.stages.get(version) ?? 'None',
      status: 'READY',
      creationTimestamp: Date.now() - 3 * DAY_MS,
      runId: 'r',
    } as unknown as ModelVersion
  }

  load = async ({ version }: ModelVersion) => wrongBy(this.errors[Number(version) - 1])

  /** All that is kept, but for times. */
  state(): unknown {
    const timeless = (tags: Record<string, string>) =>
      Object.fromEntries(
        Object.entries(tags).filter(([key]) => key !== PROMOTION_TAGS.time && key !== PROMOTION_TAGS.archivedAt),
      )
    return {
      aliases: Object.fromEntries(this.aliases),
      stages: Object.fromEntries(this.stages),
      tags: [...this.tags.values()].map(timeless),
    }
  }
}
