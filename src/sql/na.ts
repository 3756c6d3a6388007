import { ParamError } from '../errors.js'
import { shortText } from '../util/names.js'
import { wrongArgument } from './arguments.js'
import type { DataFrame } from './dataframe.js'
import type { Column } from './expression/column.js'
import { coalesce, lit, nanvl, when } from './expression/functions.js'
import { columnOf, fieldsOfNames, indexOfName } from './names.js'
import type { Plan } from './plan.js'
import { filter, project } from './planner.js'
import { isNumeric, type StructField } from './types.js'

/** What `na.fill` and `na.replace` put in the place of a value. */
export type FillValue = number | bigint | string | boolean
/** What is replaced by what; `null` makes a value missing. Numbers and booleans need a Map: keys of records are texts. */
export type Replacements = ReadonlyMap<FillValue, FillValue | null> | Readonly<Record<string, FillValue | null>>

const isFractional = ({ dataType }: StructField): boolean => dataType.kind === 'double' || dataType.kind === 'float'

/** Whether the value counts as missing: null, and NaN in double and float columns. */
const missing = (field: StructField): Column => {
  const column = columnOf(field.name)
  return isFractional(field) ? column.isNull().or(column.isNaN()) : column.isNull()
}

/** Halves, so that expressions over thousands of columns do not nest as deep. */
function balanced(columns: readonly Column[], join: (a: Column, b: Column) => Column): Column {
  if (columns.length === 1) return columns[0]
  const half = columns.length >> 1
  return join(balanced(columns.slice(0, half), join), balanced(columns.slice(half), join))
}

/** Names of types in which a value can stand, as Spark groups them. */
const familyOf = (value: unknown): 'number' | 'string' | 'boolean' | undefined => {
  if (typeof value === 'bigint') return 'number'
  return typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean'
    ? (typeof value as 'number' | 'string' | 'boolean')
    : undefined
}

const belongs = (field: StructField, family: string): boolean =>
  family === 'number' ? isNumeric(field.dataType) : field.dataType.kind === family

const listOf = (columns: string | readonly string[] | undefined): readonly string[] | undefined =>
  typeof columns === 'string' ? [columns] : columns

/**
 * Work with missing values, made by `df.na` (Spark's `DataFrameNaFunctions`). Missing is null and, in double and float columns, NaN.
 *
 * @example
 * ```ts
 * import { createDataFrame } from 'ridgeline'
 * const rides = createDataFrame([{ city: 'FR', price: null }, { city: null, price: 30 }], 'city STRING, price DOUBLE')
 * await rides.na.drop().count() // 0
 * await rides.na.fill({ city: 'unknown', price: 0 }).collect()
 * await rides.na.replace('city', { FR: 'France' }).first()
 * ```
 */
export class DataFrameNaFunctions<R> {
  private readonly plan: Plan
  private readonly wrap: (plan: Plan) => DataFrame<R>

  constructor(plan: Plan, wrap: (plan: Plan) => DataFrame<R>) {
    this.plan = plan
    this.wrap = wrap
  }

  /**
   * The rows without missing values in the columns (all when not given).
   * @param how `any` (default): rows with a missing value go; `all`: rows of nothing but missing values go; a number: rows with fewer
   *   values than that go.
   * @throws SchemaError for an unknown column; ParamError for another `how`.
   */
  drop(how: 'any' | 'all' | number = 'any', columns?: string | readonly string[]): DataFrame<R> {
    const fields = fieldsOfNames(this.plan.schema, listOf(columns), 'na.drop')
    if (fields.length === 0) return this.wrap(this.plan)
    const absent = fields.map(missing)
    if (how === 'any')
      return this.wrap(
        filter(
          this.plan,
          balanced(
            absent.map((c) => c.not()),
            (a, b) => a.and(b),
          ),
        ),
      )
    if (how === 'all') return this.wrap(filter(this.plan, balanced(absent, (a, b) => a.and(b)).not()))
    if (!Number.isInteger(how)) {
      throw new ParamError(`how is ${shortText(how)}`, {
        stage: 'na.drop',
        param: 'how',
        allowed: "Allowed: 'any', 'all', or the least number of values of a row that stays",
        received: shortText(how),
      })
    }
    const present = absent.map((c) => when(c, 0).otherwise(1))
    return this.wrap(filter(this.plan, balanced(present, (a, b) => a.plus(b)).geq(how)))
  }

