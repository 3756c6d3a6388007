import { ParamError } from '../../errors.js'
import { parseDataType } from '../ddl.js'
import type { DataType, Metadata } from '../types.js'
import { literal } from './literal.js'
import type { Expression, LiteralValue } from './nodes.js'
import { title } from './title.js'
import type { WindowSpec } from './window.js'

/** An operand of a Column's method: another Column, or a plain value that becomes a literal. */
export type ColumnOrLiteral = Column | LiteralValue

/** Expression of an operand: a Column's own, or a literal. */
export const operandExpression = (value: ColumnOrLiteral): Expression =>
  value instanceof Column ? value.expression : literal(value)

const callOf = (name: string, ...args: ColumnOrLiteral[]): Column =>
  new Column({ kind: 'call', name, args: args.map(operandExpression) })

const typeOf = (type: DataType | string): DataType => (typeof type === 'string' ? parseDataType(type) : type)

/**
 * An expression over the columns of a DataFrame, built by methods with Spark's names and meaning (ANSI mode: overflow, division by
 * zero and bad casts are errors). Immutable. Names and types are checked when it is used on a DataFrame.
 *
 * Null: comparisons and arithmetic with null are null; NaN equals NaN and is greater than every number.
 * Differs from Spark: decimals are computed as doubles. Source: `org.apache.spark.sql.Column`.
 *
 * @example
 * ```ts
 * import { col } from 'ridgeline'
 * const perKm = col('price').divide(col('distance')).alias('perKm')
 * String(perKm) // '(price / distance) AS perKm'
 * ```
 */
export class Column {
  readonly expression: Expression

  /** @param expression the tree; use `col`, `lit` or `expr` to make one. */
  constructor(expression: Expression) {
    this.expression = Object.freeze(expression)
  }

  /** `this = other`; null where either is null. */
  equalTo(other: ColumnOrLiteral): Column {
    return callOf('=', this, other)
  }
  /** Same as {@link equalTo}. */
  eq(other: ColumnOrLiteral): Column {
    return this.equalTo(other)
  }
  /** `this <> other`; null where either is null. */
  notEqual(other: ColumnOrLiteral): Column {
    return this.equalTo(other).not()
  }
  /** Same as {@link notEqual}. */
  neq(other: ColumnOrLiteral): Column {
    return this.notEqual(other)
  }
  /** Equality in which null equals null; never null. */
  eqNullSafe(other: ColumnOrLiteral): Column {
    return callOf('<=>', this, other)
  }
  /** `this > other`. */
  gt(other: ColumnOrLiteral): Column {
    return callOf('>', this, other)
  }
  /** `this >= other`. */
  geq(other: ColumnOrLiteral): Column {
    return callOf('>=', this, other)
  }
  /** `this < other`. */
  lt(other: ColumnOrLiteral): Column {
    return callOf('<', this, other)
  }
  /** `this <= other`. */
  leq(other: ColumnOrLiteral): Column {
    return callOf('<=', this, other)
  }
  /** Whether the value lies between two bounds, both included. */
  between(lower: ColumnOrLiteral, upper: ColumnOrLiteral): Column {
    return this.geq(lower).and(this.leq(upper))
  }
  /** Whether the value is one of the given ones. */
  isin(...values: (ColumnOrLiteral | readonly ColumnOrLiteral[])[]): Column {
    return callOf('in', this, ...(values.flat() as ColumnOrLiteral[]))
  }

  /** Logical and, with three values: `false and null` is false. */
  and(other: ColumnOrLiteral): Column {
    return callOf('and', this, other)
  }
  /** Logical or, with three values: `true or null` is true. */
  or(other: ColumnOrLiteral): Column {
    return callOf('or', this, other)
  }
  /** Logical not. */
  not(): Column {
    return callOf('not', this)
  }

  /** Sum, or a date some days later. Integers that overflow are an error. */
  plus(other: ColumnOrLiteral): Column {
    return callOf('+', this, other)
  }
  /** Difference, or a date some days earlier. */
  minus(other: ColumnOrLiteral): Column {
    return callOf('-', this, other)
  }
  /** Product. */
  multiply(other: ColumnOrLiteral): Column {
    return callOf('*', this, other)
  }
  /** Quotient as a double; division by zero is an error. */
  divide(other: ColumnOrLiteral): Column {
    return callOf('/', this, other)
  }
  /** Remainder with the sign of the dividend; division by zero is an error. */
  mod(other: ColumnOrLiteral): Column {
    return callOf('%', this, other)
  }
  /** The number with the other sign. */
  negate(): Column {
    return callOf('-', this)
  }
  /** Same as {@link negate}. */
  unaryMinus(): Column {
    return this.negate()
  }
  /** Bitwise and of integers. */
  bitwiseAND(other: ColumnOrLiteral): Column {
    return callOf('&', this, other)
  }
  /** Bitwise or of integers. */
  bitwiseOR(other: ColumnOrLiteral): Column {
    return callOf('|', this, other)
  }
  /** Bitwise exclusive or of integers. */
  bitwiseXOR(other: ColumnOrLiteral): Column {
    return callOf('^', this, other)
  }

  /** Whether the value is null. */
  isNull(): Column {
    return callOf('isnull', this)
  }
  /** Whether the value is not null. */
  isNotNull(): Column {
    return callOf('isnotnull', this)
  }
  /** Whether the value is NaN; false for null. */
  isNaN(): Column {
    return callOf('isnan', this)
  }

