import { DataError } from '../errors.js'

/** Where the values of a column come from, for errors. */
export interface ColumnOrigin {
  /** uid of the stage that reads the column. */
  readonly stage: string
  readonly column: string
  /** Zero-based number of the first row in the frame. */
  readonly firstRow: number
}

/**
 * The error about one value of a column.
 * @param row zero-based number of the row, counted from the first row of the origin.
 */
export function valueError(
  received: string,
  row: number,
  { stage, column, firstRow }: ColumnOrigin,
  allowed: string,
  hint?: string,
): DataError {
  return new DataError(`column "${column}" holds ${received}`, {
    stage,
    column,
    row: firstRow + row,
    allowed: `Allowed: ${allowed}`,
    received,
    hint,
  })
}
