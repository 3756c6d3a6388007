import { ParamError, SchemaError } from '../errors.js'
import type { Persistable } from '../persistence/persistable.js'
import type { DataFrame } from '../sql/dataframe.js'
import type { Session } from '../sql/session.js'
import { type DataType, DoubleType, StringType, StructField, StructType, simpleString } from '../sql/types.js'
import { modelColumns } from './columns.js'
import type { RowFormat } from './formats.js'

/** Name of the column that takes lines which do not fit; of a kind that no file has. */
const CORRUPT = '__ridgeline_corrupt_record'

/** A file of rows that a model is to score. */
export interface RowsRequest extends RowFormat {
  readonly path: string
  /** Schema as DDL text that the user gives instead of a found one. */
  readonly schema?: string
  /** Whether lines that do not fit come as rows of their own, in a column; otherwise they are an error. */
  readonly keepCorrupt: boolean
  readonly signal?: AbortSignal
}

/** Rows to score, with the name of the column that holds lines which do not fit. */
export interface RowsIn {
  readonly frame: DataFrame
  readonly corrupt?: string
}

/**
 * Type of a column of a text file: that of the schema that the model was fitted on; else what was found, where the stage that reads the
 * column accepts it; else double, so that a cell which is no number is a bad cell and not a column of texts.
 */
function typeFor(found: StructField, model: Persistable): DataType {
  const fitted = model.inputSchema?.fields.find(({ name }) => name === found.name)
  if (fitted) return fitted.dataType
  const read = modelColumns(model).inputs.find(({ name }) => name === found.name)
  if (!read || read.accepts.ok(found.dataType)) return found.dataType
  return [DoubleType, StringType].find((type) => read.accepts.ok(type)) ?? found.dataType
}

/** Kinds of types that a csv file cannot hold. */
export const NOT_IN_CSV: ReadonlySet<string> = new Set(['array', 'map', 'struct', 'vector', 'matrix', 'binary'])

/**
 * Opens a file of rows. Parquet has a schema; columns of csv and json get types by {@link typeFor}.
 * @throws SchemaError when csv is asked for a vector; what readers raise.
 */
export async function openRows(session: Session, model: Persistable, request: RowsRequest): Promise<RowsIn> {
  const { path, format, options, schema: given, keepCorrupt, signal } = request
  const reader = session.read.format(format).options(options)
  if (format === 'parquet') {
    if (given !== undefined) {
      throw new ParamError('parquet files have a schema of their own', {
        param: 'schema',
        hint: 'Leave --schema out',
      })
    }
    return { frame: await reader.load([path], { signal }) }
  }
  const schema = given === undefined ? await typed() : given
  const told = typeof schema === 'string' ? (await reader.schema(schema).load([path], { signal })).schema : schema
  const wrong = format === 'csv' && told.fields.find(({ dataType }) => NOT_IN_CSV.has(dataType.kind))
  if (wrong) {
    throw new SchemaError(`column "${wrong.name}" has type ${simpleString(wrong.dataType)}, which csv cannot hold`, {
      column: wrong.name,
      hint: 'Give json lines or parquet',
    })
  }
  if (!keepCorrupt) return { frame: await reader.schema(told).option('mode', 'FAILFAST').load([path], { signal }) }
  const withCorrupt = StructType([...told.fields, StructField(CORRUPT, StringType)])
  const tolerant = reader.option('mode', 'PERMISSIVE').option('columnNameOfCorruptRecord', CORRUPT)
  return { frame: await tolerant.schema(withCorrupt).load([path], { signal }), corrupt: CORRUPT }

  async function typed(): Promise<StructType> {
    const infer = format === 'csv' && !model.inputSchema ? reader.option('inferSchema', true) : reader
    const source = format === 'json' ? infer.option('columnNameOfCorruptRecord', CORRUPT) : infer
    const found = await source.load([path], { signal })
    const fields = found.schema.fields.filter((field) => field.name !== CORRUPT)
    return StructType(fields.map((field) => StructField(field.name, typeFor(field, model))))
  }
}
