import type { StructType } from './types.js'

/**
 * Which rows hold a value: bit `i & 7` of byte `i >> 3` is 1 where row `i` is not null (Arrow's and DuckDB's order).
 * `null` means that no row is null. NaN is a value, not a null.
 */
export type Validity = Uint8Array | null

interface ColumnBase {
  readonly valid: Validity
}
/** double, float (already rounded to 32 bits) and decimal columns. */
export interface F64Column extends ColumnBase {
  readonly kind: 'f64'
  readonly data: Float64Array
}
/** byte, short, integer and date (days since 1970-01-01) columns. */
export interface I32Column extends ColumnBase {
  readonly kind: 'i32'
  readonly data: Int32Array
}
/** long and timestamp (microseconds since 1970-01-01 UTC) columns. */
export interface I64Column extends ColumnBase {
  readonly kind: 'i64'
  readonly data: BigInt64Array
}
/** boolean columns, one byte a row, 0 or 1. */
export interface BoolColumn extends ColumnBase {
  readonly kind: 'bool'
  readonly data: Uint8Array
}
/**
 * string columns: `dictionary[codes[i]]`. The dictionary has no duplicates, may hold more strings than the rows use, and
 * may grow from batch to batch of one stream; codes of earlier batches stay valid. A stream with very many strings starts a
 * new dictionary (another array) now and then. The code of a null row is 0.
 */
export interface DictColumn extends ColumnBase {
  readonly kind: 'dict'
  readonly codes: Int32Array
  readonly dictionary: readonly string[]
}
/**
 * Vector columns, dense when `offsets` is null (row `i` is `values[i * size .. (i + 1) * size)`), else in compressed rows:
 * entries `offsets[i] .. offsets[i + 1])` of `indices` and `values`. Rows that are dense in a compressed column hold all
 * indices 0 .. size - 1 and have `dense[i] = 1` (`dense` null: every row is sparse). `sizes` is null when all rows have
 * length `size`; else it gives each row's own length and `size` is -1. Null rows have `size` zeros, or no entries.
 */
export interface VectorColumn extends ColumnBase {
  readonly kind: 'vector'
  readonly size: number
  readonly sizes: Int32Array | null
  readonly offsets: Int32Array | null
  readonly indices: Int32Array | null
  readonly values: Float64Array
  readonly dense: Uint8Array | null
}
/** Everything else (arrays, structs, maps, binary, matrices): JavaScript values as `collect` gives them. */
export interface ObjectColumn extends ColumnBase {
  readonly kind: 'object'
  readonly data: readonly unknown[]
}

/** The values of one column in one batch. Never changed after it was made; arrays may be shared between columns. */
export type ColumnData = F64Column | I32Column | I64Column | BoolColumn | DictColumn | VectorColumn | ObjectColumn

/** A run of rows of one logical partition, column by column, in the order of the schema that it comes with. */
export interface Batch {
  readonly length: number
  readonly columns: readonly ColumnData[]
  /** Logical partition that the rows belong to. Batches come in order of partitions. */
  readonly partition: number
}

/** Rows held in memory: whole columns, and where each logical partition starts (`bounds[p] .. bounds[p + 1])`). */
export interface LocalTable {
  readonly schema: StructType
  readonly length: number
  readonly columns: readonly ColumnData[]
  readonly bounds: readonly number[]
}

/** Whether row `i` is not null. */
export const isValid = (valid: Validity, i: number): boolean => valid === null || ((valid[i >> 3] >> (i & 7)) & 1) === 1
