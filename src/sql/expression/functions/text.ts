import { type DataType, simpleString } from '../../types.js'
import type { Column } from '../column.js'
import { type ColumnOrName, call, lit, type Operand, value } from './base.js'

/** Upper case. */
export const upper = (column: ColumnOrName): Column => call('upper', column)

/** Lower case. */
export const lower = (column: ColumnOrName): Column => call('lower', column)

/** Number of code points. */
export const length = (column: ColumnOrName): Column => call('length', column)

/** Without spaces, or without any of the given characters, at both ends. */
export const trim = (column: ColumnOrName, characters?: string): Column =>
  characters === undefined ? call('trim', column) : call('trim', lit(characters), column)

/** Without spaces, or without any of the given characters, at the start. */
export const ltrim = (column: ColumnOrName, characters?: string): Column =>
  characters === undefined ? call('ltrim', column) : call('ltrim', lit(characters), column)

/** Without spaces, or without any of the given characters, at the end. */
export const rtrim = (column: ColumnOrName, characters?: string): Column =>
  characters === undefined ? call('rtrim', column) : call('rtrim', lit(characters), column)

/** The characters in reverse order. */
export const reverse = (column: ColumnOrName): Column => call('reverse', column)

/** Each word in lower case with its first letter in upper case. */
export const initcap = (column: ColumnOrName): Column => call('initcap', column)

/** Texts after one another; null when one of them is null. */
export const concat = (...columns: Operand[]): Column => call('concat', ...columns)

/** Texts with a separator between them; nulls are left out. */
export const concat_ws = (separator: string, ...columns: ColumnOrName[]): Column =>
  call('concat_ws', lit(separator), ...columns)

/** Part of a text from a 1-based position (negative: from the end), of a length in code points. */
export const substring = (column: ColumnOrName, position: Column | number, length: Column | number): Column =>
  call('substring', column, position, length)

/** Every occurrence of a text replaced by another. */
export const replace = (column: ColumnOrName, search: Column | string, by: Column | string = ''): Column =>
  call('replace', column, value(search), value(by))

/** Each character of `from` replaced by the one at its place in `to`, or removed. */
export const translate = (column: ColumnOrName, from: string, to: string): Column =>
  call('translate', column, lit(from), lit(to))

/** The text several times after itself. */
export const repeat = (column: ColumnOrName, times: Column | number): Column => call('repeat', column, times)

/** Parts between the matches of a regular expression (RE2 syntax), as an array; at most `limit` parts where that is positive. */
export const split = (column: ColumnOrName, pattern: string, limit = -1): Column =>
  call('split', column, lit(pattern), lit(limit))

/** Every match of a regular expression (RE2 syntax) replaced; `$1` is a group. */
export const regexp_replace = (column: ColumnOrName, pattern: string, replacement: string): Column =>
  call('regexp_replace', column, lit(pattern), lit(replacement))

/** A group of the first match of a regular expression (RE2 syntax); empty without a match. */
export const regexp_extract = (column: ColumnOrName, pattern: string, group = 1): Column =>
  call('regexp_extract', column, lit(pattern), lit(group))

/** Filled at the start, or cut, to a length. */
export const lpad = (column: ColumnOrName, length: Column | number, pad = ' '): Column =>
  call('lpad', column, length, lit(pad))

/** Filled at the end, or cut, to a length. */
export const rpad = (column: ColumnOrName, length: Column | number, pad = ' '): Column =>
  call('rpad', column, length, lit(pad))

/** 1-based position of the first occurrence of a text, or 0. */
export const instr = (column: ColumnOrName, part: Column | string): Column => call('instr', column, value(part))

/** Whether a text starts with another column. */
export const startswith = (column: ColumnOrName, prefix: ColumnOrName): Column => call('startswith', column, prefix)

/** Whether a text ends with another column. */
export const endswith = (column: ColumnOrName, suffix: ColumnOrName): Column => call('endswith', column, suffix)

/** Whether a text contains another column. */
export const contains = (column: ColumnOrName, part: ColumnOrName): Column => call('contains', column, part)

/** Without some characters at both ends. */
export const btrim = (column: ColumnOrName, characters = ' '): Column => call('btrim', column, lit(characters))

/** The part before (count > 0) or after (count < 0) so many occurrences of a delimiter. */
export const substring_index = (column: ColumnOrName, delimiter: string, count: number): Column =>
  call('substring_index', column, lit(delimiter), lit(count))

/** Code of how an English word sounds. */
export const soundex = (column: ColumnOrName): Column => call('soundex', column)

/** Number of characters to insert, delete or replace; -1 where it is greater than a threshold. */
export const levenshtein = (left: ColumnOrName, right: ColumnOrName, threshold?: number): Column =>
  threshold === undefined ? call('levenshtein', left, right) : call('levenshtein', left, right, lit(threshold))

