import { setImmediate as nextTurn } from 'node:timers/promises'
import { ParamMap } from '../param/param.js'
import { Persistable } from '../persistence/persistable.js'
import type { DataFrame } from '../sql/dataframe.js'
import type { StructType } from '../sql/types.js'
import type { ProgressListener } from '../util/progress.js'
import { requireFrame, requireOptions, requireParamMap } from './arguments.js'
import { deriveSchema } from './schema.js'
import type { Transformer } from './transformer.js'

/** How a fit is watched and stopped. */
export interface FitOptions {
  /** Stops the fit: the promise is rejected with the signal's reason and nothing goes on. */
  readonly signal?: AbortSignal
  /** Called as the fit proceeds. */
  readonly onProgress?: ProgressListener
}

/** An estimator in two steps, of which the first is the same whatever a tuner tries. */
export interface Division<M, Common extends Transformer = Transformer, Rest extends Transformer = Transformer> {
  readonly common: Estimator<Common>
  /** What is fitted, for each map, on the frame that the common model makes. */
  readonly rest: Estimator<Rest>
  /** The model that the undivided estimator would have learned with a map. */
  join(common: Common, rest: Rest, map: ParamMap): M
}

/**
 * Learns a model from a frame (Spark's `Estimator`). Subclasses implement `train`; `fit` checks parameters and schema
 * before any data is touched, and gives the model the estimator's uid and parameters.
 */
export abstract class Estimator<M extends Transformer> extends Persistable {
  /**
   * Learns from all rows of the frame.
   * @param extra values of parameters that win over what is set; an array of maps gives a model for each.
   * @throws ParamError, SchemaError before any data is touched; DataError when rows cannot be learned from.
   */
  fit(data: DataFrame, options?: FitOptions): Promise<M>
  fit(data: DataFrame, extra: ParamMap, options?: FitOptions): Promise<M>
  fit(data: DataFrame, extra: readonly ParamMap[], options?: FitOptions): Promise<M[]>
  async fit(
    data: DataFrame,
    extraOrOptions?: ParamMap | readonly ParamMap[] | FitOptions,
    lastOptions?: FitOptions,
  ): Promise<M | M[]> {
    if (Array.isArray(extraOrOptions)) {
      for (const extra of extraOrOptions) requireParamMap(this, extra)
      const models: M[] = []
      for (const extra of extraOrOptions as readonly ParamMap[]) models.push(await this.fit(data, extra, lastOptions))
      return models
    }
    const extra = extraOrOptions instanceof ParamMap ? extraOrOptions : undefined
    const options = (extra || extraOrOptions === undefined ? lastOptions : (extraOrOptions as FitOptions)) ?? {}
    requireFrame(this, data)
    requireOptions(this, options)
    const stage = extra ? this.copy(extra) : this
    options.signal?.throwIfAborted()
    stage.transformSchema(data.schema)
    // Small fits never pause on their own: here what aborts a signal gets its turn, also between the many fits of a tuner.
    await nextTurn()
    options.signal?.throwIfAborted()
    const model = await stage.train(data, options)
    options.signal?.throwIfAborted()
    return stage.adopt(model, data.schema)
  }

  /** Learns the model. Parameters and schema were checked; long work watches `options.signal`. */
  protected abstract train(data: DataFrame, options: FitOptions): Promise<M>

  /**
   * Cuts off the work that is the same for all of the maps, so that a tuner does it once.
   * @returns undefined where there is none, which is what an estimator without inner stages says.
   */
  divide(_maps: readonly ParamMap[]): Division<M> | undefined {
    return undefined
  }

  /** Gives a model uid, parameters and schemas of this estimator. */
  protected adopt(model: M, inputSchema: StructType): M {
    model.copyValuesFrom(this)
    const outputSchema = model.transformSchema(inputSchema)
    return Object.assign(model, { uid: this.uid, parent: this, inputSchema, outputSchema })
  }

  /**
   * Schema of what the fitted model will make of a schema, without data.
   * @throws ParamError when parameters contradict each other; SchemaError when a column is missing, of a wrong type, or exists.
   */
  transformSchema(schema: StructType): StructType {
    this.checkRules()
    return deriveSchema(this, schema, 'fit')
  }
}
