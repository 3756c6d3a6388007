import type { Compressors, FileMetaData, SchemaElement } from 'hyparquet'
import { PersistenceError } from '../../errors.js'
import { MATRIX_STRUCT, schemaToJson, VECTOR_STRUCT } from '../../sql/schema-json.js'
import type { DataType, StructField, StructType } from '../../sql/types.js'
import type { NumberColumn } from './number-column.js'
import { SPARK_VERSION } from './spark-version.js'

/** Values of a row by name, as a parquet file holds them: vectors and matrices as structs, maps as objects, long as bigint. */
export type ParquetRow = { readonly [column: string]: unknown }

/** Values of each leaf of the columns, by path (`split.featureIndex`). */
export type ParquetColumns = ReadonlyMap<string, NumberColumn>

/** The rows of a parquet file. @throws PersistenceError when the bytes are no parquet file, or a damaged one. */
export const readParquet = (bytes: Uint8Array, path: string): Promise<ParquetRow[]> =>
  reading(bytes, path, true, ({ parquetReadObjects }, options) => parquetReadObjects(options))

/**
 * Columns of numbers and of lists of numbers, for tables of many rows, of the files of one table.
 * @throws as `readParquet`; PersistenceError for other columns.
 */
export async function readParquetColumns(
  files: AsyncIterable<readonly [bytes: Uint8Array, path: string]>,
): Promise<ParquetColumns> {
  const { concatenate, decodeColumns } = await import('./parquet-columns.js')
  const found = new Map<string, NumberColumn[]>()
  for await (const [bytes, path] of files) {
    const columns = await reading(bytes, path, false, async (_, { file, metadata }) => decodeColumns(file, metadata))
    for (const [name, column] of columns) found.set(name, [...(found.get(name) ?? []), column])
  }
  return new Map(Array.from(found, ([name, parts]) => [name, concatenate(parts)]))
}

type Reader = typeof import('hyparquet')
/** A file that was looked over, as the reader takes it. */
interface ReadOptions {
  readonly file: ArrayBuffer
  readonly metadata: FileMetaData
  readonly compressors: Compressors
  readonly geoparquet: false
}

async function reading<T>(
  bytes: Uint8Array,
  path: string,
  content: boolean,
  read: (reader: Reader, options: ReadOptions) => Promise<T>,
): Promise<T> {
  const [reader, { compressors, requireBounds }] = await Promise.all([
    import('hyparquet'),
    import('./parquet-bounds.js'),
  ])
  const { buffer, byteOffset: start, byteLength: length } = bytes
  const file = (length === buffer.byteLength ? buffer : buffer.slice(start, start + length)) as ArrayBuffer
  try {
    const metadata = reader.parquetMetadata(file, { geoparquet: false })
    requireBounds(file, metadata, content)
    return await read(reader, { file, metadata, compressors, geoparquet: false })
  } catch (cause) {
    throw new PersistenceError(`"${path}" is no parquet file that can be read`, {
      stage: 'load',
      param: 'path',
      received: path,
      hint: 'Save the model again, or restore the file.',
      cause,
    })
  }
}

/** A parquet file with Spark's schema beside the file's own, without which Spark takes vectors for plain structs. */
export async function writeParquet(schema: StructType, rows: readonly ParquetRow[]): Promise<Uint8Array> {
  const { parquetWriteBuffer } = await import('hyparquet-writer')
  const elements = [
    { name: 'spark_schema', num_children: schema.fields.length },
    ...schema.fields.flatMap(({ name, dataType, nullable }) => elementsOf(name, dataType, nullable)),
  ]
  const buffer = parquetWriteBuffer({
    schema: elements,
    columnData: schema.fields.map(({ name }) => ({ name, data: rows.map((row) => row[name]), offsetIndex: false })),
    rowGroupSize: Math.max(rows.length, 1),
    createdBy: 'ridgeline',
    kvMetadata: [
      { key: 'org.apache.spark.version', value: SPARK_VERSION },
      { key: 'org.apache.spark.sql.parquet.row.metadata', value: JSON.stringify(schemaToJson(schema)) },
    ],
  })
  return new Uint8Array(buffer)
}

const PRIMITIVES: Readonly<Record<string, Pick<SchemaElement, 'type' | 'converted_type'>>> = {
  double: { type: 'DOUBLE' },
  float: { type: 'FLOAT' },
  integer: { type: 'INT32' },
  byte: { type: 'INT32', converted_type: 'INT_8' },
  long: { type: 'INT64' },
  boolean: { type: 'BOOLEAN' },
  string: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
}

/** The elements of one column, depth first, in the layout of three levels that Spark writes. */
function elementsOf(name: string, type: DataType, nullable: boolean): SchemaElement[] {
  const repetition_type = nullable ? 'OPTIONAL' : 'REQUIRED'
  const group = (fields: readonly StructField[]): SchemaElement[] => [
    { name, repetition_type, num_children: fields.length },
    ...fields.flatMap((field) => elementsOf(field.name, field.dataType, field.nullable)),
  ]
  switch (type.kind) {
    case 'array':
      return [
        { name, repetition_type, num_children: 1, converted_type: 'LIST' },
        { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
        ...elementsOf('element', type.elementType, type.containsNull),
      ]
    case 'map':
      return [
        { name, repetition_type, num_children: 1, converted_type: 'MAP' },
        { name: 'key_value', repetition_type: 'REPEATED', num_children: 2 },
        ...elementsOf('key', type.keyType, false),
        ...elementsOf('value', type.valueType, type.valueContainsNull),
      ]
    case 'vector':
      return group(VECTOR_STRUCT.fields)
    case 'matrix':
      return group(MATRIX_STRUCT.fields)
    case 'struct':
      return group(type.fields)
    default:
      return [{ name, repetition_type, ...PRIMITIVES[type.kind] }]
  }
}
