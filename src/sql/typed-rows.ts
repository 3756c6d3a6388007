import type { Column } from './expression/column.js'
import type { Row } from './row.js'

/** The names of all members of a union. */
type KeysOf<R> = R extends unknown ? keyof R & string : never

/** Whether nothing is known about the rows, so that every name may be one of a column. */
type IsOpen<R> = string extends keyof R ? true : false

/**
 * Name of a column of rows of type `R`: a property, a path into one (`address.city`), `*`, or anything in backticks. Every text where the type of the rows is not known.
 */
export type ColumnNameOf<R> =
  IsOpen<R> extends true ? string : '*' | KeysOf<R> | `${KeysOf<R>}.${string}` | `\`${string}`

/** A column of rows of type `R`, or its name. */
export type ColumnOf<R> = Column | ColumnNameOf<R>
/** Columns one by one, or in a list. */
export type ColumnsOf<R> = (ColumnOf<R> | readonly ColumnOf<R>[])[]

/** Rows with some of the columns. */
// biome-ignore lint/suspicious/noExplicitAny: rows of which nothing is known fit every other
export type Selected<R, K extends string> = IsOpen<R> extends true ? any : Pick<R, K & keyof R>

/** Rows without some of the columns. */
// biome-ignore lint/suspicious/noExplicitAny: rows of which nothing is known fit every other
export type Dropped<R, K extends string> = IsOpen<R> extends true ? any : Omit<R, K>

/** Rows with one more column, or another one in its place. Its values are not known. */
// biome-ignore lint/suspicious/noExplicitAny: rows of which nothing is known fit every other
export type Extended<R, K extends string> = IsOpen<R> extends true ? any : Omit<R, K> & { [P in K]: any }

/** Rows as `collect` gives them. */
export type RowOf<R> = IsOpen<R> extends true ? Row : R

/** Rows of a frame of JavaScript objects. Rows that are arrays have no names, and of no rows nothing is known. */
export type ObjectRows<T> = [T] extends [never]
  ? // biome-ignore lint/suspicious/noExplicitAny: rows of which nothing is known fit every other
    any
  : T extends readonly unknown[]
    ? // biome-ignore lint/suspicious/noExplicitAny: rows of which nothing is known fit every other
      any
    : T

/** Rows of a frame of columns by name. */
export type ColumnRows<C> = { [K in keyof C]: C[K] extends ArrayLike<infer T> ? T : unknown }
