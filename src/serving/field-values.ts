import type { DataType, StructField } from '../sql/types.js'

/** Changes a value on its way between a text format and a row. */
export type Convert = (value: unknown) => unknown

type Field = Pick<StructField, 'name'> & { readonly type: DataType }

const TIMESTAMP = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d([.]\d+)?)?( ?(Z|[+-]\d\d:?\d\d))?)?$/

/** A text as a moment: ISO 8601, UTC where it names no zone, as all times here. What is no moment stays a text, which the check of the row then names. */
function moment(value: unknown): unknown {
  const match = typeof value === 'string' ? TIMESTAMP.exec(value) : null
  if (!match) return value
  const [text, clock, , , zone] = match
  const date = new Date(clock && !zone ? `${text.replace(' ', 'T')}Z` : text)
  return Number.isNaN(date.getTime()) ? value : date
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** How JSON holds a value of a type, where that is not the value itself: times as text, bytes in base64, maps as objects. */
function fromJsonOf(type: DataType): Convert | undefined {
  switch (type.kind) {
    case 'date':
    case 'timestamp':
    case 'timestamp_ntz':
      return moment
    case 'binary':
      return (value) =>
        typeof value === 'string' && BASE64.test(value) ? new Uint8Array(Buffer.from(value, 'base64')) : value
    case 'map': {
      const inner = fromJsonOf(type.valueType) ?? ((value: unknown) => value)
      return (value) =>
        isObject(value) ? new Map(Object.entries(value).map(([key, item]) => [key, inner(item)])) : value
    }
    case 'array': {
      const inner = fromJsonOf(type.elementType)
      return inner && ((value) => (Array.isArray(value) ? value.map(inner) : value))
    }
    case 'struct': {
      const inner = converters(
        type.fields.map(({ name, dataType }) => ({ name, type: dataType })),
        fromJsonOf,
      )
      return inner && ((value) => (isObject(value) ? converted(value, inner) : value))
    }
    default:
      return undefined
  }
}

/** What JSON makes of a value of a type, where `JSON.stringify` knows no way, or another one. */
function toJsonOf(type: DataType): Convert | undefined {
  switch (type.kind) {
    case 'long':
      // Readers of JSON take it for a double, which is what a number of JavaScript would be, too.
      return (value) => (typeof value === 'bigint' ? Number(value) : value)
    case 'date':
      return (value) => (value instanceof Date ? value.toISOString().slice(0, 10) : value)
    case 'binary':
      return (value) => (value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value)
    case 'map': {
      const inner = toJsonOf(type.valueType) ?? ((value: unknown) => value)
      return (value) =>
        value instanceof Map
          ? Object.fromEntries(Array.from(value, ([key, item]) => [String(key), inner(item)]))
          : value
    }
    case 'array': {
      const inner = toJsonOf(type.elementType)
      return inner && ((value) => (Array.isArray(value) ? value.map(inner) : value))
    }
    case 'struct': {
      const inner = converters(
        type.fields.map(({ name, dataType }) => ({ name, type: dataType })),
        toJsonOf,
      )
      return inner && ((value) => (isObject(value) ? converted(value, inner) : value))
    }
    default:
      return undefined
  }
}

const NUMBERS: ReadonlySet<string> = new Set(['double', 'float', 'decimal', 'byte', 'short', 'integer', 'long'])

/** A cell of CSV as a value of a type; an empty one is null, and what does not fit stays a text. */
function fromTextOf(type: DataType): Convert {
  const empty =
    (convert: (text: string) => unknown): Convert =>
    (value) =>
      value === '' ? null : convert(value as string)
  if (NUMBERS.has(type.kind)) {
    return empty((text) => {
      const number = Number(text)
      return Number.isNaN(number) && !/^nan$/i.test(text) ? text : number
    })
  }
  switch (type.kind) {
    case 'string':
      return empty((text) => text)
    case 'boolean':
      return empty((text) => (/^(true|false)$/i.test(text) ? text.toLowerCase() === 'true' : text))
    case 'date':
    case 'timestamp':
    case 'timestamp_ntz':
    case 'binary':
      return empty(fromJsonOf(type) as Convert)
    default:
      // Lists and structures stand in a cell as JSON.
      return empty((text) => {
        try {
          const value: unknown = JSON.parse(text)
          return fromJsonOf(type)?.(value) ?? value
        } catch {
          return text
        }
      })
  }
}

/** Conversions by column, of those columns that need one; undefined where none does, so that rows pass as they are. */
export type Converters = ReadonlyMap<string, Convert>

function converters(fields: readonly Field[], of: (type: DataType) => Convert | undefined): Converters | undefined {
  const needed = fields.flatMap(({ name, type }): [string, Convert][] => {
    const convert = of(type)
    return convert ? [[name, convert]] : []
  })
  return needed.length > 0 ? new Map(needed) : undefined
}

/** Conversions of columns that come as JSON. */
export const fromJson = (fields: readonly Field[]): Converters | undefined => converters(fields, fromJsonOf)
/** Conversions of columns that come as JSON with NaN, by which pandas says that a value is missing, whatever the column holds. */
export const fromPython = (fields: readonly Field[]): Converters =>
  new Map(
    fields.map(({ name, type }) => {
      const convert = fromJsonOf(type) ?? ((value: unknown) => value)
      const hasNaN = type.kind === 'double' || type.kind === 'float' || type.kind === 'decimal'
      return [name, hasNaN ? convert : (value) => (Number.isNaN(value) ? null : convert(value))]
    }),
  )
/** Conversions of columns that go out as JSON. */
export const toJson = (fields: readonly Field[]): Converters | undefined => converters(fields, toJsonOf)
/** Conversions of columns that come as cells of CSV. */
export const fromText = (fields: readonly Field[]): Converters =>
  new Map(fields.map(({ name, type }) => [name, fromTextOf(type)]))

/** A row with converted values; the same object where none changes. */
export function converted(row: object, by: Converters): object {
  let changed: Record<string, unknown> | undefined
  for (const [name, convert] of by) {
    const value = (row as Record<string, unknown>)[name]
    if (value === undefined || value === null) continue
    const other = convert(value)
    if (Object.is(other, value)) continue
    changed ??= { ...row }
    changed[name] = other
  }
  return changed ?? row
}
