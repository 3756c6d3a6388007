import { parseDataTypeOrSchema } from '../../ddl.js'
import { ArrayType, BooleanType, type DataType, IntegerType, StringType, type StructType } from '../../types.js'
import { type JsFunction, jsFunction } from './js-function.js'
import {
  isArray,
  isObject,
  JsonNumber,
  type JsonObject,
  type JsonValue,
  jsonText,
  memberText,
  parseJson,
  plainJson,
} from './json-text.js'

type Step = string | number | '*'

/** Steps of a path such as `$.a[0]['b c'][*]`; undefined where it is none. */
function steps(path: string): Step[] | undefined {
  if (!path.startsWith('$')) return undefined
  const found: Step[] = []
  const pattern = /\.(\*|[^.[\]]+)|\[(\d+|\*)\]|\['([^']*)'\]/y
  pattern.lastIndex = 1
  while (pattern.lastIndex < path.length) {
    const match = pattern.exec(path)
    if (!match) return undefined
    const [, name, index, quoted] = match
    found.push(index !== undefined && index !== '*' ? Number(index) : (quoted ?? name ?? '*'))
  }
  return found
}

/** The values at the end of a path; a star means all elements of an array, or all values of an object. */
function follow(value: JsonValue, path: readonly Step[]): JsonValue[] {
  const [step, ...rest] = path
  if (step === undefined) return [value]
  if (typeof step === 'number') return isArray(value) && step < value.length ? follow(value[step], rest) : []
  if (step === '*') {
    const items = isArray(value) ? value : isObject(value) ? value.all.map(([, item]) => item) : []
    return items.flatMap((item) => follow(item, rest))
  }
  return isObject(value) && value.has(step) ? follow(value.get(step)!, rest) : []
}

function getJsonObject(text: string, path: string): string | null {
  const value = parseJson(text)
  const way = steps(path)
  if (value === undefined || way === undefined) return null
  const found = follow(value, way)
  if (found.length === 0 || (found.length === 1 && found[0] === null)) return null
  if (found.length > 1) return jsonText(found)
  return typeof found[0] === 'string' ? found[0] : jsonText(found[0])
}

const RANGES: Readonly<Record<string, bigint>> = { byte: 7n, short: 15n, integer: 31n, long: 63n }
const DATE = /^\d{4}-\d{1,2}-\d{1,2}([ T].*)?$/

/** A value in a form that the engine casts to the type without an error; undefined where it does not have the type. */
function fitted(value: JsonValue, type: DataType): JsonValue | undefined {
  if (value === null) return null
  switch (type.kind) {
    case 'string':
      return typeof value === 'string' ? value : jsonText(value)
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined
    case 'byte':
    case 'short':
    case 'integer':
    case 'long': {
      if (!(value instanceof JsonNumber) || !/^-?\d+$/.test(value.text)) return undefined
      const limit = 1n << RANGES[type.kind]
      const whole = BigInt(value.text)
      return whole >= -limit && whole < limit ? value : undefined
    }
    case 'double':
    case 'float':
    case 'decimal': {
      if (value instanceof JsonNumber) return value.text.replace(/^([+-]?)INF$/, '$1Infinity')
      return typeof value === 'string' && /^([+-]?(Infinity|INF)|NaN)$/.test(value)
        ? value.replace('INF', 'Infinity')
        : undefined
    }
    case 'date':
    case 'timestamp':
    case 'timestamp_ntz':
      return typeof value === 'string' && DATE.test(value) && !Number.isNaN(Date.parse(value)) ? value : undefined
    case 'array':
      return isArray(value) ? allFitted(value, type.elementType) : undefined
    case 'map': {
      if (!isObject(value)) return undefined
      const values = allFitted([...value.values()], type.valueType)
      return values && object([...value.keys()].map((key, k) => [key, values[k]]))
    }
    case 'struct':
      return isObject(value) ? struct(value, type) : undefined
    default:
      return undefined
  }
}

/** One value that does not fit makes the whole unfit. */
function allFitted(values: readonly JsonValue[], type: DataType): JsonValue[] | undefined {
  const all = values.map((value) => fitted(value, type))
  return all.includes(undefined) ? undefined : (all as JsonValue[])
}

const object = (all: readonly (readonly [string, JsonValue])[]): JsonObject => Object.assign(new Map(all), { all })

