import { SchemaError } from '../errors.js'
import { DenseVector } from '../linalg/vector.js'
import type { ColumnData } from '../sql/batch.js'
import { buildColumn } from '../sql/column-builder.js'
import { inferType } from '../sql/infer.js'
import { type DataType, DoubleType, isVector, NullType, StructField, StructType, VectorUDT } from '../sql/types.js'
import { knownNames, shortText } from '../util/names.js'

/** Rows of a scorer: a plain object, or anything else whose properties are the columns. */
export type ScorerRow = Readonly<Record<string, unknown>>

const isNumbers = (value: unknown): value is ArrayLike<number> =>
  (Array.isArray(value) && value.every((x) => typeof x === 'number')) ||
  value instanceof Float64Array ||
  value instanceof Float32Array

/** Lists of numbers are vectors where the column holds vectors. */
const vectorOf = (value: unknown): unknown => (isNumbers(value) ? new DenseVector(Float64Array.from(value)) : value)

/** A column of some values of a scorer's input. @throws DataError when one does not fit the type of its column. */
export function inputColumn({ name, dataType }: StructField, values: ArrayLike<unknown>): ColumnData {
  if (values instanceof Float64Array && dataType.kind === 'double') return { kind: 'f64', data: values, valid: null }
  if (values instanceof Int32Array && dataType.kind === 'integer') return { kind: 'i32', data: values, valid: null }
  return buildColumn(dataType, isVector(dataType) ? Array.from(values, vectorOf) : Array.from(values), name)
}

const isObject = (value: unknown): value is ScorerRow => typeof value === 'object' && value !== null

/** @throws SchemaError unless the row, or the columns, can be read by name. */
export function requireNamed(stage: string, given: unknown, what: 'row' | 'columns'): asserts given is ScorerRow {
  if (isObject(given) && !Array.isArray(given)) return
  const example = what === 'row' ? '{ km: 7.5 }' : '{ km: [7.5, 12] }'
  throw new SchemaError(`the ${what} ${what === 'row' ? 'is' : 'are'} ${shortText(given)}`, {
    stage,
    allowed: 'Allowed: an object with a property for each column',
    received: shortText(given),
    hint: `Write ${example}.`,
  })
}

/** What to say of a column that is not there. `undefined` is no value: a column without one holds null. */
export function missingColumn(
  stage: string,
  given: ScorerRow,
  name: string,
  fields: readonly StructField[],
): SchemaError {
  const near = knownNames('properties', name, Object.keys(given))
  return new SchemaError(`column "${name}" is missing`, {
    stage,
    column: name,
    allowed: `The model reads ${fields.map((field) => field.name).join(', ')}`,
    received: 'undefined',
    hint: `${near} A value that is not known is null.`,
  })
}

/**
 * Schema of rows by the first of them, for models that do not know what they were fitted on. Numbers are doubles, lists of numbers are vectors; what
 * tells no type is void, which no stage reads.
 */
export const schemaOfRow = (row: ScorerRow): StructType =>
  StructType(Object.entries(row).map(([name, value]) => StructField(name, typeOfValue(name, value))))

function typeOfValue(name: string, value: unknown): DataType {
  if (typeof value === 'number') return DoubleType
  if (isNumbers(value)) return VectorUDT
  try {
    return inferType([value], name)
  } catch (error) {
    if (error instanceof SchemaError) return NullType
    throw error
  }
}
