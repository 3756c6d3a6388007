import { duckType, quoteList, quoteName, quoteText } from '../expression/duck-types.js'
import type { FileFormat, PlanOf } from '../plan.js'
import { schemaToJson } from '../schema-json.js'
import type { StructType } from '../types.js'
import { csvMarks, csvScanSql } from './csv.js'
import { type FileOptions, flag, readMode } from './file-options.js'

/** Query over files whose columns have the names and types of the scan's schema. */
export function fileScanSql(plan: PlanOf<'fileScan'>): string {
  const { schema, paths, options, format } = plan
  const names = schema.fields.map((field) => quoteName(field.name))
  switch (format) {
    case 'csv':
      return csvScanSql(schema, paths, options)
    case 'json': {
      const columns = schema.fields.map((field) => `${quoteText(field.name)}: ${quoteText(duckType(field.dataType))}`)
      const ignore = readMode(options) !== 'failfast'
      return `SELECT ${names.join(', ')} FROM read_json(${quoteList(paths)}, format = 'newline_delimited', columns = {${columns.join(', ')}}, ignore_errors = ${ignore})`
    }
    case 'parquet': {
      const columns = schema.fields.map((field, k) => `CAST(${names[k]} AS ${duckType(field.dataType)}) AS ${names[k]}`)
      return `SELECT ${columns.join(', ')} FROM read_parquet(${quoteList(paths)}, union_by_name = ${flag(options, 'mergeschema')})`
    }
  }
}

const ISO_TIMESTAMP = '%Y-%m-%dT%H:%M:%S.%gZ'

/** Statement that writes the rows of a query with this schema to one file. Parquet files keep the schema as Spark's JSON. */
export function copySql(
  sql: string,
  schema: StructType,
  file: string,
  format: FileFormat,
  options: FileOptions,
): string {
  const compression = options.compression?.toLowerCase()
  const marks = csvMarks(options)
  const settings: Record<FileFormat, () => readonly string[]> = {
    csv: () => [
      'FORMAT csv',
      `HEADER ${flag(options, 'header')}`,
      `DELIMITER ${quoteText(marks.separator)}`,
      `QUOTE ${quoteText(marks.quote)}`,
      `ESCAPE ${quoteText(marks.escape)}`,
      `NULLSTR ${quoteText(options.nullvalue ?? '')}`,
      `TIMESTAMPFORMAT ${quoteText(ISO_TIMESTAMP)}`,
      ...(compression ? [`COMPRESSION ${quoteName(compression)}`] : []),
    ],
    json: () => [
      'FORMAT json',
      `TIMESTAMPFORMAT ${quoteText(ISO_TIMESTAMP)}`,
      ...(compression ? [`COMPRESSION ${quoteName(compression)}`] : []),
    ],
    parquet: () => [
      'FORMAT parquet',
      `COMPRESSION ${quoteName(compression ?? 'snappy')}`,
      `KV_METADATA {${quoteText(SPARK_SCHEMA_KEY)}: ${quoteText(JSON.stringify(schemaToJson(schema)))}, 'org.apache.spark.version': '4.0.1'}`,
    ],
  }
  const rows = format === 'parquet' ? sql : withNumberTexts(sql, schema, format)
  return `COPY (${rows}) TO ${quoteText(file)} (${settings[format]().join(', ')})`
}

/** The query with NaN and infinities spelt as Spark does in text files; JSON has no numbers for them. */
function withNumberTexts(sql: string, schema: StructType, format: 'csv' | 'json'): string {
  const spelt = schema.fields
    .filter(({ dataType }) => dataType.kind === 'double' || dataType.kind === 'float')
    .map(({ name }) => {
      const x = quoteName(name)
      const text = `CASE WHEN isnan(${x}) THEN 'NaN' WHEN ${x} > 0 THEN 'Infinity' ELSE '-Infinity' END`
      const [word, number] = format === 'csv' ? [text, `CAST(${x} AS VARCHAR)`] : [`to_json(${text})`, `to_json(${x})`]
      return `CASE WHEN NOT isfinite(${x}) THEN ${word} ELSE ${number} END AS ${x}`
    })
  return spelt.length > 0 ? `SELECT * REPLACE (${spelt.join(', ')}) FROM (${sql})` : sql
}

/** Key of Spark's schema among the metadata of a parquet file. */
export const SPARK_SCHEMA_KEY = 'org.apache.spark.sql.parquet.row.metadata'

/** Query for Spark's schema in a parquet file: one row of text, or none. */
export const sparkSchemaSql = (path: string): string =>
  `SELECT decode(value) AS json FROM parquet_kv_metadata(${quoteText(path)}) WHERE decode(key) = ${quoteText(SPARK_SCHEMA_KEY)}`

/** Query whose columns are those of a parquet or json file, for their types. */
export const describedSql = (format: 'parquet' | 'json', paths: readonly string[]): string =>
  format === 'parquet'
    ? `SELECT * FROM read_parquet(${quoteList(paths)})`
    : `SELECT * FROM read_json(${quoteList(paths)}, format = 'newline_delimited', maximum_depth = -1, sample_size = -1, map_inference_threshold = -1)`
