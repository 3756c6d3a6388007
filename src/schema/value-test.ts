import { Matrix } from '../linalg/matrix.js'
import { Vector } from '../linalg/vector.js'
import type { DataType } from '../sql/types.js'
import type { Category, FieldSchema } from './field-schema.js'
import type { Violation } from './policies.js'

/** What is wrong with a value of a column; undefined where nothing is. */
export type ValueTest = (value: unknown) => Violation | undefined

const absent = (value: unknown): Violation => (value === null ? 'null' : value === undefined ? 'missing' : 'wrongType')

/** The largest integer of each type, and its smallest is one less below zero. */
const LARGEST: Readonly<Record<string, number>> = { byte: 127, short: 32_767, integer: 2_147_483_647 }
const MAX_LONG = 2n ** 63n - 1n

/** The test of a column. It agrees with what a scorer takes: `wrongType` is what a scorer cannot read at all. */
export function valueTest(field: FieldSchema): ValueTest {
  const { type, categories } = field
  const { min, max } = field.range ?? { min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY }
  const labels: ReadonlySet<unknown> | undefined = categories && new Set<Category>(categories)
  /** Of a number of the right type. */
  const number = (value: number): Violation | undefined => {
    if (Number.isNaN(value)) return labels?.has(value) ? undefined : 'nan'
    if (labels !== undefined && !labels.has(value)) return 'unseen'
    return value >= min && value <= max ? undefined : 'outOfRange'
  }
  switch (type.kind) {
    case 'float':
      return (value) => (typeof value === 'number' ? number(Math.fround(value)) : absent(value))
    case 'double':
    case 'decimal':
      return (value) => (typeof value === 'number' ? number(value) : absent(value))
    case 'byte':
    case 'short':
    case 'integer': {
      const largest = LARGEST[type.kind]
      return (value) => {
        if (typeof value !== 'number') return absent(value)
        return Number.isInteger(value) && value <= largest && value >= -largest - 1 ? number(value) : 'wrongType'
      }
    }
    case 'long':
      return (value) => {
        if (typeof value === 'number') return Number.isSafeInteger(value) ? number(value) : 'wrongType'
        if (typeof value !== 'bigint') return absent(value)
        if (value > MAX_LONG || value < -MAX_LONG - 1n) return 'wrongType'
        if (labels?.has(value)) return undefined
        return number(Number(value))
      }
    case 'string':
      return (value) => {
        if (typeof value !== 'string') return absent(value)
        return labels !== undefined && !labels.has(value) ? 'unseen' : undefined
      }
    case 'boolean':
      return (value) => (typeof value === 'boolean' ? undefined : absent(value))
    case 'vector':
      return vectorTest(field.size)
    default:
      return (value) => (isPresent(value) && holds(type, value) ? undefined : absent(value))
  }
}

const isPresent = (value: unknown): boolean => value !== null && value !== undefined

function vectorTest(size: number | undefined): ValueTest {
  return (value) => {
    const values = value instanceof Vector ? value.values : value
    if (!Array.isArray(values) && !(values instanceof Float64Array) && !(values instanceof Float32Array))
      return absent(value)
    const length = value instanceof Vector ? value.size : values.length
    if (size !== undefined && length !== size) return 'wrongType'
    let nan = false
    for (const x of values) {
      if (typeof x !== 'number') return 'wrongType'
      nan ||= Number.isNaN(x)
    }
    return nan ? 'nan' : undefined
  }
}

/** Whether a value that is neither null nor absent can be held by a column of a type, elements included. */
function holds(type: DataType, value: unknown): boolean {
  const element = (inner: DataType, nullable: boolean, item: unknown): boolean =>
    isPresent(item) ? holds(inner, item) : nullable
  switch (type.kind) {
    case 'date':
    case 'timestamp':
    case 'timestamp_ntz':
      return value instanceof Date && !Number.isNaN(value.getTime())
    case 'binary':
      return value instanceof Uint8Array
    case 'matrix':
      return value instanceof Matrix
    case 'vector':
      return value instanceof Vector
    case 'void':
      return false
    case 'array': {
      const list = Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView))
      return (
        list &&
        Array.from(value as ArrayLike<unknown>).every((item) => element(type.elementType, type.containsNull, item))
      )
    }
    case 'map':
      return (
        value instanceof Map &&
        Array.from(value).every(
          ([key, item]) =>
            isPresent(key) && holds(type.keyType, key) && element(type.valueType, type.valueContainsNull, item),
        )
      )
    case 'struct':
      return (
        typeof value === 'object' &&
        !Array.isArray(value) &&
        type.fields.every(({ name, dataType, nullable }) =>
          element(dataType, nullable, (value as Record<string, unknown>)[name]),
        )
      )
    default: {
      const violation = valueTest({ name: '', type, nullable: true })(value)
      return violation === undefined || violation === 'nan'
    }
  }
}
