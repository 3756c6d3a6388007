import { SchemaError } from '../errors.js'
import { shortText } from '../util/names.js'
import { inferType } from './infer.js'
import {
  BooleanType,
  type DataType,
  DoubleType,
  IntegerType,
  StringType,
  StructField,
  StructType,
  TimestampType,
} from './types.js'

/**
 * A danfo `DataFrame`, of danfojs-node or danfojs, by what it shows of itself. It is told by its shape, so neither package is ever loaded.
 */
export interface DanfoDataFrame {
  readonly ndim: number
  readonly shape: readonly number[]
  readonly columns: readonly string[]
  /** Danfo guesses them from the first rows, so they are hints and no promise. */
  readonly dtypes: readonly string[]
  readonly index: readonly (string | number)[]
  /** The rows; a Series has plain values here. */
  readonly values: readonly unknown[]
}

/** Columns by name and their schema. */
export interface DanfoColumns {
  readonly columns: Readonly<Record<string, readonly unknown[]>>
  readonly schema: StructType
}

/** Whether a value is a danfo DataFrame or Series. The number `ndim` tells it from columns by name, which are lists. */
export function isDanfo(value: unknown): value is DanfoDataFrame {
  if (typeof value !== 'object' || value === null) return false
  const { ndim, columns, dtypes, index, values } = value as Record<string, unknown>
  return typeof ndim === 'number' && [columns, dtypes, index, values].every(Array.isArray)
}

const BY_DTYPE: Readonly<Record<string, DataType>> = {
  float32: DoubleType,
  int32: IntegerType,
  boolean: BooleanType,
  datetime: TimestampType,
}

const isMissing = (value: unknown): boolean => value === null || value === undefined || Number.isNaN(value)
const isNumber = (value: unknown): boolean => typeof value === 'number' && !Number.isNaN(value)
const isPrimitive = (value: unknown): boolean => typeof value !== 'object'

/** Values and type of one column. A dtype decides where the values leave it open, and never against them. */
function typedValues(given: readonly unknown[], dtype: string, name: string): { type: DataType; values: unknown[] } {
  const present = given.filter((value) => !isMissing(value))
  if (dtype === 'float32' && present.every(isNumber)) {
    return { type: DoubleType, values: given.map((value) => value ?? null) }
  }
  const values = given.map((value) => (isMissing(value) ? null : value))
  if (present.length === 0) return { type: BY_DTYPE[dtype] ?? StringType, values }
  if (dtype === 'string' && present.every(isPrimitive)) {
    return { type: StringType, values: values.map((value) => (value === null ? null : String(value))) }
  }
  return { type: inferType(values, name), values }
}

/**
 * Columns and schema of a danfo DataFrame.
 * @param index name of a column that takes the index, which else is left out.
 * @throws SchemaError for a Series, for rows that do not fit the columns, and for a column that mixes types.
 */
export function danfoColumns(frame: DanfoDataFrame, index?: string): DanfoColumns {
  const { columns: names, dtypes, values: rows } = frame
  if (frame.ndim !== 2) {
    throw new SchemaError('the data are a danfo Series', {
      allowed: 'Allowed: a danfo DataFrame',
      received: shortText(names[0]),
      hint: 'Write df.loc({ columns: ["name"] }) for a frame of one column',
    })
  }
  const bad = rows.findIndex((row) => !Array.isArray(row) || row.length !== names.length)
  if (bad >= 0) {
    throw new SchemaError(`the row does not hold a value for each of the ${names.length} columns`, {
      row: bad,
      received: shortText(rows[bad]),
    })
  }
  const given = names.map((name, k) => ({
    name,
    dtype: dtypes[k],
    values: (rows as readonly (readonly unknown[])[]).map((row) => row[k]),
  }))
  if (index !== undefined) {
    if (names.includes(index)) {
      throw new SchemaError(`column "${index}" exists`, { column: index, hint: 'Give the index another name' })
    }
    const dtype = typeof frame.index[0] === 'string' ? 'string' : 'int32'
    given.unshift({ name: index, dtype, values: [...frame.index] })
  }
  const typed = given.map(({ name, dtype, values }) => ({ name, ...typedValues(values, dtype, name) }))
  return {
    columns: Object.fromEntries(typed.map(({ name, values }) => [name, values])),
    schema: StructType(typed.map(({ name, type }) => StructField(name, type))),
  }
}
