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

interface TypedValues {
  readonly type: DataType
  readonly values: readonly unknown[]
}

/** Values and type of a column, read by row. A dtype decides where the values leave it open, and never against them. */
function typedValues(length: number, read: (row: number) => unknown, dtype: string, name: string): TypedValues {
  const values: unknown[] = []
  const seen = { number: false, nan: false, object: false, other: false }
  for (let row = 0; row < length; row++) {
    const value = read(row) ?? null
    values.push(value)
    if (value === null) continue
    if (typeof value === 'number') seen[Number.isNaN(value) ? 'nan' : 'number'] = true
    else seen[typeof value === 'object' ? 'object' : 'other'] = true
  }
  const isNumeric = !seen.object && !seen.other
  if (dtype === 'float32' && isNumeric) return { type: DoubleType, values }
  if (seen.nan) for (let row = 0; row < length; row++) if (Number.isNaN(values[row])) values[row] = null
  if (isNumeric && !seen.number) return { type: BY_DTYPE[dtype] ?? StringType, values }
  if (dtype === 'string' && !seen.object) {
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
  if (index !== undefined && names.includes(index)) {
    throw new SchemaError(`column "${index}" exists`, { column: index, hint: 'Give the index another name' })
  }
  const cells = rows as readonly (readonly unknown[])[]
  const typed = names.map((name, k) => ({
    name,
    ...typedValues(rows.length, (row) => cells[row][k], dtypes[k], name),
  }))
  if (index !== undefined) {
    const dtype = typeof frame.index[0] === 'string' ? 'string' : 'int32'
    typed.unshift({ name: index, ...typedValues(rows.length, (row) => frame.index[row], dtype, index) })
  }
  return {
    columns: Object.fromEntries(typed.map(({ name, values }) => [name, values])),
    schema: StructType(typed.map(({ name, type }) => StructField(name, type))),
  }
}
