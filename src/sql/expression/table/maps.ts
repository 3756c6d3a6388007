import { SchemaError } from '../../../errors.js'
import { shortText } from '../../../util/names.js'
import {
  ArrayType,
  type DataType,
  MapType,
  NullType,
  StringType,
  StructField,
  StructType,
  sameType,
} from '../../types.js'
import { castSql } from '../casts.js'
import { commonType } from '../coercion.js'
import { type LambdaParameter, type Operand, type RowText, scalars } from './row.js'

// The engine refuses null keys and keys that come twice by itself, as Spark does.

const mapOf = ({ dataType }: Operand): MapType => dataType as MapType

const element = ({ dataType }: Operand): ArrayType => dataType as ArrayType

function common(args: readonly Operand[], what: string): DataType {
  return args.reduce<DataType>((wide, { dataType }) => {
    const meet = commonType(wide, dataType)
    if (meet) return meet
    throw new SchemaError(`the ${what} of the map have no common type`, {
      received: shortText(args.map((arg) => arg.title)),
      hint: 'Cast them',
    })
  }, NullType)
}

/** Keys and values of `map(k1, v1, k2, v2)`. */
function sides(args: readonly Operand[]): [keys: readonly Operand[], values: readonly Operand[]] {
  if (args.length % 2) {
    throw new SchemaError('map takes pairs of a key and a value', { received: shortText(args.map((arg) => arg.title)) })
  }
  return [args.filter((_, i) => i % 2 === 0), args.filter((_, i) => i % 2 === 1)]
}

/** An operand in the type in which all of its side meet. */
const widened = (arg: Operand, place: number, to: DataType): string =>
  sameType(arg.dataType, to) ? `$${place}` : castSql(arg.dataType, to, false).replaceAll('$1', `$${place}`)

function mapSql(args: readonly Operand[]): string {
  const [keys, values] = sides(args)
  const [key, value] = [common(keys, 'keys'), common(values, 'values')]
  const list = (side: readonly Operand[], type: DataType, first: number): string =>
    `[${side.map((arg, i) => widened(arg, 2 * i + first, type)).join(', ')}]`
  return `map(${list(keys, key, 1)}, ${list(values, value, 2)})`
}

const ofMap = (name: string, sql: string, gives: RowText['gives']): RowText => ({ name, takes: 'MAP', gives, sql })

const NAMES = ['k', 'v1', 'v2']
const lambdaName = (depth: number): string => `"lambda ${depth}.0"`

/** Key and both values; a map without the key gives null. */
const zipParameters = ([a, b]: readonly Operand[], depth: number): readonly LambdaParameter[] =>
  [mapOf(a).keyType, mapOf(a).valueType, mapOf(b).valueType].map((dataType, k) => ({
    dataType,
    nullable: k > 0,
    sql: `${lambdaName(depth)}.${NAMES[k]}`,
  }))

/** Functions of maps without lambda functions, and the one that takes two maps. */
export const MAPS = scalars([
  { name: 'map', takes: '', gives: () => MapType(NullType, NullType, false), nullable: 'never', sql: 'map([], [])' },
  {
    name: 'map',
    takes: 'ANY...',
    gives: (args) => {
      const [keys, values] = sides(args)
      return MapType(
        common(keys, 'keys'),
        common(values, 'values'),
        values.some((arg) => arg.nullable),
      )
    },
    nullable: 'never',
    sql: mapSql,
  },
  ofMap('map_keys', 'map_keys($1)', ([map]) => ArrayType(mapOf(map).keyType, false)),
  ofMap('map_values', 'map_values($1)', ([map]) => ArrayType(mapOf(map).valueType, mapOf(map).valueContainsNull)),
  ofMap('map_entries', 'map_entries($1)', ([map]) => {
    const { keyType, valueType, valueContainsNull } = mapOf(map)
    return ArrayType(
      StructType([StructField('key', keyType, false), StructField('value', valueType, valueContainsNull)]),
      false,
    )
  }),
  {
    name: 'map_from_arrays',
    takes: 'ARRAY, ARRAY',
    gives: ([keys, values]) =>
      MapType(element(keys).elementType, element(values).elementType, element(values).containsNull),
    sql: 'CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN map($1, $2) END',
  },
  {
    name: 'map_from_entries',
    takes: 'ARRAY',
    gives: ([entries]) => {
      const type = element(entries).elementType
      if (type.kind === 'struct' && type.fields.length === 2) {
        const [key, value] = type.fields
        return MapType(key.dataType, value.dataType, value.nullable)
      }
      throw new SchemaError(`map_from_entries(${entries.title}) does not take this array`, {
        allowed: 'Allowed: an array of structs of a key and a value',
      })
    },
    nullable: ([entries]) => entries.nullable || element(entries).containsNull,
    sql: 'CASE WHEN coalesce(list_position($1, NULL), 0) = 0 THEN map_from_entries($1) END',
  },
  {
    name: 'map_concat',
    takes: 'T...',
    gives: ([map, ...rest]) => {
      const type = map.dataType
      if (type.kind !== 'map') throw new SchemaError(`map_concat takes maps, not ${map.title}`, { hint: 'Use concat' })
      const holdsNulls = [map, ...rest].some(({ dataType }) => (dataType as MapType).valueContainsNull)
      return MapType(type.keyType, type.valueType, holdsNulls)
    },
    sql: (args) => {
      const joined = (part: string): string =>
        args.map((_, k) => `${part}($${k + 1})`).reduce((left, right) => `list_concat(${left}, ${right})`)
      const present = args.map((_, k) => `$${k + 1} IS NOT NULL`).join(' AND ')
      return `CASE WHEN ${present} THEN map(${joined('map_keys')}, ${joined('map_values')}) END`
    },
  },
  {
    name: 'map_contains_key',
    takes: 'MAP, ANY',
    gives: 'BOOLEAN',
    sql: 'CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN map_contains($1, $2) END',
    title: 'map_contains_key($1, $2)',
  },
  {
    name: 'str_to_map',
    takes: 'STRING, STRING=",", STRING=":"',
    gives: () => MapType(StringType, StringType),
    sql:
      `CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL AND $3 IS NOT NULL THEN ` +
      `map_from_entries(list_transform(regexp_split_to_array($1, $2), lambda "'p": struct_pack(` +
      `k := regexp_split_to_array("'p", $3)[1], v := CASE WHEN regexp_matches("'p", $3) THEN ` +
      `substring("'p", length(regexp_split_to_array("'p", $3)[1]) + length(regexp_extract("'p", $3)) + 1) END))) END`,
  },
  {
    name: 'try_element_at',
    takes: 'MAP, ANY',
    gives: ([map]) => mapOf(map).valueType,
    nullable: 'always',
    sql: '($1)[$2]',
  },
  {
    name: 'map_zip_with',
    takes: 'MAP, MAP, LAMBDA',
    gives: ([a, , lambda]) => MapType(mapOf(a).keyType, lambda.dataType, lambda.nullable),
    nullable: ([a, b]) => a.nullable || b.nullable,
    lambda: zipParameters,
    sql: ([{ depth }]) => {
      const keys = `list_concat(map_keys($1), list_filter(map_keys($2), lambda "'k": NOT map_contains($1, "'k")))`
      const entries = `list_transform(${keys}, lambda "'k": struct_pack(k := "'k", v1 := ($1)["'k"], v2 := ($2)["'k"]))`
      const mapped = `list_transform(${entries}, lambda ${lambdaName(depth)}: struct_pack(k := ${lambdaName(depth)}.k, v := $3))`
      return `CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN map_from_entries(${mapped}) END`
    },
  },
])