const struct = (value: JsonObject | undefined, type: StructType): JsonObject =>
  object(type.fields.map(({ name, dataType }) => [name, fitted(value?.get(name) ?? null, dataType) ?? null]))

const schemas = new Map<string, DataType>()

/** The schema of a text that comes with every row. */
export function schemaOf(text: string): DataType {
  let type = schemas.get(text)
  if (!type) {
    type = parseDataTypeOrSchema(text)
    schemas.set(text, type)
  }
  return type
}

/** The JSON text with exactly the values that fit the schema. A text that is none gives a struct of nulls. */
export function fitJson(text: string, schema: string): string | null {
  const type = schemaOf(schema)
  const value = text.trim() === '' ? undefined : parseJson(text)
  const result = value === undefined ? undefined : fitted(value, type)
  if (result === undefined || result === null)
    return type.kind === 'struct' && text.trim() !== '' ? jsonText(struct(undefined, type)) : null
  return jsonText(result)
}

/** As {@link fitJson}, and null for what does not fit. */
function fittedJson(text: string, schema: string): string | null {
  const value = parseJson(text)
  const result = value === undefined ? undefined : fitted(value, schemaOf(schema))
  return result === undefined || result === null ? null : jsonText(result)
}

/** Whether everything in a value is of its type; null always is. */
export function fits(value: JsonValue, type: DataType): boolean {
  if (value === null) return true
  switch (type.kind) {
    case 'struct':
      return isObject(value) && type.fields.every((field) => fits(value.get(field.name) ?? null, field.dataType))
    case 'array':
      return isArray(value) && value.every((item) => fits(item, type.elementType))
    case 'map':
      return isObject(value) && [...value.values()].every((item) => fits(item, type.valueType))
    default:
      return fitted(value, type) !== undefined
  }
}

/** Whether a JSON text holds something that a type has not; an array stands for its elements where the type is a struct. */
export function misfit(text: string, schema: string): boolean {
  const type = schemaOf(schema)
  const value = parseJson(text)
  if (value === undefined) return true
  return type.kind === 'struct' && isArray(value) ? !value.every((item) => fits(item, type)) : !fits(value, type)
}

/** Spark's text of the type of a JSON value. */
function inferred(value: JsonValue): string {
  if (value === null) return 'STRING'
  if (typeof value === 'boolean') return 'BOOLEAN'
  if (typeof value === 'string') return 'STRING'
  if (value instanceof JsonNumber) return /^-?\d{1,18}$/.test(value.text) ? 'BIGINT' : 'DOUBLE'
  if (isArray(value)) {
    const kinds = new Set(value.filter((item) => item !== null).map(inferred))
    if (kinds.size <= 1) return `ARRAY<${[...kinds][0] ?? 'STRING'}>`
    return [...kinds].every((kind) => kind === 'BIGINT' || kind === 'DOUBLE') ? 'ARRAY<DOUBLE>' : 'ARRAY<STRING>'
  }
  const fields = [...(value as JsonObject)].sort(([a], [b]) => (a < b ? -1 : 1))
  return `STRUCT<${fields.map(([name, item]) => `${name}: ${inferred(item)}`).join(', ')}>`
}

/** Functions of JSON text. */
export const JSON_FUNCTIONS: readonly JsFunction[] = [
  jsFunction('get_json_object', [StringType, StringType], StringType, getJsonObject),
  jsFunction('fit_json', [StringType, StringType], StringType, fitJson),
  jsFunction('fitted_json', [StringType, StringType], StringType, fittedJson),
  jsFunction('json_misfit', [StringType, StringType], BooleanType, misfit),
  jsFunction(
    'json_member',
    [StringType, StringType],
    StringType,
    (text: string, name: string) => memberText(text, name) ?? null,
  ),
  jsFunction('plain_json', [StringType], StringType, (text: string) => {
    const value = parseJson(text)
    return value === undefined ? null : plainJson(value)
  }),
  jsFunction('json_array_length', [StringType], IntegerType, (text: string) => {
    const value = parseJson(text)
    return isArray(value) ? value.length : null
  }),
  jsFunction('json_object_keys', [StringType], ArrayType(StringType), (text: string) => {
    const value = parseJson(text)
    return isObject(value) ? value.all.map(([key]) => key) : null
  }),
  jsFunction('schema_of_json', [StringType], StringType, (text: string) => {
    const value = parseJson(text)
    return value === undefined ? null : inferred(value)
  }),
]
