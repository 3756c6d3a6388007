import { SchemaError } from '../../errors.js'
import { type StructType, simpleString } from '../types.js'
import type { FileOptions } from './file-options.js'

/** Name of the column that takes records which do not fit. */
export const corruptName = (options: FileOptions): string => options.columnnameofcorruptrecord ?? '_corrupt_record'

/** The column that takes records which do not fit, where the schema has it. @throws SchemaError when it is no text. */
export function corruptColumn(schema: StructType, options: FileOptions): string | undefined {
  const name = corruptName(options)
  const field = schema.fields.find((candidate) => candidate.name === name)
  if (!field) return undefined
  if (field.dataType.kind === 'string' && field.nullable) return name
  throw new SchemaError(`the column of corrupt records "${name}" is ${simpleString(field.dataType)}`, {
    stage: 'read',
    column: name,
    allowed: 'Allowed: string, nullable',
  })
}
