import { SchemaError } from '../errors.js'
import type { Batch } from './batch.js'
import { columnReader } from './column-reader.js'
import { fieldNames, type StructType } from './types.js'

/**
 * One row of a frame as `collect` gives it: a plain object, one property a column, in the order of the schema.
 *
 * null is `null`, NaN stays NaN, double and float are numbers, long is a number when it is safe to hold it as one and else a
 * bigint, binary is `Uint8Array`, arrays are arrays, maps are `Map`, structs are objects, vectors and matrices are objects of
 * `ridgeline/linalg`.
 *
 * Timestamps and decimals lose something: both timestamp types and date are `Date`, which cuts microseconds to milliseconds, and
 * decimal is the nearest number, which is exact to 15 digits. Expressions and files see them whole: cast to string what must
 * be read whole.
 */
export type Row = Record<string, unknown>

/** @throws SchemaError naming a column that a row object could not show, because another one has the same name. */
export function requireDistinctNames(schema: StructType): void {
  const names = fieldNames(schema)
  const twice = names.find((name, k) => names.indexOf(name) !== k)
  if (twice === undefined) return
  throw new SchemaError(`column "${twice}" appears ${names.filter((name) => name === twice).length} times`, {
    stage: 'collect',
    column: twice,
    allowed: 'Allowed: columns with names of their own, since rows are objects',
    hint: `Rename one of them with withColumnRenamed before the join, or join on equal columns by name: join(other, "${twice}")`,
  })
}

/** The rows of a batch as objects. */
export function* rowsOf(schema: StructType, batch: Batch): Generator<Row> {
  const names = fieldNames(schema)
  const readers = schema.fields.map((field, k) => columnReader(batch.columns[k], field.dataType))
  for (let i = 0; i < batch.length; i++) {
    const row: Row = {}
    for (let k = 0; k < names.length; k++) row[names[k]] = readers[k](i)
    yield row
  }
}
