import { setImmediate as nextTurn } from 'node:timers/promises'
import { ParamMap } from '../param/param.js'
import { nestedStages } from '../persistence/nested.js'
import { Persistable } from '../persistence/persistable.js'
import type { Profile } from '../sql/column-profile.js'
import type { DataFrame } from '../sql/dataframe.js'
import { ColumnsInMemory, profileColumns } from '../sql/frame-profile.js'
import type { StructType } from '../sql/types.js'
import type { ProgressListener } from '../util/progress.js'
import { type FrameInput, frameOf, requireOptions, requireParamMap } from './arguments.js'
import { observed } from './fit-observers.js'
import { columnParams, deriveSchema } from './schema.js'
import type { Transformer } from './transformer.js'

/** How a fit is watched and stopped. */
export interface FitOptions {
  /** Stops the fit: the promise is rejected with the signal's reason and nothing goes on. */
  readonly signal?: AbortSignal
  /** Called as the fit proceeds. */
  readonly onProgress?: ProgressListener
  /**
   * Whether ranges of numbers, and whether there are nulls, go into the schema of the model (`docs/schema.md`). Not given: of columns that are in memory, which the
   * model holds until its schema is asked for, or it is saved. `true`: of all, which costs another pass over a frame that is read from files or computed. `false`: of none.
   */
  readonly profile?: boolean
}

/**
 * Lets a model tell what the columns were like that it reads. Those in memory are held until somebody asks, or the model is saved: a pass over new data would
 * slow a fit by a tenth.
 */
async function addProfile(model: Transformer, frame: DataFrame, { profile, signal }: FitOptions): Promise<void> {
  if (profile === false) return
  const params = [...nestedStages(model)].flatMap((stage) => columnParams(stage, 'transform'))
  const read = new Set(params.flatMap(({ role, columns }) => (role.io === 'input' ? columns : [])))
  const names = frame.columns.filter((name) => read.has(name))
  const define = (that: object, property: PropertyDescriptor): unknown =>
    Object.defineProperty(that, 'inputProfile', { ...property, enumerable: true, configurable: true })
  if (profile) {
    define(model, { value: await profileColumns(frame, names, { signal }) })
    return
  }
  const columns = new ColumnsInMemory(frame, names)
  if (columns.isEmpty) return
  define(model, {
    get(this: object): Profile {
      const value = columns.profile()
      define(this, { value })
      return value
    },
  })
}

/** Fits one of several variants of an estimator, by number. */
export type FitVariant<M> = (index: number) => Promise<M>

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
   * @param data a frame, or a danfo DataFrame.
   * @param extra values of parameters that win over what is set; an array of maps gives a model for each.
   * @throws ParamError, SchemaError before any data is touched; DataError when rows cannot be learned from.
   */
  fit(data: FrameInput, options?: FitOptions): Promise<M>
  fit(data: FrameInput, extra: ParamMap, options?: FitOptions): Promise<M>
  fit(data: FrameInput, extra: readonly ParamMap[], options?: FitOptions): Promise<M[]>
  async fit(
    data: FrameInput,
    extraOrOptions?: ParamMap | readonly ParamMap[] | FitOptions,
    lastOptions?: FitOptions,
  ): Promise<M | M[]> {
    if (Array.isArray(extraOrOptions)) {
      const models: M[] = []
      for await (const [, model] of this.fitMultiple(data, extraOrOptions, lastOptions)) models.push(model)
      return models
    }
    const extra = extraOrOptions instanceof ParamMap ? extraOrOptions : undefined
    const options = (extra || extraOrOptions === undefined ? lastOptions : (extraOrOptions as FitOptions)) ?? {}
    const estimator = extra ? this.copy(extra) : this
    const frame = frameOf(this, data)
    return observed({ estimator, data: frame, options }, () => this.fits(frame, [estimator], options)(0))
  }

  /**
   * Fits a model for each map of parameters, in order: pairs of its number and the model, each when it is asked for. What the fits have in
   * common is done once: `LinearRegression` sums its rows up once for all maps, `Pipeline` fits a stage once where maps have all stages up to it in
   * common (Spark's `fitMultiple`).
   *
   * For example, `for await (const [i, model] of lr.fitMultiple(data, maps)) console.log(maps[i], model.intercept)`.
   * @throws as `fit`; ParamError and SchemaError of any map before any data is touched.
   */
  async *fitMultiple(
    data: FrameInput,
    maps: readonly ParamMap[],
    options: FitOptions = {},
  ): AsyncGenerator<[index: number, model: M]> {
    for (const extra of maps) requireParamMap(this, extra)
    const variants = maps.map((extra) => this.copy(extra))
    const fitVariant = this.fits(data, variants, options)
    for (const index of variants.keys()) yield [index, await fitVariant(index)]
  }

  /**
   * Fits of variants of this estimator, copies with other parameters, to one frame. Each is made when it is asked for; what they have in
   * common is computed once.
   * @throws ParamError, SchemaError of any variant before any data is touched.
   */
  fits(data: FrameInput, variants: readonly Estimator<M>[], options: FitOptions = {}): FitVariant<M> {
    const frame = frameOf(this, data)
    requireOptions(this, options)
    options.signal?.throwIfAborted()
    for (const variant of variants) variant.transformSchema(frame.schema)
    const train = this.trainer(frame, variants, options)
    return async (index) => {
      options.signal?.throwIfAborted()
      // Small fits never pause on their own: here what aborts a signal gets its turn, also between the many fits of a tuner.
      await nextTurn()
      options.signal?.throwIfAborted()
      const model = variants[index].adopt(await train(index), frame.schema)
      options.signal?.throwIfAborted()
      await addProfile(model, frame, options)
      return model
    }
  }

  /**
   * How `fits` learns the models. An estimator whose fits have work in common overrides it, and does that work when the first of them needs
   * it. Variants are of this class; parameters and schemas were checked.
   */
  protected trainer(data: DataFrame, variants: readonly Estimator<M>[], options: FitOptions): FitVariant<M> {
    return (index) => variants[index].train(data, options)
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
