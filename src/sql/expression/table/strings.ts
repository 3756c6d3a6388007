import { SchemaError, UnsupportedError } from '../../../errors.js'
import { ArrayType, StringType, simpleString } from '../../types.js'
import { castSql } from '../casts.js'
import { isIntegral } from '../coercion.js'
import { quoteText } from '../duck-types.js'
import { isJavaOnly, patternOf } from '../regex.js'
import { raise } from '../sql-text.js'
import { matches } from './operators.js'
import { type Operand, type RowText, scalars } from './row.js'

const text = (name: string, sql: string): RowText => ({ name, takes: 'STRING', gives: 'STRING', sql })
const test = (name: string, sql: string): RowText => ({ name, takes: 'STRING, STRING', gives: 'BOOLEAN', sql })

const pad = (name: string): RowText => ({
  name,
  takes: 'STRING, INT, STRING=" "',
  gives: 'STRING',
  sql: `CASE WHEN $2 <= 0 AND $3 IS NOT NULL THEN left($1, 0) WHEN $3 = '' THEN left($1, $2) ELSE ${name}($1, $2, $3) END`,
})

/** Without some characters at an end; they come first. */
const trim = (name: string, words: string): RowText[] => [
  text(name, `${name}($1, ' ')`),
  {
    name,
    takes: 'STRING, STRING',
    gives: 'STRING',
    sql: `${name}($2, $1)`,
    title: ([characters, value]) => `${words} ${characters} FROM ${value})`,
  },
]

/** Replacement text of java.util.regex (`$1`, `\` escapes) in RE2's form (`\1`). */
const replacement = (java: string): string =>
  java.replace(/\\(.)|\$(\d)|\\/gs, (_, escaped: string | undefined, group: string | undefined) => {
    if (group !== undefined) return `\\${group}`
    return escaped === undefined || escaped === '\\' ? '\\\\' : escaped
  })

const regexpReplace = ([, pattern, by, position]: readonly Operand[]): string => {
  if (by.literal === null) return 'CAST(NULL AS VARCHAR)'
  if (typeof by.literal !== 'string') return 'js_regexp_replace($1, $2, $3, $4)'
  const escaped = by.literal.replace(/\\./gs, '')
  const wanted = Math.max(0, ...Array.from(escaped.matchAll(/\$(\d)/g), ([, group]) => Number(group)))
  if (isJavaOnly(pattern.literal) || wanted > (groupsOf(pattern) ?? wanted)) return 'js_regexp_replace($1, $2, $3, $4)'
  const replaced = (text: string): string =>
    `regexp_replace(${text}, $2, ${quoteText(replacement(by.literal as string))}, 'g')`
  return position.literal === 1 ? replaced('$1') : `left($1, $4 - 1) || ${replaced('substring($1, $4)')}`
}

/** A group that the pattern does not have is an error; the engine would answer with an empty text. */
const regexpExtract = ([, pattern, group]: readonly Operand[]): string => {
  if (isJavaOnly(pattern.literal)) return 'js_regexp_extract($1, $2, $3)'
  const groups = groupsOf(pattern)
  if (typeof group.literal === 'number' && groups !== undefined && (group.literal < 0 || group.literal > groups)) {
    const error = raise('INVALID_PARAMETER_VALUE.REGEX_GROUP_INDEX', `The pattern has ${groups} groups.`)
    return `CASE WHEN regexp_matches($1, $2) THEN ${error} ELSE regexp_extract($1, $2) END`
  }
  return 'regexp_extract($1, $2, $3)'
}

/** Every match as a whole. */
const allMatches = ([, pattern]: readonly Operand[]): string =>
  isJavaOnly(pattern.literal) ? 'js_regexp_extract_all($1, $2, 0)' : 'regexp_extract_all($1, $2)'

/** Number of groups of a pattern; undefined where it has something that JavaScript does not know. */
function groupsOf({ literal }: Operand): number | undefined {
  if (typeof literal !== 'string') return undefined
  try {
    return patternOf(literal).groups
  } catch {
    return undefined
  }
}

