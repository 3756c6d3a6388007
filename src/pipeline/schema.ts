import { SchemaError } from '../errors.js'
import type { Params } from '../param/params.js'
import type { ColumnRole } from '../param/row.js'
import { fieldIndex, fieldOf, StructField, StructType, simpleString } from '../sql/types.js'
import { shortText } from '../util/names.js'

const columnsOf = (stage: Params, param: string): readonly string[] => {
  if (!stage.isDefined(param)) return []
  const value = stage.getOrDefault(param)
  return Array.isArray(value) ? value : [value as string]
}

/** @throws SchemaError when the column is missing or its type is not accepted. */
export function requireColumn(
  stage: Params,
  schema: StructType,
  column: string,
  test: { readonly text: string; ok(type: StructField['dataType']): boolean },
  param: string,
): StructField {
  const field = fieldOf(schema, column, stage.uid)
  if (!test.ok(field.dataType)) {
    throw new SchemaError(`column "${column}" (${param}) has type ${simpleString(field.dataType)}`, {
      stage: stage.uid,
      column,
      param,
      allowed: `Allowed: ${test.text}`,
      received: simpleString(field.dataType),
      hint: 'Cast the column, or name another one.',
    })
  }
  return field
}

/** @throws SchemaError when the output column exists already. */
export function requireNewColumn(stage: Params, schema: StructType, column: string, param: string): void {
  if (fieldIndex(schema, column) >= 0) {
    throw new SchemaError(`output column "${column}" (${param}) exists already`, {
      stage: stage.uid,
      column,
      param,
      allowed: 'Allowed: a name that the frame does not have',
      received: shortText(column),
      hint: `Drop the column first, or set ${param} to another name.`,
    })
  }
}

/** A parameter that names columns, and the columns that it names. */
interface ColumnParam {
  readonly param: string
  readonly role: ColumnRole
  readonly columns: readonly string[]
}

/** The parameters of each class that name columns: they are asked for at every transform. */
const knownRoles = new WeakMap<object, readonly (readonly [param: string, role: ColumnRole])[]>()

function rolesOf({ params }: Params['definition']): readonly (readonly [param: string, role: ColumnRole])[] {
  const known = knownRoles.get(params)
  if (known) return known
  const found = Object.entries(params).flatMap(([param, { role }]) => (role ? [[param, role] as const] : []))
  knownRoles.set(params, found)
  return found
}

/**
 * The columns that a stage reads and makes, by parameter. Single and multi-column parameters work alike: where a group is not
 * in use its parameters are skipped (rules between parameters are checked elsewhere).
 * @param phase `fit` also needs the columns that only fitting reads.
 */
export function columnParams(stage: Params, phase: 'fit' | 'transform'): ColumnParam[] {
  const multiple = stage.hasParam('inputCols') && stage.isSet('inputCols') && stage.hasParam('inputCol')
  const inUse = (param: string): boolean => {
    if (param === 'inputCol' || param === 'outputCol') return !multiple
    if (param === 'inputCols' || param === 'outputCols') return multiple || !stage.hasParam('inputCol')
    return true
  }
  return rolesOf(stage.definition).flatMap(([param, role]) => {
    if (!inUse(param)) return []
    if (role.io === 'input' && role.fitOnly && phase === 'transform') return []
    const columns = columnsOf(stage, param).filter((column) => !role.optional || column !== '')
    return [{ param, role, columns }]
  })
}

/**
 * Output schema by the roles of the column parameters: inputs are looked up and their types checked, outputs are appended.
 */
export function deriveSchema(stage: Params, schema: StructType, phase: 'fit' | 'transform'): StructType {
  const params = columnParams(stage, phase)
  const added: StructField[] = []
  for (const { param, role, columns } of params) {
    if (role.io !== 'input') continue
    if (!role.optional) stage.getOrDefault(param)
    for (const column of columns) requireColumn(stage, schema, column, role.accepts, param)
  }
  for (const { param, role, columns } of params) {
    if (role.io !== 'output') continue
    if (!role.optional) stage.getOrDefault(param)
    for (const column of columns) {
      requireNewColumn(stage, StructType([...schema.fields, ...added]), column, param)
      added.push(StructField(column, role.yields))
    }
  }
  return StructType([...schema.fields, ...added])
}
