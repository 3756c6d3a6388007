import { javaDoubleText, javaFloatText } from '../util/java-text.js'
import { type ColumnData, isValid } from './batch.js'
import { columnReader } from './column-reader.js'
import type { DataType, StructField, StructType } from './types.js'

/** Characters that take two places on a terminal, as Spark counts them. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/g
const MIN_WIDTH = 3
/** Control characters that Spark prints as escapes. */
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\f', '\\f'],
  ['\b', '\\b'],
  ['\u000b', '\\v'],
  ['\u0007', '\\a'],
])

/** Spark's escapes for control characters, so that a value stays on its line. */
export const escapeControls = (text: string): string => text.replace(/\p{Cc}/gu, (c) => ESCAPES.get(c) ?? c)
const widthOf = (text: string): number => text.length + (text.match(WIDE)?.length ?? 0)
const pad = (text: string, width: number, left: boolean): string => {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)))
  return left ? space + text : text + space
}

/** Fraction of a second without trailing zeros, as Spark prints timestamps. */
const fraction = (micros: number): string =>
  micros === 0 ? '' : `.${micros.toString().padStart(6, '0').replace(/0+$/, '')}`

/** A year as Java prints it: at least four digits, and a sign where there are more. */
const javaYear = (year: number): string => {
  const digits = Math.abs(year).toString().padStart(4, '0')
  if (year < 0) return `-${digits}`
  return year > 9999 ? `+${digits}` : digits
}

function dateText(date: Date): string {
  const two = (n: number): string => n.toString().padStart(2, '0')
  return `${javaYear(date.getUTCFullYear())}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`
}

function timestampText(micros: bigint): string {
  const within = Number(((micros % 1_000_000n) + 1_000_000n) % 1_000_000n)
  const date = new Date(Number((micros - BigInt(within)) / 1000n))
  return `${dateText(date)} ${date.toISOString().slice(-13, -5)}${fraction(within)}`
}

/** Spark's text of one value that is not null. Timestamps that are nested in other values have millisecond precision. */
function valueText(value: unknown, type: DataType): string {
  switch (type.kind) {
    case 'double':
      return javaDoubleText(value as number)
    case 'float':
      return javaFloatText(value as number)
    case 'decimal':
      return (value as number).toFixed(type.scale)
    case 'date':
      return dateText(value as Date)
    case 'timestamp':
    case 'timestamp_ntz':
      return timestampText(BigInt((value as Date).getTime()) * 1000n)
    case 'binary':
      return `[${Array.from(value as Uint8Array, (byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ')}]`
    case 'array':
      return `[${Array.from(value as ArrayLike<unknown>, (item) => cellText(item, type.elementType)).join(', ')}]`
    case 'map': {
      const entries = [...(value as ReadonlyMap<unknown, unknown>)]
      return `{${entries.map(([k, v]) => `${cellText(k, type.keyType)} -> ${cellText(v, type.valueType)}`).join(', ')}}`
    }
    case 'struct':
      return `{${type.fields.map((f) => cellText((value as Record<string, unknown>)[f.name], f.dataType)).join(', ')}}`
    default:
      return String(value)
  }
}

const cellText = (value: unknown, type: DataType): string =>
  value === null || value === undefined ? 'NULL' : valueText(value, type)

/** Texts of the first values of a column, as Spark prints them; null for null. */
export function columnTexts(column: ColumnData, field: StructField, rows: number): (string | null)[] {
  if (column.kind === 'i64' && field.dataType.kind !== 'long') {
    return Array.from({ length: rows }, (_, i) => (isValid(column.valid, i) ? timestampText(column.data[i]) : null))
  }
  const read = columnReader(column, field.dataType)
  return Array.from({ length: rows }, (_, i) => {
    const value = read(i)
    return value === null || value === undefined ? null : valueText(value, field.dataType)
  })
}

/** How many rows `show` prints and how. */
export interface ShowOptions {
  /** Rows; 20 when not given. */
  readonly n?: number
  /** Longest cell, 20 when not given; longer ones are cut with dots. 0: never cut, and cells stand left. */
  readonly truncate?: number
  /** One line a value. */
  readonly vertical?: boolean
}

