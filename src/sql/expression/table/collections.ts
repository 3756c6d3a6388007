import { SchemaError } from '../../../errors.js'
import { knownNames, shortText } from '../../../util/names.js'
import {
  ArrayType,
  BooleanType,
  type DataType,
  fieldNames,
  type MapType,
  NullType,
  StringType,
  StructField,
  StructType,
} from '../../types.js'
import { castSql } from '../casts.js'
import { quoteName } from '../duck-types.js'
import { holdsNull, keyed } from '../order-key.js'
import { raise } from '../sql-text.js'
import { refuseTwice, sorted } from './arrays.js'
import { type Operand, type RowText, scalars } from './row.js'

const elementType = ([array]: readonly Operand[]): DataType => (array.dataType as ArrayType).elementType

const mapValue = ([map]: readonly Operand[]): DataType => (map.dataType as MapType).valueType

const mayHoldNull = (type: DataType): boolean => type.kind === 'array' && type.containsNull

/** Spark looks for nulls in an array that is written out, and expects one in every other. */
const elementNullable = ([array, index]: readonly Operand[]): boolean =>
  array.call !== 'array' || index.nullable || mayHoldNull(array.dataType)

const OUT_OF_RANGE = raise('INVALID_ARRAY_INDEX', 'The index is outside the array. Use get() to receive null instead.')

/** The field of a struct by a literal name: exactly, else without regard to case. */
function fieldOf([struct, name]: readonly Operand[]): StructField {
  const { fields } = struct.dataType as StructType
  const wanted = String(name.literal)
  const found =
    fields.find((f) => f.name === wanted) ?? fields.find((f) => f.name.toLowerCase() === wanted.toLowerCase())
  if (!found) {
    throw new SchemaError(`${struct.title} has no field ${shortText(wanted)}`, {
      column: wanted,
      allowed: knownNames('fields', wanted, fieldNames(struct.dataType as StructType)),
    })
  }
  return found
}

const field = (name: string, title: string): RowText => ({
  name,
  takes: 'STRUCT, STRING',
  gives: (args) => fieldOf(args).dataType,
  nullable: (args) => args[0].nullable || fieldOf(args).nullable,
  sql: (args) => `($1).${quoteName(fieldOf(args).name)}`,
  title,
})

/** Values beside their names, as `struct_pack` takes them. */
function pack(names: readonly string[], place: (i: number) => number): string {
  refuseTwice(names)
  return `struct_pack(${names.map((name, i) => `${quoteName(name)} := $${place(i)}`).join(', ')})`
}

/** Spark names a part of `struct(…)` after its column or alias, and col1, col2 … otherwise. */
const partNames = (args: readonly Operand[]): string[] => args.map((arg, i) => arg.name ?? `col${i + 1}`)

/** An array with its elements as strings. */
const texts = ({ dataType }: Operand): string => castSql(dataType, ArrayType(StringType), false)

const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
const partOf = (name: string): string => `($1).${quoteName(name)}`
const packFields = (fields: readonly (readonly [name: string, sql: string])[]): string =>
  `struct_pack(${fields.map(([name, sql]) => `${quoteName(name)} := ${sql}`).join(', ')})`

/** The struct with a field added, or replaced where it has one of that name. */
function changed([struct, name, value]: readonly Operand[]): { type: StructType; sql: string } {
  const wanted = String(name.literal)
  const made = StructField(wanted, value.dataType, value.nullable)
  const { fields } = struct.dataType as StructType
  const known = fields.some((f) => sameName(f.name, wanted))
  const all = fields.map((f): [StructField, string] => (sameName(f.name, wanted) ? [made, '$3'] : [f, partOf(f.name)]))
  if (!known) all.push([made, '$3'])
  return { type: StructType(all.map(([f]) => f)), sql: packFields(all.map(([f, sql]) => [f.name, sql])) }
}

/** The fields that are left of a struct. @throws SchemaError where none is. */
function kept([struct, ...names]: readonly Operand[]): readonly StructField[] {
  const { fields } = struct.dataType as StructType
  const left = fields.filter((f) => !names.some(({ literal }) => sameName(f.name, String(literal))))
  if (left.length > 0) return left
  throw new SchemaError(`dropFields leaves no field of ${struct.title}`, { hint: 'Drop the column itself' })
}

const extreme = (name: string): RowText => ({
  name: `array_${name}`,
  takes: 'ARRAY',
  gives: elementType,
  nullable: 'always',
  sql: (args) => {
    const type = elementType(args)
    if (!holdsNull(type)) return `list_${name}($1)`
    return `list_${name}(list_transform($1, lambda "'y": ${keyed(type, `"'y"`)})).v`
  },
})

