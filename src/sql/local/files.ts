import { csvMarks } from '../csv-cells.js'
import { castSql } from '../expression/casts.js'
import { duckType, quoteList, quoteName, quoteText } from '../expression/duck-types.js'
import { fill } from '../expression/sql-text.js'
import type { FileFormat, PlanOf } from '../plan.js'
import { schemaToJson } from '../schema-json.js'
import { fieldNames, numbered, StringType, StructType, sameType } from '../types.js'
import { csvScanSql } from './csv.js'
import { codecOf, type FileOptions, flag } from './file-options.js'
import { jsonLinesSql, jsonScanSql } from './json.js'
import { LINE_SETTINGS, linesSql, wholeFilesSql } from './lines.js'
import { strptimeFormat } from './time-formats.js'

/** Query over files whose columns have the names and types of the scan's schema. */
export function fileScanSql(plan: PlanOf<'fileScan'>): string {
  const { schema, paths, options, format, partitioned, told = false } = plan
  if (!partitioned) return filesSql(schema, paths, options, format, told)
  const own = StructType(schema.fields.slice(0, schema.fields.length - partitioned.columns.length))
  const names = fieldNames(numbered(own)).map(quoteName)
  const scans = partitioned.folders.map((folder) => {
    const values = partitioned.columns.map(({ name, dataType }, k) => {
      const value = folder.values[k]
      return `CAST(${value === null ? 'NULL' : quoteText(value)} AS ${duckType(dataType)}) AS ${quoteName(name)}`
    })
    return `SELECT ${[...names, ...values].join(', ')} FROM (${filesSql(own, folder.paths, options, format, told)})`
  })
  return scans.join(' UNION ALL ')
}

function filesSql(
  schema: StructType,
  paths: readonly string[],
  options: FileOptions,
  format: FileFormat,
  told: boolean,
): string {
  const names = schema.fields.map((field) => quoteName(field.name))
  switch (format) {
    case 'csv':
      return csvScanSql(numbered(schema), paths, options)
    case 'json':
      return jsonScanSql(schema, paths, options, told)
    case 'text':
      return textScanSql(schema, paths, options)
    case 'parquet': {
      const columns = schema.fields.map((field, k) => `CAST(${names[k]} AS ${duckType(field.dataType)}) AS ${names[k]}`)
      return `SELECT ${columns.join(', ') || '1'} FROM read_parquet(${quoteList(paths)}, union_by_name = ${paths.length > 1}, hive_partitioning = false)`
    }
  }
}

/** Lines of text files, or whole files, in the one column of the schema. */
function textScanSql(schema: StructType, paths: readonly string[], options: FileOptions): string {
  const lines = flag(options, 'wholetext')
    ? `(${wholeFilesSql(paths, options)})`
    : linesSql(paths, options, { strict: true })
  const columns = schema.fields.map(({ name }) => `coalesce(line, '') AS ${quoteName(name)}`)
  return `SELECT ${columns.join(', ') || '1'} FROM ${lines}`
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
  const codec = codecOf(format, options)
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
      `COMPRESSION ${quoteName(codec)}`,
    ],
    json: () => [...LINE_SETTINGS, `COMPRESSION ${quoteName(codec)}`],
    text: () => [...LINE_SETTINGS, `COMPRESSION ${quoteName(codec)}`],
    parquet: () => [
      'FORMAT parquet',
      `COMPRESSION ${quoteName(codec)}`,
      `KV_METADATA {${quoteText(SPARK_SCHEMA_KEY)}: ${quoteText(JSON.stringify(schemaToJson(own)))}, 'org.apache.spark.version': '4.0.1'}`,
    ],
  }
  const { columns } = partitionBy
  const rows = {
    parquet: () => sql,
    csv: () => withNumberTexts(sql, own),
    json: () => jsonLinesSql(sql, schema, options, columns),
    text: () =>
      `SELECT * REPLACE (coalesce(${quoteName(own.fields[0].name)}, '') AS ${quoteName(own.fields[0].name)}) FROM (${sql})`,
  }[format]()
  if (columns.length === 0) return `COPY (${rows}) TO ${quoteText(file)} (${settings[format]().join(', ')})`
  const folders = [
    `PARTITION_BY (${columns.map(quoteName).join(', ')})`,
    `FILENAME_PATTERN ${quoteText(partitionBy.part ?? 'part-{uuid}')}`,
    `FILE_EXTENSION ${quoteText(partitionBy.extension ?? format)}`,
  ]
  return `COPY (${withFolderTexts(rows, schema, columns)}) TO ${quoteText(file)} (${[...settings[format](), ...folders].join(', ')})`
}

/** The query with doubles and floats spelt as Spark does in csv files. */
function withNumberTexts(sql: string, schema: StructType): string {
  const spelt = schema.fields
    .filter(({ dataType }) => dataType.kind === 'double' || dataType.kind === 'float')
    .map(({ name, dataType }) => {
      const text = fill(castSql(dataType, StringType, false), [quoteName(name)])
      return `${text} AS ${quoteName(name)}`
    })
  return spelt.length > 0 ? `SELECT * REPLACE (${spelt.join(', ')}) FROM (${sql})` : sql
}

/** Key of Spark's schema among the metadata of a parquet file. */
export const SPARK_SCHEMA_KEY = 'org.apache.spark.sql.parquet.row.metadata'

/** Query for Spark's schema in a parquet file: one row of text, or none. */
export const sparkSchemaSql = (path: string): string =>
  `SELECT decode(value) AS json FROM parquet_kv_metadata(${quoteText(path)}) WHERE decode(key) = ${quoteText(SPARK_SCHEMA_KEY)}`

/** Query whose columns are those of parquet files, for their types. */
export const parquetDescribedSql = (paths: readonly string[]): string =>
  `SELECT * FROM read_parquet(${quoteList(paths)}, union_by_name = ${paths.length > 1}, hive_partitioning = false)`
