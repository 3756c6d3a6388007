import { DataError } from '../errors.js'
import { parseDataTypeOrSchema } from '../sql/ddl.js'
import { fitJson, fits, misfit } from '../sql/expression/js/json-functions.js'
import { isArray, isObject, JsonNumber, type JsonValue, parseJson } from '../sql/expression/js/json-text.js'
import { type DataType, type StructType, simpleString } from '../sql/types.js'
import { javaDoubleText, javaFloatText } from '../util/java-text.js'
import { shortText } from '../util/names.js'

/** What a JSON text holds, and whether all of it fits the schema. */
export interface ReadJson {
  readonly value: unknown
  /** Why the text does not fit; undefined where it does. */
  readonly problem?: string
}

const LIMITS: Readonly<Record<string, number>> = { byte: 2 ** 7, short: 2 ** 15, integer: 2 ** 31, long: 2 ** 53 }
const READABLE = new Set(['string', 'boolean', 'byte', 'short', 'integer', 'long', 'double', 'float'])

/** Whether values of a type are read here; others are the engine's. */
export function isReadable(type: DataType): boolean {
  if (type.kind === 'struct') return type.fields.every(({ dataType }) => isReadable(dataType))
  if (type.kind === 'array') return isReadable(type.elementType)
  return READABLE.has(type.kind)
}

const WHOLE = /\s*:\s*-?\d+\s*[,}]/y

/** Whether the one member of that name is written as a whole number: `JSON.parse` does not tell 1 from 1.0, Spark does. */
function isWhole(text: string, quoted: string): boolean {
  const at = text.indexOf(quoted)
  if (at < 0 || text.indexOf(quoted, at + quoted.length) >= 0) return false
  WHOLE.lastIndex = at + quoted.length
  return WHOLE.test(text)
}

/** A value that fits the type, in a form that columns take. */
function fittedValue(json: JsonValue | undefined, type: DataType): unknown {
  if (json === null || json === undefined) return null
  switch (type.kind) {
    case 'struct':
      return Object.fromEntries(
        type.fields.map(({ name, dataType }) => [name, fittedValue(isObject(json) ? json.get(name) : null, dataType)]),
      )
    case 'array':
      return isArray(json) ? json.map((item) => fittedValue(item, type.elementType)) : null
    case 'string':
      return json
    case 'boolean':
      return json
    default: {
      const text = json instanceof JsonNumber ? json.text : String(json)
      const number = Number(text)
      if (type.kind === 'float') return Math.fround(number)
      if (type.kind === 'double') return number
      // Whole numbers have no -0.
      return type.kind !== 'long' || Number.isSafeInteger(number) ? number + 0 : BigInt(text)
    }
  }
}

