import type { Params } from '../param/params.js'
import type { ColumnTest } from '../param/row.js'
import { AttributeGroup } from '../sql/attributes.js'
import type { BatchTransform } from '../sql/plan.js'
import {
  ArrayType,
  BooleanType,
  type DataType,
  DoubleType,
  fieldIndex,
  IntegerType,
  isVector,
  StringType,
  StructField,
  StructType,
  TimestampType,
  VectorUDT,
} from '../sql/types.js'
import { columnParams } from './schema.js'

/** What is known of the type of a column otherwise, such as by a row; undefined: nothing. */
export type TypeHint = (column: string) => DataType | undefined

/** Types that a column may have, the first of which that is accepted is taken. */
const CANDIDATES: readonly DataType[] = [
  DoubleType,
  StringType,
  VectorUDT,
  ArrayType(StringType),
  BooleanType,
  IntegerType,
]

/** The type of a column that a stage reads; undefined where it may be a text or a number, or a time or a number. */
function typeFor({ ok }: ColumnTest, hint: DataType | undefined): DataType | undefined {
  if (hint && ok(hint)) return hint
  if (ok(DoubleType) && (ok(StringType) || ok(TimestampType))) return undefined
  return CANDIDATES.find(ok)
}

/**
 * The columns that a stage reads and a schema does not have, by the parameters that name them: numbers are doubles, vectors have the size that the stage knows.
 * @param bound binds the stage to a schema.
 * @returns undefined where a type cannot be told.
 */
export function readFields(
  stage: Params,
  known: StructType,
  hint: TypeHint,
  bound: (schema: StructType) => BatchTransform,
): readonly StructField[] | undefined {
  const fields: StructField[] = []
  for (const { role, columns } of columnParams(stage, 'transform')) {
    if (role.io !== 'input') continue
    for (const column of columns) {
      if (fieldIndex(known, column) >= 0 || fields.some(({ name }) => name === column)) continue
      const type = typeFor(role.accepts, hint(column))
      if (!type) return undefined
      fields.push(StructField(column, type))
    }
  }
  if (!fields.some(({ dataType }) => isVector(dataType))) return fields
  const { inputs, expects } = bound(StructType([...known.fields, ...fields]))
  const expected = expects?.()
  return fields.map((field) => {
    const size = isVector(field.dataType) ? expected?.[inputs.indexOf(field.name)]?.size : undefined
    if (size === undefined) return field
    return StructField(field.name, field.dataType, true, new AttributeGroup(field.name, size).toMetadata())
  })
}