/**
 * The table that Spark's `show` prints, without a line break at the end where Spark's text has none.
 * @param columns the first `rows` rows; where the frame has more than `options.n`, `rows` is `options.n + 1`.
 */
export function showText(
  schema: StructType,
  columns: readonly ColumnData[],
  rows: number,
  options: Required<ShowOptions>,
): string {
  const { n, truncate, vertical } = options
  const shown = Math.min(n, rows)
  const cut = (text: string): string => {
    if (truncate <= 0 || text.length <= truncate) return text
    return truncate < 4 ? text.slice(0, truncate) : `${text.slice(0, truncate - 3)}...`
  }
  const names = schema.fields.map((field) => escapeControls(field.name))
  const cells = columns.map((column, k) =>
    columnTexts(column, schema.fields[k], shown).map((t) => cut(escapeControls(t ?? 'NULL'))),
  )
  const table = vertical ? verticalTable(names, cells, shown) : plainTable(names, cells, shown, truncate > 0)
  if (vertical && shown === 0) return `${table}(0 rows)`
  return rows > n ? `${table}only showing top ${n} ${n === 1 ? 'row' : 'rows'}` : table
}

function plainTable(names: readonly string[], cells: readonly string[][], rows: number, left: boolean): string {
  const widths = names.map((name, k) => Math.max(MIN_WIDTH, widthOf(name), ...cells[k].map(widthOf)))
  const line = `+${widths.map((width) => '-'.repeat(width)).join('+')}+\n`
  const rowText = (texts: readonly string[]): string =>
    `|${texts.map((text, k) => pad(text, widths[k], left)).join('|')}|\n`
  const body = Array.from({ length: rows }, (_, i) => rowText(cells.map((column) => column[i]))).join('')
  return `${line}${rowText(names)}${line}${body}${line}`
}

function verticalTable(names: readonly string[], cells: readonly string[][], rows: number): string {
  const nameWidth = Math.max(MIN_WIDTH, ...names.map(widthOf))
  const cellWidth = Math.max(MIN_WIDTH, ...cells.flat().map(widthOf))
  const record = (i: number): string => {
    const header = `-RECORD ${i}`.padEnd(nameWidth + cellWidth + 5, '-')
    const lines = names.map((name, k) => ` ${pad(name, nameWidth, false)} | ${pad(cells[k][i], cellWidth, false)} `)
    return `${[header, ...lines].join('\n')}\n`
  }
  return Array.from({ length: rows }, (_, i) => record(i)).join('')
}

/** Spark's name of a type in `printSchema`. */
const typeName = (type: DataType): string => {
  if (type.kind === 'decimal') return `decimal(${type.precision},${type.scale})`
  return type.kind
}

/** The tree that Spark's `printSchema` prints. */
export function treeText(schema: StructType): string {
  const lines = ['root']
  const addField = (field: StructField, indent: string): void => {
    lines.push(`${indent}-- ${field.name}: ${typeName(field.dataType)} (nullable = ${field.nullable})`)
    addType(field.dataType, `${indent}    |`)
  }
  const addType = (type: DataType, indent: string): void => {
    if (type.kind === 'struct') for (const field of type.fields) addField(field, indent)
    if (type.kind === 'array') {
      lines.push(`${indent}-- element: ${typeName(type.elementType)} (containsNull = ${type.containsNull})`)
      addType(type.elementType, `${indent}    |`)
    }
    if (type.kind === 'map') {
      lines.push(`${indent}-- key: ${typeName(type.keyType)}`)
      addType(type.keyType, `${indent}    |`)
      lines.push(`${indent}-- value: ${typeName(type.valueType)} (valueContainsNull = ${type.valueContainsNull})`)
      addType(type.valueType, `${indent}    |`)
    }
  }
  for (const field of schema.fields) addField(field, ' |')
  return `${lines.join('\n')}\n`
}
