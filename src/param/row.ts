import type { Matrix } from '../linalg/matrix.js'
import type { Vector } from '../linalg/vector.js'
import { type DataType, isNumeric, isVector } from '../sql/types.js'
import { anyCase, arrayOf, type Bounds, type Constraint, interval, oneOfConstraint, rule } from './constraint.js'
import type { Params } from './params.js'

/** How a value is stored. The kind decides the form in JSON and in Spark's metadata (a double is written `1.0`). */
export type ValueKind =
  | 'double'
  | 'int'
  | 'long'
  | 'boolean'
  | 'string'
  | 'stringArray'
  | 'stringArrayArray'
  | 'doubleArray'
  | 'doubleArrayArray'
  | 'intArray'
  | 'arrays'
  | 'vector'
  | 'matrix'
  | 'categoryMaps'
  | 'stage'
  | 'stageArray'
  | 'stageArrayArray'
  | 'paramMaps'

/** What the type of an input column may be. */
export interface ColumnTest {
  readonly text: string
  ok(type: DataType): boolean
}

/** What a parameter that names columns means for the schema: a column that is read, or one that is made. */
export type ColumnRole =
  /** `fit`: needed by `fit` only (a label); `optional`: unset or "" means that there is none (a weight). */
  | { readonly io: 'input'; readonly accepts: ColumnTest; readonly fitOnly: boolean; readonly optional: boolean }
  | { readonly io: 'output'; readonly yields: DataType; readonly optional: boolean }

/** One row of a parameter table. `T` is the type of the value; everything else is data. */
export interface ParamRow<T> {
  readonly kind: ValueKind
  readonly doc: string
  /** Default value; a function of the uid for names such as `<uid>__output`. Absent: the parameter has no default. */
  readonly default?: T | ((uid: string) => T)
  readonly constraint: Constraint
  readonly role?: ColumnRole
  /** Spark calls it an expert parameter: rarely needed. */
  readonly expert?: boolean
  /** Spark has no such parameter. It is off unless it is set, and what is set cannot be written in Spark's format. */
  readonly beyondSpark?: boolean
  /** Parameters that `setX` of this one clears, because they say the same in another way. */
  readonly clears?: readonly string[]
  /** What `getX` answers, where another parameter may say the same; absent: the value. */
  readonly reads?: (stage: Params) => T
  readonly _value?: T
}
// biome-ignore lint/suspicious/noExplicitAny: a table mixes rows of every value type
export type ParamTable = { readonly [name: string]: ParamRow<any> }
export type ValueOf<R> = R extends ParamRow<infer T> ? T : never

interface RowOptions<T> {
  readonly doc: string
  readonly default?: T | ((uid: string) => T)
  readonly expert?: boolean
  readonly clears?: readonly string[]
  readonly reads?: (stage: Params) => T
}

/** The same row, marked as a parameter that Spark does not have. Its default, where it has one, must change nothing. */
export const beyondSpark = <T>(row: ParamRow<T>): ParamRow<T> => ({ ...row, beyondSpark: true })

const BOOLEAN = rule('true or false', (v) => typeof v === 'boolean', ['yes', 1])
const TEXT = rule('a string', (v) => typeof v === 'string', [3, null])
const COLUMN = rule('a column name (a string that is not empty)', (v) => typeof v === 'string' && v !== '', [
  3,
  '',
  null,
])
const ANY_NUMBER = rule('a number', (v) => typeof v === 'number', ['?'])
const LONG = rule(
  'a 64-bit integer (number or bigint)',
  (v) => (typeof v === 'bigint' ? BigInt.asIntN(64, v) === v : Number.isSafeInteger(v)),
  ['?', 0.5, 2n ** 63n],
)
const hasMethod = (v: unknown, ...names: string[]): boolean =>
  typeof v === 'object' && v !== null && names.every((n) => typeof (v as Record<string, unknown>)[n] === 'function')

/** A double. `min`, `max` and `open` bound it; NaN is refused. */
export const double = (o: RowOptions<number> & Bounds & { readonly constraint?: Constraint }): ParamRow<number> => ({
  ...o,
  kind: 'double',
  constraint: o.constraint ?? interval('number', o),
})

/** A 32-bit integer. */
export const int = (o: RowOptions<number> & Bounds & { readonly constraint?: Constraint }): ParamRow<number> => ({
  ...o,
  kind: 'int',
  constraint: o.constraint ?? interval('integer', o),
})

/** A 64-bit integer such as a seed: a number while it is safe, else a bigint. */
export const long = (o: RowOptions<number | bigint>): ParamRow<number | bigint> => ({
  ...o,
  kind: 'long',
  constraint: LONG,
})

export const bool = (o: RowOptions<boolean>): ParamRow<boolean> => ({ ...o, kind: 'boolean', constraint: BOOLEAN })

/** Free text. */
export const string = (o: RowOptions<string> & { readonly constraint?: Constraint }): ParamRow<string> => ({
  ...o,
  kind: 'string',
  constraint: o.constraint ?? TEXT,
})

/** One of a closed list of strings. */
export const oneOf = <const V extends readonly string[]>(values: V, o: RowOptions<V[number]>): ParamRow<V[number]> => ({
  ...o,
  kind: 'string',
  constraint: oneOfConstraint(values),
})

/** One of a closed list of lower-case words, in upper or lower case, as Spark takes some of its parameters. */
export const oneOfAnyCase = <const V extends readonly string[]>(
  values: V,
  o: RowOptions<V[number]>,
): ParamRow<V[number]> => ({ ...o, kind: 'string', constraint: anyCase(values) })

