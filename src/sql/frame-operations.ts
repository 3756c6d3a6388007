import type { Seed } from '../util/random/seed.js'
import { SharedResult } from '../util/shared-result.js'
import { requireTexts, wrongArgument } from './arguments.js'
import { aliased, columnsOf, markOrigin } from './column-identity.js'
import type { DataFrame } from './dataframe.js'
import { Column } from './expression/column.js'
import { col } from './expression/functions.js'
import { cubeSets, rollupSets } from './expression/grouping-sets.js'
import type { Expression } from './expression/nodes.js'
import { parseExpression } from './expression/parser.js'
import { setsOf } from './group-plan.js'
import { type Aggregates, aggregateExpressions, GroupedData } from './grouped-data.js'
import { DataFrameNaFunctions } from './na.js'
import { type BatchTransform, hasStream, type Plan } from './plan.js'
import type { ColumnOrName } from './planner.js'
import * as planner from './planner.js'
import * as sampling from './sampling.js'
import * as sets from './set-plan.js'
import { describe, summary } from './stat-plan.js'
import type { ColumnNameOf, ColumnsOf, Dropped, Extended, Selected } from './typed-rows.js'
import { fieldNames, type StructType, simpleString } from './types.js'

const expressionsOf = (columns: readonly (ColumnOrName | readonly ColumnOrName[])[], stage: string): Expression[] =>
  columns.flat().map((column) => planner.toExpression(column, stage))

const isConditions = (
  on: string | readonly string[] | Column | readonly Column[] | undefined,
): on is readonly Column[] => Array.isArray(on) && on.length > 0 && on.every((condition) => condition instanceof Column)

const randomSeed = (): number => Math.floor(Math.random() * 2 ** 31)

/** The operations of a frame that make other frames: they check names and types and return at once. */
export abstract class FrameOperations<R> {
  /** How the rows are computed; frozen. */
  readonly plan: Plan

  constructor(plan: Plan) {
    this.plan = plan
  }

  /** A frame of another plan in the same session. */
  // biome-ignore lint/suspicious/noExplicitAny: what the rows of another plan are is up to the caller
  protected abstract with(plan: Plan): DataFrame<any>

  /** This frame itself. */
  protected abstract get self(): DataFrame<R>

  /** Names, types, nullability and metadata of the columns. */
  get schema(): StructType {
    return this.plan.schema
  }

  /** Whether the rows are a stream, see `readStream`: they are read by `writeStream.start()`, and actions such as `collect` are errors. */
  get isStreaming(): boolean {
    return hasStream(this.plan)
  }

  /** Names of the columns. */
  get columns(): string[] {
    return fieldNames(this.schema)
  }

  /** Names and Spark's short type names of the columns: `[['id', 'bigint']]`. */
  get dtypes(): [name: string, type: string][] {
    return this.schema.fields.map((field) => [field.name, simpleString(field.dataType)])
  }

  /**
   * A column of this frame, by a name as `select` takes it. After a join it still means that column, where another one has its name:
   * `a.join(b, a.col('id').equalTo(b.col('id'))).drop(b.col('id'))`.
   * @throws SchemaError when it does not exist.
   */
  col(name: ColumnNameOf<R>): Column {
    const column = col(name)
    planner.project(this.plan, [column.expression], 'col')
    markOrigin(column.expression, this.plan)
    return column
  }

  /** This frame under a name, by which its columns can be told from others that share their names: `col('rides.id')`. */
  alias(name: string): DataFrame<R> {
    requireTexts([name], 'alias', 'name')
    return this.with(aliased(this.plan, name))
  }

  // Columns

  /** The given columns; aggregates of all rows when they are aggregates. @throws SchemaError for a missing column or a wrong type. */
  select<K extends keyof R & string>(...columns: K[]): DataFrame<Selected<R, K>>
  select(...columns: ColumnsOf<R>): DataFrame
  select(...columns: (ColumnOrName | readonly ColumnOrName[])[]): DataFrame {
    return this.with(planner.project(this.plan, expressionsOf(columns, 'select')))
  }