  /** SQL LIKE: `%` is any text, `_` any character, `\` escapes. */
  like(pattern: ColumnOrLiteral): Column {
    return callOf('like', this, pattern)
  }
  /** {@link like} without regard to case. */
  ilike(pattern: ColumnOrLiteral): Column {
    return callOf('ilike', this, pattern)
  }
  /** Whether a regular expression matches somewhere. Differs from Spark: RE2 syntax, without look-around and back references. */
  rlike(pattern: ColumnOrLiteral): Column {
    return callOf('rlike', this, pattern)
  }
  /** Whether the text starts with another. */
  startsWith(prefix: ColumnOrLiteral): Column {
    return callOf('startswith', this, prefix)
  }
  /** Whether the text ends with another. */
  endsWith(suffix: ColumnOrLiteral): Column {
    return callOf('endswith', this, suffix)
  }
  /** Whether the text contains another. */
  contains(part: ColumnOrLiteral): Column {
    return callOf('contains', this, part)
  }
  /** Part of the text from a 1-based position (negative: from the end), of a length in code points. */
  substr(start: ColumnOrLiteral, length: ColumnOrLiteral): Column {
    return callOf('substring', this, start, length)
  }

  /** The value in another type, given as a DataType or its text (`'int'`); a value that does not fit is an error. */
  cast(type: DataType | string): Column {
    return new Column({ kind: 'cast', child: this.expression, dataType: typeOf(type) })
  }
  /** {@link cast} that gives null for a value that does not fit. */
  tryCast(type: DataType | string): Column {
    return new Column({ kind: 'cast', child: this.expression, dataType: typeOf(type), safe: true })
  }

  /** The same values under another name, with metadata if given; a name for each column of `explode` and its like: `alias('key', 'value')`. */
  alias(name: string, metadata?: Metadata): Column
  alias(...names: string[]): Column
  alias(name: string, ...more: (Metadata | string | undefined)[]): Column {
    const rest = more.filter((value) => value !== undefined)
    const given = typeof rest[0] === 'object' ? { metadata: rest[0] } : {}
    const names = rest.length > 0 && typeof rest[0] === 'string' ? { names: [name, ...(rest as string[])] } : {}
    return new Column({ kind: 'alias', child: this.expression, name, ...given, ...names })
  }
  /** Same as {@link alias}. */
  as(name: string, metadata?: Metadata): Column
  as(...names: string[]): Column
  as(name: string, ...more: (Metadata | string | undefined)[]): Column {
    return this.alias(name, ...(more as string[]))
  }
  /** Same as {@link alias}. */
  name(name: string): Column {
    return this.alias(name)
  }

  /** Ascending order, nulls first. */
  asc(): Column {
    return this.sorted(true, true)
  }
  /** Ascending order, nulls first. */
  asc_nulls_first(): Column {
    return this.sorted(true, true)
  }
  /** Ascending order, nulls last. */
  asc_nulls_last(): Column {
    return this.sorted(true, false)
  }
  /** Descending order, nulls last. */
  desc(): Column {
    return this.sorted(false, false)
  }
  /** Descending order, nulls first. */
  desc_nulls_first(): Column {
    return this.sorted(false, true)
  }
  /** Descending order, nulls last. */
  desc_nulls_last(): Column {
    return this.sorted(false, false)
  }
  private sorted(ascending: boolean, nullsFirst: boolean): Column {
    return new Column({ kind: 'sort', child: this.expression, ascending, nullsFirst })
  }

  /**
   * One more branch of `when(…)`: the value where the condition is true and no earlier one was.
   * @throws ParamError unless the column was made by `when` and has no `otherwise`.
   */
  when(condition: Column, value: ColumnOrLiteral): Column {
    const { branches } = this.openCase('when')
    return new Column({ kind: 'case', branches: [...branches, [condition.expression, operandExpression(value)]] })
  }
  /**
   * The value where no condition of `when(…)` is true; without it that is null.
   * @throws ParamError unless the column was made by `when` and has no `otherwise`.
   */
  otherwise(value: ColumnOrLiteral): Column {
    return new Column({ ...this.openCase('otherwise'), otherwise: operandExpression(value) })
  }
  private openCase(stage: string): Extract<Expression, { kind: 'case' }> {
    if (this.expression.kind === 'case' && !this.expression.otherwise) return this.expression
    throw new ParamError(`${stage} cannot follow ${title(this.expression)}`, {
      stage,
      allowed: 'Allowed on a column made by when(), before otherwise()',
      received: title(this.expression),
    })
  }

  /** Element of an array by 0-based position (outside is an error), of a map by key, or field of a struct by name. */
  getItem(key: ColumnOrLiteral): Column {
    return callOf('[]', this, key)
  }
  /** Field of a struct. */
  getField(name: string): Column {
    return callOf('.', this, name)
  }
  /** The struct with a field added, or replaced. Differs from Spark: no path into inner structs. */
  withField(name: string, value: Column): Column {
    return callOf('+withfield', this, name, value)
  }
  /** The struct without some of its fields; those that it does not have are ignored. */
  dropFields(...names: string[]): Column {
    return callOf('+dropfields', this, ...names)
  }

  /**
   * This aggregate or window function over a window: `rank().over(Window.partitionBy('city').orderBy('price'))`.
   * @throws ParamError when the column is no call of a function. Whether the function fits the window is checked on a frame.
   */
  over(window: WindowSpec): Column {
    return window.over(this)
  }

  /** Spark's text of the expression. */
  toString(): string {
    return title(this.expression)
  }
}