/** Functions of arrays, maps and structs. */
export const COLLECTIONS = scalars([
  field('.', '$1.$2'),
  {
    name: '[]',
    takes: 'ARRAY, INTEGRAL|VOID',
    gives: elementType,
    nullable: elementNullable,
    sql: `CASE WHEN $2 < 0 OR $2 >= len($1) THEN ${OUT_OF_RANGE} ELSE ($1)[$2 + 1] END`,
    title: '$1[$2]',
  },
  field('[]', '$1[$2]'),
  {
    name: '[]',
    takes: 'MAP, ANY',
    gives: mapValue,
    nullable: 'always',
    sql: '($1)[$2]',
    title: '$1[$2]',
  },
  { name: 'element_at', takes: 'MAP, ANY', gives: mapValue, nullable: 'always', sql: '($1)[$2]' },
  {
    name: 'element_at',
    takes: 'ARRAY, INTEGRAL',
    gives: elementType,
    nullable: elementNullable,
    sql: `CASE WHEN $1 IS NOT NULL AND ($2 = 0 OR abs($2) > len($1)) THEN ${OUT_OF_RANGE} ELSE ($1)[$2] END`,
  },
  {
    name: 'get',
    takes: 'ARRAY, INTEGRAL|VOID',
    gives: elementType,
    nullable: 'always',
    sql: 'CASE WHEN $2 >= 0 THEN ($1)[CAST($2 AS BIGINT) + 1] END',
  },
  { name: 'array', takes: '', gives: () => ArrayType(NullType, false), nullable: 'never', sql: '[]' },
  {
    name: 'array',
    takes: 'T...',
    gives: (args) =>
      ArrayType(
        args[0].dataType,
        args.some((a) => a.nullable),
      ),
    nullable: 'never',
    sql: '[$*]',
  },
  { name: 'size', takes: 'VOID', gives: 'INT', sql: 'CAST(NULL AS INTEGER)' },
  {
    name: 'size|cardinality',
    takes: 'ARRAY|MAP',
    gives: 'INT',
    sql: ([value]) => `CAST(${value.dataType.kind === 'map' ? 'cardinality' : 'len'}($1) AS INTEGER)`,
  },
  {
    name: 'array_contains',
    takes: 'ARRAY<S>, S',
    gives: ([, value]) => {
      if (value.literal !== null) return BooleanType
      throw new SchemaError('array_contains looks for NULL', { hint: 'Use exists(array, x -> x IS NULL)' })
    },
    nullable: (args) => args[0].nullable || args[1].nullable || mayHoldNull(args[0].dataType),
    sql:
      'CASE WHEN $1 IS NULL OR $2 IS NULL THEN NULL WHEN list_contains($1, $2) THEN true ' +
      'WHEN len(list_filter($1, lambda x: x IS NULL)) > 0 THEN NULL ELSE false END',
  },
  extreme('min'),
  extreme('max'),
  {
    name: 'sort_array',
    takes: 'ARRAY, BOOLEAN=true',
    gives: '$1',
    sql: ([array, ascending]) =>
      sorted(array, ascending.literal === false ? "'DESC', 'NULLS LAST'" : "'ASC', 'NULLS FIRST'"),
  },
  {
    name: 'shuffle',
    takes: 'ARRAY',
    gives: '$1',
    sql: `list_transform(list_sort(list_transform($1, lambda "'x": struct_pack(r := random(), x := "'x"))), lambda "'s": "'s".x)`,
  },
  {
    name: 'array_join',
    takes: 'ARRAY, STRING',
    gives: 'STRING',
    sql: ([array]) =>
      `CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN coalesce(array_to_string(${texts(array)}, $2), '') END`,
  },
  {
    name: 'array_join',
    takes: 'ARRAY, STRING, STRING',
    gives: 'STRING',
    sql: ([array]) =>
      `CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL AND $3 IS NOT NULL THEN coalesce(array_to_string(` +
      `list_transform(${texts(array)}, lambda "'x": coalesce("'x", $3)), $2), '') END`,
  },
  {
    name: 'struct',
    takes: 'ANY...',
    gives: (args) =>
      StructType(partNames(args).map((name, i) => StructField(name, args[i].dataType, args[i].nullable))),
    nullable: 'never',
    sql: (args) => pack(partNames(args), (i) => i + 1),
  },
  {
    name: '+withfield',
    takes: 'STRUCT, STRING, ANY',
    gives: (args) => changed(args).type,
    nullable: ([struct]) => struct.nullable,
    sql: (args) => `CASE WHEN $1 IS NOT NULL THEN ${changed(args).sql} END`,
    // Changes one after the other are one in the text.
    title: ([struct, , value]) =>
      `update_fields(${struct.replace(/^update_fields\((.*)\)$/s, '$1')}, WithField(${value}))`,
  },
  {
    name: '+dropfields',
    takes: 'STRUCT, STRING...',
    gives: (args) => StructType(kept(args)),
    nullable: ([struct]) => struct.nullable,
    sql: (args) =>
      `CASE WHEN $1 IS NOT NULL THEN ${packFields(kept(args).map(({ name }) => [name, partOf(name)]))} END`,
    title: ([struct, ...names]) => `update_fields(${[struct, ...names.map(() => 'dropfield()')].join(', ')})`,
  },
  {
    name: 'named_struct',
    takes: 'ANY, ANY...',
    gives: (args) =>
      StructType(pairs(args).map(([name, value]) => StructField(String(name.literal), value.dataType, value.nullable))),
    nullable: 'never',
    sql: (args) =>
      pack(
        pairs(args).map(([name]) => String(name.literal)),
        (i) => 2 * i + 2,
      ),
  },
])

function pairs(args: readonly Operand[]): [name: Operand, value: Operand][] {
  if (args.length % 2 || args.some((arg, i) => i % 2 === 0 && typeof arg.literal !== 'string')) {
    throw new SchemaError('named_struct takes pairs of a literal name and a value', {
      received: shortText(args.map((arg) => arg.title)),
    })
  }
  return args.flatMap((arg, i) => (i % 2 ? [] : [[arg, args[i + 1]]]))
}
