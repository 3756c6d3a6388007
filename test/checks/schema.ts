import { strict as assert } from 'node:assert'
import { SchemaError } from '../../src/errors.js'
import type { ColumnRole } from '../../src/param/row.js'
import { nestedStages } from '../../src/persistence/nested.js'
import type { Persistable } from '../../src/persistence/persistable.js'
import {
  ArrayType,
  BinaryType,
  BooleanType,
  DoubleType,
  StructField as field,
  fieldIndex,
  type StructType as Schema,
  StringType,
  type StructField,
  StructType,
  simpleString,
  VectorUDT,
  withFields,
} from '../../src/sql/types.js'
import { frameOf } from '../helpers/frame.js'
import {
  asEstimator,
  asTransformer,
  type Check,
  type ColumnParam,
  columnParams,
  frameFor,
  instanceOf,
  isEstimator,
  isEvaluator,
  isTransformer,
  newStage,
  refusal,
  type Subject,
} from './subject.js'

const CANDIDATES = [DoubleType, StringType, BooleanType, VectorUDT, BinaryType, ArrayType(BinaryType)]

/** Checks a schema as the class does before it touches data: evaluators have no output schema, they evaluate no rows. */
function checkSchema(stage: Persistable, schema: Schema): unknown {
  if ('transformSchema' in stage) return asTransformer(stage).transformSchema(schema)
  return (stage as unknown as { evaluate(data: unknown): unknown }).evaluate(frameOf([], schema))
}

/** Column parameters of a stage and of the stages inside it. */
const allColumnParams = (stage: Persistable, io: ColumnRole['io']): ColumnParam[] =>
  [...nestedStages(stage)].flatMap((inner) => columnParams(inner as Persistable, io))

/**
 * Columns of the example that the class needs: a model does not need what only fitting reads, and stages of a pipeline read
 * columns of the stages before them.
 */
const neededInputs = (subject: Subject, stage: Persistable): ColumnParam[] =>
  allColumnParams(stage, 'input')
    .filter(({ role }) => role.io === 'input' && (isEstimator(subject) || isEvaluator(subject) || !role.fitOnly))
    .map((param) => ({
      ...param,
      columns: param.columns.filter((name) => fieldIndex(subject.example.schema, name) >= 0),
    }))
    .filter(({ columns }) => columns.length > 0)

const replaced = (schema: Schema, name: string, change: (f: StructField) => StructField): Schema =>
  StructType(schema.fields.map((f) => (f.name === name ? change(f) : f)))

async function assertRefusesColumn(stage: Persistable, schema: Schema, column: string): Promise<SchemaError> {
  const error = await refusal(() => checkSchema(stage, schema))
  assert.ok(error instanceof SchemaError, `${error.name}: ${error.message}`)
  const uids = [...nestedStages(stage)].map(({ uid }) => uid)
  assert.ok(uids.includes(String(error.details.stage)), `the error does not name the stage: ${error.message}`)
  assert.equal(error.details.column, column, `the error does not name column ${column}: ${error.message}`)
  return error
}

export const schemaChecks: readonly Check[] = [
  {
    name: 'a missing input column is refused, with the nearest name',
    applies: () => true,
    async run(subject) {
      const stage = await instanceOf(subject)
      for (const { columns } of neededInputs(subject, stage)) {
        for (const column of columns) {
          const schema = replaced(subject.example.schema, column, (f) => field(`${column}_`, f.dataType))
          const error = await assertRefusesColumn(stage, schema, column)
          assert.ok(error.message.includes(`Did you mean "${column}_"?`), error.message)
        }
      }
    },
  },
  {
    name: 'an input column of a wrong type is refused',
    applies: () => true,
    async run(subject) {
      const stage = await instanceOf(subject)
      for (const { columns, role } of neededInputs(subject, stage)) {
        const wrong = role.io === 'input' ? CANDIDATES.filter((type) => !role.accepts.ok(type)) : []
        for (const type of wrong) {
          const schema = replaced(subject.example.schema, columns[0], (f) => field(f.name, type))
          await assertRefusesColumn(stage, schema, columns[0])
        }
      }
    },
  },
  {
    name: 'an output column that exists is refused',
    applies: (subject) => isTransformer(subject) || isEstimator(subject),
    async run(subject) {
      const stage = await instanceOf(subject)
      for (const { columns } of allColumnParams(stage, 'output')) {
        for (const column of columns) {
          await assertRefusesColumn(stage, withFields(subject.example.schema, [field(column, DoubleType)]), column)
        }
      }
    },
  },
  {
    name: 'transformSchema() gives the schema of transform(), and rows fit it',
    applies: isTransformer,
    async run(subject) {
      const stage = asTransformer(await instanceOf(subject))
      const promised = stage.transformSchema(subject.example.schema)
      const out = stage.transform(frameFor(subject))
      assert.deepEqual(out.schema, promised)
      const table = await out.toTable()
      assert.deepEqual(table.schema, promised)
      const rows = await out.collect()
      const notNull = promised.fields.filter((f) => !f.nullable)
      for (const row of rows) {
        assert.deepEqual(
          Object.keys(row),
          promised.fields.map((f) => f.name),
        )
        for (const f of notNull) assert.notEqual(row[f.name], null, `${f.name} is not nullable and holds null`)
      }
    },
  },
  {
    name: 'transformSchema() of an estimator tells the columns of its model',
    applies: isEstimator,
    async run(subject) {
      const stage = asEstimator(newStage(subject))
      const model = await stage.fit(frameFor(subject))
      const columns = (schema: Schema): string[] => schema.fields.map((f) => `${f.name} ${simpleString(f.dataType)}`)
      const { schema } = subject.example
      assert.deepEqual(columns(stage.transformSchema(schema)), columns(model.transformSchema(schema)))
      assert.deepEqual(model.outputSchema, model.transformSchema(schema))
    },
  },
]
