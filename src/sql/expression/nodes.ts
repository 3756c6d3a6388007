import type { DataType, Metadata } from '../types.js'

/** Value of a literal: Spark's types as JavaScript has them. A bigint is a long, a Date is a timestamp. */
export type LiteralValue = null | boolean | number | bigint | string | Date

/**
 * Expression tree of a Column: frozen plain objects with a literal `kind`. Operators are calls too, under Spark's function
 * names (`+`, `=`, `and`, `isnull`, `upper`), so that one table of functions types and compiles them all.
 */
export type Expression =
  | { readonly kind: 'attribute'; readonly name: string; readonly qualifier?: string }
  | { readonly kind: 'star' }
  | { readonly kind: 'literal'; readonly value: LiteralValue; readonly dataType: DataType }
  | {
      readonly kind: 'call'
      readonly name: string
      readonly args: readonly Expression[]
      readonly distinct?: boolean
    }
  | { readonly kind: 'cast'; readonly child: Expression; readonly dataType: DataType; readonly safe?: boolean }
  | {
      readonly kind: 'case'
      readonly branches: readonly (readonly [when: Expression, then: Expression])[]
      readonly otherwise?: Expression
    }
  | { readonly kind: 'alias'; readonly child: Expression; readonly name: string; readonly metadata?: Metadata }
  | { readonly kind: 'sort'; readonly child: Expression; readonly ascending: boolean; readonly nullsFirst: boolean }

export type ExpressionKind = Expression['kind']
