import type { LogicalType } from '@duckdb/node-bindings'
import { MATRIX_STRUCT, VECTOR_STRUCT } from '../schema-json.js'
import {
  ArrayType,
  BinaryType,
  BooleanType,
  ByteType,
  type DataType,
  DateType,
  DecimalType,
  DoubleType,
  FloatType,
  IntegerType,
  LongType,
  MapType,
  ShortType,
  StringType,
  StructField,
  StructType,
  TimestampNTZType,
  TimestampType,
} from '../types.js'

/** The native module, loaded on first need. */
export type Bindings = typeof import('@duckdb/node-bindings')

/** Types that hold others read as the struct or list that they are in the engine; decimals are cast to double before. */
export function structOf(type: DataType): StructType | undefined {
  if (type.kind === 'struct') return type
  if (type.kind === 'vector') return VECTOR_STRUCT
  return type.kind === 'matrix' ? MATRIX_STRUCT : undefined
}

/** The engine's type for a column that JavaScript writes or reads. Decimals cross the border as doubles. */
export function logicalType(nb: Bindings, type: DataType): LogicalType {
  const struct = structOf(type)
  if (struct) {
    return nb.create_struct_type(
      struct.fields.map((field) => logicalType(nb, field.dataType)),
      struct.fields.map((field) => field.name),
    )
  }
  if (type.kind === 'array') return nb.create_list_type(logicalType(nb, type.elementType))
  if (type.kind === 'map') return nb.create_map_type(logicalType(nb, type.keyType), logicalType(nb, type.valueType))
  return nb.create_logical_type(typeId(nb, type))
}

/** Type id that a vector of this type must have; it is checked before memory is read as that type. */
export function typeId(nb: Bindings, type: DataType): number {
  switch (type.kind) {
    case 'double':
    case 'decimal':
      return nb.Type.DOUBLE
    case 'float':
      return nb.Type.FLOAT
    case 'byte':
      return nb.Type.TINYINT
    case 'short':
      return nb.Type.SMALLINT
    case 'integer':
    case 'void':
      return nb.Type.INTEGER
    case 'long':
      return nb.Type.BIGINT
    case 'boolean':
      return nb.Type.BOOLEAN
    case 'string':
      return nb.Type.VARCHAR
    case 'binary':
      return nb.Type.BLOB
    case 'date':
      return nb.Type.DATE
    case 'timestamp':
      return nb.Type.TIMESTAMP_TZ
    case 'timestamp_ntz':
      return nb.Type.TIMESTAMP
    case 'array':
      return nb.Type.LIST
    case 'map':
      return nb.Type.MAP
    case 'struct':
    case 'vector':
    case 'matrix':
      return nb.Type.STRUCT
  }
}

/** Spark's type of what the engine found in a file: unsigned integers widened, huge ones double, what Spark lacks a string. */
export function dataTypeOf(nb: Bindings, type: LogicalType): DataType {
  switch (nb.get_type_id(type)) {
    case nb.Type.BOOLEAN:
      return BooleanType
    case nb.Type.TINYINT:
      return ByteType
    case nb.Type.SMALLINT:
    case nb.Type.UTINYINT:
      return ShortType
    case nb.Type.INTEGER:
    case nb.Type.USMALLINT:
      return IntegerType
    case nb.Type.BIGINT:
    case nb.Type.UINTEGER:
      return LongType
    case nb.Type.UBIGINT:
    case nb.Type.HUGEINT:
    case nb.Type.UHUGEINT:
    case nb.Type.DOUBLE:
      return DoubleType
    case nb.Type.FLOAT:
      return FloatType
    case nb.Type.DECIMAL:
      return DecimalType(nb.decimal_width(type), nb.decimal_scale(type))
    case nb.Type.BLOB:
      return BinaryType
    case nb.Type.DATE:
      return DateType
    case nb.Type.TIMESTAMP:
    case nb.Type.TIMESTAMP_S:
    case nb.Type.TIMESTAMP_MS:
    case nb.Type.TIMESTAMP_NS:
      return TimestampNTZType
    case nb.Type.TIMESTAMP_TZ:
      return TimestampType
    case nb.Type.LIST:
      return ArrayType(dataTypeOf(nb, nb.list_type_child_type(type)))
    case nb.Type.ARRAY:
      return ArrayType(dataTypeOf(nb, nb.array_type_child_type(type)))
    case nb.Type.MAP:
      return MapType(dataTypeOf(nb, nb.map_type_key_type(type)), dataTypeOf(nb, nb.map_type_value_type(type)))
    case nb.Type.STRUCT:
      return StructType(
        Array.from({ length: nb.struct_type_child_count(type) }, (_, k) =>
          StructField(nb.struct_type_child_name(type, k), dataTypeOf(nb, nb.struct_type_child_type(type, k))),
        ),
      )
    default:
      return StringType
  }
}