  /**
   * Missing values filled. A number fills numeric columns (cut to whole numbers where the column holds them), a text string columns, a
   * boolean boolean columns; others stay. A record fills each of its columns with a value of its own, cast to the column's type.
   * @param columns which columns are filled, when `value` is one value; all when not given.
   * @throws SchemaError for an unknown column; ParamError for something that is no value; DataError (by actions) for a number beyond the
   *   range of a column.
   */
  fill(value: FillValue | Readonly<Record<string, FillValue>>, columns?: string | readonly string[]): DataFrame<R> {
    const { schema } = this.plan
    const family = familyOf(value)
    if (family) {
      const fields = fieldsOfNames(schema, listOf(columns), 'na.fill').filter((field) => belongs(field, family))
      // One number is a double, as in Spark's Python interface; in a record a whole one is an integer.
      const one = typeof value === 'number' ? lit(value).cast('double') : lit(value as FillValue)
      return this.each((field) => (fields.includes(field) ? filled(field, one) : undefined))
    }
    const allowed = 'a number, text or boolean, or a record of them by column'
    const wrong = (given: unknown): ParamError => wrongArgument(given, { stage: 'na.fill', param: 'value', allowed })
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(value)
    const values = new Map<number, FillValue>()
    for (const [name, each] of Object.entries(value)) {
      if (!familyOf(each)) throw wrong(each)
      values.set(indexOfName(schema, name, 'na.fill'), each)
    }
    return this.each((field, k) => (values.has(k) ? filled(field, lit(values.get(k)!)) : undefined))
  }

  /**
   * Values replaced by others, in the columns whose type fits: numbers in numeric columns, texts in string, booleans in boolean ones.
   * NaN can be replaced, null cannot (see `fill`).
   * @param columns a name, names, or `*` for all columns.
   * @param replacement a Map from old to new values, or a record where they are texts.
   * @throws SchemaError for an unknown column; ParamError for values of several kinds.
   */
  replace(columns: string | readonly string[], replacement: Replacements): DataFrame<R> {
    if (typeof replacement !== 'object' || replacement === null) {
      const allowed = "a Map, or a record of texts: { FR: 'France' }"
      throw wrongArgument(replacement, { stage: 'na.replace', param: 'replacement', allowed })
    }
    const pairs: [unknown, unknown][] = [
      ...(replacement instanceof Map ? (replacement as Map<unknown, unknown>) : Object.entries(replacement)),
    ]
    const names = columns === '*' ? undefined : listOf(columns)
    const fields = fieldsOfNames(this.plan.schema, names, 'na.replace')
    if (pairs.length === 0) return this.wrap(this.plan)
    const family = familyOf(pairs[0][0])
    const odd = pairs.find(([from, to]) => familyOf(from) !== family || !(to === null || familyOf(to) === family))
    if (family === undefined || odd) {
      throw new ParamError(`replacement holds ${shortText(odd ?? pairs[0])}`, {
        stage: 'na.replace',
        param: 'replacement',
        allowed: 'Allowed: numbers for numbers, texts for texts, or booleans for booleans; null as a new value',
        received: shortText(odd ?? pairs[0]),
        hint: 'Write numbers and booleans as a Map: new Map([[1, 100]])',
      })
    }
    return this.each((field) =>
      fields.includes(field) && belongs(field, family)
        ? replaced(field, pairs as [FillValue, FillValue | null][])
        : undefined,
    )
  }

  /** A projection in which some columns are computed anew under their old names. */
  private each(change: (field: StructField, k: number) => Column | undefined): DataFrame<R> {
    const expressions = this.plan.schema.fields.map(
      (field, k) => (change(field, k)?.alias(field.name, {}) ?? columnOf(field.name)).expression,
    )
    return this.wrap(project(this.plan, expressions, 'na'))
  }
}

function filled(field: StructField, value: Column): Column {
  const column = columnOf(field.name)
  const known = isFractional(field) ? nanvl(column, lit(null)).cast(field.dataType) : column
  return coalesce(known, value.cast(field.dataType))
}

function replaced(field: StructField, pairs: readonly (readonly [FillValue, FillValue | null])[]): Column {
  const column = columnOf(field.name)
  // Old values are compared as they are: 1.5 is in no column of whole numbers. New ones become values of the column.
  const cases = pairs.map(([from, to]) => [column.equalTo(from), lit(to).cast(field.dataType)] as const)
  const [[first, value], ...rest] = cases
  return rest.reduce((all, [is, then]) => all.when(is, then), when(first, value)).otherwise(column)
}
