import { SchemaError } from '../../../errors.js'
import { ArrayType, type DataType, IntegerType, MapType, sameType, simpleString } from '../../types.js'
import { duckType } from '../duck-types.js'
import { raise } from '../sql-text.js'
import { type LambdaParameter, type Operand, type RowText, scalars } from './row.js'

/** Names in the engine's SQL; a nested function has other ones than those around it. */
const name = (depth: number, k = 0): string => `"lambda ${depth}.${k}"`

const arrayOf = ({ dataType }: Operand): ArrayType => dataType as ArrayType
const mapOf = ({ dataType }: Operand): MapType => dataType as MapType

const element = (array: Operand, sql: string, nullable = arrayOf(array).containsNull): LambdaParameter => ({
  dataType: arrayOf(array).elementType,
  nullable,
  sql,
})

/** The element, and its position from 0. */
const elementAndIndex: RowText['lambda'] = ([array], depth) => [
  element(array, name(depth)),
  { dataType: IntegerType, nullable: false, sql: `CAST(${name(depth, 1)} - 1 AS INTEGER)` },
]

/** Applies a lambda function to each element by one of the engine's functions. */
const each = (engine: string, [array, lambda]: readonly Operand[], body = '$2'): string => {
  const index = lambda.parameters > 1 ? `, ${name(array.depth, 1)}` : ''
  return `${engine}($1, lambda ${name(array.depth)}${index}: ${body})`
}

/** Whether something holds for elements: three-valued, so a null among the answers matters where none decides. */
const quantifier = (functions: string, aggregate: string, decides: boolean): RowText => ({
  name: functions,
  takes: 'ARRAY, LAMBDA',
  gives: 'BOOLEAN',
  nullable: ([array, lambda]) => array.nullable || lambda.nullable,
  lambda: ([array], depth) => [element(array, name(depth))],
  sql: (args) => {
    const answers = each('list_transform', args, `CAST($2 AS BOOLEAN)`)
    return (
      `CASE WHEN $1 IS NULL THEN NULL WHEN list_aggregate(${answers}, '${aggregate}') = ${decides} THEN ${decides} ` +
      `WHEN len(list_filter(${answers}, lambda answer: answer IS NULL)) > 0 THEN NULL ELSE ${!decides} END`
    )
  },
})

/** Key and value of a map's entry. */
const entry: RowText['lambda'] = ([map], depth) => [
  { dataType: mapOf(map).keyType, nullable: false, sql: `${name(depth)}.key` },
  { dataType: mapOf(map).valueType, nullable: mapOf(map).valueContainsNull, sql: `${name(depth)}.value` },
]

const entries = ({ depth }: Operand, key: string, value: string): string =>
  `map_from_entries(list_transform(map_entries($1), lambda ${name(depth)}: struct_pack(k := ${key}, v := ${value})))`

/** The elements so far as one value: the engine folds values of one type only, so state and element share a struct. */
const fold: RowText = {
  name: 'aggregate|reduce',
  takes: 'ARRAY, ANY, LAMBDA, LAMBDA',
  gives: ([, start, merge, finish]) => {
    if (sameType(start.dataType, merge.dataType) || merge.dataType.kind === 'void') return finish.dataType
    throw new SchemaError(`the merge function gives ${simpleString(merge.dataType)}`, {
      allowed: `Allowed: ${simpleString(start.dataType)}, the type of the start value`,
      received: simpleString(merge.dataType),
      hint: `Cast the start value to ${simpleString(merge.dataType)}`,
    })
  },
  nullable: ([array, , , finish]) => array.nullable || finish.nullable,
  lambda: ([array, start, merge], depth) => {
    const state = { dataType: start.dataType, nullable: true }
    // The second function sees the last state only.
    if (merge) return [{ ...state, sql: name(depth) }]
    return [{ ...state, sql: `${name(depth)}.state` }, element(array, `${name(depth, 1)}.item`)]
  },
  sql: ([array, start]) => {
    const [type, item] = [duckType(start.dataType), duckType(arrayOf(array).elementType)]
    const { depth } = array
    const pair = (state: string, value: string): string =>
      `struct_pack(state := CAST(${state} AS ${type}), item := ${value})`
    const none = `CAST(NULL AS ${item})`
    const items = `list_transform($1, lambda ${name(depth)}: ${pair('NULL', name(depth))})`
    const last = `list_reduce(${items}, lambda ${name(depth)}, ${name(depth, 1)}: ${pair('$3', none)}, ${pair('$2', none)}).state`
    return `CASE WHEN $1 IS NOT NULL THEN list_transform([${last}], lambda ${name(depth)}: $4)[1] END`
  },
}

