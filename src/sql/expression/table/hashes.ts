import { SchemaError, UnsupportedError } from '../../../errors.js'
import { type DataType, IntegerType, LongType, simpleString } from '../../types.js'
import { duckType, quoteName, quoteText } from '../duck-types.js'
import { CHARSETS } from '../js/charsets.js'
import { type Operand, type RowText, scalars } from './row.js'

/** SQL of one step: the hash of a value with the hash so far as seed. */
function step(family: string, type: DataType, value: string, seed: string): string {
  const call = (kind: string, sql: string): string => `js_${family}_${kind}(${sql}, ${seed})`
  switch (type.kind) {
    case 'void':
      return seed
    case 'boolean':
    case 'byte':
    case 'short':
    case 'integer':
      return call('int', `CAST(${value} AS INTEGER)`)
    case 'date':
      return call('int', `CAST(date_diff('day', DATE '1970-01-01', ${value}) AS INTEGER)`)
    case 'timestamp':
    case 'timestamp_ntz':
      return call('long', `epoch_us(${value})`)
    case 'long':
    case 'double':
    case 'float':
    case 'string':
    case 'binary':
      return call(type.kind, value)
    case 'struct':
      return type.fields.reduce(
        (before, f) => step(family, f.dataType, `(${value}).${quoteName(f.name)}`, before),
        seed,
      )
    case 'array': {
      const [hash, item] = [family === 'hash' ? 'INTEGER' : 'BIGINT', duckType(type.elementType)]
      const pair = (h: string, x: string): string =>
        `struct_pack(h := CAST(${h} AS ${hash}), x := CAST(${x} AS ${item}))`
      const items = `list_transform(coalesce(${value}, []), lambda "'e": ${pair('NULL', `"'e"`)})`
      const next = pair(step(family, type.elementType, `"'e".x`, `"'h".h`), 'NULL')
      return `list_reduce(${items}, lambda "'h", "'e": ${next}, ${pair(seed, 'NULL')}).h`
    }
    default:
      throw new UnsupportedError(`${family} of ${simpleString(type)}`, { hint: 'Cast it to double or string' })
  }
}

/** @throws SchemaError for a map, whose entries have no order. */
function refuseMaps(family: string, type: DataType): void {
  if (type.kind === 'map') {
    throw new SchemaError(`${family} does not take a ${simpleString(type)}`, { hint: 'Hash map_entries of it' })
  }
  if (type.kind === 'array') refuseMaps(family, type.elementType)
  if (type.kind === 'struct') for (const field of type.fields) refuseMaps(family, field.dataType)
}

const chain = (family: string, gives: DataType, type: string): RowText => ({
  name: family,
  takes: 'ANY...',
  gives: (args) => {
    for (const { dataType } of args) refuseMaps(family, dataType)
    return gives
  },
  nullable: 'never',
  sql: (args) =>
    args.reduce((seed, { dataType }, k) => step(family, dataType, `$${k + 1}`, seed), `CAST(42 AS ${type})`),
  title: (args) => `${family}(${args.join(', ')})`,
})

const digest = (name: string, sql: string): RowText => ({ name, takes: 'BINARY', gives: 'STRING', sql })

const SHA2: Readonly<Record<number, string>> = {
  0: 'sha256($1)',
  224: 'js_sha224($1)',
  256: 'sha256($1)',
  384: 'js_sha384($1)',
  512: 'js_sha512($1)',
}

const sha2 = ([, bits]: readonly Operand[]): string => {
  if (typeof bits.literal === 'number') return SHA2[bits.literal] ?? 'CAST(NULL AS VARCHAR)'
  const branches = Object.entries(SHA2).map(([size, sql]) => `WHEN ${size} THEN ${sql}`)
  return `CASE $2 ${branches.join(' ')} END`
}

/** Through a character set: UTF-8 is the engine's own. */
const encoding =
  (name: string) =>
  ([, charset]: readonly Operand[]): string => {
    const word = String(charset.literal).toUpperCase()
    if (charset.literal === null) return 'NULL'
    if (/^UTF-?8$/.test(word)) return `${name}($1)`
    if (Object.hasOwn(CHARSETS, word)) return `js_${name}($1, ${quoteText(word)})`
    throw new SchemaError(`the character set ${charset.title} does not exist`, {
      allowed: `Allowed: UTF-8, ${Object.keys(CHARSETS).join(', ')}, as literals`,
    })
  }

/** Checksums, hashes and codes. */
export const HASHES = scalars([
  chain('hash', IntegerType, 'INTEGER'),
  chain('xxhash64', LongType, 'BIGINT'),
  digest('md5', 'md5($1)'),
  digest('sha|sha1', 'sha1($1)'),
  { name: 'sha2', takes: 'BINARY, INT', gives: 'STRING', nullable: 'always', sql: sha2 },
  { name: 'crc32', takes: 'BINARY', gives: 'LONG', sql: 'js_crc32($1)' },
  { name: 'base64', takes: 'BINARY', gives: 'STRING', sql: 'to_base64($1)' },
  {
    name: 'unbase64',
    takes: 'STRING',
    gives: 'BINARY',
    sql: "from_base64(regexp_replace($1, '\\s', '', 'g'))",
  },
  { name: 'hex', takes: 'LONG!', gives: 'STRING', sql: 'hex($1)' },
  { name: 'hex', takes: 'STRING!', gives: 'STRING', sql: 'hex(encode($1))' },
  { name: 'hex', takes: 'BINARY!', gives: 'STRING', sql: 'hex($1)' },
  { name: 'hex', takes: 'LONG', gives: 'STRING', sql: 'hex($1)' },
  {
    name: 'unhex',
    takes: 'STRING',
    gives: 'BINARY',
    nullable: 'always',
    sql: "CASE WHEN regexp_full_match($1, '[0-9a-fA-F]*') THEN unhex(CASE WHEN length($1) % 2 = 1 THEN '0' || $1 ELSE $1 END) END",
  },
  { name: 'encode', takes: 'STRING, STRING', gives: 'BINARY', nullable: 'always', sql: encoding('encode') },
  { name: 'decode', takes: 'BINARY!, STRING', gives: 'STRING', sql: encoding('decode') },
])
