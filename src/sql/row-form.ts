import { printable } from './printable.js'
import type { Row } from './row.js'

export { printable } from './printable.js'

/** Reads a number of a row. NaN means: here the row is not as most are (null, NaN, a label that nobody knows), its batch must say what comes of it. */
export type ReadNumber = (row: Row) => number

/** Reads a string of a row, or null where the column holds null; undefined as NaN of a number. */
export type ReadText = (row: Row) => string | null | undefined

/** Reads a number of a row as the column holds it, NaN and null too; undefined where that is not known. */
export type ReadAnyNumber = (row: Row) => number | null | undefined

/** Reads a list of a row; undefined as NaN of a number. */
export type ReadList<T = unknown> = (row: Row) => readonly T[] | undefined

/** A column of numbers, computed from the row itself. */
export interface NumberForm {
  readonly kind: 'number'
  readonly read: ReadNumber
  /** For stages that put something in the place of null and NaN; absent where only `read` is known. */
  readonly readAny?: ReadAnyNumber
}
/** A column of strings. */
export interface TextForm {
  readonly kind: 'text'
  readonly read: ReadText
}
/** A column of lists, as `collect` gives them; lists of words hold no null. */
export interface ListForm {
  readonly kind: 'list'
  readonly read: ReadList
}
/** Slots that hold something, in ascending order, of a run of slots. Valid until the next row is read. */
export interface Entries {
  readonly count: number
  readonly indices: Int32Array
  readonly values: Float64Array
}
/** A run of slots of a vector. `readAny` and `writeAny`, where there are such, tell NaN too, for stages to which NaN is a value like others. */
export type SlotsForm =
  | { readonly kind: 'number'; readonly size: 1; readonly read: ReadNumber; readonly readAny?: ReadAnyNumber }
  /** `on[slot]`, else 1, in the slot that `read` tells, `off[slot]`, else 0, in all others and where it tells `size`. */
  | {
      readonly kind: 'hot'
      readonly size: number
      readonly read: ReadNumber
      readonly on?: Float64Array
      readonly off?: Float64Array
    }
  | {
      readonly kind: 'numbers'
      readonly size: number
      readonly write: WriteNumbers
      readonly writeAny?: WriteNumbers
    }
  /** 0 in all slots without an entry. */
  | { readonly kind: 'entries'; readonly size: number; readonly read: ReadEntries }

/** Writes numbers from `at` on. @returns false where the batch must say. */
export type WriteNumbers = (row: Row, into: Float64Array, at: number) => boolean
/** @returns undefined where the batch must say. */
export type ReadEntries = (row: Row) => Entries | undefined

/** A column of vectors: slots, of which each may then be centred and scaled, `(x - shift) * scale`. */
export interface VectorForm {
  readonly kind: 'vector'
  readonly size: number
  readonly parts: readonly SlotsForm[]
  /** How the vectors are stored: `compressed` is dense or sparse by the number of zeros, as `assemble` does; undefined: not known. */
  readonly storage?: 'dense' | 'sparse' | 'compressed'
  readonly affine?: { readonly shift: Float64Array; readonly scale: Float64Array }
}

/**
 * How a column is computed from one row as a plain object, without columns, for rows that are as most are: not null, not NaN, of the right
 * types. A form is exact or says NaN. Its functions are made by `printable`, so that a module can be written of them.
 */
export type RowForm = NumberForm | TextForm | ListForm | VectorForm

const changed =
  (read: ReadNumber, change: (x: number) => number): ReadNumber =>
  (row) =>
    change(read(row))

/** A number made of another one; `change`, which is a printable or names nothing outside itself, says NaN where it does not know. */
export const numberForm = (input: RowForm, change: (x: number) => number): NumberForm | undefined =>
  input.kind === 'number' ? { kind: 'number', read: printable(changed, input.read, change) } : undefined

/** The forms of all columns, or undefined unless each has one. */
export const allForms = <F extends RowForm>(forms: readonly (F | undefined)[]): readonly F[] | undefined =>
  forms.includes(undefined) ? undefined : (forms as readonly F[])

/** Counts the rows that are scored, so that what several forms need of a row is computed once. A module counts its own. */
export const rowsRead = new Int32Array(1)

/** Begins a row. What is computed once a row is computed anew. */
export const nextRow = (): void => {
  rowsRead[0]++
}

const oncePerRow = <T>(compute: (row: Row) => T, rows: Int32Array) => {
  let at = rows[0] - 1
  let known: T
  return (row: Row): T => {
    if (at === rows[0]) return known
    known = compute(row)
    at = rows[0]
    return known
  }
}

/** Computes something once for each row, however many forms ask for it. */
export const once = <T>(compute: (row: Row) => T): ((row: Row) => T) => printable(oncePerRow<T>, compute, rowsRead)
