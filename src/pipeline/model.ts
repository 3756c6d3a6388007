import type { Estimator } from './estimator.js'
import { Transformer } from './transformer.js'

/** A fitted stage (Spark's `Model`): a transformer whose state was learned by `fit` or loaded. */
export abstract class Model extends Transformer {
  /** The estimator that made this model; undefined for a loaded one. */
  readonly parent?: Estimator<Model>

  hasParent(): boolean {
    return this.parent !== undefined
  }
}
