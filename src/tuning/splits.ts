import { DataError } from '../errors.js'
import type { Params } from '../param/params.js'
import type { ColumnData, I32Column } from '../sql/batch.js'
import { isValid } from '../sql/batch.js'
import type { DataFrame } from '../sql/dataframe.js'
import type { BatchTransform } from '../sql/plan.js'

/** A part of the rows to learn from, and the part to measure on: all others. */
export interface Split {
  /** Names the split in messages. */
  readonly name: string
  readonly training: DataFrame
  readonly validation: DataFrame
}

/**
 * Random folds, those of Spark's `MLUtils.kFold` on the same logical partitions.
 * (pyspark's own CrossValidator is another program: it draws other folds for the same seed.)
 */
export function randomFolds(data: DataFrame, numFolds: number, seed: number | bigint): Split[] {
  return data
    .kFold(numFolds, seed)
    .map(([training, validation], fold) => ({ name: foldName(fold, numFolds), training, validation }))
}

/**
 * Folds by the numbers in a column of integers, which the parts no longer have.
 * Reading a row whose number is null or outside 0 .. numFolds - 1 raises a DataError.
 */
export function foldsOfColumn(data: DataFrame, foldCol: string, numFolds: number, tuner: Params): Split[] {
  const part = (fold: number, complement: boolean): DataFrame =>
    data.withTransform(foldFilter(foldCol, numFolds, tuner, (number) => (number === fold) !== complement)).drop(foldCol)
  return Array.from({ length: numFolds }, (_, fold) => ({
    name: foldName(fold, numFolds),
    training: part(fold, true),
    validation: part(fold, false),
  }))
}

const foldName = (fold: number, numFolds: number): string => `fold ${fold} (of 0 to ${numFolds - 1})`

/** Keeps the rows whose fold number is wanted. */
function foldFilter(
  foldCol: string,
  numFolds: number,
  tuner: Params,
  wanted: (number: number) => boolean,
): BatchTransform {
  const check = (column: I32Column, i: number, firstRow: number): void => {
    const number = isValid(column.valid, i) ? column.data[i] : null
    if (number !== null && number >= 0 && number < numFolds) return
    throw new DataError(`fold number ${number} in column "${foldCol}"`, {
      stage: tuner.uid,
      column: foldCol,
      row: firstRow + i,
      allowed: `Allowed: an integer from 0 to ${numFolds - 1} (numFolds is ${numFolds})`,
      received: String(number),
    })
  }
  return {
    name: `${tuner.uid}.foldCol`,
    inputs: [foldCol],
    outputs: [],
    filters: true,
    run(columns: readonly ColumnData[], length, firstRow) {
      const column = columns[0] as I32Column
      const keep = new Uint8Array(length)
      for (let i = 0; i < length; i++) {
        check(column, i, firstRow)
        keep[i] = Number(wanted(column.data[i]))
      }
      return { columns: [], keep }
    },
  }
}

/**
 * Counts the rows of both parts of every split, before any model is fitted.
 * @throws DataError when a part has no rows: Spark fails there, too, but later and without saying where.
 */
export async function requireRows(
  data: DataFrame,
  splits: readonly Split[],
  tuner: Params,
  hint: string,
  signal?: AbortSignal,
): Promise<void> {
  const total = await data.count({ signal })
  for (const { name, validation } of splits) {
    const validated = await validation.count({ signal })
    const trained = total - validated
    if (trained > 0 && validated > 0) continue
    const empty = trained === 0 ? 'training' : 'validation'
    throw new DataError(`${name} has no ${empty} rows (${trained} for training, ${validated} for validation)`, {
      stage: tuner.uid,
      received: `${trained} training rows, ${validated} validation rows`,
      hint,
    })
  }
}