/** Elements before which fewer stand come first: the engine's sorts take no function. Costs the square of the length. */
const sorted: RowText = {
  name: 'array_sort',
  takes: 'ARRAY, LAMBDA',
  gives: ([array, lambda]) => {
    if (lambda.dataType.kind === 'integer' && lambda.parameters === 2) return array.dataType
    throw new SchemaError('array_sort takes a function of two elements that gives an int', {
      allowed: 'Allowed: (x, y) -> a number below, at or above 0',
      received: `${lambda.parameters} parameters, ${simpleString(lambda.dataType)}`,
      hint: 'Cast its result to int',
    })
  },
  nullable: ([array]) => array.nullable,
  lambda: ([array], depth) => [element(array, `${name(depth)}.x`), element(array, `${name(depth, 1)}.x`)],
  sql: ([{ depth }]) => {
    const [other, one] = [name(depth), name(depth, 1)]
    const numbered = `list_transform($1, lambda "'x", "'i": struct_pack(x := "'x", i := "'i"))`
    const order = `coalesce($2, ${raise('COMPARATOR_RETURNS_NULL', 'The comparator has returned a NULL.')})`
    const before = `list_filter(${numbered}, lambda ${other}: CASE WHEN ${other}.i = ${one}.i THEN false ELSE ${order} < 0 OR (${order} = 0 AND ${other}.i < ${one}.i) END)`
    const ranked = `list_transform(${numbered}, lambda ${one}: struct_pack(rank := len(${before}), x := ${one}.x))`
    return `list_transform(list_sort(${ranked}), lambda "'s": "'s".x)`
  },
}

const givesMap =
  (key: (args: readonly Operand[]) => DataType, value: (args: readonly Operand[]) => readonly [DataType, boolean]) =>
  (args: readonly Operand[]): DataType =>
    MapType(key(args), ...value(args))

/** Functions that take lambda functions. */
export const LAMBDAS = scalars([
  {
    name: 'transform',
    takes: 'ARRAY, LAMBDA',
    gives: ([, lambda]) => ArrayType(lambda.dataType, lambda.nullable),
    nullable: ([array]) => array.nullable,
    lambda: elementAndIndex,
    sql: (args) => each('list_transform', args),
  },
  {
    name: 'filter',
    takes: 'ARRAY, LAMBDA',
    gives: '$1',
    nullable: ([array]) => array.nullable,
    lambda: elementAndIndex,
    sql: (args) => each('list_filter', args, 'coalesce($2, false)'),
  },
  sorted,
  quantifier('exists', 'bool_or', true),
  quantifier('forall', 'bool_and', false),
  fold,
  {
    name: 'zip_with',
    takes: 'ARRAY, ARRAY, LAMBDA',
    gives: ([, , lambda]) => ArrayType(lambda.dataType, lambda.nullable),
    nullable: ([a, b]) => a.nullable || b.nullable,
    lambda: ([a, b], depth) => [element(a, `${name(depth)}[1]`, true), element(b, `${name(depth)}[2]`, true)],
    sql: ([{ depth }]) =>
      `CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN list_transform(list_zip($1, $2), lambda ${name(depth)}: $3) END`,
  },
  {
    name: 'map_filter',
    takes: 'MAP, LAMBDA',
    gives: '$1',
    nullable: ([map]) => map.nullable,
    lambda: entry,
    sql: ([{ depth }]) => `map_from_entries(list_filter(map_entries($1), lambda ${name(depth)}: coalesce($2, false)))`,
  },
  {
    name: 'transform_keys',
    takes: 'MAP, LAMBDA',
    gives: givesMap(
      ([, lambda]) => lambda.dataType,
      ([map]) => [mapOf(map).valueType, mapOf(map).valueContainsNull],
    ),
    nullable: ([map]) => map.nullable,
    lambda: entry,
    sql: ([map]) => entries(map, '$2', `${name(map.depth)}.value`),
  },
  {
    name: 'transform_values',
    takes: 'MAP, LAMBDA',
    gives: givesMap(
      ([map]) => mapOf(map).keyType,
      ([, lambda]) => [lambda.dataType, lambda.nullable],
    ),
    nullable: ([map]) => map.nullable,
    lambda: entry,
    sql: ([map]) => entries(map, `${name(map.depth)}.key`, '$2'),
  },
])