/** A number with commas between thousands and a number of decimal places, halves to even. */
export const format_number = (column: ColumnOrName, places: number): Column =>
  call('format_number', column, lit(places))

/** Text by a format of java.util.Formatter: `format_string('%s has %d', 'name', 'count')`. */
export const format_string = (format: string, ...columns: Operand[]): Column =>
  call('format_string', lit(format), ...columns)

/** Same as {@link format_string}. */
export const printf = (format: string, ...columns: Operand[]): Column => call('printf', lit(format), ...columns)

/** Base 64 of bytes; a string is taken as UTF-8. */
export const base64 = (column: ColumnOrName): Column => call('base64', column)

/** Bytes of a text in base 64. */
export const unbase64 = (column: ColumnOrName): Column => call('unbase64', column)

/** Hexadecimal digits of a whole number, a string's UTF-8, or bytes. */
export const hex = (column: ColumnOrName): Column => call('hex', column)

/** Bytes of hexadecimal digits; null for other text. */
export const unhex = (column: ColumnOrName): Column => call('unhex', column)

/** MD5 of bytes or text, in hexadecimal. */
export const md5 = (column: ColumnOrName): Column => call('md5', column)

/** SHA-1 of bytes or text, in hexadecimal. */
export const sha1 = (column: ColumnOrName): Column => call('sha1', column)

/** SHA-2 of 224, 256, 384 or 512 bits (0 is 256) of bytes or text, in hexadecimal; null for other sizes. */
export const sha2 = (column: ColumnOrName, bits: number): Column => call('sha2', column, lit(bits))

/** CRC-32 of bytes or text. */
export const crc32 = (column: ColumnOrName): Column => call('crc32', column)

/** Bytes of a text. @param charset only UTF-8. */
export const encode = (column: ColumnOrName, charset = 'UTF-8'): Column => call('encode', column, lit(charset))

/** Text of bytes. @param charset only UTF-8. */
export const decode = (column: ColumnOrName, charset = 'UTF-8'): Column => call('decode', column, lit(charset))

/** Number of bits of bytes, or of the UTF-8 of a text. */
export const bit_length = (column: ColumnOrName): Column => call('bit_length', column)

/** Number of bytes, or of the bytes of the UTF-8 of a text. */
export const octet_length = (column: ColumnOrName): Column => call('octet_length', column)

/** The character with a code, modulo 256. */
export const char = (column: ColumnOrName): Column => call('char', column)

/** The first `count` characters. */
export const left = (column: ColumnOrName, count: Operand): Column => call('left', column, count)

/** The last `count` characters. */
export const right = (column: ColumnOrName, count: Operand): Column => call('right', column, count)

/** Code of the first character. */
export const ascii = (column: ColumnOrName): Column => call('ascii', column)

/** 1-based place of a text in a list with commas, or 0. */
export const find_in_set = (column: ColumnOrName, list: ColumnOrName): Column => call('find_in_set', column, list)

/** Part of a text between delimiters, by 1-based number (negative: from the end); empty outside. */
export const split_part = (column: ColumnOrName, delimiter: Column | string, part: Operand): Column =>
  call('split_part', column, value(delimiter), part)

/** A text with the characters from a 1-based position replaced by another. */
export const overlay = (column: ColumnOrName, by: ColumnOrName, position: Operand, length: Operand = -1): Column =>
  call('overlay', column, by, position, length)

/** A group of every match of a regular expression (RE2 syntax), as an array. */
export const regexp_extract_all = (column: ColumnOrName, pattern: string, group = 1): Column =>
  call('regexp_extract_all', column, lit(pattern), lit(group))

/** Number of matches of a regular expression (RE2 syntax). */
export const regexp_count = (column: ColumnOrName, pattern: string): Column =>
  call('regexp_count', column, lit(pattern))

/** Whether a regular expression (RE2 syntax) matches somewhere. */
export const regexp_like = (column: ColumnOrName, pattern: string): Column => call('regexp_like', column, lit(pattern))

/** First match of a regular expression (RE2 syntax), or null. */
export const regexp_substr = (column: ColumnOrName, pattern: string): Column =>
  call('regexp_substr', column, lit(pattern))

/** 1-based position of the first match of a regular expression (RE2 syntax), or 0. */
export const regexp_instr = (column: ColumnOrName, pattern: string): Column =>
  call('regexp_instr', column, lit(pattern))

/** 1-based position of a text from a position on, or 0. */
export const locate = (part: string, column: ColumnOrName, position = 1): Column =>
  call('locate', lit(part), column, lit(position))

/** A text as part of a URL. */
export const url_encode = (column: ColumnOrName): Column => call('url_encode', column)

/** The text of a part of a URL. */
export const url_decode = (column: ColumnOrName): Column => call('url_decode', column)