  /** Columns as Spark SQL expressions: `selectExpr('price * 2 AS double_price')`. @throws ParseError, SchemaError. */
  selectExpr(...texts: string[]): DataFrame {
    requireTexts(texts, 'selectExpr', 'texts')
    return this.with(planner.project(this.plan, texts.map(parseExpression), 'selectExpr'))
  }

  /** This frame with a column added, or replaced when one of that name exists. */
  withColumn<K extends string>(name: K, column: Column): DataFrame<Extended<R, K>> {
    requireTexts([name], 'withColumn', 'name')
    return this.with(planner.withColumns(this.plan, { [name]: column }, 'withColumn'))
  }

  /** This frame with columns added or replaced; each sees this frame's columns, not the others. @throws SchemaError for a name twice. */
  withColumns(columns: Readonly<Record<string, Column>>): DataFrame {
    return this.with(planner.withColumns(this.plan, columns))
  }

  /** This frame with a column under another name; nothing happens when there is no such column. */
  withColumnRenamed(existing: string, name: string): DataFrame {
    requireTexts([existing, name], 'withColumnRenamed', 'name')
    return this.with(planner.renameColumns(this.plan, { [existing]: name }, 'withColumnRenamed'))
  }

  /** This frame with columns under other names, `{ old: 'new' }`; names that do not exist are ignored. */
  withColumnsRenamed(names: Readonly<Record<string, string>>): DataFrame {
    return this.with(planner.renameColumns(this.plan, names))
  }

  /** This frame with all of its columns renamed. @throws SchemaError for another number of names. */
  toDF(...names: string[]): DataFrame {
    return this.with(planner.renameAll(this.plan, names))
  }

  /** This frame without columns, by name, or as `col` of a frame gives them; those that do not exist are ignored. */
  drop<K extends string>(...columns: K[]): DataFrame<Dropped<R, K>>
  drop(...columns: ColumnOrName[]): DataFrame
  drop(...columns: ColumnOrName[]): DataFrame {
    return this.with(planner.dropColumns(this.plan, columns))
  }

  /** Work with missing values: `df.na.fill(0)`, `df.na.drop()`, `df.na.replace('city', { FR: 'France' })`. */
  get na(): DataFrameNaFunctions<R> {
    return new DataFrameNaFunctions(this.plan, (plan) => this.with(plan))
  }

  /** The same as `na.fill`, by the name of Spark's Python interface. */
  fillna(...args: Parameters<DataFrameNaFunctions<R>['fill']>): DataFrame<R> {
    return this.na.fill(...args)
  }

  /** The same as `na.drop`, by the name of Spark's Python interface. */
  dropna(...args: Parameters<DataFrameNaFunctions<R>['drop']>): DataFrame<R> {
    return this.na.drop(...args)
  }

  /** The rows as JSON texts in the column `value`; fields that are null are left out. */
  toJSON(): DataFrame<{ value: string }> {
    const row = new Column({ kind: 'call', name: 'struct', args: columnsOf(this.plan) })
    const json: Expression = { kind: 'call', name: 'to_json', args: [row.expression] }
    return this.with(planner.project(this.plan, [{ kind: 'alias', child: json, name: 'value' }], 'toJSON'))
  }

  /**
   * What a function makes of this frame, so that own steps chain: `df.transform(withRoute).transform(clean, 2)`.
   * @param args passed on to the function.
   */
  transform<A extends readonly unknown[], T>(step: (frame: DataFrame<R>, ...args: A) => T, ...args: A): T {
    return step(this.self, ...args)
  }

  // Rows

  /** The rows where the condition, a boolean column or its text, is true. @throws SchemaError, ParseError. */
  filter(condition: ColumnOrName): DataFrame<R> {
    return this.with(planner.filter(this.plan, condition))
  }