/** Whether a text does not fit: `from_json` takes no text, or an array for an object, for nulls. */
const isMisfit = (text: string, schema: string, type: DataType): boolean =>
  /^\s*$/.test(text) || (type.kind === 'struct' && /^\s*\[/.test(text)) || misfit(text, schema)

/** Why a text does not fit a schema, for people. */
function problemOf(text: string, type: DataType): string {
  const json = parseJson(text)
  if (json === undefined) return `the text is no JSON: ${shortText(text)}`
  if (type.kind !== 'struct' || !isObject(json)) return `the JSON is no ${simpleString(type)}: ${shortText(text)}`
  const wrong = type.fields.find(({ name, dataType }) => !fits(json.get(name) ?? null, dataType))
  if (!wrong) return `the JSON does not fit ${simpleString(type)}: ${shortText(text)}`
  const [, found = text] = new RegExp(`${JSON.stringify(wrong.name)}\\s*:\\s*([^,}]*)`).exec(text) ?? []
  return `field "${wrong.name}" is ${shortText(found.trim())}, not ${simpleString(wrong.dataType)}`
}

/**
 * Reader of JSON texts with the answers of `from_json`, without the engine. Plain texts take `JSON.parse`; what that does not tell apart as Spark does
 * takes the engine's own parser.
 * @param schema its DDL text.
 * @param strict whether to look for what does not fit.
 */
export function jsonReader(schema: string, type: StructType, strict: boolean): (text: string) => ReadJson {
  const fields = type.fields.map(({ name, dataType: { kind } }) => ({ name, kind, quoted: JSON.stringify(name) }))
  const flat = type.fields.every(({ dataType }) => READABLE.has(dataType.kind))
  const exact = (text: string): ReadJson => {
    const fitted = fitJson(text, schema)
    const value = fitted === null ? null : fittedValue(parseJson(fitted), type)
    return strict && isMisfit(text, schema, type) ? { value, problem: problemOf(text, type) } : { value }
  }
  return (text) => {
    if (!flat) return exact(text)
    let parsed: unknown
    try {
      parsed = JSON.parse(text)
    } catch {
      return exact(text)
    }
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return exact(text)
    const value: Record<string, unknown> = {}
    for (const { name, kind, quoted } of fields) {
      const member = Object.hasOwn(parsed, name) ? (parsed as Record<string, unknown>)[name] : null
      if (member === null) {
        value[name] = null
        continue
      }
      switch (kind) {
        case 'string':
          if (typeof member !== 'string') return exact(text)
          value[name] = member
          break
        case 'boolean':
          if (typeof member !== 'boolean') return exact(text)
          value[name] = member
          break
        case 'double':
        case 'float':
          if (typeof member !== 'number') return exact(text)
          value[name] = kind === 'float' ? Math.fround(member) : member
          break
        default: {
          const limit = LIMITS[kind]
          if (!Number.isSafeInteger(member) || !isWhole(text, quoted)) return exact(text)
          const number = member as number
          if (number < -limit || number >= limit) return exact(text)
          value[name] = number + 0
        }
      }
    }
    return { value }
  }
}

/** Tells why a JSON text does not fit a schema that only the engine reads; undefined where it does. */
export const misfitTeller = (schema: string): ((text: string) => string | undefined) => {
  const type = parseDataTypeOrSchema(schema)
  return (text) => (isMisfit(text, schema, type) ? problemOf(text, type) : undefined)
}

/** As the engine writes a double: within these bounds the fewest digits that read back as the same number, which is quick, else Java's. */
function doubleText(value: number): string {
  const magnitude = Math.abs(value)
  if (magnitude < 1e-3 || magnitude >= 1e7) return javaDoubleText(value)
  return Number.isInteger(value) ? `${value}.0` : String(value)
}

/** Writer of the JSON text of a value that is not null, as `to_json` writes it; undefined for types that are the engine's. */
export function jsonWriter(type: DataType): ((value: never) => string) | undefined {
  switch (type.kind) {
    case 'string':
      return JSON.stringify
    case 'boolean':
    case 'byte':
    case 'short':
    case 'integer':
    case 'long':
      return String
    case 'double':
      return (value: number) => (Number.isFinite(value) ? doubleText(value) : `"${value}"`)
    case 'float':
      return (value: number) => (Number.isFinite(value) ? javaFloatText(value) : `"${value}"`)
    case 'array': {
      const item = jsonWriter(type.elementType)
      if (!item) return undefined
      return (values: readonly unknown[]) =>
        `[${values.map((v) => (v === null ? 'null' : item(v as never))).join(',')}]`
    }
    case 'struct': {
      const members = type.fields.map(({ name, dataType }) => {
        const write = jsonWriter(dataType)
        return write && { name, prefix: `${JSON.stringify(name)}:`, write }
      })
      if (members.includes(undefined)) return undefined
      return (value: Readonly<Record<string, unknown>>) => {
        let text = ''
        for (const member of members) {
          const { name, prefix, write } = member!
          const item = value[name]
          if (item !== null && item !== undefined) text += `${text === '' ? '' : ','}${prefix}${write(item as never)}`
        }
        return `{${text}}`
      }
    }
    default:
      return undefined
  }
}

const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text of UTF-8 bytes. @throws DataError for others. */
export function utf8Text(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  // What is no UTF-8 becomes this character, which a text may hold as well.
  if (!text.includes('\ufffd')) return text
  try {
    return strictDecoder.decode(bytes)
  } catch (cause) {
    throw new DataError('the bytes are no UTF-8 text', { cause })
  }
}
