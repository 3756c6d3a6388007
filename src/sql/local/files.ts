import { castSql } from '../expression/casts.js'
import { duckType, quoteList, quoteName, quoteText } from '../expression/duck-types.js'
import { fill } from '../expression/sql-text.js'
import type { FileFormat, PlanOf } from '../plan.js'
import { schemaToJson } from '../schema-json.js'
import { StringType, StructType, sameType } from '../types.js'
import { csvMarks, csvScanSql } from './csv.js'
import { type FileOptions, flag, readMode } from './file-options.js'
import { strptimeFormat } from './time-formats.js'

/** Query over files whose columns have the names and types of the scan's schema. */
export function fileScanSql(plan: PlanOf<'fileScan'>): string {
  const { schema, paths, options, format, partitioned } = plan
  if (!partitioned) return filesSql(schema, paths, options, format)
  const own = StructType(schema.fields.slice(0, schema.fields.length - partitioned.columns.length))
  const names = own.fields.map((field) => quoteName(field.name))
  const scans = partitioned.folders.map((folder) => {
    const values = partitioned.columns.map(({ name, dataType }, k) => {
      const value = folder.values[k]
      return `CAST(${value === null ? 'NULL' : quoteText(value)} AS ${duckType(dataType)}) AS ${quoteName(name)}`
    })
    return `SELECT ${[...names, ...values].join(', ')} FROM (${filesSql(own, folder.paths, options, format)})`
  })
  return scans.join(' UNION ALL ')
}

function filesSql(schema: StructType, paths: readonly string[], options: FileOptions, format: FileFormat): string {
  const names = schema.fields.map((field) => quoteName(field.name))
  switch (format) {
    case 'csv':
      return csvScanSql(schema, paths, options)
    case 'json': {
      // The engine's own formats are not for times with a zone, so those with a pattern are read as texts.
      const patterns = schema.fields.map(({ dataType: { kind } }) =>
        kind === 'date' ? options.dateformat : /^timestamp/.test(kind) ? options.timestampformat : undefined,
      )
      const types = schema.fields.map(({ dataType }, k) => (patterns[k] === undefined ? duckType(dataType) : 'VARCHAR'))
      const columns = names.map((name, k) => {
        const pattern = patterns[k]
        if (pattern === undefined) return name
        const time = `try_strptime(trim(${name}), ${quoteText(strptimeFormat(pattern))})`
        return `CAST(${time} AS ${duckType(schema.fields[k].dataType)}) AS ${name}`
      })
      const told = schema.fields.map((field, k) => `${quoteText(field.name)}: ${quoteText(types[k])}`)
      const ignore = readMode(options) !== 'failfast'
      return `SELECT ${columns.join(', ')} FROM read_json(${quoteList(paths)}, format = 'newline_delimited', columns = {${told.join(', ')}}, ignore_errors = ${ignore})`
    }
    case 'parquet': {
      const columns = schema.fields.map((field, k) => `CAST(${names[k]} AS ${duckType(field.dataType)}) AS ${names[k]}`)
      return `SELECT ${columns.join(', ') || '1'} FROM read_parquet(${quoteList(paths)}, union_by_name = ${flag(options, 'mergeschema')}, hive_partitioning = false)`
    }
  }
}

const ISO_TIMESTAMP = '%Y-%m-%dT%H:%M:%S.%gZ'

/** Columns whose values become names of folders, and the names of the files in them. */
export interface PartitionTarget {
  readonly columns: readonly string[]
  readonly part?: string
  readonly extension?: string
}

/** The query with the columns of folders as Spark's texts; null and the empty text have one folder. */
function withFolderTexts(sql: string, schema: StructType, columns: readonly string[]): string {
  const texts = columns.map((name) => {
    const { dataType } = schema.fields.find((field) => field.name === name)!
    const text = sameType(dataType, StringType)
      ? quoteName(name)
      : fill(castSql(dataType, StringType, false), [quoteName(name)])
    return `nullif(${text}, '') AS ${quoteName(name)}`
  })
  return `SELECT * REPLACE (${texts.join(', ')}) FROM (${sql})`
}

/** Statement that writes the rows of a query with this schema to one file, or to the files of folders. Parquet files keep the schema as Spark's JSON. */
export function copySql(
  sql: string,
  schema: StructType,
  file: string,
  format: FileFormat,
  options: FileOptions,
  partitionBy: PartitionTarget = { columns: [] },
): string {
  const compression = options.compression?.toLowerCase()
  const marks = csvMarks(options)
  const own = StructType(schema.fields.filter((field) => !partitionBy.columns.includes(field.name)))
  const { timestampformat, dateformat } = options
  const formats = [
    `TIMESTAMPFORMAT ${quoteText(timestampformat ? strptimeFormat(timestampformat) : ISO_TIMESTAMP)}`,
    ...(dateformat ? [`DATEFORMAT ${quoteText(strptimeFormat(dateformat))}`] : []),
  ]
  const settings: Record<FileFormat, () => readonly string[]> = {
    csv: () => [
      'FORMAT csv',
      `HEADER ${flag(options, 'header')}`,
      `DELIMITER ${quoteText(marks.separator)}`,
      `QUOTE ${quoteText(marks.quote)}`,
      `ESCAPE ${quoteText(marks.escape)}`,
      `NULLSTR ${quoteText(options.nullvalue ?? '')}`,
      ...formats,
      ...(compression ? [`COMPRESSION ${quoteName(compression)}`] : []),
    ],
    json: () => ['FORMAT json', ...formats, ...(compression ? [`COMPRESSION ${quoteName(compression)}`] : [])],
    parquet: () => [
      'FORMAT parquet',
      `COMPRESSION ${quoteName(compression ?? 'snappy')}`,
      `KV_METADATA {${quoteText(SPARK_SCHEMA_KEY)}: ${quoteText(JSON.stringify(schemaToJson(own)))}, 'org.apache.spark.version': '4.0.1'}`,
    ],
  }
  const rows = format === 'parquet' ? sql : withNumberTexts(sql, own, format)
  const { columns } = partitionBy
  if (columns.length === 0) return `COPY (${rows}) TO ${quoteText(file)} (${settings[format]().join(', ')})`
  const folders = [
    `PARTITION_BY (${columns.map(quoteName).join(', ')})`,
    `FILENAME_PATTERN ${quoteText(partitionBy.part ?? 'part-{uuid}')}`,
    `FILE_EXTENSION ${quoteText(partitionBy.extension ?? format)}`,
  ]
  return `COPY (${withFolderTexts(rows, schema, columns)}) TO ${quoteText(file)} (${[...settings[format](), ...folders].join(', ')})`
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
