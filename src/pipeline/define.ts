import { ParamError } from '../errors.js'
import { defineStage, type Members, type Options } from '../param/define.js'
import { ParamMap } from '../param/param.js'
import { copyNested, type ParamValues } from '../param/params.js'
import type { ParamTable, ValueKind } from '../param/row.js'
import type { Rule } from '../param/rules.js'
import { invalidState, type State, type StateOptions, type StateTable } from '../param/state.js'
import type { LoadOptions } from '../persistence/load.js'
import type { Persistable } from '../persistence/persistable.js'
import { shortText } from '../util/names.js'
import { Estimator } from './estimator.js'
import { Evaluator } from './evaluator.js'
import { Model } from './model.js'
import { Transformer } from './transformer.js'

interface Declaration<T extends ParamTable> {
  readonly sparkClass: string
  readonly params: T
  readonly rules: readonly Rule[]
  /** Loads what `save` wrote. @throws PersistenceError, see `Persistable.load`. */
  load<S extends Persistable>(
    this: { readonly prototype: S; readonly sparkClass: string },
    path: string,
    options?: LoadOptions,
  ): Promise<S>
}

/** Class made of a parameter table: `new X({ param: value })`. */
export interface StageClass<B, T extends ParamTable> extends Declaration<T> {
  readonly state: StateTable
  new (options?: Options<T>, uid?: string): B & Members<T>
}

/** Class made of a parameter table and a state table: `new XModel({ learned: value })`. */
export interface ModelClass<T extends ParamTable, D extends StateTable, B extends Model = Model>
  extends Declaration<T> {
  readonly state: D
  new (state: StateOptions<D>, uid?: string): B & Members<T> & State<D>
}

/** Base class of a transformer: `class Bucketizer extends transformer('org.apache…Bucketizer', params) { bind(schema) { … } }`. */
export function transformer<const T extends ParamTable>(
  sparkClass: string,
  params: T,
  rules: readonly Rule[] = [],
): StageClass<Transformer, T> {
  return defineStage(Transformer, sparkClass, params, rules) as unknown as StageClass<Transformer, T>
}

/**
 * Base class of an estimator. `modelClass` is the class of what `fit` gives:
 * `class StringIndexer extends estimator('org.apache…StringIndexer', params, StringIndexerModel) { train(data) { … } }`.
 */
export function estimator<const T extends ParamTable, M extends Transformer>(
  sparkClass: string,
  params: T,
  modelClass: { readonly prototype: M },
  rules: readonly Rule[] = [],
): StageClass<Estimator<M>, T> & { readonly modelClass: typeof modelClass } {
  const Base = defineStage<Estimator<M>>(Estimator, sparkClass, params, rules)
  return Object.assign(Base, { modelClass }) as unknown as StageClass<Estimator<M>, T> & {
    readonly modelClass: typeof modelClass
  }
}

/** Base class of an evaluator. */
export function evaluator<const T extends ParamTable>(
  sparkClass: string,
  params: T,
  rules: readonly Rule[] = [],
): StageClass<Evaluator, T> {
  return defineStage(Evaluator, sparkClass, params, rules) as unknown as StageClass<Evaluator, T>
}

const defineState = (model: object, name: string, value: unknown): unknown =>
  Object.defineProperty(model, name, { value, enumerable: true, configurable: true })

/** Base class of a fitted model: parameters (those of its estimator that it uses) and the table of its state. */
export function model<const T extends ParamTable, const D extends StateTable>(
  sparkClass: string,
  params: T,
  state: D,
  rules: readonly Rule[] = [],
): ModelClass<T, D> {
  return modelOver(Model, sparkClass, params, state, rules)
}

/** As `model`, over an abstract class that a family of models shares. */
export function modelOver<B extends Model, const T extends ParamTable, const D extends StateTable>(
  // biome-ignore lint/suspicious/noExplicitAny: the constructor signature that TypeScript requires of a mixin base
  Shared: abstract new (...args: any[]) => B,
  sparkClass: string,
  params: T,
  state: D,
  rules: readonly Rule[] = [],
): ModelClass<T, D, B> {
  const clash = Object.keys(state).find((name) => Object.hasOwn(params, name))
  if (clash) throw new Error(`${sparkClass}: "${clash}" is both a parameter and a state field`)
  const Base = defineStage<Model>(Shared, sparkClass, params, rules)
  abstract class FittedModel extends (Base as abstract new (values: object, uid?: string) => Model) {
    static readonly state = state
    constructor(fitted: object, uid?: string) {
      super({}, uid)
      for (const [name, row] of Object.entries(state)) {
        const value = (fitted as Record<string, unknown>)[name]
        if (value === undefined && !row.optional) throw missingState(this, name, Object.keys(state))
        if (value !== undefined && HOLDS_STAGES.has(row.kind)) requireTransformers(this, name, value)
        defineState(this, name, value)
      }
    }

    /** Stages among the learned values are copied with `extra`, too. */
    override copy(extra: ParamMap | ParamValues = {}): this {
      const that = super.copy(extra)
      const map = extra instanceof ParamMap ? extra : new ParamMap()
      for (const [name, row] of Object.entries(state)) {
        const value = (this as unknown as Record<string, unknown>)[name]
        const copied = copyNested(row.kind, value, map)
        if (copied !== value) defineState(that, name, copied)
      }
      return that
    }
  }
  return FittedModel as unknown as ModelClass<T, D, B>
}

/** Kinds of learned values that are fitted stages. */
const HOLDS_STAGES: ReadonlySet<ValueKind> = new Set(['stage', 'stageArray', 'stageArrayArray'])

function requireTransformers(model: Model, name: string, value: unknown): void {
  const stages = [value].flat(3)
  if (stages.every((stage) => stage instanceof Transformer)) return
  const wrong = stages.find((stage) => !(stage instanceof Transformer))
  throw invalidState(model.uid, name, `holds ${shortText(wrong)}`, 'fitted stages, which transform frames')
}

const missingState = (stage: Model, name: string, names: readonly string[]): ParamError =>
  new ParamError(`the state "${name}" is missing`, {
    stage: stage.uid,
    param: name,
    allowed: `A model needs ${names.join(', ')}`,
    received: 'undefined',
    hint: 'Fit an estimator or load a saved model, or give all learned values.',
  })
