/** How a run stands. */
export type RunStatus = 'RUNNING' | 'SCHEDULED' | 'FINISHED' | 'FAILED' | 'KILLED'
/** Which experiments or runs are listed: those that are there, those that were deleted, or both. */
export type ViewType = 'ACTIVE_ONLY' | 'DELETED_ONLY' | 'ALL'
export type LifecycleStage = 'active' | 'deleted'
/** Values by name. */
export type Tags = Readonly<Record<string, string>>

/** A page of a list. `token` gets the next one; it is undefined on the last. */
export type PagedList<T> = T[] & { readonly token?: string }

export interface Experiment {
  readonly experimentId: string
  readonly name: string
  readonly artifactLocation: string
  readonly lifecycleStage: LifecycleStage
  /** Milliseconds since 1970, as all times of MLflow. */
  readonly creationTime?: number
  readonly lastUpdateTime?: number
  readonly tags: Tags
}

export interface RunInfo {
  readonly runId: string
  readonly runName: string
  readonly experimentId: string
  readonly userId: string
  readonly status: RunStatus
  readonly startTime: number
  readonly endTime?: number
  readonly artifactUri: string
  readonly lifecycleStage: LifecycleStage
}

/** A metric at a step. MLflow keeps no infinities: they come back as ±1.7976931348623157e308; NaN comes back as NaN. */
export interface Metric {
  readonly key: string
  readonly value: number
  readonly timestamp: number
  readonly step: number
  /** Model and data that it was measured on, where that was told (MLflow 3). */
  readonly modelId?: string
  readonly datasetName?: string
  readonly datasetDigest?: string
  readonly runId?: string
}

export interface RunData {
  /** The last value of each metric. */
  readonly metrics: Readonly<Record<string, number>>
  readonly params: Readonly<Record<string, string>>
  readonly tags: Tags
}

/** A set of data, by name and digest; `schema`, `profile` and `source` are JSON texts. */
export interface Dataset {
  readonly name: string
  /** At most 36 characters that change when the data do. */
  readonly digest: string
  readonly sourceType: string
  readonly source: string
  readonly schema?: string
  readonly profile?: string
}

export interface DatasetInput {
  readonly dataset: Dataset
  readonly tags?: Tags
}

/** A model that a run has made (MLflow 3), or reads. */
export interface ModelOutput {
  readonly modelId: string
  readonly step: number
}

/** A run, with what was logged in it. */
export interface Run {
  readonly info: RunInfo
  readonly data: RunData
  readonly inputs: { readonly datasetInputs: readonly DatasetInput[]; readonly modelInputs: readonly string[] }
  readonly outputs: { readonly modelOutputs: readonly ModelOutput[] }
}

/** A file or folder among artifacts; paths are relative to the root of the artifacts. */
export interface FileInfo {
  readonly path: string
  readonly isDir: boolean
  readonly fileSize?: number
}

export type LoggedModelStatus =
  | 'LOGGED_MODEL_PENDING'
  | 'LOGGED_MODEL_READY'
  | 'LOGGED_MODEL_UPLOAD_FAILED'
  | 'LOGGED_MODEL_STATUS_UNSPECIFIED'

/** A model of an experiment (MLflow 3). */
export interface LoggedModel {
  readonly modelId: string
  readonly experimentId: string
  readonly name: string
  readonly artifactLocation: string
  readonly creationTimestamp: number
  readonly lastUpdatedTimestamp: number
  readonly modelType: string
  readonly sourceRunId?: string
  readonly status: LoggedModelStatus
  readonly params: Readonly<Record<string, string>>
  readonly tags: Tags
  readonly metrics: readonly Metric[]
}

/** Stage of a version; MLflow has deprecated them in favour of aliases and tags. */
export type ModelStage = 'None' | 'Staging' | 'Production' | 'Archived'

export interface ModelVersion {
  readonly name: string
  /** A whole number as text, as in MLflow. */
  readonly version: string
  readonly creationTimestamp: number
  readonly lastUpdatedTimestamp: number
  readonly description: string
  readonly currentStage: ModelStage
  /** Where its files are: `models:/m-…`, `runs:/…`, or the address of a store. */
  readonly source: string
  readonly runId?: string
  readonly modelId?: string
  readonly status: 'READY' | 'PENDING_REGISTRATION' | 'FAILED_REGISTRATION'
  readonly statusMessage?: string
  readonly aliases: readonly string[]
  readonly tags: Tags
}

export interface RegisteredModel {
  readonly name: string
  readonly creationTimestamp: number
  readonly lastUpdatedTimestamp: number
  readonly description: string
  /** The newest version of each stage. */
  readonly latestVersions: readonly ModelVersion[]
  /** Versions by alias. */
  readonly aliases: Readonly<Record<string, string>>
  readonly tags: Tags
}
