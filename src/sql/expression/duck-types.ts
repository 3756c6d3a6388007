import { MATRIX_STRUCT, VECTOR_STRUCT } from '../schema-json.js'
import { ArrayType, type DataType, DoubleType, MapType, StructField, StructType } from '../types.js'

/** A name in the engine's SQL. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A string literal in the engine's SQL. */
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** A list of string literals in the engine's SQL. */
export const quoteList = (texts: readonly string[]): string => `[${texts.map(quoteText).join(', ')}]`

const SIMPLE: Readonly<Record<string, string>> = {
  double: 'DOUBLE',
  float: 'FLOAT',
  byte: 'TINYINT',
  short: 'SMALLINT',
  integer: 'INTEGER',
  long: 'BIGINT',
  boolean: 'BOOLEAN',
  string: 'VARCHAR',
  binary: 'BLOB',
  date: 'DATE',
  timestamp: 'TIMESTAMP WITH TIME ZONE',
  timestamp_ntz: 'TIMESTAMP',
  // A column that is always null needs some type; this one is the cheapest that every cast accepts.
  void: 'INTEGER',
}

/** The engine's SQL type that holds the values of a Spark type. Vectors and matrices have the struct form that Spark stores. */
export function duckType(type: DataType): string {
  switch (type.kind) {
    case 'decimal':
      return `DECIMAL(${type.precision},${type.scale})`
    case 'array':
      return `${duckType(type.elementType)}[]`
    case 'map':
      return `MAP(${duckType(type.keyType)}, ${duckType(type.valueType)})`
    case 'struct':
      return `STRUCT(${type.fields.map((field) => `${quoteName(field.name)} ${duckType(field.dataType)}`).join(', ')})`
    case 'vector':
      return duckType(VECTOR_STRUCT)
    case 'matrix':
      return duckType(MATRIX_STRUCT)
    default:
      return SIMPLE[type.kind]
  }
}

/** The type in which values cross between the engine and JavaScript: decimals as doubles. */
export function borderType(type: DataType): DataType {
  switch (type.kind) {
    case 'decimal':
      return DoubleType
    case 'array':
      return ArrayType(borderType(type.elementType), type.containsNull)
    case 'map':
      return MapType(borderType(type.keyType), borderType(type.valueType), type.valueContainsNull)
    case 'struct':
      return StructType(type.fields.map((f) => StructField(f.name, borderType(f.dataType), f.nullable, f.metadata)))
    default:
      return type
  }
}
