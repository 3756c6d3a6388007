import type { Param } from './param.js'
import type { Params } from './params.js'
import type { ParamTable, ValueOf } from './row.js'
import type { Rule } from './rules.js'

/** Constructor options of a stage: any of its parameters by name. */
export type Options<T extends ParamTable> = { readonly [K in keyof T]?: ValueOf<T[K]> }
type Handles<T extends ParamTable> = { readonly [K in keyof T & string]: Param<ValueOf<T[K]>> }
type Setters<T extends ParamTable> = {
  [K in keyof T & string as `set${Capitalize<K>}`]: <This>(this: This, value: ValueOf<T[K]>) => This
}
type Getters<T extends ParamTable> = { [K in keyof T & string as `get${Capitalize<K>}`]: () => ValueOf<T[K]> }

/** What a parameter table adds to a class: `lr.regParam`, `lr.setRegParam(v)`, `lr.getRegParam()`. */
export type Members<T extends ParamTable> = Handles<T> & Setters<T> & Getters<T>

// biome-ignore lint/suspicious/noExplicitAny: the constructor signature that TypeScript requires of a mixin base
type AbstractClass<I> = abstract new (...args: any[]) => I

const capitalize = (s: string): string => s[0].toUpperCase() + s.slice(1)

/**
 * Builds the base class of a stage out of its parameter table: handles, setters and getters on the prototype, and the
 * declaration as static properties. The builders of `pipeline/` give it its exact type.
 */
export function defineStage<I extends Params>(
  Base: AbstractClass<I>,
  sparkClass: string,
  params: ParamTable,
  rules: readonly Rule[] = [],
): AbstractClass<I> {
  abstract class Stage extends (Base as AbstractClass<Params>) {
    static readonly sparkClass = sparkClass
    static readonly params = params
    static readonly rules = rules
  }
  for (const [name, { clears = [], reads }] of Object.entries(params)) {
    const Name = capitalize(name)
    Object.defineProperties(Stage.prototype, {
      [name]: {
        get(this: Params) {
          return this.getParam(name)
        },
      },
      [`set${Name}`]: {
        value(this: Params, value: unknown) {
          this.set(name, value)
          for (const other of clears) this.clear(other)
          return this
        },
      },
      [`get${Name}`]: {
        value(this: Params) {
          return reads ? reads(this) : this.getOrDefault(name)
        },
      },
    })
  }
  return Stage as unknown as AbstractClass<I>
}
