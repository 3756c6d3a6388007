import { UnsupportedError } from '../../../errors.js'
import { ArrayType, type DataType, DateType, NullType, StructField, StructType } from '../../types.js'
import { duckType, quoteName } from '../duck-types.js'
import { keyed, holdsNull as nullInside } from '../order-key.js'
import { raise } from '../sql-text.js'
import { type Operand, type RowText, scalars } from './row.js'

// Variables of lambda functions have names that no column has, since operands stand in their bodies.

const element = ({ dataType }: Operand): DataType => (dataType.kind === 'array' ? dataType.elementType : NullType)
const holdsNull = ({ dataType }: Operand): boolean => dataType.kind === 'array' && dataType.containsNull

/** The arrays' common type, with nulls inside where one of them has some. */
const joined = (args: readonly Operand[]): DataType => ArrayType(element(args[0]), args.some(holdsNull))

/** Each value once, at its first place; the engine's own function loses the order and the null. */
const distinct = (list: string): string =>
  `list_filter(${list}, lambda "'x", "'k": list_position(${list}, "'x") = "'k")`

const present = (sql: string, ...places: number[]): string =>
  `CASE WHEN ${places.map((k) => `$${k} IS NOT NULL`).join(' AND ')} THEN ${sql} END`

const setOperation = (name: string, sql: string, gives: RowText['gives'] = joined): RowText => ({
  name,
  takes: 'ARRAY<T>, ARRAY<T>',
  gives,
  sql: present(sql, 1, 2),
})

const INDEX_ZERO = raise('INVALID_INDEX_OF_ZERO', 'The index 0 is invalid. An index shall be either < 0 or > 0.')
const SLICE_START = raise('INVALID_PARAMETER_VALUE.START', 'slice starts at 1 or at a negative position, not at 0.')
const SLICE_LENGTH = raise('INVALID_PARAMETER_VALUE.LENGTH', 'the length of slice is negative.')
/** Java's longest array. */
const MOST_ELEMENTS = 2147483632
const TOO_LONG = raise('COLLECTION_SIZE_LIMIT_EXCEEDED', `An array has at most ${MOST_ELEMENTS} elements.`)
const STEP = raise('ILLEGAL_SEQUENCE', 'The step of sequence does not lead from its start to its end.')

/** Spark names a part after its column, and by its number otherwise. */
const zipNames = (args: readonly Operand[]): string[] => args.map((arg, k) => arg.name ?? String(k))

/** @throws UnsupportedError for two fields of a struct with one name, which the engine does not have. */
export function refuseTwice(names: readonly string[]): void {
  const lower = names.map((name) => name.toLowerCase())
  const twice = names.find((_, k) => lower.indexOf(lower[k]) < k)
  if (twice === undefined) return
  throw new UnsupportedError(`a struct with two fields ${twice}`, { hint: 'Name them apart: struct(a AS x, a AS y)' })
}

const insert: RowText = {
  name: 'array_insert',
  takes: 'ARRAY<T>, INT, T',
  gives: (args) => ArrayType(element(args[0]), true),
  nullable: ([array, position]) => array.nullable || position.nullable,
  // Beyond the ends the gap is filled with nulls.
  sql:
    `CASE WHEN $1 IS NULL THEN NULL WHEN $2 = 0 THEN ${INDEX_ZERO} WHEN abs(CAST($2 AS BIGINT)) > ${MOST_ELEMENTS} THEN ${TOO_LONG} ` +
    'WHEN $2 > len($1) THEN list_concat(list_concat($1, list_transform(range($2 - len($1) - 1), lambda "\'k": NULL)), [$3]) ' +
    'WHEN $2 > 0 THEN list_concat(list_concat(list_slice($1, 1, $2 - 1), [$3]), list_slice($1, $2, len($1))) ' +
    'WHEN $2 < -len($1) - 1 THEN list_concat(list_concat([$3], list_transform(range(-$2 - len($1) - 1), lambda "\'k": NULL)), $1) ' +
    'WHEN $2 IS NOT NULL THEN list_concat(list_concat(list_slice($1, 1, len($1) + $2 + 1), [$3]), list_slice($1, len($1) + $2 + 2, len($1))) END',
}

