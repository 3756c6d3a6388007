import { type ColumnData, type DictColumn, isValid, type ObjectColumn } from '../sql/batch.js'
import { type ColumnOrigin, valueError } from '../sql/column-origin.js'
import { type ListForm, printable, type ReadList, type ReadText, type RowForm } from '../sql/row-form.js'
import { ArrayType, StringType } from '../sql/types.js'

/** Type of a column of words. */
export const WORDS = ArrayType(StringType)

/** Words of a row; an element may be null. */
export type Words = readonly (string | null)[]

/** @throws DataError naming the first row that is null. */
function requireRows(column: ColumnData, length: number, origin: ColumnOrigin, what: string): void {
  for (let i = 0; column.valid !== null && i < length; i++) {
    if (!isValid(column.valid, i)) throw valueError('null', i, origin, what, 'Drop or fill the rows without a value')
  }
}

/**
 * A column of words, made of the text of each row. Rows with the same text share their words where texts repeat.
 * @throws DataError naming the first row that is null.
 */
export function wordsOfTexts(
  column: ColumnData,
  length: number,
  origin: ColumnOrigin,
  split: (text: string) => readonly string[],
): ObjectColumn {
  requireRows(column, length, origin, 'a string')
  const { codes, dictionary } = column as DictColumn
  const data = new Array<readonly string[]>(length)
  if (dictionary.length > length) {
    for (let i = 0; i < length; i++) data[i] = split(dictionary[codes[i]])
  } else {
    const known = new Array<readonly string[] | undefined>(dictionary.length)
    for (let i = 0; i < length; i++) data[i] = known[codes[i]] ??= split(dictionary[codes[i]])
  }
  return { kind: 'object', data, valid: null }
}

/**
 * The arrays of the first `length` rows.
 * @throws DataError naming the first row that is null.
 */
export function arraysOf<T>(column: ColumnData, length: number, origin: ColumnOrigin): readonly (readonly T[])[] {
  requireRows(column, length, origin, 'an array')
  return (column as ObjectColumn).data as readonly (readonly T[])[]
}

/** A column of the arrays that a function makes of those of the first `length` rows. @throws DataError for a null row. */
export function mapArrays<T>(
  column: ColumnData,
  length: number,
  origin: ColumnOrigin,
  map: (row: readonly T[]) => readonly unknown[],
): ObjectColumn {
  const rows = arraysOf<T>(column, length, origin)
  const data = new Array<readonly unknown[]>(length)
  for (let i = 0; i < length; i++) data[i] = map(rows[i])
  return { kind: 'object', data, valid: null }
}

const readSplit =
  (read: ReadText, split: (text: string) => readonly string[]): ReadList<string> =>
  (row) => {
    const text = read(row)
    return typeof text === 'string' ? split(text) : undefined
  }

/** The words of one row. @param split a printable. */
export const splitForm = (input: RowForm, split: (text: string) => readonly string[]): ListForm | undefined =>
  input.kind === 'text' ? { kind: 'list', read: printable(readSplit, input.read, split) } : undefined

const readMapped =
  (read: ReadList<string>, map: (words: readonly string[]) => readonly string[]): ReadList<string> =>
  (row) => {
    const words = read(row)
    return words && map(words)
  }

/** Words made of the words of one row. @param map a printable. */
export const mappedForm = (
  input: RowForm,
  map: (words: readonly string[]) => readonly string[],
): ListForm | undefined =>
  input.kind === 'list' ? { kind: 'list', read: printable(readMapped, input.read as ReadList<string>, map) } : undefined
