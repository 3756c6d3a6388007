import { ParamError } from '../../errors.js'
import { shortText } from '../../util/names.js'
import { Column } from './column.js'
import { col } from './functions.js'
import type { Expression, FrameBound, WindowFrame } from './nodes.js'

type ColumnOrName = Column | string

const expressionsOf = (columns: readonly ColumnOrName[]): Expression[] =>
  columns.map((column) => (column instanceof Column ? column : col(column)).expression)

/** A bound that is given as a Column is its interval; anything else is left to the check. */
const boundOf = (bound: number | Column): FrameBound =>
  bound instanceof Column ? (bound.expression as FrameBound) : bound

/**
 * Which rows a function sees from each row: those that are equal in the columns of `partitionBy`, in the order of `orderBy`, and of these
 * the frame. Immutable; made by {@link Window}. Without a frame it ends at the current row and its equals where there is an order, and is
 * the whole partition where there is none.
 */
export class WindowSpec {
  private readonly partition: readonly Expression[]
  private readonly order: readonly Expression[]
  private readonly frame: WindowFrame | undefined

  constructor(partition: readonly Expression[] = [], order: readonly Expression[] = [], frame?: WindowFrame) {
    this.partition = partition
    this.order = order
    this.frame = frame
  }

  /** Rows that are equal in these columns see each other. */
  partitionBy(...columns: ColumnOrName[]): WindowSpec {
    return new WindowSpec(expressionsOf(columns), this.order, this.frame)
  }

  /** The order of the rows: ascending with nulls first unless a column says otherwise. */
  orderBy(...columns: ColumnOrName[]): WindowSpec {
    const order = expressionsOf(columns).map(
      (key): Expression =>
        key.kind === 'sort' ? key : { kind: 'sort', child: key, ascending: true, nullsFirst: true },
    )
    return new WindowSpec(this.partition, order, this.frame)
  }

  /**
   * The rows from `start` to `end`, counted from the current row (0), both included: `rowsBetween(-2, 0)` is the row with the two before.
   * @throws ParamError unless both are whole numbers or unbounded, and the start is not after the end.
   */
  rowsBetween(start: number, end: number): WindowSpec {
    return this.between('rows', start, end)
  }

  /**
   * The rows whose value of the one ordering column is between the current row's value plus `start` and plus `end`, both included; days
   * where it is a date. For dates and timestamps a bound may be an interval: `rangeBetween(expr('INTERVAL -10 MINUTES'), 0)`.
   * @throws ParamError as `rowsBetween`, fractions being allowed.
   */
  rangeBetween(start: number | Column, end: number | Column): WindowSpec {
    return this.between('range', boundOf(start), boundOf(end))
  }

  private between(unit: 'rows' | 'range', start: FrameBound, end: FrameBound): WindowSpec {
    const fits = (bound: FrameBound): boolean => {
      if (typeof bound !== 'number') return unit === 'range' && bound?.kind === 'interval'
      if (unit === 'range') return !Number.isNaN(bound)
      return Number.isSafeInteger(bound) || Math.abs(bound) === Number.POSITIVE_INFINITY
    }
    // Lengths of intervals are compared where the window is used.
    const inOrder = typeof start !== 'number' || typeof end !== 'number' || start <= end
    if (fits(start) && fits(end) && inOrder) {
      return new WindowSpec(this.partition, this.order, { unit, lower: start, upper: end })
    }
    throw new ParamError(`the frame goes from ${shortText(start)} to ${shortText(end)}`, {
      stage: `${unit}Between`,
      allowed: `Allowed: ${unit === 'rows' ? 'whole numbers' : 'numbers, intervals'}, Window.unboundedPreceding and Window.unboundedFollowing, in this order`,
      received: `${shortText(start)}, ${shortText(end)}`,
    })
  }

  /** A function over this window; see {@link Column.over}. */
  over(column: Column): Column {
    const { expression } = column
    const call = expression.kind === 'alias' ? expression.child : expression
    if (call.kind !== 'call') {
      throw new ParamError(`${column} is not a function`, {
        stage: 'over',
        allowed: 'Allowed: an aggregate or a window function, such as sum or rank',
        received: String(column),
        hint: 'Compute with its result: sum(x).over(w).plus(1)',
      })
    }
    const { partition, order, frame } = this
    const window: Expression = {
      kind: 'window',
      child: call,
      partitionBy: partition,
      orderBy: order,
      ...(frame ? { frame } : {}),
    }
    return new Column(expression.kind === 'alias' ? { ...expression, child: window } : window)
  }
}

/**
 * Makes windows (Spark's `Window`).
 *
 * @example
 * ```ts
 * import { createDataFrame, functions, Window } from 'ridgeline'
 * const rides = createDataFrame([{ city: 'FR', price: 10 }, { city: 'FR', price: 30 }, { city: 'DE', price: 20 }])
 * const inCity = Window.partitionBy('city').orderBy('price')
 * const before = functions.sum('price').over(inCity.rowsBetween(Window.unboundedPreceding, -1))
 * await rides.withColumn('before', before).orderBy('city', 'price').collect()
 * ```
 */
export const Window = {
  /** Start of a frame: the first row of the partition. */
  unboundedPreceding: Number.NEGATIVE_INFINITY,
  /** End of a frame: the last row of the partition. */
  unboundedFollowing: Number.POSITIVE_INFINITY,
  /** The current row. */
  currentRow: 0,
  /** A window with partitions, see {@link WindowSpec.partitionBy}. */
  partitionBy: (...columns: ColumnOrName[]): WindowSpec => new WindowSpec().partitionBy(...columns),
  /** A window with an order, see {@link WindowSpec.orderBy}. */
  orderBy: (...columns: ColumnOrName[]): WindowSpec => new WindowSpec().orderBy(...columns),
  /** A window with a frame of rows, see {@link WindowSpec.rowsBetween}. */
  rowsBetween: (start: number, end: number): WindowSpec => new WindowSpec().rowsBetween(start, end),
  /** A window with a frame by values, see {@link WindowSpec.rangeBetween}. */
  rangeBetween: (start: number | Column, end: number | Column): WindowSpec => new WindowSpec().rangeBetween(start, end),
} as const
