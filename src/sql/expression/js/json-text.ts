import { javaDoubleText } from '../../../util/java-text.js'

/** A number of a JSON text as it is written there. */
export class JsonNumber {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** A value of a JSON text; an object keeps the order of its members and members that come twice. */
export type JsonValue = null | boolean | string | JsonNumber | readonly JsonValue[] | JsonObject
export type JsonObject = ReadonlyMap<string, JsonValue> & { readonly all: readonly (readonly [string, JsonValue])[] }

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }
const TOKEN =
  /\s*(?:([{}[\],:])|("(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*')|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|NaN|[+-]?(?:Infinity|INF))|(true|false|null)|$)/y

class JsonReader {
  private readonly source: string
  private at = 0
  /** Where the current token starts, and where the one before it ends. */
  private start = 0
  private end = 0
  private kind = 0
  private text = ''

  constructor(source: string) {
    this.source = source
    this.next()
  }

  private next(): void {
    this.end = this.at
    TOKEN.lastIndex = this.at
    const match = TOKEN.exec(this.source)
    if (!match) throw new SyntaxError('not JSON')
    this.at = TOKEN.lastIndex
    this.kind = match.findIndex((group, k) => k > 0 && group !== undefined)
    this.text = match[0].trim()
    this.start = this.at - this.text.length
  }

  whole(): JsonValue {
    const value = this.value()
    if (this.kind !== -1) throw new SyntaxError('not JSON')
    return value
  }

  /** The texts of the members of an object as they are written. */
  members(): Map<string, string> {
    const texts = new Map<string, string>()
    this.object((key, start) => texts.set(key, this.source.slice(start, this.end)))
    return texts
  }

  private value(): JsonValue {
    const { kind, text } = this
    if (kind === -1) throw new SyntaxError('not JSON')
    this.next()
    if (kind === 2) return unquoted(text)
    if (kind === 3) return new JsonNumber(text)
    if (kind === 4) return text === 'null' ? null : text === 'true'
    if (text === '[') return this.array()
    if (text === '{') return this.object()
    throw new SyntaxError('not JSON')
  }

  private skip(text: string): boolean {
    if (this.kind !== 1 || this.text !== text) return false
    this.next()
    return true
  }

  private expect(text: string): void {
    if (!this.skip(text)) throw new SyntaxError('not JSON')
  }

  private array(): JsonValue[] {
    const items: JsonValue[] = []
    if (this.skip(']')) return items
    do items.push(this.value())
    while (this.skip(','))
    this.expect(']')
    return items
  }

  /** @param seen is told each member of this object, with the place where its value starts. */
  private object(seen?: (key: string, start: number) => void): JsonObject {
    const all: [string, JsonValue][] = []
    if (seen) this.expect('{')
    if (!this.skip('}')) {
      do {
        if (this.kind !== 2) throw new SyntaxError('not JSON')
        const key = unquoted(this.text)
        this.next()
        this.expect(':')
        const { start } = this
        all.push([key, this.value()])
        seen?.(key, start)
      } while (this.skip(','))
      this.expect('}')
    }
    return Object.assign(new Map(all), { all })
  }
}

const unquoted = (text: string): string =>
  text.slice(1, -1).replace(/\\(u[0-9a-fA-F]{4}|[\s\S])/g, (_, code: string) => {
    return code.length > 1 ? String.fromCharCode(Number.parseInt(code.slice(1), 16)) : (ESCAPES[code] ?? code)
  })

/** Reads JSON as Spark does: also with single quotes, NaN and Infinity. @returns undefined for a text that is no JSON. */
export function parseJson(text: string): JsonValue | undefined {
  try {
    return new JsonReader(text).whole()
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** The text of a member of a JSON object as it is written there; undefined where there is none, or no object. */
export function memberText(text: string, name: string): string | undefined {
  try {
    return new JsonReader(text).members().get(name)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** The text of a value as every reader of JSON takes it, numbers as they are written. */
export function plainJson(value: JsonValue): string {
  if (value instanceof JsonNumber) return value.text.replace(/INF$/, 'Infinity').replace('+', '')
  if (isArray(value)) return `[${value.map(plainJson).join(',')}]`
  if (isObject(value)) return `{${value.all.map(([key, v]) => `${JSON.stringify(key)}:${plainJson(v)}`).join(',')}}`
  return JSON.stringify(value)
}

export const isObject = (value: JsonValue | undefined): value is JsonObject => value instanceof Map

export const isArray = (value: JsonValue | undefined): value is readonly JsonValue[] => Array.isArray(value)

/** The text of a value without spaces; numbers with a point or an exponent as Java prints doubles. */
export function jsonText(value: JsonValue): string {
  if (value instanceof JsonNumber) return /[.eE]/.test(value.text) ? javaDoubleText(Number(value.text)) : value.text
  if (isArray(value)) return `[${value.map(jsonText).join(',')}]`
  if (isObject(value)) return `{${value.all.map(([key, v]) => `${JSON.stringify(key)}:${jsonText(v)}`).join(',')}}`
  return JSON.stringify(value)
}
