import type { PersistableClass } from './persistence/persistable.js'
import { Pipeline, PipelineModel } from './pipeline/pipeline.js'

/** Every class of the library that can be saved and loaded: an explicit list, alphabetical inside each folder. */
export const registry: readonly PersistableClass[] = [
  // pipeline
  Pipeline,
  PipelineModel,
]