/** An empty pattern parts all characters, and the limit cuts the list. */
const SPLIT =
  "CASE WHEN $1 = '' AND $2 IS NOT NULL AND $3 IS NOT NULL THEN [''] WHEN $2 = '' THEN " +
  "CASE WHEN $3 > 0 THEN regexp_split_to_array($1, '')[:$3] ELSE regexp_split_to_array($1, '') END ELSE js_split($1, $2, $3) END"

const split = ([, pattern, limit]: readonly Operand[]): string => {
  if (typeof limit.literal !== 'number' || limit.literal > 0 || isJavaOnly(pattern.literal)) return SPLIT
  // An empty pattern parts all characters in both; DuckDB alone makes an empty list of the empty string.
  return "CASE WHEN $2 IS NULL THEN NULL WHEN $1 = '' THEN [''] ELSE regexp_split_to_array($1, $2) END"
}

/** From a 1-based position, counted from the end where negative; what lies before the start takes part of the length. */
const substringOf = (text: string, start: string, length: string): string =>
  `CASE WHEN ${start} IS NULL OR ${length} IS NULL THEN NULL WHEN ${length} <= 0 THEN left(${text}, 0) ` +
  `WHEN ${start} > 0 THEN substring(${text}, ${start}, ${length}) WHEN ${start} = 0 THEN left(${text}, ${length}) ` +
  `WHEN ${start} >= -length(${text}) THEN substring(${text}, ${start}, ${length}) ` +
  `ELSE left(${text}, greatest(CAST(${length} AS BIGINT) + length(${text}) + ${start}, 0)) END`

const substring: Pick<RowText, 'takes' | 'gives' | 'sql'> = {
  takes: 'STRING, INT, INT=2147483647',
  gives: 'STRING',
  sql: substringOf('$1', '$2', '$3'),
}

const never = 'never' as const

const INDEX_ZERO = raise('INVALID_INDEX_OF_ZERO', 'The index 0 is invalid. An index shall be either < 0 or > 0.')
const OUT_OF_RANGE = raise('INVALID_ARRAY_INDEX', 'The index is outside the values.')

/** Elements of an array with the separator between; nothing at all, so that no separator appears, where there is none. */
const joined = (k: number): string =>
  `array_to_string(CASE WHEN len(list_filter($${k + 1}, lambda "'x": "'x" IS NOT NULL)) > 0 THEN $${k + 1} END, $1)`

const LOCATE =
  "CASE WHEN $3 IS NULL THEN 0 WHEN $1 IS NULL OR $2 IS NULL THEN NULL WHEN $3 < 1 THEN 0 WHEN $1 = '' THEN 1 " +
  'WHEN contains(substring($2, $3), $1) THEN CAST(instr(substring($2, $3), $1) + $3 - 1 AS INTEGER) ELSE 0 END'

