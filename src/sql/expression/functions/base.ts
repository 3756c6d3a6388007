import { Column, type ColumnOrLiteral, operandExpression } from '../column.js'
import { literal } from '../literal.js'
import type { LiteralValue } from '../nodes.js'
import { parseColumnName, parseExpression } from '../parser.js'

// What each function does with types and nulls, and its SQL, is its row in function-table.ts.

/** A column, or the name of one. */
export type ColumnOrName = Column | string

/** A column, the name of one, or a number that stands for itself. */
export type Operand = ColumnOrName | number | bigint | boolean

/**
 * The column of a name; `a.b` is the field b of the struct a, and a name with other characters stands in backticks.
 *
 * @example
 * ```ts
 * import { col } from 'ridgeline'
 * col('price').gt(10)
 * col('`unit price`')
 * ```
 */
export const col = (name: string): Column => new Column(name === '*' ? { kind: 'star' } : parseColumnName(name))

/** Same as {@link col}. */
export const column = col

/**
 * A literal: null, a boolean, a number, a bigint (long), a string or a Date (timestamp), or an array of them. A Column passes through.
 * Differs from Spark: `lit(1.0)` is int, since JavaScript has one kind of number.
 *
 * @example
 * ```ts
 * import { lit } from 'ridgeline'
 * lit('none')
 * ```
 */
export function lit(value: ColumnOrLiteral | readonly ColumnOrLiteral[]): Column {
  if (value instanceof Column) return value
  if (!Array.isArray(value)) return new Column(literal(value as LiteralValue))
  return new Column({ kind: 'call', name: 'array', args: value.map((item) => lit(item).expression) })
}

/**
 * A column from Spark SQL text.
 *
 * @example
 * ```ts
 * import { expr } from 'ridgeline'
 * expr('CASE WHEN price > 10 THEN 1 ELSE 0 END')
 * ```
 */
export const expr = (text: string): Column => new Column(parseExpression(text))

/**
 * The value where a condition is true; add branches with `.when` and `.otherwise`, else null.
 *
 * @example
 * ```ts
 * import { col, when } from 'ridgeline'
 * when(col('price').gt(10), 'dear').otherwise('cheap')
 * ```
 */
export const when = (condition: Column, value: ColumnOrLiteral): Column =>
  new Column({ kind: 'case', branches: [[condition.expression, operandExpression(value)]] })

/** Column of an operand: a text is a name. */
export const toColumn = (operand: Operand): Column => (typeof operand === 'string' ? col(operand) : lit(operand))

/** A parameter that is a text of its own, not the name of a column. */
export const value = (parameter: Column | string): Column => lit(parameter)

/** The call of a function of the table. */
export const call = (name: string, ...operands: Operand[]): Column =>
  new Column({ kind: 'call', name, args: operands.map((operand) => toColumn(operand).expression) })

/** The call of an aggregate of different values. */
export const distinct = (name: string, columns: readonly ColumnOrName[]): Column =>
  new Column({ kind: 'call', name, args: columns.map((c) => toColumn(c).expression), distinct: true })

/** The column in ascending order, nulls first. */
export const asc = (column: ColumnOrName): Column => toColumn(column).asc()

/** The column in descending order, nulls last. */
export const desc = (column: ColumnOrName): Column => toColumn(column).desc()
/** Ascending order, nulls first, as `asc`. */
export const asc_nulls_first = (column: ColumnOrName): Column => toColumn(column).asc_nulls_first()
/** Ascending order, nulls last. */
export const asc_nulls_last = (column: ColumnOrName): Column => toColumn(column).asc_nulls_last()
/** Descending order, nulls first. */
export const desc_nulls_first = (column: ColumnOrName): Column => toColumn(column).desc_nulls_first()
/** Descending order, nulls last, as `desc`. */
export const desc_nulls_last = (column: ColumnOrName): Column => toColumn(column).desc_nulls_last()

/** A function of Spark SQL by its name, for those without a function of their own here. */
export const call_function = (name: string, ...columns: Operand[]): Column => call(name, ...columns)
