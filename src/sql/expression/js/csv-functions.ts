import { csvCells } from '../../csv-cells.js'
import { ArrayType, type DataType, StringType, type StructType } from '../../types.js'
import { type JsFunction, jsFunction } from './js-function.js'
import { schemaOf } from './json-functions.js'

/** Spark's marks of csv text. */
const MARKS = { separator: ',', quote: '"', escape: '\\' }

const LIMITS: Readonly<Record<string, bigint>> = { byte: 7n, short: 15n, integer: 31n, long: 63n }
const NUMBER = /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[dDfF]?\s*$/
const WORDS: Readonly<Record<string, string>> = {
  NaN: 'NaN',
  Inf: 'Infinity',
  '-Inf': '-Infinity',
  Infinity: 'Infinity',
  '-Infinity': '-Infinity',
}
const DATE = /^\d{4}-\d{1,2}-\d{1,2}([ T].*)?$/

/** JSON text of a cell as a value of a type; null where it is none. */
function cellJson(cell: string, type: DataType): string {
  switch (type.kind) {
    case 'string':
      return JSON.stringify(cell)
    case 'byte':
    case 'short':
    case 'integer':
    case 'long': {
      const limit = LIMITS[type.kind]
      if (!/^[+-]?\d+$/.test(cell)) return 'null'
      const value = BigInt(cell.replace('+', ''))
      return BigInt.asIntN(Number(limit) + 1, value) === value ? String(value) : 'null'
    }
    case 'double':
    case 'float':
    case 'decimal': {
      const word = WORDS[cell]
      if (word !== undefined) return JSON.stringify(word)
      return NUMBER.test(cell) ? JSON.stringify(String(Number(cell.trim().replace(/[dDfF]$/, '')))) : 'null'
    }
    case 'boolean':
      return /^(true|false)$/i.test(cell) ? cell.toLowerCase() : 'null'
    case 'date':
    case 'timestamp':
    case 'timestamp_ntz': {
      const text = cell.trim()
      return DATE.test(text) && !Number.isNaN(Date.parse(text)) ? JSON.stringify(text) : 'null'
    }
    default:
      return 'null'
  }
}

/** JSON text of a line of csv as a struct: cells that are missing or do not fit are null. */
function csvJson(line: string, schema: string): string {
  const cells = csvCells(line, MARKS)
  const { fields } = schemaOf(schema) as StructType
  const members = fields.map(({ name, dataType }, k) => {
    const cell = cells[k]
    return `${JSON.stringify(name)}:${cell === null || cell === undefined ? 'null' : cellJson(cell, dataType)}`
  })
  return `{${members.join(',')}}`
}

/** A line of csv of texts, as Spark writes it: without white space around cells. */
function csvLine(cells: readonly (string | null)[]): string | null {
  if (cells.length === 1 && cells[0] === null) return null
  return cells
    .map((cell) => {
      if (cell === null) return ''
      const text = cell.trim()
      if (text === '') return '""'
      return /[",\n\r]/.test(text) ? `"${text.replace(/[\\"]/g, '\\$&')}"` : text
    })
    .join(',')
}

/** Spark's text of the type of a cell. */
function cellType(cell: string | null): string {
  if (cell === null) return 'STRING'
  const fits = (kind: 'integer' | 'long' | 'double' | 'boolean'): boolean => cellJson(cell, { kind }) !== 'null'
  if (fits('integer')) return 'INT'
  if (fits('long')) return 'BIGINT'
  if (fits('double')) return 'DOUBLE'
  if (/^\d{4}-\d{2}-\d{2}$/.test(cell) && cellJson(cell, { kind: 'date' }) !== 'null') return 'DATE'
  if (/^\d{4}-\d{2}-\d{2}[ T]\d/.test(cell) && cellJson(cell, { kind: 'timestamp' }) !== 'null') return 'TIMESTAMP'
  return fits('boolean') ? 'BOOLEAN' : 'STRING'
}

/** Functions of csv text. */
export const CSV_FUNCTIONS: readonly JsFunction[] = [
  jsFunction('csv_json', [StringType, StringType], StringType, csvJson),
  jsFunction('csv_line', [ArrayType(StringType)], StringType, csvLine),
  jsFunction('schema_of_csv', [StringType], StringType, (line: string) => {
    const types = csvCells(line, MARKS).map((cell, k) => `_c${k}: ${cellType(cell)}`)
    return `STRUCT<${types.join(', ')}>`
  }),
]