  /** The same as `filter`. */
  where(condition: ColumnOrName): DataFrame<R> {
    return this.filter(condition)
  }

  /** Groups of rows that are equal in the given columns, for aggregation. */
  groupBy(...columns: ColumnsOf<R>): GroupedData {
    return new GroupedData(this.plan, expressionsOf(columns, 'groupBy'), (plan) => this.with(plan))
  }

  /**
   * As `groupBy`, and totals: over all columns but the last, all but the last two, and so on, up to all rows. What a total is over is null;
   * `grouping('city')` and `grouping_id()` tell it from null in the data.
   */
  rollup(...columns: ColumnsOf<R>): GroupedData {
    const groups = expressionsOf(columns, 'rollup')
    return new GroupedData(this.plan, groups, (plan) => this.with(plan), rollupSets(groups.length))
  }

  /** As `groupBy`, and totals over every choice of the columns, see `rollup`. */
  cube(...columns: ColumnsOf<R>): GroupedData {
    const groups = expressionsOf(columns, 'cube')
    return new GroupedData(this.plan, groups, (plan) => this.with(plan), cubeSets(groups.length))
  }

  /**
   * Groups by each of several sets of columns: `groupingSets([['city'], []], 'city')` gives a row a city and one for all. See `rollup`.
   * @param columns all columns that the sets name.
   * @throws SchemaError for a column of a set that is none of `columns`.
   */
  groupingSets(sets: readonly (readonly string[])[], ...columns: string[]): GroupedData {
    const groups = expressionsOf(columns, 'groupingSets')
    return new GroupedData(this.plan, groups, (plan) => this.with(plan), setsOf(sets, columns))
  }

  /**
   * Count, mean, standard deviation, smallest and largest value of columns (of all numbers and texts when not given): a row each, with
   * its name in the column `summary` and texts in the others. Columns of other types are left out.
   * @throws SchemaError for an unknown column.
   */
  describe(...columns: string[]): DataFrame {
    return this.with(describe(this.plan, columns))
  }

  /**
   * As `describe`, over all columns of numbers and texts, with the statistics that are named: `count`, `mean`, `stddev`, `min`, `max`,
   * `count_distinct`, `approx_count_distinct`, and percentiles such as `25%`; without names those of `describe` and the quartiles.
   * Differs from Spark: percentiles and `approx_count_distinct` are exact.
   * @throws ParamError for an unknown statistic.
   */
  summary(...statistics: string[]): DataFrame {
    return this.with(summary(this.plan, statistics))
  }

  /** Aggregates of all rows, in one row. */
  agg(...aggregates: Aggregates): DataFrame {
    return this.with(planner.aggregate(this.plan, [], aggregateExpressions(aggregates)))
  }

  /**
   * Rows of this and another frame side by side: `on` equal columns (which appear once), on a condition or all of several, or every pair.
   * Columns that share a name are told apart by `col` of their frames, or by the names of `alias`:
   * `a.alias('a').join(b.alias('b'), expr('a.id = b.ride'))`.
   * @param how `inner` (default), `left`, `right`, `full`, `left_semi`, `left_anti` or `cross`, and Spark's other spellings.
   * @throws SchemaError for missing columns or types that cannot be compared; ParamError for an unknown kind.
   */
  join(other: DataFrame, on?: string | readonly string[] | Column | readonly Column[], how = 'inner'): DataFrame {
    requireFrame(other, 'join')
    const keys = typeof on === 'string' ? [on] : isConditions(on) ? on.reduce((all, next) => all.and(next)) : on
    return this.with(planner.join(this.plan, other.plan, keys, planner.joinType(how)))
  }

  /** Every pair of a row of this and a row of another frame. */
  crossJoin(other: DataFrame): DataFrame {
    return this.join(other, undefined, 'cross')
  }

