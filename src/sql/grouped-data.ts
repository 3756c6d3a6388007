import { ParamError } from '../errors.js'
import { wrongArgument } from './arguments.js'
import type { DataFrame } from './dataframe.js'
import { Column } from './expression/column.js'
import type { Expression } from './expression/nodes.js'
import type { Plan } from './plan.js'
import { aggregate, countAggregate, numericAggregates } from './planner.js'

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

  constructor(input: Plan, grouping: readonly Expression[], wrap: (plan: Plan) => DataFrame) {
    this.input = input
    this.grouping = grouping
    this.wrap = wrap
  }

  /**
   * One row a group: the columns of the grouping, then the aggregates.
   * @throws SchemaError for a missing column or something that is not an aggregate.
   */
  agg(...aggregates: Aggregates): DataFrame {
    return this.wrap(aggregate(this.input, this.grouping, aggregateExpressions(aggregates)))
  }

  /** Number of rows of each group, in the column `count`. */
  count(): DataFrame {
    return this.wrap(aggregate(this.input, this.grouping, [countAggregate]))
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

  private each(fn: string, columns: readonly string[]): DataFrame {
    return this.wrap(aggregate(this.input, this.grouping, numericAggregates(this.input, fn, columns, this.grouping)))
  }
}