/** Dates by days or months; each is counted from the start, so that month ends do not drift. */
const dates = (unit: string): string =>
  `CASE WHEN $1 IS NULL OR $2 IS NULL THEN NULL WHEN $3 = 0 OR ($3 > 0 AND $1 > $2) OR ($3 < 0 AND $1 < $2) THEN ${STEP} ` +
  `ELSE list_filter(list_transform(range(0, abs(date_diff('${unit}', $1, $2)) // abs($3) + 1), ` +
  `lambda "'k": CAST($1 + to_${unit}s(CAST("'k" * $3 AS INTEGER)) AS DATE)), ` +
  `lambda "'d": CASE WHEN $3 > 0 THEN "'d" <= $2 ELSE "'d" >= $2 END) END`

const dateSequence = (name: string, unit: string, takes: string): RowText => ({
  name,
  takes,
  gives: () => ArrayType(DateType, false),
  sql: dates(unit),
})

/** The elements in the order of their keys. */
export const sorted = (array: Operand, direction: string): string => {
  const type = element(array)
  if (!nullInside(type)) return `list_sort($1, ${direction})`
  const pairs = `list_sort(list_transform($1, lambda "'y": ${keyed(type, `"'y"`)}), ${direction})`
  return `list_transform(${pairs}, lambda "'y": "'y".v)`
}

