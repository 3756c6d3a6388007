import { SchemaError } from '../errors.js'
import { shortText } from '../util/names.js'
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
  type Json,
  LongType,
  MapType,
  MatrixUDT,
  type Metadata,
  NullType,
  ShortType,
  StringType,
  StructField,
  StructType,
  TimestampNTZType,
  TimestampType,
  VectorUDT,
} from './types.js'

const SIMPLE: Readonly<Record<string, DataType>> = {
  double: DoubleType,
  float: FloatType,
  byte: ByteType,
  short: ShortType,
  integer: IntegerType,
  long: LongType,
  boolean: BooleanType,
  string: StringType,
  binary: BinaryType,
  date: DateType,
  timestamp: TimestampType,
  timestamp_ntz: TimestampNTZType,
  void: NullType,
}

/** How Spark stores an ML vector: a struct; dense rows have type 1 and no size or indices, sparse rows type 0. */
export const VECTOR_STRUCT: StructType = StructType([
  StructField('type', ByteType, false),
  StructField('size', IntegerType),
  StructField('indices', ArrayType(IntegerType, false)),
  StructField('values', ArrayType(DoubleType, false)),
])

/** How Spark stores an ML matrix: dense (type 1, column-major unless transposed) or sparse (type 0, compressed). */
export const MATRIX_STRUCT: StructType = StructType([
  StructField('type', ByteType, false),
  StructField('numRows', IntegerType, false),
  StructField('numCols', IntegerType, false),
  StructField('colPtrs', ArrayType(IntegerType, false)),
  StructField('rowIndices', ArrayType(IntegerType, false)),
  StructField('values', ArrayType(DoubleType, false)),
  StructField('isTransposed', BooleanType, false),
])

const UDTS = {
  vector: { name: 'VectorUDT', type: VectorUDT, struct: VECTOR_STRUCT },
  matrix: { name: 'MatrixUDT', type: MatrixUDT, struct: MATRIX_STRUCT },
} as const

/**
 * Spark's JSON of a type, as it stands in parquet files and in `df.schema.json()`.
 * Vectors and matrices are user-defined types with `class`, `pyClass` and `sqlType`: Spark needs all three.
 */
export function typeToJson(type: DataType): Json {
  switch (type.kind) {
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`
    case 'array':
      return { type: 'array', elementType: typeToJson(type.elementType), containsNull: type.containsNull }
    case 'map':
      return {
        type: 'map',
        keyType: typeToJson(type.keyType),
        valueType: typeToJson(type.valueType),
        valueContainsNull: type.valueContainsNull,
      }
    case 'struct':
      return { type: 'struct', fields: type.fields.map(fieldToJson) }
    case 'vector':
    case 'matrix': {
      const { name, struct } = UDTS[type.kind]
      return {
        type: 'udt',
        class: `org.apache.spark.ml.linalg.${name}`,
        pyClass: `pyspark.ml.linalg.${name}`,
        sqlType: typeToJson(struct),
      }
    }
    default:
      return type.kind
  }
}

const fieldToJson = (field: StructField): Json => ({
  name: field.name,
  type: typeToJson(field.dataType),
  nullable: field.nullable,
  metadata: field.metadata,
})

type JsonObject = { readonly [key: string]: Json }

const malformed = (what: string, allowed: string, json: Json | undefined): SchemaError =>
  new SchemaError(`${what} is ${shortText(json)}`, {
    stage: 'schemaFromJson',
    allowed: `Allowed: ${allowed}`,
    received: shortText(json),
    hint: 'Give what schemaToJson, or df.schema.json() of Spark, has made',
  })

const asObject = (json: Json, what: string): JsonObject => {
  if (json === null || typeof json !== 'object' || Array.isArray(json)) {
    throw malformed(what, 'a JSON object', json)
  }
  return json as JsonObject
}

const unknownType = (json: Json): SchemaError =>
  new SchemaError(`the Spark type ${shortText(json)} is not supported`, {
    stage: 'schemaFromJson',
    received: shortText(json),
    allowed: `Allowed: ${Object.keys(SIMPLE).join(', ')}, decimal, array, map, struct, VectorUDT, MatrixUDT`,
    hint: 'Cast such a column in Spark before it is written',
  })

/**
 * Type from Spark's JSON. Both the ml and the older mllib classes of vectors and matrices are read.
 * @throws SchemaError for a type that is not known here.
 */
export function typeFromJson(json: Json): DataType {
  if (typeof json === 'string') {
    if (Object.hasOwn(SIMPLE, json)) return SIMPLE[json]
    const decimal = /^decimal(?:\((\d+),\s*(-?\d+)\))?$/.exec(json)
    if (decimal) return decimal[1] ? DecimalType(Number(decimal[1]), Number(decimal[2])) : DecimalType()
    if (/^(var)?char\(\d+\)$/.test(json)) return StringType
    throw unknownType(json)
  }
  const node = asObject(json, 'a type')
  switch (node.type) {
    case 'array':
      return ArrayType(typeFromJson(node.elementType), node.containsNull !== false)
    case 'map':
      return MapType(typeFromJson(node.keyType), typeFromJson(node.valueType), node.valueContainsNull !== false)
    case 'struct':
      return schemaFromJson(node)
    case 'udt': {
      const udt = Object.values(UDTS).find(({ name }) => String(node.class ?? node.pyClass).endsWith(`.${name}`))
      if (udt) return udt.type
    }
  }
  throw unknownType(json)
}

/** Spark's JSON of a schema, as `df.schema.json()` prints it. */
export const schemaToJson = (schema: StructType): Json => typeToJson(schema)

/**
 * Schema from Spark's JSON.
 * @throws SchemaError where the JSON is not a struct or a type is not known.
 */
export function schemaFromJson(json: Json): StructType {
  const { type, fields } = asObject(json, 'a schema')
  if (type !== 'struct') throw malformed('the type of a schema', 'the text "struct"', type)
  if (!Array.isArray(fields)) throw malformed('the fields of a schema', 'a list', fields)
  return StructType(
    fields.map((entry: Json) => {
      const field = asObject(entry, 'a field')
      const metadata = field.metadata === undefined ? {} : (asObject(field.metadata, 'metadata') as Metadata)
      if (typeof field.name !== 'string') throw malformed('the name of a field', 'a text', field.name)
      return StructField(field.name, typeFromJson(field.type), field.nullable !== false, metadata)
    }),
  )
}
