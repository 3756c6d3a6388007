import { ParamError, RidgelineError, SchemaError } from '../errors.js'
import type { Transformer } from '../pipeline/transformer.js'
import { columnsOf } from '../sql/column-identity.js'
import { DataFrame } from '../sql/dataframe.js'
import { lit } from '../sql/expression/functions.js'
import type { Plan } from '../sql/plan.js'
import { project } from '../sql/planner.js'
import { fieldNames, type StructType, sameType } from '../sql/types.js'
import { replaced } from './row-plan.js'

/** Where a watched model comes from: a registry's alias, a file, a bucket. */
export interface ModelSource {
  /** The version that should score now. It is asked for often. */
  version(): Promise<string> | string
  /** The model of a version. */
  load(version: string): Promise<Transformer>
}

/** Settings of {@link watchModel}. */
export interface WatchOptions {
  /** Name in `progress.models`, and for errors; `model` when not given. */
  readonly name?: string
  /** Milliseconds between two questions for the version; 5000 when not given. */
  readonly interval?: number
  /** A column that tells the version that made each row. */
  readonly versionColumn?: string
  /** Is told when a version cannot be loaded, or does not fit; the model before it goes on. */
  readonly onError?: (error: Error, version: string) => void
}

interface LoadedModel {
  readonly version: string
  readonly model: Transformer
}

interface Use {
  readonly model: WatchedModel
  readonly input: DataFrame
}

const uses = new WeakMap<Plan, Use>()

/**
 * A model that is replaced while queries run: before each micro-batch they take the newest version that was loaded, without a stop. A version that cannot be
 * loaded, or gives other columns, is refused, and the one before goes on.
 */
export class WatchedModel {
  readonly name: string
  private readonly source: ModelSource
  private readonly options: WatchOptions
  private current: LoadedModel
  private refused: string | undefined
  private asked = performance.now()
  private asking: Promise<void> | undefined

  constructor(source: ModelSource, options: WatchOptions, current: LoadedModel) {
    this.source = source
    this.options = options
    this.current = current
    this.name = options.name ?? 'model'
  }

  /** The version that scores now. */
  get version(): string {
    return this.current.version
  }

  /** The frame with the columns of the model, see `Transformer.transform`. */
  transform(data: DataFrame): DataFrame {
    const frame = this.apply(data)
    uses.set(frame.plan, { model: this, input: data })
    return frame
  }

  /** Asks for the version, at most once an interval, and loads it in the background. @param wait whether to wait for the answer. */
  async refresh(wait = false): Promise<void> {
    const { interval = 5000 } = this.options
    if (!wait && performance.now() - this.asked < interval) return
    this.asking ??= this.ask().finally(() => {
      this.asked = performance.now()
      this.asking = undefined
    })
    if (wait) await this.asking
  }

  private async ask(): Promise<void> {
    let version = this.version
    try {
      version = String(await this.source.version())
      if (version === this.version || version === this.refused) return
      this.current = { version, model: await this.source.load(version) }
      this.refused = undefined
    } catch (error) {
      this.refuse(version, error as Error)
    }
  }

  private refuse(version: string, error: Error): void {
    this.refused = version
    this.options.onError?.(error, version)
  }

  private apply(data: DataFrame): DataFrame {
    const { versionColumn } = this.options
    const scored = this.current.model.transform(data)
    const { plan } = versionColumn === undefined ? scored : scored.withColumn(versionColumn, lit(this.version))
    // A node of its own, which steps that come after it do not become part of.
    return new DataFrame(project(plan, columnsOf(plan), 'transform'), data.session)
  }

  /** The plan over the model of now. @throws SchemaError where it gives other columns than the plan has. */
  replan(use: Use, input: DataFrame, schema: StructType): Plan {
    const { plan } = use.model.apply(input)
    requireSame(plan.schema, schema, use.model.name)
    return plan
  }

  /** Goes back to a version that fits. */
  restore(before: LoadedModel, error: Error): void {
    const { version } = this
    this.current = before
    this.refuse(version, error)
  }

  /** What scores now, for {@link restore}. */
  get loaded(): LoadedModel {
    return this.current
  }
}

function requireSame(found: StructType, wanted: StructType, name: string): void {
  const same =
    found.fields.length === wanted.fields.length &&
    found.fields.every(({ name: own, dataType }, k) => {
      return own === wanted.fields[k].name && sameType(dataType, wanted.fields[k].dataType)
    })
  if (same) return
  throw new SchemaError('the new version of the model gives other columns', {
    stage: name,
    allowed: fieldNames(wanted).join(', '),
    received: fieldNames(found).join(', '),
    hint: 'Stop the query, and start one with the new model',
  })
}

/**
 * Loads the model that a source names, and watches for other versions.
 * @throws ParamError for something that is no source; what the source raises.
 * @example
 * ```ts
 * import { createDataFrame, Bucketizer } from 'ridgeline'
 * import { watchModel } from 'ridgeline/streaming'
 * const load = async (version: string) => new Bucketizer({ inputCol: 'km', outputCol: 'far', splits: [0, Number(version), 100] })
 * const model = await watchModel({ version: () => '5', load })
 * await model.transform(createDataFrame([{ km: 7 }])).collect() // [{ km: 7, far: 1 }]
 * ```
 */
export async function watchModel(source: ModelSource, options: WatchOptions = {}): Promise<WatchedModel> {
  if (typeof source?.version !== 'function' || typeof source.load !== 'function') {
    throw new ParamError('the source of the model has no functions version and load', {
      stage: 'watchModel',
      param: 'source',
      hint: 'Write watchModel({ version: () => …, load: (version) => PipelineModel.load(…) })',
    })
  }
  const version = String(await source.version())
  return new WatchedModel(source, options, { version, model: await source.load(version) })
}

/** The watched models of a plan, and the plan over what they are now. */
export class ModelBorder {
  private readonly plan: Plan
  private readonly models: readonly WatchedModel[]
  private taken: readonly LoadedModel[]
  private latest: Plan

  constructor(plan: Plan) {
    this.plan = plan
    const models = new Set<WatchedModel>()
    replaced(plan, (node) => {
      const use = uses.get(node)
      if (use) models.add(use.model)
      return undefined
    })
    this.models = [...models]
    // Versions may have come since the plan was made.
    this.taken = []
    this.latest = plan
  }

  /** Versions by name. */
  get versions(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.models.map(({ name, version }) => [name, version]))
  }

  /** The plan for the next micro-batch. @param check refuses a plan that cannot run. */
  async next(check: (plan: Plan) => void): Promise<Plan> {
    for (const model of this.models) await model.refresh()
    const loaded = this.models.map((model) => model.loaded)
    if (loaded.every((one, k) => one === this.taken[k])) return this.latest
    try {
      const plan = this.over(this.plan)
      check(plan)
      this.latest = plan
      this.taken = loaded
    } catch (error) {
      if (!(error instanceof RidgelineError) || this.taken.length === 0) throw error
      this.models.forEach((model, k) => {
        if (model.loaded !== this.taken[k]) model.restore(this.taken[k], error)
      })
    }
    return this.latest
  }

  private over(plan: Plan): Plan {
    return replaced(plan, (node) => {
      const use = uses.get(node)
      if (!use) return undefined
      const below = this.over(use.input.plan)
      const input = below === use.input.plan ? use.input : new DataFrame(below, use.input.session)
      return use.model.replan(use, input, node.schema)
    })
  }
}
