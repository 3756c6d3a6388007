import { UnsupportedError } from '../errors.js'
import { recipeOf } from '../sql/printable.js'
import { shortText } from '../util/names.js'
import { type NumberArray, numberSource, numbersSource } from './packed-numbers.js'

type AnyFunction = (...args: never[]) => unknown

/** A string as source reads it, also inside of a script element. */
export const textSource = (text: string): string => JSON.stringify(text).replaceAll('<', '\\u003c')

const EXPRESSION = /^(?:async\s+)?(?:function\b|class\b|\(|[\w$]+\s*=>)/
const NATIVE = /\{\s*\[native code\]\s*\}$/
const IDENTIFIER = /^[A-Za-z_$][\w$]*$/
const RESERVED = new Set(
  (
    'arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for function if implements import in ' +
    'instanceof interface let new null package private protected public return static super switch this throw true try typeof undefined var void while with yield'
  ).split(' '),
)

/** The key of a property in an object literal. */
export function keySource(name: string): string {
  if (name === '__proto__') return '["__proto__"]'
  return IDENTIFIER.test(name) ? name : textSource(name)
}

/** Longer lists have a line of their own. */
const SHORT = 16

/** Name of a function of the language, such as `Math.fround`. */
function nativeName(helper: AnyFunction): string | undefined {
  for (const [name, owner] of Object.entries({ Math, Number, Object })) {
    const own = Object.getOwnPropertyNames(owner).find((key) => owner[key as keyof typeof owner] === helper)
    if (own !== undefined) return `${name}.${own}`
  }
  return helper === globalThis[helper.name as keyof typeof globalThis] ? helper.name : undefined
}

/** Writes values and printables as source, each declared once, before what uses it. */
export class SourcePrinter {
  readonly #lines: string[] = []
  readonly #names = new Map<object, string>()
  /** Functions are the same where their texts are. */
  readonly #functions = new Map<string, string>()
  readonly #taken: Set<string>
  readonly #initial: ReadonlyMap<object, string>
  readonly #counts = new Map<string, number>()

  /**
   * @param taken names that the module uses otherwise.
   * @param initial sources of what has another value when the module starts.
   */
  constructor(taken: readonly string[], initial: ReadonlyMap<object, string>) {
    this.#taken = new Set(taken)
    this.#initial = initial
  }

  /** Name of what was declared; undefined where nothing has used it. */
  nameOf(value: object): string | undefined {
    return this.#names.get(value)
  }

  /** The declarations, in order. */
  get source(): string {
    return this.#lines.join('\n')
  }

  /** A name that nothing else has, after another name. */
  name(wanted: string, first = ''): string {
    const usable = IDENTIFIER.test(wanted) && !RESERVED.has(wanted) && !(wanted in globalThis)
    const base = usable ? wanted : `${wanted.replace(/[^\w$]/g, '')}_`
    let name = base + first
    for (let k = (this.#counts.get(base) ?? 0) + 1; this.#taken.has(name); k++) {
      name = `${base}${k}`
      this.#counts.set(base, k)
    }
    this.#taken.add(name)
    return name
  }

  /** An expression that gives a value. @throws UnsupportedError for what cannot be printed. */
  of(value: unknown): string {
    if (typeof value === 'number') return numberSource(value)
    if (typeof value === 'string') return textSource(value)
    if (typeof value === 'bigint') return `${value}n`
    if (value === null || value === undefined || typeof value === 'boolean') return String(value)
    const isData = typeof value === 'object' && !recipeOf(value)
    if (isData && Array.isArray(value) && value.length <= SHORT) return this.#list(value)
    if (isData && isPlain(value)) {
      const entries = Object.entries(value).map(([key, one]) => `${keySource(key)}: ${this.of(one)}`)
      return `{ ${entries.join(', ')} }`
    }
    if (typeof value === 'object' || typeof value === 'function') return this.#shared(value)
    throw notPrintable(value)
  }

  #shared(value: object): string {
    let name = this.#names.get(value)
    if (name === undefined) {
      name = this.#declared(value)
      this.#names.set(value, name)
    }
    return name
  }

  #declared(value: object): string {
    const initial = this.#initial.get(value)
    if (initial !== undefined) return this.#constant('initial', initial)
    const recipe = recipeOf(value)
    if (recipe) {
      const factory = this.#shared(recipe.factory)
      return this.#constant(factory, `${factory}(${recipe.args.map((arg) => this.of(arg)).join(', ')})`)
    }
    if (typeof value === 'function') return this.#helper(value as AnyFunction)
    if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
      return this.#constant(
        'numbers',
        numbersSource(value as NumberArray, (helper) => this.#shared(helper)),
      )
    }
    if (Array.isArray(value)) return this.#constant('list', this.#list(value))
    if (value instanceof Map) return this.#constant('map', `new Map(${this.of([...value])})`)
    if (value instanceof Set) return this.#constant('set', `new Set(${this.of([...value])})`)
    throw notPrintable(value)
  }

  #list(values: readonly unknown[]): string {
    return `[${values.map((value) => this.of(value)).join(', ')}]`
  }

  #constant(wanted: string, expression: string): string {
    const name = this.name(wanted, '1')
    this.#lines.push(`const ${name} = ${expression}`)
    return name
  }

  #helper(helper: AnyFunction): string {
    const text = String(helper)
    if (NATIVE.test(text)) {
      const native = nativeName(helper)
      if (native === undefined) throw notPrintable(helper)
      return native
    }
    if (!EXPRESSION.test(text)) throw notPrintable(helper)
    const known = this.#functions.get(text)
    if (known !== undefined) return known
    const name = this.name(helper.name)
    this.#functions.set(text, name)
    this.#lines.push(`const ${name} = ${text}`)
    return name
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

const notPrintable = (value: unknown): UnsupportedError =>
  new UnsupportedError(
    `${typeof value === 'function' ? `function "${value.name}"` : shortText(value)} cannot be written as source`,
    {
      allowed:
        'Functions of forms are made by printable(factory, ...args), of data and of functions that name nothing outside themselves',
    },
  )
