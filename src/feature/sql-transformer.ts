import { SchemaError } from '../errors.js'
import { string } from '../param/row.js'
import { transformer } from '../pipeline/define.js'
import { DataFrame } from '../sql/dataframe.js'
import { parseSelect } from '../sql/expression/select.js'
import type { Plan } from '../sql/plan.js'
import { selectPlan } from '../sql/select-plan.js'
import type { StructType } from '../sql/types.js'

/** Name under which the statement knows the frame. */
const THIS = '__THIS__'

const params = {
  statement: string({ doc: 'SQL statement: SELECT … FROM __THIS__ …' }),
} as const

/**
 * Transforms a frame by a SQL statement over it (Spark's `SQLTransformer`): `SELECT a, a + b AS sum FROM __THIS__ WHERE b > 0`. The statement may
 * have DISTINCT, WHERE, GROUP BY, HAVING, ORDER BY and LIMIT; functions and types are those of `selectExpr`.
 *
 * The schema of the output is known before any data is read; ML attributes of columns that are passed on are kept. **Null, NaN**: as
 * Spark SQL treats them. **Errors**: ParseError with the place in the statement; SchemaError for an unknown column, a wrong type or another
 * table than `__THIS__`; UnsupportedError for joins, subqueries, set operations and windows. **Cost**: a query of the relational
 * engine. **Differs from Spark**: one SELECT over `__THIS__` only; other tables of a catalog are not known.
 *
 * @example
 * ```ts
 * import { createDataFrame, SQLTransformer } from 'ridgeline'
 * const rides = createDataFrame([{ km: 5, price: 10 }, { km: 0, price: 3 }])
 * const perKm = new SQLTransformer({ statement: 'SELECT *, price / km AS perKm FROM __THIS__ WHERE km > 0' })
 * await perKm.transform(rides).show() // 5, 10, 2.0
 * ```
 */
export class SQLTransformer extends transformer('org.apache.spark.ml.feature.SQLTransformer', params) {
  override transformSchema(schema: StructType): StructType {
    const table = { schema, length: 0, columns: [], bounds: [0] }
    return this.plan({ kind: 'localScan', schema, table }).schema
  }

  protected override apply(data: DataFrame): DataFrame {
    return new DataFrame(this.plan(data.plan), data.session)
  }

  private plan(input: Plan): Plan {
    const select = parseSelect(this.getStatement())
    if (select.from.toUpperCase() === THIS) return selectPlan(input, select)
    throw new SchemaError(`the statement reads from "${select.from}"`, {
      stage: this.uid,
      param: 'statement',
      allowed: `Allowed: ${THIS}, the frame that is transformed`,
      received: select.from,
    })
  }

  /** Spark's text. */
  override toString(): string {
    return `SQLTransformer: uid=${this.uid}${this.isSet('statement') ? `, statement=${this.getStatement()}` : ''}`
  }
}
