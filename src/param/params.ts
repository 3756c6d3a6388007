import { randomUUID } from 'node:crypto'
import { ParamError } from '../errors.js'
import { INSPECT } from '../util/inspect.js'
import { knownNames, shortText } from '../util/names.js'
import type { NoInfer } from '../util/no-infer.js'
import { Param, ParamMap } from './param.js'
import type { ParamRow, ParamTable, ValueKind } from './row.js'
import type { Rule } from './rules.js'

/** What a class built from a table knows about itself. */
export interface StageDefinition {
  readonly sparkClass: string
  readonly params: ParamTable
  readonly rules: readonly Rule[]
}

/** Values by name, as a stage hands them to its algorithm: frozen, defaults filled in. */
export type ParamValues = Readonly<Record<string, unknown>>

/** Short name of a Scala class: `LinearRegression`. */
export const shortClassName = (sparkClass: string): string => sparkClass.slice(sparkClass.lastIndexOf('.') + 1)

/** A text that is the same for equal values; seeds may be bigints. */
const textOf = (value: unknown): string =>
  JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? `${inner}n` : inner)) ?? ''

const freeze = (value: unknown): unknown => {
  if (Array.isArray(value)) return Object.freeze(value.map(freeze))
  if (ArrayBuffer.isView(value)) return Object.freeze(Array.from(value as unknown as ArrayLike<number>))
  if (typeof value === 'bigint' && Number.isSafeInteger(Number(value))) return Number(value)
  return value
}

interface Copyable {
  copy(extra?: ParamMap): unknown
}
/** Copies the stages inside a value of one of the kinds that hold stages. */
export function copyNested(kind: ValueKind, value: unknown, extra: ParamMap): unknown {
  if (value === undefined) return value
  if (kind === 'stage') return (value as Copyable).copy(extra)
  if (kind === 'stageArray') return (value as Copyable[]).map((stage) => stage.copy(extra))
  if (kind === 'stageArrayArray') return (value as Copyable[][]).map((row) => row.map((stage) => stage.copy(extra)))
  return value
}

/** Whether two values are the same, or hold stages that are alike. */
function isAlike(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (a instanceof Params && b instanceof Params) return a.isLike(b)
  if (a instanceof Map && b instanceof Map)
    return a.size === b.size && [...a].every(([key, value]) => b.has(key) && isAlike(value, b.get(key)))
  return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => isAlike(item, b[i]))
}

/**
 * Base of everything that has parameters (Spark's `Params`). Values that a user set and defaults stay apart; a value is
 * checked when it is set, so that an algorithm never sees an invalid one. Precedence: default < set < extra ParamMap.
 *
 * Stages keep their state in ordinary (TypeScript-private) properties, not in `#private` ones: `copy()` takes all of an
 * object's own properties over.
 */
export abstract class Params {
  static readonly sparkClass: string = ''
  static readonly params: ParamTable = {}
  static readonly rules: readonly Rule[] = []

  /** Unique name of this stage: `ClassName_` and twelve hexadecimal digits. A copy keeps it. */
  readonly uid: string
  private explicit = new Map<string, unknown>()
  private otherDefaults = new Map<string, unknown>()

  /** @throws ParamError when a name is unknown, or a value is not allowed; undefined is left out. */
  constructor(values: ParamValues = {}, uid?: string) {
    const { sparkClass } = new.target as unknown as StageDefinition
    const name = shortClassName(sparkClass)
    if (uid !== undefined && (typeof uid !== 'string' || uid === '')) {
      throw new ParamError(`the uid is ${shortText(uid)}`, {
        stage: name,
        allowed: 'Allowed: a string that is not empty',
        received: shortText(uid),
        hint: 'Leave it out for a random one.',
      })
    }
    this.uid = uid ?? `${name}_${randomUUID().replaceAll('-', '').slice(-12)}`
    this.putAll(values)
  }

  /** The class's own declaration. */
  get definition(): StageDefinition {
    return this.constructor as unknown as StageDefinition
  }

  /** Handles of all parameters, sorted by name. */
  get params(): Param<unknown>[] {
    return Object.keys(this.definition.params)
      .sort()
      .map((name) => this.getParam(name))
  }

  hasParam(name: string): boolean {
    return Object.hasOwn(this.definition.params, name)
  }

