import { UnsupportedError } from '../errors.js'
import { load } from '../persistence/load.js'
import { Transformer } from '../pipeline/transformer.js'
import type { Policies } from '../schema/policies.js'
import type { ScorerOptions } from '../scoring/row-scorer.js'
import { CompiledModel } from './served-model.js'

/** Where a model comes from: itself, the path of a saved one, or a function that loads it. */
export type ModelSource = Transformer | string | (() => Promise<Transformer>)

/** How a model is served. */
export interface ModelOptions extends Pick<ScorerOptions, 'outputCols' | 'schema'> {
  /** Name of the model in paths, metrics and logs. Default `model`. */
  readonly name?: string
  /** Version of the model. Default its `uid`, which every fit makes anew. */
  readonly version?: string
  /** What becomes of rows that are not as the model expects them: see `docs/schema.md`. Without it, what cannot be scored is refused, and all else is left for the model. */
  readonly policies?: Policies
  /** Milliseconds that the scoring of one request may take; 0, the default, for any. It is asked between slices of rows. */
  readonly timeout?: number
}

/** What is told when another model takes over. */
export interface HostListener {
  swapped(model: CompiledModel, previous: CompiledModel): void
  reloadFailed(error: unknown): void
}

const STAGE = 'createServer'

async function loaded(source: ModelSource): Promise<Transformer> {
  if (source instanceof Transformer) return source
  const model: unknown = typeof source === 'function' ? await source() : await load(source)
  if (model instanceof Transformer) return model
  throw new UnsupportedError(`${String(model)} does not transform rows`, {
    stage: STAGE,
    allowed: 'Allowed: a fitted model or a transformer, or the path of a saved one',
    hint: 'Fit the estimator and serve its model.',
  })
}

/**
 * Keeps the model that answers, and puts another one in its place: at once for the requests that come after, while those that have begun end with the model that
 * they began with. A model that cannot be loaded or scored with is refused, and the old one stays.
 */
export class ModelHost {
  #current: CompiledModel
  #source: ModelSource
  readonly #options: ModelOptions
  readonly #listeners: HostListener[] = []
  #ready = true
  #turn: Promise<unknown> = Promise.resolve()

  private constructor(source: ModelSource, options: ModelOptions, current: CompiledModel) {
    this.#source = source
    this.#options = options
    this.#current = current
  }

  /** @throws PersistenceError when nothing can be loaded; what {@link CompiledModel} raises. */
  static async open(source: ModelSource, options: ModelOptions = {}): Promise<ModelHost> {
    return new ModelHost(source, options, compile(await loaded(source), options))
  }

  /** Whether requests are wanted: true until {@link ModelHost.retire}. */
  get ready(): boolean {
    return this.#ready
  }

  /** From now on health says that requests should go elsewhere; those that come are answered, on connections that end with them. */
  retire(): void {
    this.#ready = false
  }

  /** The model that answers now. */
  get current(): CompiledModel {
    return this.#current
  }

  listen(listener: HostListener): void {
    this.#listeners.push(listener)
  }

  /**
   * Loads a model anew from where it came from, or takes another one, and lets it answer from then on. Calls take their turn one after the other.
   * @param source another model, path or function; it is also where later calls without one load from.
   * @param version of the new model, where the options give none.
   * @throws what loading and compiling raise; the old model answers on.
   */
  reload(source: ModelSource = this.#source, version?: string): Promise<CompiledModel> {
    const next = this.#turn.then(async () => {
      try {
        const model = compile(
          await loaded(source),
          version === undefined ? this.#options : { ...this.#options, version },
        )
        const previous = this.#current
        this.#source = source
        this.#current = model
        for (const listener of this.#listeners) listener.swapped(model, previous)
        return model
      } catch (error) {
        for (const listener of this.#listeners) listener.reloadFailed(error)
        throw error
      }
    })
    this.#turn = next.catch(() => undefined)
    return next
  }

  /** The path that the model is loaded from; undefined where it comes from somewhere else. */
  get path(): string | undefined {
    return typeof this.#source === 'string' ? this.#source : undefined
  }
}

function compile(model: Transformer, options: ModelOptions): CompiledModel {
  const { name = 'model', version = model.uid, policies = {}, timeout = 0, outputCols, schema } = options
  return new CompiledModel(model, {
    name,
    version,
    policies,
    timeout,
    ...(outputCols && { outputCols }),
    ...(schema && { schema }),
  })
}
