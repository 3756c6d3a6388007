export {
  type ActiveRun,
  activeRun,
  endRun,
  lastActiveRun,
  type StartRunOptions,
  startRun,
} from './active-run.js'
export type { ArtifactEntry, ArtifactStore } from './artifact-store.js'
export { type AutologOptions, autolog } from './autolog.js'
export { type DatasetOptions, fromDataFrame } from './dataset.js'
export type * from './entities.js'
export type { MlflowClientOptions, SearchOptions } from './experiment-client.js'
export {
  deleteTag,
  downloadArtifacts,
  getArtifactUri,
  logArtifact,
  logArtifacts,
  logDict,
  logInput,
  logMetric,
  logMetrics,
  logParam,
  logParams,
  logText,
  searchExperiments,
  searchRuns,
  setTag,
  setTags,
} from './fluent.js'
export {
  createExperiment,
  deleteExperiment,
  deleteRun,
  getExperiment,
  getExperimentByName,
  getParentRun,
  getRun,
  searchLoggedModels,
  searchModelVersions,
  searchRegisteredModels,
  setExperimentTag,
  setModelVersionTag,
} from './fluent-client.js'
export type { Gate, GateCheck } from './gate.js'
export type { InputExample } from './input-example.js'
export { getModelInfo, loadModel } from './load-model.js'
export { type LogModelOptions, logModel, type ModelInfo, saveModel } from './log-model.js'
export type { CreateLoggedModelOptions, SearchLoggedModelsOptions } from './logged-model-client.js'
export { MlflowClient } from './mlflow-client.js'
export { MlflowError, type MlflowErrorCode } from './mlflow-error.js'
export { modelAge } from './model-age.js'
export type { ModelContent, ModelFile } from './model-directory.js'
export { findModelVersion, type ModelReference, parseModelUri } from './model-uri.js'
export { type PromoteOptions, type Promotion, promote } from './promotion.js'
export { type DecisionOptions, PROMOTION_TAGS } from './promotion-record.js'
export { type RegisterModelOptions, registerModel } from './register-model.js'
export type { CreateModelVersionOptions } from './registry-client.js'
export { type Rollback, rollback } from './rollback.js'
export type { CreateRunOptions, LogBatch, MetricOptions } from './run-client.js'
export { getRegistryUri, getTrackingUri, setExperiment, setRegistryUri, setTrackingUri } from './settings.js'
