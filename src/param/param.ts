import { ParamError } from '../errors.js'
import { shortText } from '../util/names.js'
import type { NoInfer } from '../util/no-infer.js'
import type { ParamRow } from './row.js'

/**
 * Handle of one parameter of one stage, as in Spark: `lr.regParam`. It carries the type of the value, so that a grid over
 * it is type-checked, and the uid of its stage, so that a ParamMap can address stages inside a pipeline.
 */
export class Param<T> {
  /** uid of the stage that the parameter belongs to. */
  readonly parent: string
  readonly name: string
  readonly row: ParamRow<T>

  constructor(parent: string, name: string, row: ParamRow<T>) {
    this.parent = parent
    this.name = name
    this.row = row
  }

  get doc(): string {
    return this.row.doc
  }

  /** @throws ParamError when the parameter does not allow the value. */
  check(value: unknown): void {
    const { constraint, default: byDefault } = this.row
    if (constraint.ok(value)) return
    const preset = typeof byDefault === 'function' ? (byDefault as (uid: string) => T)(this.parent) : byDefault
    throw new ParamError(`parameter "${this.name}" is ${shortText(value)}`, {
      stage: this.parent,
      param: this.name,
      allowed: `Allowed: ${constraint.text}`,
      received: shortText(value),
      hint:
        preset === undefined
          ? `explainParam("${this.name}") tells what it means.`
          : `Leave it unset for the default, ${shortText(preset)}.`,
    })
  }

  /** `<uid>__<name>`, as Spark prints it. */
  toString(): string {
    return `${this.parent}__${this.name}`
  }
}

/** @throws ParamError when the argument is no handle; `where` is who was given it. */
export function requireParam(param: unknown, where: string): void {
  if (param instanceof Param) return
  throw new ParamError(`the parameter is ${shortText(param)}`, {
    stage: where,
    allowed: 'Allowed: the handle of a parameter, such as lr.regParam',
    received: shortText(param),
    hint: 'Where only the name is known, stage.getParam(name) gives the handle.',
  })
}

/** A parameter with a value. */
export interface ParamPair<T = unknown> {
  readonly param: Param<T>
  readonly value: T
}

/**
 * Values for parameters of one or several stages; a later value for the same parameter replaces the earlier one.
 * `ParamGridBuilder.build()` makes them; `fit` and `transform` take them as values that win over what is set.
 *
 * @example
 * ```ts
 * import { LinearRegression, ParamMap } from 'ridgeline'
 * const lr = new LinearRegression()
 * const extra = new ParamMap().put(lr.regParam, 0.1).put(lr.maxIter, 20)
 * console.log(extra.get(lr.regParam), extra.size) // 0.1 2
 * ```
 */
export class ParamMap {
  private readonly pairs = new Map<string, ParamPair>()

  /** @throws ParamError as `put`. */
  constructor(pairs: Iterable<ParamPair> = []) {
    for (const { param, value } of pairs) this.put(param, value)
  }

  /** Sets the value of one parameter and returns this map. @throws ParamError when the parameter does not allow the value. */
  put<T>(param: Param<T>, value: NoInfer<T>): this {
    requireParam(param, 'ParamMap')
    param.check(value)
    this.pairs.set(param.toString(), { param, value } as ParamPair)
    return this
  }

  get<T>(param: Param<T>): T | undefined {
    return this.pairs.get(param.toString())?.value as T | undefined
  }

  contains(param: Param<unknown>): boolean {
    return this.pairs.has(param.toString())
  }

  get size(): number {
    return this.pairs.size
  }

  toArray(): ParamPair[] {
    return [...this.pairs.values()]
  }

  /** Only the pairs of the stage with this uid. */
  filter(uid: string): ParamMap {
    return new ParamMap(this.toArray().filter((pair) => pair.param.parent === uid))
  }

  /** Both maps in one; where both have a value, that of `other` wins. */
  concat(other: ParamMap): ParamMap {
    return new ParamMap([...this.toArray(), ...other.toArray()])
  }

  /** Spark's text: one line a parameter, sorted by name. */
  toString(): string {
    const lines = this.toArray()
      .map(({ param, value }) => `\t${param.parent}-${param.name}: ${shortText(value)}`)
      .sort()
    return `{\n${lines.join(',\n')}\n}`
  }
}