  /** The rows of this and then of another frame; columns are matched by position. @throws SchemaError. */
  union(other: DataFrame): DataFrame<R> {
    requireFrame(other, 'union')
    return this.with(planner.union(this.plan, other.plan))
  }

  /** The same as `union`: rows that are equal stay. */
  unionAll(other: DataFrame): DataFrame<R> {
    return this.union(other)
  }

  /**
   * The rows of this and then of another frame; columns are matched by name, without regard to case.
   * @param allowMissingColumns whether columns that one side lacks are null there, and come last where this side lacks them.
   * @throws SchemaError for missing or ambiguous names, and types that have none in common.
   */
  unionByName(other: DataFrame, allowMissingColumns = false): DataFrame {
    requireFrame(other, 'unionByName')
    return this.with(sets.unionByName(this.plan, other.plan, allowMissingColumns))
  }

  /** The distinct rows that both frames have; nulls equal each other. Columns are matched by position. @throws SchemaError. */
  intersect(other: DataFrame): DataFrame<R> {
    return this.setOperation(other, 'intersect', false)
  }

  /** As `intersect`, with rows counted one by one. */
  intersectAll(other: DataFrame): DataFrame<R> {
    return this.setOperation(other, 'intersect', true)
  }

  /** The distinct rows that the other frame does not have; nulls equal each other. Columns are matched by position. @throws SchemaError. */
  except(other: DataFrame): DataFrame<R> {
    return this.setOperation(other, 'except', false)
  }

  /** The same as `except`, by the name of Spark's Python interface. */
  subtract(other: DataFrame): DataFrame<R> {
    return this.except(other)
  }

  /** As `except`, with rows counted one by one. */
  exceptAll(other: DataFrame): DataFrame<R> {
    return this.setOperation(other, 'except', true)
  }

  private setOperation(other: DataFrame, operation: 'intersect' | 'except', all: boolean): DataFrame<R> {
    requireFrame(other, all ? `${operation}All` : operation)
    return this.with(sets.setOperation(this.plan, other.plan, operation, all))
  }

  /** Equal rows once. @throws SchemaError for columns that hold maps. */
  distinct(): DataFrame<R> {
    return this.with(sets.distinct(this.plan))
  }

  /**
   * The first row of those that are equal in the columns, given in a list or one by one (all when not given).
   * @throws SchemaError for an unknown column.
   */
  dropDuplicates(
    columns?: readonly ColumnNameOf<R>[] | ColumnNameOf<R>,
    ...more: readonly ColumnNameOf<R>[]
  ): DataFrame<R> {
    if (columns === undefined) return this.distinct()
    return this.with(sets.dropDuplicates(this.plan, typeof columns === 'string' ? [columns, ...more] : columns))
  }

  /**
   * Columns turned into rows: one row for each of `values`, with its name and its value beside the columns `ids`.
   * @param values all columns but `ids` when null. Their types must widen to one.
   * @throws SchemaError for unknown columns, nothing to unpivot, or values without a common type.
   */
  unpivot(
    ids: readonly string[],
    values: readonly string[] | null,
    variableColumnName: string,
    valueColumnName: string,
  ): DataFrame {
    return this.with(sets.unpivot(this.plan, ids, values, variableColumnName, valueColumnName))
  }

  /** The same as `unpivot`. */
  melt(...args: Parameters<DataFrame<R>['unpivot']>): DataFrame {
    return this.unpivot(...args)
  }

  /** The rows sorted, ascending and nulls first unless a column says otherwise: `orderBy(col('price').desc())`. */
  orderBy(...columns: ColumnsOf<R>): DataFrame<R> {
    return this.with(planner.sort(this.plan, columns.flat(), true))
  }

  /** The same as `orderBy`. */
  sort(...columns: ColumnsOf<R>): DataFrame<R> {
    return this.orderBy(...columns)
  }

