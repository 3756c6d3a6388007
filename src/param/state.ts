import { ParamError } from '../errors.js'
import type { Matrix } from '../linalg/matrix.js'
import type { Vector } from '../linalg/vector.js'
import type { ValueKind } from './row.js'

/**
 * One row of a model's state table: a value that `fit` learned. JSON, Spark's parquet, equality and text derive from it,
 * so a name is permanent once released. Arrays of numbers are held as typed arrays and never changed.
 */
export interface StateRow<T> {
  readonly kind: ValueKind
  readonly doc: string
  /** May be absent, for example the sub-models of a tuner that did not collect them. */
  readonly optional?: boolean
  /** What of a value Spark's models cannot hold, in a few words; undefined where they can. */
  beyondSpark?(value: T): string | undefined
  /** Spark saves the numbers of the array as 64-bit integers. */
  readonly sparkLong?: boolean
  /** The value in a row that an older version of Spark saved, which has no column of this name. */
  sparkOlder?(row: { readonly [column: string]: unknown }): unknown
  readonly _value?: T
}
// biome-ignore lint/suspicious/noExplicitAny: a table mixes rows of every value type
export type StateTable = { readonly [name: string]: StateRow<any> }

type StateValue<R> = R extends StateRow<infer T> ? T : never
/** The learned values of a model, by name. */
export type State<D extends StateTable> = { readonly [K in keyof D]: StateValue<D[K]> }
/** What the constructor of a model takes: its state, where optional values may be left out. */
export type StateOptions<D extends StateTable> = {
  readonly [K in keyof D as undefined extends StateValue<D[K]> ? never : K]: StateValue<D[K]>
} & { readonly [K in keyof D as undefined extends StateValue<D[K]> ? K : never]?: StateValue<D[K]> }

/** Numbers and typed arrays by name; what is absent is undefined. */
export type NumberArrays = { readonly [name: string]: Float64Array | Int32Array | number | undefined }

/** Index of each value of categorical features, by feature: Spark's `Map[Int, Map[Double, Int]]`. */
export type CategoryMaps = ReadonlyMap<number, ReadonlyMap<number, number>>

const row =
  <T>(kind: ValueKind) =>
  (doc: string): StateRow<T> => ({ kind, doc })

/** State rows, by the kind of value. */
export const state = {
  double: row<number>('double'),
  int: row<number>('int'),
  long: row<number | bigint>('long'),
  boolean: row<boolean>('boolean'),
  string: row<string>('string'),
  vector: row<Vector>('vector'),
  matrix: row<Matrix>('matrix'),
  doubles: row<readonly number[]>('doubleArray'),
  ints: row<readonly number[]>('intArray'),
  strings: row<readonly string[]>('stringArray'),
  stringLists: row<readonly (readonly string[])[]>('stringArrayArray'),
  categoryMaps: row<CategoryMaps>('categoryMaps'),
  doubleLists: row<readonly (readonly number[])[]>('doubleArrayArray'),
} as const

/**
 * A row that holds parallel typed arrays, such as the columns of a table of nodes: an object of `Float64Array`,
 * `Int32Array` and single numbers.
 */
export const arraysState = <S extends object>(doc: string): StateRow<S> => ({ kind: 'arrays', doc })

/** Rows that hold other stages; the type of the stage is given by the caller. */
export const stageState = <S>(doc: string): StateRow<S> => ({ kind: 'stage', doc })
export const stagesState = <S>(doc: string): StateRow<readonly S[]> => ({ kind: 'stageArray', doc })
export const stageListsState = <S>(doc: string): StateRow<readonly (readonly S[])[]> => ({
  kind: 'stageArrayArray',
  doc,
})

/** The same row for a value that may be absent. */
export const optional = <T>(r: StateRow<T>): StateRow<T | undefined> => ({ ...r, optional: true })

/** The error of a model whose learned values cannot be, which only a file, or whoever makes a model by hand, can cause. */
export const invalidState = (stage: string, param: string, problem: string, allowed: string): ParamError =>
  new ParamError(`the state "${param}" ${problem}`, {
    stage,
    param,
    allowed: `Allowed: ${allowed}`,
    received: problem,
    hint: 'Fit an estimator or load a saved model.',
  })
