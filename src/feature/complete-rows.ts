import { type ColumnData, isValid } from '../sql/batch.js'

/**
 * Which rows have a value in every column, as Spark's `na.drop` keeps them: 1 where none is null or NaN, else 0. NaN inside a vector
 * does not count.
 */
export function completeRows(columns: readonly ColumnData[], length: number): Uint8Array {
  const keep = new Uint8Array(length).fill(1)
  for (const column of columns) {
    const { valid } = column
    for (let i = 0; valid !== null && i < length; i++) if (!isValid(valid, i)) keep[i] = 0
    if (column.kind !== 'f64') continue
    const { data } = column
    for (let i = 0; i < length; i++) if (Number.isNaN(data[i])) keep[i] = 0
  }
  return keep
}

/** The same of the values of one row, for modules. */
export const hasMissing = (values: readonly unknown[]): boolean =>
  values.some((value) => value === null || Number.isNaN(value))
