export { CONTRACTS, type Contract, type ContractName, contractOf, type Surroundings } from './contracts.js'
export { ModelHost, type ModelOptions, type ModelSource } from './model-host.js'
export { type PluginOptions, ridgelinePlugin, type ServingOptions } from './plugin.js'
export { type InputIssue, type ProblemKind, RequestProblem } from './problem.js'
export type { Protocol, ServingContext } from './protocol.js'
export { azure } from './protocols/azure.js'
export { mlflow } from './protocols/mlflow.js'
export { sagemaker } from './protocols/sagemaker.js'
export { v2 } from './protocols/v2.js'
export { type VertexRoutes, vertex } from './protocols/vertex.js'
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
