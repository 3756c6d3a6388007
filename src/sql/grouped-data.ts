import { DataError, ParamError, UnsupportedError } from '../errors.js'
import { wrongArgument } from './arguments.js'
import type { DataFrame } from './dataframe.js'
import type { ActionOptions } from './engine.js'
import { Column } from './expression/column.js'
import type { Expression, LiteralValue } from './expression/nodes.js'
import { resolve } from './expression/resolve.js'
import { type Pivot, pivoted, pivotValues } from './group-plan.js'
import type { Plan } from './plan.js'
import { aggregate, type ColumnOrName, countAggregate, numericAggregates, toExpression } from './planner.js'

/** Aggregates: columns such as `avg('price')`, or names of columns with names of functions. */
export type Aggregates = readonly [Column, ...Column[]] | readonly [Readonly<Record<string, string>>]

/** Expressions of the arguments of `agg`. `{ '*': 'count' }` counts rows. */
export function aggregateExpressions(aggregates: Aggregates): Expression[] {
  if (aggregates.length === 0) {
    throw new ParamError('there is nothing to aggregate', { stage: 'agg', hint: "Write for example agg(avg('price'))" })
  }
  return aggregates.flatMap((given): Expression[] => {
    if (given instanceof Column) return [given.expression]
    if (typeof given !== 'object' || given === null) {
      const hint = "Write for example agg(avg('price')) or agg({ price: 'avg' })"
      throw wrongArgument(given, { stage: 'agg', param: 'aggregates', allowed: 'Columns, or a record of names', hint })
    }
    return Object.entries(given as Record<string, string>).map(([name, fn]): Expression => {
      if (name === '*') return { ...countAggregate, name: 'count(1)' } as Expression
      return { kind: 'call', name: fn, args: [{ kind: 'attribute', name }] }
    })
  })
}

/**
 * A frame with its rows in groups, made by `df.groupBy` (Spark's `RelationalGroupedDataset`). Null is a group of its own;
 * so is NaN. The order of the groups in the result is not defined.
 */
export class GroupedData {
  private readonly input: Plan
  private readonly grouping: readonly Expression[]
  private readonly wrap: (plan: Plan) => DataFrame
  private readonly sets: readonly (readonly number[])[] | undefined
  private readonly pivoting: Pivot | undefined

  constructor(
    input: Plan,
    grouping: readonly Expression[],
    wrap: (plan: Plan) => DataFrame,
    sets?: readonly (readonly number[])[],
    pivoting?: Pivot,
  ) {
    this.input = input
    this.grouping = grouping
    this.wrap = wrap
    this.sets = sets
    this.pivoting = pivoting
  }

  /**
   * One row a group: the columns of the grouping, then the aggregates.
   * @throws SchemaError for a missing column or something that is not an aggregate.
   */
  agg(...aggregates: Aggregates): DataFrame {
    return this.aggregated(aggregateExpressions(aggregates))
  }

  /** Number of rows of each group, in the column `count`. */
  count(): DataFrame {
    return this.aggregated([countAggregate])
  }

  /** Mean of the named columns, or of all numeric ones. */
  avg(...columns: string[]): DataFrame {
    return this.each('avg', columns)
  }

  /** The same as `avg`. */
  mean(...columns: string[]): DataFrame {
    return this.each('avg', columns)
  }

  /** Sum of the named columns, or of all numeric ones. */
  sum(...columns: string[]): DataFrame {
    return this.each('sum', columns)
  }

  /** Smallest value of the named columns, or of all numeric ones. */
  min(...columns: string[]): DataFrame {
    return this.each('min', columns)
  }

  /** Largest value of the named columns, or of all numeric ones. */
  max(...columns: string[]): DataFrame {
    return this.each('max', columns)
  }

  /**
   * A column for each value of a column: `df.groupBy('year').pivot('city', ['FR', 'DE']).sum('price')` has the columns `year`, `FR` and
   * `DE`; with several aggregates `FR_sum(price)` and so on. Groups without rows of a value have null there, also for counts.
   *
   * Without values the data are read for them, which gives a promise: `(await df.groupBy('year').pivot('city')).sum('price')`; the values
   * are in ascending order, nulls first.
   *
   * @throws SchemaError for an unknown column; UnsupportedError after `rollup`, `cube` or another `pivot`; DataError for more than 10,000
   *   values.
   */
  pivot(column: ColumnOrName, values: readonly LiteralValue[]): GroupedData
  pivot(column: ColumnOrName, values?: undefined, options?: ActionOptions): Promise<GroupedData>
  pivot(
    column: ColumnOrName,
    values?: readonly LiteralValue[],
    options: ActionOptions = {},
  ): GroupedData | Promise<GroupedData> {
    if (this.sets || this.pivoting) {
      throw new UnsupportedError('pivot comes after groupBy, and once', {
        stage: 'pivot',
        hint: 'Start from groupBy(…)',
      })
    }
    const expression = toExpression(column, 'pivot')
    resolve(expression, this.input.schema, 'pivot')
    const by = (found: readonly LiteralValue[]): GroupedData =>
      new GroupedData(this.input, this.grouping, this.wrap, undefined, { column: expression, values: found })
    return values ? by(values) : this.valuesOf(expression, options).then(by)
  }

  private async valuesOf(expression: Expression, options: ActionOptions): Promise<LiteralValue[]> {
    const rows = await this.wrap(pivotValues(this.input, expression)).take(MAX_PIVOT + 1, options)
    if (rows.length <= MAX_PIVOT) return rows.map((row) => row.value as LiteralValue)
    throw new DataError(`the pivot has more than ${MAX_PIVOT} values, each of which would be a column`, {
      stage: 'pivot',
      hint: 'Name the values that you want, or pivot another column',
    })
  }

  private aggregated(aggregates: readonly Expression[]): DataFrame {
    const { input, grouping, sets, pivoting } = this
    return this.wrap(
      pivoting ? pivoted(input, grouping, pivoting, aggregates) : aggregate(input, grouping, aggregates, sets),
    )
  }

  private each(fn: string, columns: readonly string[]): DataFrame {
    return this.aggregated(numericAggregates(this.input, fn, columns))
  }
}

/** Most values of a pivot, as in Spark. */
const MAX_PIVOT = 10_000
