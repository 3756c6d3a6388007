import { IntegerType } from '../../types.js'
import { Column } from '../column.js'
import type { Expression } from '../nodes.js'
import { parseColumnName } from '../parser.js'

type ColumnOrName = Column | string

const argument = (column: ColumnOrName): Expression =>
  column instanceof Column ? column.expression : parseColumnName(column)

const generator = (name: string, column: ColumnOrName): Column =>
  new Column({ kind: 'call', name, args: [argument(column)] })

/**
 * A row for each element of an array (in the column `col`) or entry of a map (`key` and `value`); none where it is null or empty. Stands
 * alone in `select` or `withColumn`; after another one it gives its rows for each of that one's.
 *
 * @example
 * ```ts
 * import { createDataFrame, functions } from 'ridgeline'
 * const orders = createDataFrame([{ id: 1, items: ['a', 'b'] }, { id: 2, items: [] }])
 * await orders.select('id', functions.explode('items').alias('item')).collect() // [{ id: 1, item: 'a' }, { id: 1, item: 'b' }]
 * ```
 */
export const explode = (column: ColumnOrName): Column => generator('explode', column)
/** As `explode`, with a row of null where the array or map is null or empty. */
export const explode_outer = (column: ColumnOrName): Column => generator('explode_outer', column)
/** As `explode`, with the position, from 0, in the column `pos` before. */
export const posexplode = (column: ColumnOrName): Column => generator('posexplode', column)
/** As `posexplode`, with a row of nulls where the array or map is null or empty. */
export const posexplode_outer = (column: ColumnOrName): Column => generator('posexplode_outer', column)
/** A row for each struct of an array, a column for each of its fields. */
export const inline = (column: ColumnOrName): Column => generator('inline', column)
/** As `inline`, with a row of nulls where the array is null or empty. */
export const inline_outer = (column: ColumnOrName): Column => generator('inline_outer', column)
/**
 * Values in a number of rows, one after the other, in the columns `col0`, `col1` and so on; null where they do not suffice. Names are columns, so that
 * texts are written as `lit`.
 * @example
 * ```ts
 * import { createDataFrame, functions } from 'ridgeline'
 * const { lit, stack } = functions
 * const wide = createDataFrame([{ id: 1, a: 10, b: 20 }])
 * await wide.select('id', stack(2, lit('a'), 'a', lit('b'), 'b').alias('name', 'value')).collect()
 * // [{ id: 1, name: 'a', value: 10 }, { id: 1, name: 'b', value: 20 }]
 * ```
 */
export const stack = (rows: number, ...values: ColumnOrName[]): Column =>
  new Column({
    kind: 'call',
    name: 'stack',
    args: [{ kind: 'literal', value: rows, dataType: IntegerType }, ...values.map(argument)],
  })