  /** Handle of a parameter by name. @throws ParamError naming the known ones. */
  getParam(name: string): Param<unknown> {
    return new Param(this.uid, name, this.rowOf(name))
  }

  private rowOf(name: string): ParamRow<unknown> {
    if (!this.hasParam(name)) {
      throw new ParamError(`parameter "${name}" does not exist`, {
        stage: this.uid,
        param: name,
        allowed: knownNames('parameters', name, Object.keys(this.definition.params)),
        received: shortText(name),
        hint: 'explainParams() tells what each one means.',
      })
    }
    return this.definition.params[name]
  }

  private nameOf(param: string | Param<unknown>): string {
    if (typeof param === 'string') return this.rowOf(param) && param
    if (param.parent !== this.uid) {
      throw new ParamError(`parameter "${param.name}" belongs to ${param.parent}`, {
        stage: this.uid,
        param: param.name,
        allowed: `Allowed: parameters of ${this.uid}`,
        received: param.toString(),
        hint: 'Use the handle of this stage, or the name of the parameter.',
      })
    }
    return this.rowOf(param.name) && param.name
  }

  private put(name: string, value: unknown): void {
    this.getParam(name).check(value)
    this.explicit.set(name, freeze(value))
  }

  /** Options may hold undefined, as `{ weightCol: maybe }` does: such a parameter stays as it is. */
  private putAll(values: ParamValues): void {
    if (typeof values !== 'object' || values === null || Array.isArray(values) || values instanceof ParamMap) {
      throw new ParamError(`the parameters are ${shortText(values)}`, {
        stage: this.uid,
        allowed: 'Allowed: an object of values by the names of parameters',
        received: shortText(values),
        hint: 'Write { name: value }. A ParamMap goes to fit, transform or copy, a uid is the second argument of a constructor.',
      })
    }
    for (const [name, value] of Object.entries(values)) {
      if (value === undefined) this.rowOf(name)
      else this.put(name, value)
    }
  }

  /** Sets one parameter, or several by name, and returns this stage. @throws ParamError when a value is not allowed. */
  set<T>(param: Param<T>, value: NoInfer<T>): this
  set(name: string, value: unknown): this
  set(values: ParamValues): this
  set(param: string | Param<unknown> | ParamValues, value?: unknown): this {
    if (typeof param === 'string' || param instanceof Param) this.put(this.nameOf(param), value)
    else this.putAll(param)
    return this
  }

  /** The value that the user set, or undefined. */
  get<T>(param: Param<T>): T | undefined
  get(name: string): unknown
  get(param: string | Param<unknown>): unknown {
    return this.explicit.get(this.nameOf(param))
  }

  getDefault(param: string | Param<unknown>): unknown {
    const name = this.nameOf(param)
    if (this.otherDefaults.has(name)) return this.otherDefaults.get(name)
    const value = this.rowOf(name).default
    return typeof value === 'function' ? (value as (uid: string) => unknown)(this.uid) : value
  }

  /** The set value, else the default. @throws ParamError when there is neither. */
  getOrDefault<T>(param: Param<T>): T
  getOrDefault(name: string): unknown
  getOrDefault(param: string | Param<unknown>): unknown {
    const name = this.nameOf(param)
    const value = this.explicit.has(name) ? this.explicit.get(name) : this.getDefault(name)
    if (value === undefined) {
      throw new ParamError(`parameter "${name}" is not set and has no default`, {
        stage: this.uid,
        param: name,
        allowed: `Allowed: ${this.rowOf(name).constraint.text}`,
        received: 'nothing',
        hint: `Set it: new ${shortClassName(this.definition.sparkClass)}({ ${name}: … }).`,
      })
    }
    return value
  }

  isSet(param: string | Param<unknown>): boolean {
    return this.explicit.has(this.nameOf(param))
  }

  hasDefault(param: string | Param<unknown>): boolean {
    return this.getDefault(param) !== undefined
  }

  isDefined(param: string | Param<unknown>): boolean {
    return this.isSet(param) || this.hasDefault(param)
  }

  /** Forgets the set value, so that the default counts again. */
  clear(param: string | Param<unknown>): this {
    this.explicit.delete(this.nameOf(param))
    return this
  }