const strings = (text: string, element: Constraint, allowEmpty: boolean): Constraint =>
  arrayOf(element, text, (v) => allowEmpty || v.length > 0)

export const stringArray = (
  o: RowOptions<readonly string[]> & { readonly constraint?: Constraint },
): ParamRow<readonly string[]> => ({
  ...o,
  kind: 'stringArray',
  constraint: o.constraint ?? strings('an array of strings', TEXT, true),
})
export const doubleArray = (
  o: RowOptions<readonly number[]> & { readonly constraint?: Constraint },
): ParamRow<readonly number[]> => ({
  ...o,
  kind: 'doubleArray',
  constraint: o.constraint ?? arrayOf(ANY_NUMBER, 'an array of numbers'),
})
export const intArray = (
  o: RowOptions<readonly number[]> & { readonly constraint?: Constraint },
): ParamRow<readonly number[]> => ({
  ...o,
  kind: 'intArray',
  constraint: o.constraint ?? arrayOf(interval('integer', {}), 'an array of integers'),
})
export const doubleArrayArray = (
  o: RowOptions<readonly (readonly number[])[]> & { readonly constraint?: Constraint },
): ParamRow<readonly (readonly number[])[]> => ({
  ...o,
  kind: 'doubleArrayArray',
  constraint: o.constraint ?? arrayOf(arrayOf(ANY_NUMBER, 'an array of numbers'), 'an array of arrays of numbers'),
})
export const vectorParam = (o: RowOptions<Vector>): ParamRow<Vector> => ({
  ...o,
  kind: 'vector',
  constraint: rule('a vector (Vectors.dense, Vectors.sparse)', (v) => hasMethod(v, 'toArray', 'toSparse', 'argmax'), [
    [1],
  ]),
})
export const matrixParam = (o: RowOptions<Matrix>): ParamRow<Matrix> => ({
  ...o,
  kind: 'matrix',
  constraint: rule('a matrix (Matrices.dense, Matrices.sparse)', (v) => hasMethod(v, 'toArray', 'multiply'), [[1]]),
})

const columnTest = (text: string, ok: (type: DataType) => boolean): ColumnTest => ({ text, ok })

/** What input columns may be, by name. */
export const accepts = {
  any: columnTest('any type', () => true),
  vector: columnTest('vector', isVector),
  numeric: columnTest('a numeric type', isNumeric),
  string: columnTest('string', (t) => t.kind === 'string'),
  boolean: columnTest('boolean', (t) => t.kind === 'boolean'),
  integer: columnTest('int', (t) => t.kind === 'integer'),
  numericOrString: columnTest('a numeric type or string', (t) => isNumeric(t) || t.kind === 'string'),
  numericOrBoolean: columnTest('a numeric type or boolean', (t) => isNumeric(t) || t.kind === 'boolean'),
  numericStringOrBoolean: columnTest(
    'a numeric type, string or boolean',
    (t) => isNumeric(t) || t.kind === 'string' || t.kind === 'boolean',
  ),
  array: columnTest('an array', (t) => t.kind === 'array'),
  strings: columnTest('array<string>', (t) => t.kind === 'array' && t.elementType.kind === 'string'),
  numericBooleanOrVector: columnTest(
    'a numeric type, boolean or vector',
    (t) => isNumeric(t) || t.kind === 'boolean' || isVector(t),
  ),
  doubleOrVector: columnTest('double or vector', (t) => t.kind === 'double' || isVector(t)),
  numericOrVector: columnTest('a numeric type or vector', (t) => isNumeric(t) || isVector(t)),
} as const

interface InputOptions {
  readonly accepts: ColumnTest
  readonly fitOnly?: boolean
  readonly optional?: boolean
}
const inputRole = (o: InputOptions): ColumnRole => ({
  io: 'input',
  accepts: o.accepts,
  fitOnly: o.fitOnly ?? false,
  optional: o.optional ?? false,
})

/** Name of a column that is read. With `optional`, unset or the empty string means that there is none. */
export const inputColumn = (o: RowOptions<string> & InputOptions): ParamRow<string> => ({
  doc: o.doc,
  default: o.default,
  kind: 'string',
  constraint: o.optional ? TEXT : COLUMN,
  role: inputRole(o),
})

/** Names of columns that are read. */
export const inputColumns = (o: RowOptions<readonly string[]> & InputOptions): ParamRow<readonly string[]> => ({
  doc: o.doc,
  default: o.default,
  kind: 'stringArray',
  constraint: strings('an array of column names', COLUMN, true),
  role: inputRole(o),
})

interface OutputOptions {
  readonly yields: DataType
  readonly optional?: boolean
}
/** Name of a column that is made. With `optional`, unset or the empty string means that it is not made. */
export const outputColumn = (o: RowOptions<string> & OutputOptions): ParamRow<string> => ({
  doc: o.doc,
  default: o.default,
  kind: 'string',
  constraint: o.optional ? TEXT : COLUMN,
  role: { io: 'output', yields: o.yields, optional: o.optional ?? false },
})

/** Names of columns that are made. */
export const outputColumns = (o: RowOptions<readonly string[]> & OutputOptions): ParamRow<readonly string[]> => ({
  doc: o.doc,
  default: o.default,
  kind: 'stringArray',
  constraint: strings('an array of column names', COLUMN, true),
  role: { io: 'output', yields: o.yields, optional: o.optional ?? false },
})
