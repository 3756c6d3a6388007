import type { Column } from '../column.js'
import { type ColumnOrName, call, lit, type Operand, value } from './base.js'

/** The first value that is not null. */
export const coalesce = (...columns: Operand[]): Column => call('coalesce', ...columns)

/** The first value, or the second where the first is null. */
export const nvl = (first: Operand, second: Operand): Column => call('nvl', first, second)

/** The first value, or the second where the first is null. */
export const ifnull = (first: Operand, second: Operand): Column => call('ifnull', first, second)

/** The first value, or null where both are equal. */
export const nullif = (first: Operand, second: Operand): Column => call('nullif', first, second)

/** The first number, or the second where the first is NaN. */
export const nanvl = (first: Operand, second: Operand): Column => call('nanvl', first, second)

/** `some` where the tested value is not null, else `none`. */
export const nvl2 = (tested: Operand, some: Operand, none: Operand): Column => call('nvl2', tested, some, none)

/** Whether the value is null. */
export const isnull = (column: ColumnOrName): Column => call('isnull', column)

/** Whether the value is not null. */
export const isnotnull = (column: ColumnOrName): Column => call('isnotnull', column)

/** Whether the value is NaN; false for null. */
export const isnan = (column: ColumnOrName): Column => call('isnan', column)

/** Logical not. */
export const not = (column: ColumnOrName): Column => call('not', column)

/** The number with the other sign. */
export const negative = (column: ColumnOrName): Column => call('negative', column)

/** The number, or null where it is zero. */
export const nullifzero = (column: ColumnOrName): Column => call('nullifzero', column)

/** The number, or zero where it is null. */
export const zeroifnull = (column: ColumnOrName): Column => call('zeroifnull', column)

/** Equality in which null equals null. */
export const equal_null = (left: Operand, right: Operand): Column => call('equal_null', left, right)

/** Spark's text of the type. */
const typeOf = (column: ColumnOrName): Column => call('typeof', column)

export { typeOf as typeof }

/** Null, or an error where the condition is not true. */
export const assert_true = (condition: ColumnOrName, message?: string): Column =>
  message === undefined ? call('assert_true', condition) : call('assert_true', condition, lit(message))

/** An error with a message. */
export const raise_error = (message: Column | string): Column => call('raise_error', value(message))

const seeded = (name: string, seed: number | bigint | undefined): Column =>
  seed === undefined ? call(name) : call(name, lit(seed))

/** Random numbers from 0 to 1; Spark's for the same seed, partitions and order of rows. Without a seed they differ from call to call. */
export const rand = (seed?: number | bigint): Column => seeded('rand', seed)

/** Normal random numbers; Spark's for the same seed, partitions and order of rows. */
export const randn = (seed?: number | bigint): Column => seeded('randn', seed)

/** Ids that grow within each partition: 2^33 times the partition, plus the place in it. */
export const monotonically_increasing_id = (): Column => call('monotonically_increasing_id')

/** Number of the partition of a row. */
export const spark_partition_id = (): Column => call('spark_partition_id')