/** Functions of arrays. */
export const ARRAYS = scalars([
  { name: 'array_distinct', takes: 'ARRAY', gives: '$1', sql: distinct('$1') },
  setOperation('array_union', distinct('list_concat($1, $2)')),
  setOperation(
    'array_intersect',
    distinct(`list_filter($1, lambda "'y": coalesce(list_position($2, "'y"), 0) > 0)`),
    ([a, b]) => ArrayType(element(a), holdsNull(a) && holdsNull(b)),
  ),
  setOperation(
    'array_except',
    distinct(`list_filter($1, lambda "'y": coalesce(list_position($2, "'y"), 0) = 0)`),
    '$1',
  ),
  {
    name: 'arrays_overlap',
    takes: 'ARRAY<T>, ARRAY<T>',
    gives: 'BOOLEAN',
    nullable: (args) => args.some((arg) => arg.nullable || holdsNull(arg)),
    sql:
      `CASE WHEN $1 IS NULL OR $2 IS NULL THEN NULL ` +
      `WHEN len(list_filter($1, lambda "'y": "'y" IS NOT NULL AND coalesce(list_position($2, "'y"), 0) > 0)) > 0 THEN true ` +
      'WHEN len($1) > 0 AND len($2) > 0 AND (list_position($1, NULL) > 0 OR list_position($2, NULL) > 0) THEN NULL ELSE false END',
  },
  {
    name: 'array_position',
    takes: 'ARRAY<T>, T',
    gives: 'LONG',
    sql: present('coalesce(CAST(list_position($1, $2) AS BIGINT), 0)', 1, 2),
  },
  {
    name: 'array_remove',
    takes: 'ARRAY<T>, T',
    gives: '$1',
    sql: present(`list_filter($1, lambda "'y": "'y" IS DISTINCT FROM $2)`, 2),
  },
  {
    name: 'array_append',
    takes: 'ARRAY<T>, T',
    gives: (args) => ArrayType(element(args[0]), holdsNull(args[0]) || args[1].nullable),
    nullable: ([array]) => array.nullable,
    sql: present('list_concat($1, [$2])', 1),
  },
  {
    name: 'array_prepend',
    takes: 'ARRAY<T>, T',
    gives: (args) => ArrayType(element(args[0]), holdsNull(args[0]) || args[1].nullable),
    nullable: ([array]) => array.nullable,
    sql: present('list_concat([$2], $1)', 1),
  },
  insert,
  {
    name: 'array_compact',
    takes: 'ARRAY',
    gives: ([array]) => ArrayType(element(array), false),
    sql: `list_filter($1, lambda "'y": "'y" IS NOT NULL)`,
  },
  {
    name: 'array_repeat',
    takes: 'ANY, INT',
    gives: ([value]) => ArrayType(value.dataType, value.nullable),
    nullable: ([, count]) => count.nullable,
    sql: `CASE WHEN $2 > ${MOST_ELEMENTS} THEN ${TOO_LONG} WHEN $2 IS NOT NULL THEN list_transform(range(greatest($2, 0)), lambda "'k": $1) END`,
  },
  { name: 'array_size', takes: 'ARRAY', gives: 'INT', sql: 'CAST(len($1) AS INTEGER)' },
  {
    name: 'array_sort',
    takes: 'ARRAY',
    gives: '$1',
    sql: ([array]) => sorted(array, "'ASC', 'NULLS LAST'"),
    title: (args) =>
      `array_sort(${args[0]}, lambdafunction((IF(((namedlambdavariable() IS NULL) AND (namedlambdavariable() IS NULL)), 0, (IF((namedlambdavariable() IS NULL), 1, (IF((namedlambdavariable() IS NULL), -1, (IF((namedlambdavariable() < namedlambdavariable()), -1, (IF((namedlambdavariable() > namedlambdavariable()), 1, 0)))))))))), namedlambdavariable(), namedlambdavariable()))`,
  },
  {
    name: 'arrays_zip',
    takes: 'ARRAY, ARRAY...',
    gives: (args) => ArrayType(StructType(zipNames(args).map((name, k) => StructField(name, element(args[k])))), false),
    sql: (args) => {
      refuseTwice(zipNames(args))
      const parts = zipNames(args).map((name, k) => `${quoteName(name)} := "'z"[${k + 1}]`)
      const every = args.map((_, k) => k + 1)
      return present(`list_transform(list_zip($*), lambda "'z": struct_pack(${parts.join(', ')}))`, ...every)
    },
  },
  {
    name: 'flatten',
    takes: 'ARRAY',
    gives: ([array]) => element(array),
    nullable: ([array]) => array.nullable || holdsNull(array),
    sql: `CASE WHEN list_position($1, NULL) > 0 THEN NULL ELSE flatten($1) END`,
  },
  {
    name: 'slice',
    takes: 'ARRAY, INT, INT',
    gives: '$1',
    sql:
      `CASE WHEN $1 IS NULL OR $2 IS NULL OR $3 IS NULL THEN NULL WHEN $2 = 0 THEN ${SLICE_START} WHEN $3 < 0 THEN ${SLICE_LENGTH} ` +
      'WHEN $3 = 0 OR abs(CAST($2 AS BIGINT)) > len($1) THEN list_slice($1, 1, 0) ' +
      'WHEN $2 > 0 THEN list_slice($1, $2, CAST($2 AS BIGINT) + $3 - 1) ' +
      'ELSE list_slice($1, len($1) + $2 + 1, len($1) + $2 + CAST($3 AS BIGINT)) END',
  },
  {
    name: 'sequence',
    takes: 'N, N',
    gives: ([start]) => ArrayType(start.dataType, false),
    sql: ([start]) =>
      `CAST(generate_series($1, $2, CASE WHEN $1 <= $2 THEN 1 ELSE -1 END) AS ${duckType(start.dataType)}[])`,
  },
  {
    name: 'sequence',
    takes: 'N, N, N',
    gives: ([start]) => ArrayType(start.dataType, false),
    sql: ([start]) =>
      `CASE WHEN $1 IS NULL OR $2 IS NULL THEN NULL WHEN ($3 = 0 AND $1 <> $2) OR ($3 > 0 AND $1 > $2) OR ($3 < 0 AND $1 < $2) THEN ${STEP} ` +
      `WHEN $3 = 0 THEN [$1] ELSE CAST(generate_series($1, $2, $3) AS ${duckType(start.dataType)}[]) END`,
  },
  dateSequence('+daysequence', 'day', 'DATE!, DATE!, INT'),
  dateSequence('+monthsequence', 'month', 'DATE!, DATE!, INT'),
  {
    ...dateSequence('sequence', 'day', 'DATE!, DATE!'),
    sql: dates('day').replaceAll('$3', 'CASE WHEN $1 <= $2 THEN 1 ELSE -1 END'),
  },
  {
    name: 'try_element_at',
    takes: 'ARRAY, INT',
    gives: ([array]) => element(array),
    nullable: 'always',
    sql: `CASE WHEN $2 = 0 THEN ${INDEX_ZERO} ELSE ($1)[$2] END`,
  },
  { name: 'reverse', takes: 'ARRAY', gives: '$1', sql: 'list_reverse($1)' },
  {
    name: 'concat',
    takes: 'ARRAY<T>, ARRAY<T>...',
    gives: joined,
    sql: (args) =>
      present(
        args.map((_, k) => `$${k + 1}`).reduce((left, right) => `list_concat(${left}, ${right})`),
        ...args.map((_, k) => k + 1),
      ),
  },
])