  /** The rows of each partition sorted. */
  sortWithinPartitions(...columns: ColumnsOf<R>): DataFrame<R> {
    return this.with(planner.sort(this.plan, columns.flat(), false))
  }

  /** The first `n` rows. */
  limit(n: number): DataFrame<R> {
    return this.with(planner.limit(this.plan, n))
  }

  /** The rows after the first `n`. */
  offset(n: number): DataFrame<R> {
    return this.with(planner.offset(this.plan, n))
  }

  /**
   * A random sample: every row with probability `fraction`; with replacement, a Poisson number of times with that mean.
   * The rows are Spark's for the same partitions and seed. Without a seed they differ from call to call.
   */
  sample(fraction: number, seed?: Seed): DataFrame<R>
  sample(withReplacement: boolean, fraction: number, seed?: Seed): DataFrame<R>
  sample(...args: [number, Seed?] | [boolean, number, Seed?]): DataFrame<R> {
    const [withReplacement, fraction, seed] =
      typeof args[0] === 'boolean' ? (args as [boolean, number, Seed?]) : [false, args[0], args[1] as Seed | undefined]
    return this.with(sampling.sample(this.plan, withReplacement, fraction, seed ?? randomSeed()))
  }

  /**
   * The rows dealt at random into parts whose sizes are near the weights; parts are disjoint and complete.
   * The rows are Spark's for the same partitions, order of columns and seed.
   */
  randomSplit(weights: readonly number[], seed: Seed = randomSeed()): DataFrame<R>[] {
    return sampling.randomSplit(this.plan, weights, seed).map((plan) => this.with(plan))
  }

  /** The folds of Spark's `MLUtils.kFold`: `numFolds` pairs of a training and a validation frame. Together they keep a byte a row, the number of its fold. */
  kFold(numFolds: number, seed: Seed): [training: DataFrame<R>, validation: DataFrame<R>][] {
    return sampling.kFold(this.plan, numFolds, seed).map(([t, v]) => [this.with(t), this.with(v)])
  }

  /**
   * This frame in `numPartitions` partitions: row i goes to partition `i % numPartitions`.
   * Differs from Spark, which starts each old partition at a random place, so that random draws afterwards differ.
   */
  repartition(numPartitions: number): DataFrame<R> {
    return this.with(planner.repartition(this.plan, numPartitions, true))
  }

  /** This frame in at most `numPartitions` partitions, by putting neighbouring ones together, as Spark does. */
  coalesce(numPartitions: number): DataFrame<R> {
    return this.with(planner.repartition(this.plan, numPartitions, false))
  }

  /**
   * A frame with the same rows that keeps them in memory once an action has computed them. Actions that run at the same time share
   * one computation, which ends only when all of them are aborted; a failure is not kept.
   *
   * Differs from Spark, which marks this frame itself: use the frame that is returned.
   */
  cache(): DataFrame<R> {
    const { plan } = this
    return plan.kind === 'cache'
      ? this.self
      : this.with({ kind: 'cache', schema: plan.schema, input: plan, slot: new SharedResult() })
  }

  /** The same as `cache`. */
  persist(): DataFrame<R> {
    return this.cache()
  }

  /** Gives back the memory of `cache`; the rows are computed again when they are needed. */
  unpersist(): DataFrame<R> {
    if (this.plan.kind === 'cache') this.plan.slot.clear()
    return this.self
  }

  /** This frame after one more row-wise step, computed batch by batch. @throws SchemaError for a missing input column. */
  withTransform(transform: BatchTransform): DataFrame {
    return this.with(planner.appendTransform(this.plan, transform))
  }
}

/** @throws ParamError unless the value is a frame. */
function requireFrame(value: unknown, stage: string): void {
  if (value instanceof FrameOperations) return
  const hint = 'Make a frame of rows or columns: createDataFrame([{ id: 1 }])'
  throw wrongArgument(value, { stage, param: 'other', allowed: 'a DataFrame', hint })
}
