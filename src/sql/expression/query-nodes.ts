import type { Expression, LiteralValue } from './nodes.js'

/** Name of a relation, and names of its columns. */
interface Named {
  readonly alias?: string
  readonly columns?: readonly string[]
}

/** What a FROM names: a table, a subquery, rows that are written out, or what is made of other relations. */
export type Relation =
  | (Named & { readonly kind: 'table'; readonly name: string })
  | (Named & { readonly kind: 'subquery'; readonly query: Query })
  /** `range(end)` or `range(start, end, step)`. */
  | (Named & { readonly kind: 'range'; readonly bounds: readonly number[] })
  | {
      readonly kind: 'join'
      readonly left: Relation
      readonly right: Relation
      /** Spark's name of the kind of join. */
      readonly how: string
      readonly on?: Expression
      readonly using: readonly string[]
      readonly natural: boolean
    }
  /** LATERAL VIEW: a row for each row that a generator gives. */
  | (Named & { readonly kind: 'lateral'; readonly input: Relation; readonly generator: Expression })
  | (Named & {
      readonly kind: 'pivot'
      readonly input: Relation
      readonly aggregates: readonly Expression[]
      readonly column: Expression
      readonly values: readonly { readonly value: LiteralValue; readonly name?: string }[]
    })
  | (Named & {
      readonly kind: 'unpivot'
      readonly input: Relation
      readonly valueName: string
      readonly variableName: string
      readonly values: readonly { readonly column: string; readonly name?: string }[]
      readonly nulls: boolean
    })

/** One SELECT. A number in GROUP BY is replaced by the item that it points at. */
export interface Select {
  readonly kind: 'select'
  readonly distinct: boolean
  readonly items: readonly Expression[]
  /** One row without columns when there is none. */
  readonly from?: Relation
  readonly where?: Expression
  readonly groupBy: readonly Expression[]
  /** Whether all items that are no aggregates are grouped by. */
  readonly groupByAll?: boolean
  /** Sets of grouping expressions, by number, for ROLLUP, CUBE and GROUPING SETS. */
  readonly sets?: readonly (readonly number[])[]
  readonly having?: Expression
}

/** Rows of two queries together. */
export interface SetOperation {
  readonly kind: 'set'
  readonly operation: 'union' | 'intersect' | 'except'
  readonly all: boolean
  readonly left: Query
  readonly right: Query
}

/** Rows that are written out. */
export interface Values {
  readonly kind: 'values'
  readonly rows: readonly (readonly Expression[])[]
}

/** A query: named subqueries before it, and what is done with its rows at the end. */
export interface Query {
  readonly named: readonly { readonly name: string; readonly query: Query; readonly columns?: readonly string[] }[]
  readonly body: Select | SetOperation | Values
  /** Sort nodes. A number is replaced by the item of a SELECT that it points at. */
  readonly orderBy: readonly Expression[]
  readonly limit?: number
  readonly offset?: number
}