const SPECIFIER = /%(?:%|n|(?:(\d+)\$)?[-#+ 0,(]*\d*(?:\.\d+)?[a-zA-Z])/g

/** The pieces of a format text of java.util.Formatter, each written by its own function. */
function printf([format, ...args]: readonly Operand[]): string {
  if (typeof format.literal !== 'string') {
    throw new UnsupportedError('format_string with a computed format', { hint: 'Give the format as a literal' })
  }
  const text = format.literal
  const parts: string[] = []
  let [end, next] = [0, 0]
  for (const match of text.matchAll(SPECIFIER)) {
    parts.push(quoteText(text.slice(end, match.index)))
    end = match.index + match[0].length
    if (match[0] === '%%' || match[0] === '%n') parts.push(match[0] === '%%' ? "'%'" : 'chr(10)')
    else {
      const at = match[1] === undefined ? next++ : Number(match[1]) - 1
      parts.push(printfPart(match[0].replace(/\d+\$/, ''), args[at], `$${at + 2}`, format.title))
    }
  }
  return `(${[...parts, quoteText(text.slice(end))].join(' || ')})`
}

function printfPart(specifier: string, arg: Operand | undefined, sql: string, format: string): string {
  const letter = specifier.at(-1)!.toLowerCase()
  const refuse = (): never => {
    throw new SchemaError(`${specifier} in ${format} does not take ${arg ? simpleString(arg.dataType) : 'nothing'}`, {
      hint: 'Use %d for whole numbers, %f for doubles and %s for everything',
    })
  }
  if (!arg) return refuse()
  const written = quoteText(specifier)
  const { kind } = arg.dataType
  if (letter === 's' || letter === 'b') {
    const value = kind === 'string' ? sql : castSql(arg.dataType, StringType, false).replaceAll('$1', sql)
    return `js_printf_text(${written}, ${value})`
  }
  if (/[dxo]/.test(letter) && (isIntegral(arg.dataType) || kind === 'void')) {
    const bits = { byte: 8, short: 16, integer: 32 }[kind as string] ?? 64
    return `js_printf_integer(${written}, CAST(${sql} AS BIGINT), ${bits})`
  }
  if (/[fe]/.test(letter) && (kind === 'double' || kind === 'float' || kind === 'decimal' || kind === 'void')) {
    return `js_printf_floating(${written}, CAST(${sql} AS DOUBLE))`
  }
  return refuse()
}

/** Functions of strings. Lengths and positions are in code points, from 1. */
export const STRINGS = scalars([
  // The engine would make one capital letter of ß.
  text('upper|ucase', "upper(replace($1, 'ß', 'ss'))"),
  text('lower|lcase', 'lower($1)'),
  {
    name: 'length|len|char_length|character_length',
    takes: 'BINARY!',
    gives: 'INT',
    sql: 'CAST(octet_length($1) AS INTEGER)',
  },
  {
    name: 'length|len|char_length|character_length',
    takes: 'STRING',
    gives: 'INT',
    sql: 'CAST(length($1) AS INTEGER)',
  },
  ...trim('trim', 'TRIM(BOTH'),
  ...trim('ltrim', 'TRIM(LEADING'),
  ...trim('rtrim', 'TRIM(TRAILING'),
  text('btrim', "trim($1, ' ')"),
  { name: 'btrim', takes: 'STRING, STRING', gives: 'STRING', sql: 'trim($1, $2)' },
  text('reverse', 'reverse($1)'),
  {
    ...text('initcap', ''),
    sql: "array_to_string(list_transform(string_split(lower($1), ' '), lambda w: upper(left(w, 1)) || substring(w, 2)), ' ')",
  },
  text('soundex', 'js_soundex($1)'),
  {
    name: 'mask',
    takes: 'STRING, STRING="X", STRING="x", STRING="n", STRING=null',
    gives: 'STRING',
    nullable: 'always',
    sql: 'js_mask($1, $2, $3, $4, $5)',
  },
  {
    name: 'parse_url',
    takes: 'STRING, STRING',
    gives: 'STRING',
    nullable: 'always',
    sql: 'js_parse_url($1, $2, NULL)',
  },
  {
    name: 'parse_url',
    takes: 'STRING, STRING, STRING',
    gives: 'STRING',
    nullable: 'always',
    sql: 'CASE WHEN $3 IS NOT NULL THEN js_parse_url($1, $2, $3) END',
  },
  { name: 'luhn_check', takes: 'STRING', gives: 'BOOLEAN', nullable: 'always', sql: 'js_luhn_check($1)' },
  { ...text('url_encode', 'js_url_encode($1)'), nullable: 'always' },
  { ...text('url_decode', 'js_url_decode($1)'), nullable: 'always' },
  {
    name: 'substring_index',
    takes: 'STRING, STRING, INT',
    gives: 'STRING',
    sql: 'js_substring_index($1, $2, $3)',
  },
  { name: 'levenshtein', takes: 'STRING, STRING', gives: 'INT', sql: 'js_levenshtein($1, $2)' },
  {
    name: 'levenshtein',
    takes: 'STRING, STRING, INT',
    gives: 'INT',
    sql: 'CASE WHEN js_levenshtein($1, $2) > $3 THEN -1 ELSE js_levenshtein($1, $2) END',
  },
  { name: 'format_number', takes: 'LONG!, INT', gives: 'STRING', nullable: 'always', sql: 'js_format_long($1, $2)' },
  {
    name: 'format_number',
    takes: 'NUMERIC, INT',
    gives: 'STRING',
    nullable: 'always',
    sql: ([value]) =>
      isIntegral(value.dataType)
        ? 'js_format_long(CAST($1 AS BIGINT), $2)'
        : 'js_format_double(CAST($1 AS DOUBLE), $2)',
  },
  { name: 'format_string|printf', takes: 'STRING, ANY...', gives: 'STRING', nullable: never, sql: printf },
  { name: 'format_string|printf', takes: 'STRING', gives: 'STRING', nullable: never, sql: printf },
  { name: 'bit_length', takes: 'STRING!', gives: 'INT', sql: 'CAST(8 * strlen($1) AS INTEGER)' },
  { name: 'bit_length', takes: 'BINARY', gives: 'INT', sql: 'CAST(8 * octet_length($1) AS INTEGER)' },
  { name: 'octet_length', takes: 'STRING!', gives: 'INT', sql: 'CAST(strlen($1) AS INTEGER)' },
  { name: 'octet_length', takes: 'BINARY', gives: 'INT', sql: 'CAST(octet_length($1) AS INTEGER)' },
  {
    name: 'chr|char',
    takes: 'LONG',
    gives: 'STRING',
    sql: "CASE WHEN $1 < 0 THEN '' ELSE chr(CAST($1 % 256 AS INTEGER)) END",
  },
  {
    name: 'elt',
    takes: 'INT, STRING...',
    gives: 'STRING',
    nullable: 'always',
    sql: (args) => {
      const branches = args.slice(1).map((_, k) => `WHEN ${k + 1} THEN $${k + 2}`)
      return `CASE WHEN $1 < 1 OR $1 > ${args.length - 1} THEN ${OUT_OF_RANGE} ELSE CASE $1 ${branches.join(' ')} END END`
    },
  },
  { name: 'space', takes: 'INT', gives: 'STRING', sql: "repeat(' ', CASE WHEN $1 < 0 THEN 0 ELSE $1 END)" },
  {
    name: 'find_in_set',
    takes: 'STRING, STRING',
    gives: 'INT',
    sql: "CASE WHEN contains($1, ',') AND $2 IS NOT NULL THEN 0 WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN CAST(coalesce(list_position(string_split($2, ','), $1), 0) AS INTEGER) END",
  },
  {
    name: 'split_part',
    takes: 'STRING, STRING, INT',
    gives: 'STRING',
    nullable: 'always',
    sql: `CASE WHEN $1 IS NULL OR $2 IS NULL THEN NULL WHEN $3 = 0 THEN ${INDEX_ZERO} WHEN $2 = '' THEN CASE WHEN abs($3) = 1 THEN $1 ELSE '' END ELSE split_part($1, $2, $3) END`,
  },
  {
    name: 'overlay',
    takes: 'STRING, STRING, INT, INT=-1',
    gives: 'STRING',
    // As Spark: the parts are substrings up to the place and from behind it, wherever those lie.
    sql:
      `CASE WHEN $1 IS NULL OR $2 IS NULL OR $3 IS NULL OR $4 IS NULL THEN NULL ELSE ${substringOf('$1', '1', '$3 - 1')} || $2 || ` +
      `${substringOf('$1', '$3 + CASE WHEN $4 < 0 THEN length($2) ELSE $4 END', '2147483647')} END`,
  },
  {
    name: 'regexp_extract_all',
    takes: 'STRING, STRING, INT=1',
    gives: () => ArrayType(StringType),
    sql: (args) => regexpExtract(args).replace('regexp_extract($1', 'regexp_extract_all($1'),
  },
  {
    name: 'regexp_count',
    takes: 'STRING, STRING',
    gives: 'INT',
    sql: (args) => `CAST(len(${allMatches(args)}) AS INTEGER)`,
  },
  {
    name: 'regexp_like|regexp',
    title: 'REGEXP_LIKE($1, $2)',
    takes: 'STRING, STRING',
    gives: 'BOOLEAN',
    sql: matches,
  },
  {
    name: 'regexp_substr',
    takes: 'STRING, STRING',
    gives: 'STRING',
    nullable: 'always',
    sql: (args) => `${allMatches(args)}[1]`,
  },
  {
    name: 'regexp_instr',
    takes: 'STRING, STRING',
    gives: 'INT',
    sql: ([, pattern]) =>
      isJavaOnly(pattern.literal)
        ? 'js_regexp_instr($1, $2)'
        : 'CASE WHEN regexp_matches($1, $2) THEN CAST(length(regexp_split_to_array($1, $2)[1]) + 1 AS INTEGER) WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN 0 END',
    title: 'regexp_instr($1, $2, 0)',
  },
  { name: 'concat', takes: '', gives: 'STRING', sql: "''" },
  {
    name: 'concat',
    takes: 'STRING...',
    gives: 'STRING',
    sql: (args) => `(${args.map((_, i) => `$${i + 1}`).join(' || ')})`,
  },
  { name: 'concat_ws', takes: 'STRING', gives: 'STRING', sql: "CASE WHEN $1 IS NOT NULL THEN '' END" },
  {
    name: 'concat_ws',
    takes: 'STRING, STRING|ARRAY...',
    gives: 'STRING',
    nullable: ([separator]) => separator.nullable,
    sql: (args) =>
      `concat_ws(${args.map(({ dataType }, k) => (dataType.kind === 'array' ? joined(k) : `$${k + 1}`)).join(', ')})`,
  },
  { name: 'substring', ...substring },
  { name: 'substr', ...substring },
  { name: 'left', takes: 'STRING, INT', gives: 'STRING', sql: 'left($1, CASE WHEN $2 < 0 THEN 0 ELSE $2 END)' },
  {
    name: 'right',
    takes: 'STRING, INT',
    gives: 'STRING',
    nullable: 'always',
    sql: 'right($1, CASE WHEN $2 < 0 THEN 0 ELSE $2 END)',
  },
  {
    name: 'replace',
    takes: 'STRING, STRING, STRING=""',
    gives: 'STRING',
    sql: "CASE WHEN $2 = '' AND $3 IS NOT NULL THEN $1 ELSE replace($1, $2, $3) END",
  },
  { name: 'translate', takes: 'STRING, STRING, STRING', gives: 'STRING', sql: 'translate($1, $2, $3)' },
  { name: 'repeat', takes: 'STRING, INT', gives: 'STRING', sql: 'repeat($1, CASE WHEN $2 < 0 THEN 0 ELSE $2 END)' },
  { name: 'split', takes: 'STRING, STRING, INT=-1', gives: () => ArrayType(StringType, false), sql: split },
  { name: 'regexp_replace', takes: 'STRING, STRING, STRING, INT=1', gives: 'STRING', sql: regexpReplace },
  { name: 'regexp_extract', takes: 'STRING, STRING, INT=1', gives: 'STRING', sql: regexpExtract },
  pad('lpad'),
  pad('rpad'),
  {
    name: 'instr',
    takes: 'STRING, STRING',
    gives: 'INT',
    sql: "CASE WHEN $2 = '' AND $1 IS NOT NULL THEN 1 ELSE CAST(instr($1, $2) AS INTEGER) END",
  },
  { name: 'locate', takes: 'STRING, STRING, INT=1', gives: 'INT', sql: LOCATE, title: 'locate($1, $2, $3)' },
  { name: 'position', takes: 'STRING, STRING, INT=1', gives: 'INT', sql: LOCATE, title: 'position($1, $2, $3)' },
  { name: 'ascii', takes: 'STRING', gives: 'INT', sql: 'CAST(ascii($1) AS INTEGER)' },
  test('startswith', 'starts_with($1, $2)'),
  test('endswith', 'ends_with($1, $2)'),
  test('contains', 'contains($1, $2)'),
])
