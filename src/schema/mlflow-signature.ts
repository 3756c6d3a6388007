import type { DataType, Json } from '../sql/types.js'
import type { FieldSchema } from './field-schema.js'

/** The signature of a model as it stands in MLflow's `MLmodel` file: the columns are JSON in a text. */
export interface MlflowSignature {
  readonly inputs: string
  readonly outputs: string
  readonly params: null
}

type ColumnType = { readonly [key: string]: Json }

const SCALARS: Partial<Record<DataType['kind'], string>> = {
  byte: 'integer',
  short: 'integer',
  integer: 'integer',
  long: 'long',
  float: 'float',
  double: 'double',
  decimal: 'double',
  boolean: 'boolean',
  string: 'string',
  binary: 'binary',
  date: 'datetime',
  timestamp: 'datetime',
  timestamp_ntz: 'datetime',
}

/** MLflow's name of a type. Vectors are arrays of doubles, as rows hold them. */
function columnType(type: DataType): ColumnType {
  switch (type.kind) {
    case 'vector':
      return { type: 'array', items: { type: 'double' } }
    case 'array':
      return { type: 'array', items: columnType(type.elementType) }
    case 'map':
      return { type: 'map', values: columnType(type.valueType) }
    case 'struct': {
      // MLflow sorts the properties by name.
      const fields = [...type.fields].sort((a, b) => (a.name < b.name ? -1 : 1))
      const properties = fields.map(({ name, dataType, nullable }) => [
        name,
        { ...columnType(dataType), required: !nullable },
      ])
      return { type: 'object', properties: Object.fromEntries(properties) }
    }
    default:
      return { type: SCALARS[type.kind] ?? 'any' }
  }
}

const columns = (fields: readonly FieldSchema[], required: (field: FieldSchema) => boolean): string =>
  JSON.stringify(fields.map((field) => ({ ...columnType(field.type), name: field.name, required: required(field) })))

/** A column is required unless the fit saw nulls or NaN in it, which is what MLflow infers from data: in Python either is a value that is missing. */
export const mlflowSignature = (inputs: readonly FieldSchema[], outputs: readonly FieldSchema[]): MlflowSignature => ({
  inputs: columns(inputs, ({ nulls, nans }) => !nulls && !nans),
  outputs: columns(outputs, () => true),
  params: null,
})
