import { UnsupportedError } from '../../../errors.js'
import { ArrayType, StringType } from '../../types.js'
import { quoteText } from '../duck-types.js'
import { type Operand, type RowText, scalars } from './row.js'

const text = (name: string, sql: string): RowText => ({ name, takes: 'STRING', gives: 'STRING', sql })
const test = (name: string, sql: string): RowText => ({ name, takes: 'STRING, STRING', gives: 'BOOLEAN', sql })

const pad = (name: string): RowText => ({
  name,
  takes: 'STRING, INT, STRING=" "',
  gives: 'STRING',
  sql: `CASE WHEN $2 <= 0 THEN left($1, 0) WHEN $3 = '' THEN left($1, $2) ELSE ${name}($1, $2, $3) END`,
})

/** Replacement text of java.util.regex (`$1`, `\` escapes) in RE2's form (`\1`). */
const replacement = (java: string): string =>
  java.replace(/\\(.)|\$(\d)|\\/gs, (_, escaped: string | undefined, group: string | undefined) => {
    if (group !== undefined) return `\\${group}`
    return escaped === undefined || escaped === '\\' ? '\\\\' : escaped
  })

const regexpReplace = ([, , by, position]: readonly Operand[]): string => {
  if (typeof by.literal !== 'string' || position.literal !== 1) {
    throw new UnsupportedError('regexp_replace with a computed replacement or a start position', {
      hint: 'Give the replacement as a literal and leave the position out',
    })
  }
  return `regexp_replace($1, $2, ${quoteText(replacement(by.literal))}, 'g')`
}

const split = ([, , limit]: readonly Operand[]): string => {
  if (limit.literal !== -1) {
    throw new UnsupportedError('split with a limit', { hint: 'Leave the limit out and take the elements you need' })
  }
  // An empty pattern parts all characters in both; DuckDB alone makes an empty list of the empty string.
  return "CASE WHEN $1 = '' THEN [''] ELSE regexp_split_to_array($1, $2) END"
}

/** From a 1-based position, counted from the end where negative; what lies before the start takes part of the length. */
const substring: Pick<RowText, 'takes' | 'gives' | 'sql'> = {
  takes: 'STRING, INT, INT=2147483647',
  gives: 'STRING',
  sql:
    'CASE WHEN $3 <= 0 THEN left($1, 0) WHEN $2 > 0 THEN substring($1, $2, $3) WHEN $2 = 0 THEN left($1, $3) ' +
    'WHEN $2 >= -length($1) THEN substring($1, $2, $3) ' +
    'ELSE left($1, greatest(CAST($3 AS BIGINT) + length($1) + $2, 0)) END',
}

/** Functions of strings. Lengths and positions are in code points, from 1. */
export const STRINGS = scalars([
  text('upper|ucase', 'upper($1)'),
  text('lower|lcase', 'lower($1)'),
  {
    name: 'length|len|char_length|character_length',
    takes: 'STRING',
    gives: 'INT',
    sql: 'CAST(length($1) AS INTEGER)',
  },
  text('trim', "trim($1, ' ')"),
  text('ltrim', "ltrim($1, ' ')"),
  text('rtrim', "rtrim($1, ' ')"),
  text('reverse', 'reverse($1)'),
  {
    ...text('initcap', ''),
    sql: "array_to_string(list_transform(string_split(lower($1), ' '), lambda w: upper(left(w, 1)) || substring(w, 2)), ' ')",
  },
  { name: 'concat', takes: '', gives: 'STRING', sql: "''" },
  {
    name: 'concat',
    takes: 'STRING...',
    gives: 'STRING',
    sql: (args) => `(${args.map((_, i) => `$${i + 1}`).join(' || ')})`,
  },
  {
    name: 'concat_ws',
    takes: 'STRING, STRING...',
    gives: 'STRING',
    nullable: ([separator]) => separator.nullable,
    sql: 'concat_ws($*)',
  },
  { name: 'substring', ...substring },
  { name: 'substr', ...substring },
  { name: 'left', takes: 'STRING, INT', gives: 'STRING', sql: 'left($1, greatest($2, 0))' },
  { name: 'right', takes: 'STRING, INT', gives: 'STRING', sql: 'right($1, greatest($2, 0))' },
  {
    name: 'replace',
    takes: 'STRING, STRING, STRING=""',
    gives: 'STRING',
    sql: "CASE WHEN $2 = '' THEN $1 ELSE replace($1, $2, $3) END",
  },
  { name: 'translate', takes: 'STRING, STRING, STRING', gives: 'STRING', sql: 'translate($1, $2, $3)' },
  { name: 'repeat', takes: 'STRING, INT', gives: 'STRING', sql: 'repeat($1, greatest($2, 0))' },
  { name: 'split', takes: 'STRING, STRING, INT=-1', gives: () => ArrayType(StringType, false), sql: split },
  { name: 'regexp_replace', takes: 'STRING, STRING, STRING, INT=1', gives: 'STRING', sql: regexpReplace },
  { name: 'regexp_extract', takes: 'STRING, STRING, INT=1', gives: 'STRING', sql: 'regexp_extract($1, $2, $3)' },
  pad('lpad'),
  pad('rpad'),
  {
    name: 'instr',
    takes: 'STRING, STRING',
    gives: 'INT',
    sql: "CASE WHEN $2 = '' AND $1 IS NOT NULL THEN 1 ELSE CAST(instr($1, $2) AS INTEGER) END",
  },
  {
    name: 'locate',
    takes: 'STRING, STRING',
    gives: 'INT',
    sql: "CASE WHEN $1 = '' AND $2 IS NOT NULL THEN 1 ELSE CAST(instr($2, $1) AS INTEGER) END",
    title: 'locate($1, $2, 1)',
  },
  { name: 'ascii', takes: 'STRING', gives: 'INT', sql: 'CAST(ascii($1) AS INTEGER)' },
  test('startswith', 'starts_with($1, $2)'),
  test('endswith', 'ends_with($1, $2)'),
  test('contains', 'contains($1, $2)'),
])
