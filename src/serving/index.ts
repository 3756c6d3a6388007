export { ModelHost, type ModelOptions, type ModelSource } from './model-host.js'
export { type PluginOptions, ridgelinePlugin, type ServingOptions } from './plugin.js'
export { type InputIssue, type ProblemKind, RequestProblem } from './problem.js'
export type { Protocol, ServingContext } from './protocol.js'
export { mlflow } from './protocols/mlflow.js'
export { addRoute, type ProtocolRoute } from './routes.js'
export { rowsOfColumns, rowsOfInstances, rowsOfLists } from './row-forms.js'
export type { Scored, ServedModel } from './served-model.js'
export {
  createServer,
  type ListenOptions,
  type LogLevel,
  ModelServer,
  type ServerOptions,
  type TlsOptions,
} from './server.js'
