import type { Column, ColumnOrLiteral } from '../column.js'
import { type ColumnOrName, call, lit } from './base.js'

/** Number of the row in its window, from 1. */
export const row_number = (): Column => call('row_number')

/** 1 + number of rows before that differ; rows that are equal share a rank and leave a gap. */
export const rank = (): Column => call('rank')

/** {@link rank} without gaps. */
export const dense_rank = (): Column => call('dense_rank')

/** (rank - 1) / (rows - 1). */
export const percent_rank = (): Column => call('percent_rank')

/** Share of the rows that come up to the current one or are equal to it. */
export const cume_dist = (): Column => call('cume_dist')

/** Number, from 1, of the current one of `n` parts of nearly equal size. */
export const ntile = (n: number): Column => call('ntile', lit(n))

const offset = (
  name: string,
  column: ColumnOrName,
  rows: number,
  otherwise: ColumnOrLiteral,
  ignoreNulls: boolean,
): Column => call(name, column, lit(rows), lit(otherwise), lit(ignoreNulls))

/** Value some rows before in the window; the default where there is none. */
export const lag = (column: ColumnOrName, rows = 1, otherwise: ColumnOrLiteral = null, ignoreNulls = false): Column =>
  offset('lag', column, rows, otherwise, ignoreNulls)

/** Value some rows after in the window; the default where there is none. */
export const lead = (column: ColumnOrName, rows = 1, otherwise: ColumnOrLiteral = null, ignoreNulls = false): Column =>
  offset('lead', column, rows, otherwise, ignoreNulls)

/** Value of the n-th row of the frame, from 1. */
export const nth_value = (column: ColumnOrName, n: number, ignoreNulls = false): Column =>
  call('nth_value', column, lit(n), lit(ignoreNulls))
