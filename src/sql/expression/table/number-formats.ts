import { SchemaError, UnsupportedError } from '../../../errors.js'
import { DecimalType, StringType } from '../../types.js'
import { castSql } from '../casts.js'
import { formatSql } from '../date-pattern.js'
import { duckType } from '../duck-types.js'
import { type NumberFormat, numberFormat } from '../js/number-format.js'
import { type Operand, type RowText, scalars } from './row.js'

/** @throws UnsupportedError for a computed format; SchemaError for a text that is none. */
function formatOf({ literal, title }: Operand): NumberFormat {
  if (typeof literal !== 'string') {
    throw new UnsupportedError(`the computed format ${title}`, { hint: "Give it as a literal, such as '999.99'" })
  }
  const format = numberFormat(literal)
  if (format) return format
  throw new SchemaError(`${title} is no format of numbers`, {
    received: literal,
    allowed: 'Allowed: 0 and 9 for digits, a comma or G between groups, a point or D, $, and S, MI or PR for the sign',
  })
}

const decimalOf = ([, operand]: readonly Operand[]): DecimalType => {
  const { whole, fraction } = formatOf(operand)
  return DecimalType(whole.replaceAll(',', '').length + fraction.length, fraction.length)
}

const reading = (name: string, safe: boolean): RowText => ({
  name,
  takes: 'STRING, STRING',
  gives: decimalOf,
  nullable: safe ? 'always' : 'any',
  sql: (args) => `CAST(js_${name}($1, $2) AS ${duckType(decimalOf(args))})`,
})

const written = ([value, format]: readonly Operand[]): string => {
  formatOf(format)
  return `js_to_char(${castSql(value.dataType, StringType, false)}, $2)`
}

const time = (args: readonly Operand[]): string => {
  const { literal, title } = args[1]
  if (typeof literal === 'string') return formatSql(literal)
  throw new UnsupportedError(`the computed pattern ${title}`, { hint: "Give it as a literal, such as 'yyyy-MM-dd'" })
}

/** Numbers as texts by formats of SQL, and back. */
export const NUMBER_FORMATS = scalars([
  { name: 'to_char|to_varchar', takes: 'NUMERIC, STRING', gives: 'STRING', sql: written, title: 'to_char($1, $2)' },
  { name: 'to_char|to_varchar', takes: 'DATE!|TIMESTAMP!, STRING', gives: 'STRING', sql: time },
  reading('to_number', false),
  reading('try_to_number', true),
])
