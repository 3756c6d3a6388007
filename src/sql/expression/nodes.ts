import type { DataType, Metadata } from '../types.js'
import type { Query } from './query-nodes.js'

/** Value of a literal: Spark's types as JavaScript has them. A bigint is a long, a Date is a timestamp. */
export type LiteralValue = null | boolean | number | bigint | string | Date

/** A span of time, added to a date or a timestamp: months differ in length, so they are kept apart. */
export interface Interval {
  readonly kind: 'interval'
  readonly months: number
  readonly days: number
  readonly micros: number
  /** Greatest and least unit, as in `DAY TO SECOND`. */
  readonly unit: string
}

/**
 * End of a window frame, as an offset from the current row: 0 is that row, negative is before it, infinite is the end of the
 * partition. In a frame of kind `range` over dates and timestamps it may be an interval.
 */
export type FrameBound = number | Interval

/** The rows of a window that an aggregate sees: counted (`rows`), or by distance in the value that orders them (`range`). */
export interface WindowFrame {
  readonly unit: 'rows' | 'range'
  readonly lower: FrameBound
  readonly upper: FrameBound
}

/**
 * Expression tree of a Column: frozen plain objects with a literal `kind`. Operators are calls too, under Spark's function
 * names (`+`, `=`, `and`, `isnull`, `upper`), so that one table of functions types and compiles them all.
 */
export type Expression =
  | { readonly kind: 'attribute'; readonly name: string; readonly qualifier?: string }
  /** All columns, but those that `except` names. */
  | { readonly kind: 'star'; readonly except?: readonly string[] }
  | { readonly kind: 'literal'; readonly value: LiteralValue; readonly dataType: DataType }
  | {
      readonly kind: 'call'
      readonly name: string
      readonly args: readonly Expression[]
      readonly distinct?: boolean
      /** Rows that an aggregate takes; all of them when not given. */
      readonly filter?: Expression
    }
  | {
      readonly kind: 'cast'
      readonly child: Expression
      readonly dataType: DataType
      readonly safe?: boolean
      /** Written as a function, `int(x)`, which generated names leave out. */
      readonly call?: boolean
    }
  | {
      readonly kind: 'case'
      readonly branches: readonly (readonly [when: Expression, then: Expression])[]
      readonly otherwise?: Expression
    }
  | {
      readonly kind: 'alias'
      readonly child: Expression
      readonly name: string
      readonly metadata?: Metadata
      /** Names of all columns of a function that gives several, the first of which is `name`. */
      readonly names?: readonly string[]
    }
  | { readonly kind: 'sort'; readonly child: Expression; readonly ascending: boolean; readonly nullsFirst: boolean }
  /** A function that stands as an argument: `x -> x + 1`. Its parameters are the variables of the body. */
  | { readonly kind: 'lambda'; readonly parameters: readonly string[]; readonly body: Expression }
  | { readonly kind: 'variable'; readonly name: string }
  | Interval
  /** An aggregate or a window function over a window: `rank() OVER (PARTITION BY a ORDER BY b)`. */
  | {
      readonly kind: 'window'
      readonly child: Extract<Expression, { kind: 'call' }>
      readonly partitionBy: readonly Expression[]
      /** Sort nodes. */
      readonly orderBy: readonly Expression[]
      readonly frame?: WindowFrame
      /** The window of the WINDOW clause that it names; the parser puts that in its place. */
      readonly named?: string
    }
  /** A query that gives one value, or says whether it has rows; behind IN it gives a column. The planner of queries puts columns in its place. */
  | { readonly kind: 'subquery'; readonly query: Query; readonly exists: boolean }

export type ExpressionKind = Expression['kind']