/** SQL LIKE: `%` is any text, `_` any character. */
export const like = (column: ColumnOrName, pattern: Column | string): Column => call('like', column, value(pattern))

/** A new random UUID in each row. */
export const uuid = (): Column => call('uuid')

/** A value of a JSON text by its path: `get_json_object('json', '$.a[0]')`; null where there is none. */
export const get_json_object = (column: ColumnOrName, path: string): Column =>
  call('get_json_object', column, lit(path))

/**
 * The value of a JSON text in a type, given as text or DataType: `from_json('json', 'id INT, tags ARRAY<STRING>')`. Values of
 * another type are null. Options are not supported.
 */
export const from_json = (column: ColumnOrName, schema: DataType | string): Column =>
  call('from_json', column, lit(typeof schema === 'string' ? schema : simpleString(schema)))

/** The JSON text of a struct, an array or a map; fields that are null are left out. */
export const to_json = (column: ColumnOrName): Column => call('to_json', column)

/** Spark's text of the type of a JSON text. */
export const schema_of_json = (json: Column | string): Column => call('schema_of_json', value(json))

/** Number of elements of a JSON array; null for other text. */
export const json_array_length = (column: ColumnOrName): Column => call('json_array_length', column)

/** Keys of a JSON object; null for other text. */
export const json_object_keys = (column: ColumnOrName): Column => call('json_object_keys', column)

/** Same as {@link lower}. */
export const lcase = (column: ColumnOrName): Column => call('lcase', column)

/** Same as {@link upper}. */
export const ucase = (column: ColumnOrName): Column => call('ucase', column)

/** Same as {@link length}. */
export const char_length = (column: ColumnOrName): Column => call('char_length', column)

/** Same as {@link length}. */
export const character_length = (column: ColumnOrName): Column => call('character_length', column)

/** Same as {@link substring}. */
export const substr = (column: ColumnOrName, position: Operand, length?: Operand): Column =>
  length === undefined ? call('substr', column, position) : call('substr', column, position, length)

/** Whether a regular expression (RE2 syntax) matches somewhere. */
export const rlike = (column: ColumnOrName, pattern: Column | string): Column => call('rlike', column, value(pattern))

/** Same as {@link regexp_like}. */
export const regexp = (column: ColumnOrName, pattern: Column | string): Column => call('regexp', column, value(pattern))

/** {@link like} without regard to case. */
export const ilike = (column: ColumnOrName, pattern: Column | string): Column => call('ilike', column, value(pattern))

/** 1-based position of a column's text in another from a position on, or 0. */
export const position = (part: ColumnOrName, column: ColumnOrName, start: Operand = 1): Column =>
  call('position', part, column, start)

/** The text at a 1-based place among several; outside is an error. */
export const elt = (place: Operand, ...columns: Operand[]): Column => call('elt', place, ...columns)

/** Same as {@link sha1}. */
export const sha = (column: ColumnOrName): Column => call('sha', column)

/** Letters and digits replaced by one character each; null keeps a kind of character. */
export const mask = (
  column: ColumnOrName,
  upper: string | null = 'X',
  lower: string | null = 'x',
  digit: string | null = 'n',
  other: string | null = null,
): Column => call('mask', column, lit(upper), lit(lower), lit(digit), lit(other))

/** A part of a URL: HOST, PATH, QUERY, REF, PROTOCOL, FILE, AUTHORITY, USERINFO, or the value of a key of the QUERY. */
export const parse_url = (column: ColumnOrName, part: string, key?: string): Column =>
  key === undefined ? call('parse_url', column, lit(part)) : call('parse_url', column, lit(part), lit(key))

/** A struct as a line of csv, without white space around cells. */
export const to_csv = (column: ColumnOrName): Column => call('to_csv', column)

/** The cells of a line of csv as a struct of a schema, given as text: `from_csv('line', 'id INT, city STRING')`. What does not fit is null. */
export const from_csv = (column: ColumnOrName, schema: string): Column => call('from_csv', column, lit(schema))

/** Spark's text of the schema of a line of csv. */
export const schema_of_csv = (line: Column | string): Column => call('schema_of_csv', lit(line))

/** A number by a format (`to_char('price', '$9,999.99')`), or a date or timestamp by a pattern. */
export const to_char = (column: ColumnOrName, format: string): Column => call('to_char', column, lit(format))

/** Same as {@link to_char}. */
export const to_varchar = (column: ColumnOrName, format: string): Column => call('to_varchar', column, lit(format))

/** The number that a text is by a format, a decimal; another text is an error. */
export const to_number = (column: ColumnOrName, format: string): Column => call('to_number', column, lit(format))

/** {@link to_number} that gives null for another text. */
export const try_to_number = (column: ColumnOrName, format: string): Column =>
  call('try_to_number', column, lit(format))
