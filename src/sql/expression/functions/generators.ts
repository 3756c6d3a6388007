import { Column } from '../column.js'
import { parseColumnName } from '../parser.js'

type ColumnOrName = Column | string

const generator = (name: string, column: ColumnOrName): Column => {
  const argument = column instanceof Column ? column.expression : parseColumnName(column)
  return new Column({ kind: 'call', name, args: [argument] })
}

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