  /** All defined values: defaults, then what is set, then `extra`. */
  extractParamMap(extra: ParamMap = new ParamMap()): ParamMap {
    const map = new ParamMap()
    for (const param of this.params) if (this.isDefined(param)) map.put(param, this.getOrDefault(param))
    return map.concat(extra)
  }

  /** Values that the user set, by name. */
  explicitValues(): ParamValues {
    return Object.fromEntries(this.explicit)
  }

  /** Default values by name, in the order of the table. */
  defaultValues(): ParamValues {
    const names = Object.keys(this.definition.params).filter((name) => this.hasDefault(name))
    return Object.fromEntries(names.map((name) => [name, this.getDefault(name)]))
  }

  /** For loading: a saved stage keeps the defaults that it was saved with. Values are checked like any other. */
  restoreDefaults(values: ParamValues): this {
    for (const [name, value] of Object.entries(values)) {
      this.getParam(name).check(value)
      if (textOf(value) !== textOf(this.getDefault(name))) this.otherDefaults.set(name, freeze(value))
    }
    return this
  }

  /** Takes over the set values and changed defaults of another stage for the parameters that both have. */
  copyValuesFrom(other: Params): this {
    for (const [name, value] of other.explicit) if (this.hasParam(name)) this.explicit.set(name, value)
    for (const [name, value] of other.otherDefaults) if (this.hasParam(name)) this.otherDefaults.set(name, value)
    return this
  }

  /** One line: name, meaning, default and current value, as Spark prints it. */
  explainParam(param: string | Param<unknown>): string {
    const name = this.nameOf(param)
    const notes: string[] = this.rowOf(name).beyondSpark ? ['not in Spark'] : []
    if (this.hasDefault(name)) notes.push(`default: ${shortText(this.getDefault(name))}`)
    if (this.isSet(name)) notes.push(`current: ${shortText(this.explicit.get(name))}`)
    return `${name}: ${this.rowOf(name).doc} (${notes.length > 0 ? notes.join(', ') : 'undefined'})`
  }

  /** One line a parameter, sorted by name. */
  explainParams(): string {
    return this.params.map((param) => this.explainParam(param)).join('\n')
  }

  /**
   * A copy with the same uid and its own parameters; stages inside (of a pipeline, of a tuner) are copied too.
   * `extra` values win: those of this stage by handle or name, those of inner stages by handle.
   */
  copy(extra: ParamMap | ParamValues = {}): this {
    const map = extra instanceof ParamMap ? extra : new ParamMap()
    const that = Object.create(Object.getPrototypeOf(this), Object.getOwnPropertyDescriptors(this)) as this
    that.explicit = new Map(this.explicit)
    that.otherDefaults = new Map(this.otherDefaults)
    if (extra instanceof ParamMap)
      for (const pair of extra.filter(this.uid).toArray()) that.put(pair.param.name, pair.value)
    else that.set(extra)
    for (const [name, value] of that.explicit) {
      that.explicit.set(name, freeze(copyNested(this.rowOf(name).kind, value, map)))
    }
    return that
  }

  /**
   * Whether another stage is this one, or a copy of it with the same values and the same learned state. Numbers and texts are compared;
   * other objects are the same only if they are one.
   */
  isLike(other: Params): boolean {
    if (this === other) return true
    if (this.constructor !== other.constructor) return false
    return isAlike(new Map(Object.entries(this)), new Map(Object.entries(other)))
  }

  /** All values with defaults filled in; parameters without a value are undefined. */
  protected values(): ParamValues {
    const entries = Object.keys(this.definition.params).map((name) => [
      name,
      this.isDefined(name) ? this.getOrDefault(name) : undefined,
    ])
    return Object.freeze(Object.fromEntries(entries))
  }

  /** Checks the rules between parameters. Runs before any work, in `transformSchema`. */
  protected checkRules(): void {
    for (const check of this.definition.rules) check(this)
  }

  toString(): string {
    return this.uid
  }

  /** What `console.log` and a notebook print: the uid and what was set. */
  [INSPECT](): string {
    const set = [...this.explicit].map(([name, value]) => `${name}: ${shortText(value)}`)
    return set.length > 0 ? `${this.uid} { ${set.join(', ')} }` : this.uid
  }
}
