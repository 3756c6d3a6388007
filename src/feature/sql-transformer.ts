import { SchemaError } from '../errors.js'
import { string } from '../param/row.js'
import { transformer } from '../pipeline/define.js'
import { DataFrame } from '../sql/dataframe.js'
import { parseQuery } from '../sql/expression/query.js'
import type { Plan } from '../sql/plan.js'
import { queryPlan } from '../sql/query-plan.js'
import type { StructType } from '../sql/types.js'

/** Name under which the statement knows the frame. */
const THIS = '__THIS__'

const params = {
  statement: string({ doc: 'SQL statement: SELECT … FROM __THIS__ …' }),
} as const

/**
 * Transforms a frame by a SQL query over it (Spark's `SQLTransformer`): `SELECT a, a + b AS sum FROM __THIS__ WHERE b > 0`. The query is of
 * the grammar of `session.sql`.
 *
 * The schema of the output is known before any data is read; ML attributes of columns that are passed on are kept. **Null, NaN**: as
 * Spark SQL treats them. **Errors**: ParseError with the place in the statement; SchemaError for an unknown column, a wrong type or another
 * table than `__THIS__`; UnsupportedError for subqueries in expressions. **Cost**: a query of the relational engine. **Differs from
 * Spark**: other tables than `__THIS__` are not known.
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
    return queryPlan(parseQuery(this.getStatement()), (name) => {
      if (name.toUpperCase() === THIS) return input
      throw new SchemaError(`the statement reads from "${name}"`, {
        stage: this.uid,
        param: 'statement',
        allowed: `Allowed: ${THIS}, the frame that is transformed`,
        received: name,
      })
    })
  }

  /** Spark's text. */
  override toString(): string {
    return `SQLTransformer: uid=${this.uid}${this.isSet('statement') ? `, statement=${this.getStatement()}` : ''}`
  }
}
