import { UnsupportedError } from '../errors.js'
import { outputColumn, string } from '../param/row.js'
import { transformer } from '../pipeline/define.js'
import { DataFrame } from '../sql/dataframe.js'
import { expr } from '../sql/expression/functions.js'
import { parseExpression } from '../sql/expression/parser.js'
import { type RowProgram, rowFunctions, rowProgram } from '../sql/expression/row-program.js'
import { expressionStep } from '../sql/expression/row-step.js'
import { type } from '../sql/expression/typed.js'
import type { BatchTransform, Plan } from '../sql/plan.js'
import { withColumns } from '../sql/planner.js'
import { DoubleType, fieldOf, type StructType } from '../sql/types.js'

const params = {
  expression: string({ doc: 'Spark SQL expression over the columns of a row, such as price / km' }),
  outputCol: outputColumn({ default: (uid) => `${uid}__output`, yields: DoubleType, doc: 'output column name' }),
} as const

/**
 * Adds a column that a Spark SQL expression gives, row by row. Spark has no such stage; its SQLTransformer, and ours, takes a whole query.
 *
 * The stage is data: the text of the expression, which is parsed and typed when the stage is used. What has to do with numbers,
 * booleans, texts, dates and times is computed in JavaScript (docs/scoring.md lists the functions), so that one row needs no engine; what needs other functions is computed by it.
 *
 * **Null, NaN, overflow, division by zero**: as in Spark's ANSI mode, where the last two are errors. **Errors**: ParseError with the place in the text; SchemaError for an unknown column or function, a
 * wrong type, or an output column that exists; DataError naming what overflows. **Cost**: some steps a row and function. **Differs from Spark**: it has no such class; what holds this stage is saved as
 * JSON, and Spark's format refuses it.
 *
 * @example
 * ```ts
 * import { createDataFrame, ExpressionTransformer } from 'ridgeline'
 * const rides = createDataFrame([{ km: 5, price: 10 }, { km: 0, price: 3 }])
 * const perKm = new ExpressionTransformer({ expression: 'CASE WHEN km > 0 THEN price / km ELSE 0 END', outputCol: 'perKm' })
 * await perKm.transform(rides).show() // 2.0, 0.0
 * ```
 */
export class ExpressionTransformer extends transformer('ridgeline.feature.ExpressionTransformer', params) {
  override transformSchema(schema: StructType): StructType {
    super.transformSchema(schema)
    const table = { schema, length: 0, columns: [], bounds: [0] }
    return this.plan({ kind: 'localScan', schema, table }).schema
  }

  protected override apply(data: DataFrame): DataFrame {
    const isRowWise = typeof this.program(data.schema) !== 'string'
    return isRowWise ? super.apply(data) : new DataFrame(this.plan(data.plan), data.session)
  }

  override bind(schema: StructType): BatchTransform {
    const program = this.program(schema)
    if (typeof program === 'string') {
      throw new UnsupportedError(`the expression needs the relational engine for ${program}`, {
        stage: this.uid,
        param: 'expression',
        allowed: `Row by row: ${rowFunctions.join(', ')}`,
        received: this.getExpression(),
      })
    }
    return expressionStep(this.uid, program, fieldOf(this.transformSchema(schema), this.getOutputCol()))
  }

  private program(schema: StructType): RowProgram | string {
    return rowProgram(type(parseExpression(this.getExpression()), schema, this.uid))
  }

  private plan(input: Plan): Plan {
    return withColumns(input, { [this.getOutputCol()]: expr(this.getExpression()) }, this.uid)
  }
}
