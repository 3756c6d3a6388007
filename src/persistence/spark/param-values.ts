import { PersistenceError } from '../../errors.js'
import { Matrices } from '../../linalg/matrices.js'
import type { Matrix } from '../../linalg/matrix.js'
import type { Vector } from '../../linalg/vector.js'
import { Vectors } from '../../linalg/vectors.js'
import type { ValueKind } from '../../param/row.js'
import type { Json } from '../../sql/types.js'
import { javaDoubleText } from '../../util/java-text.js'
import { shortText } from '../../util/names.js'

/** How a value of a parameter stands in Spark's metadata. `write` gives JSON text: a double must have a point or an exponent there. */
interface ParamFormat {
  write(value: never): string
  read(json: Json, where: string): unknown
}

const SPECIAL: ReadonlyMap<Json, number> = new Map([
  ['NaN', Number.NaN],
  ['Inf', Number.POSITIVE_INFINITY],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Inf', Number.NEGATIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
])

const wrong = (where: string, expected: string, json: Json): never => {
  throw new PersistenceError(`${where} is ${shortText(json)}`, { stage: 'load', allowed: `Expected ${expected}` })
}

/** JSON text of a double, as Spark reads it. */
export function doubleJson(value: number): string {
  if (Number.isNaN(value)) return '"NaN"'
  return Number.isFinite(value) ? javaDoubleText(value) : value > 0 ? '"Inf"' : '"-Inf"'
}

/** A double of Spark's metadata. @throws PersistenceError for anything else. */
export const readDouble = (json: Json, where: string): number =>
  typeof json === 'number' ? json : (SPECIAL.get(json) ?? (wrong(where, 'a number', json) as number))

const list = (texts: Iterable<string>): string => `[${[...texts].join(',')}]`

const arrayOf = (element: ParamFormat): ParamFormat => ({
  write: (values: readonly never[]) => list(Array.from(values, (value) => element.write(value))),
  read: (json, where) =>
    Array.isArray(json) ? json.map((item, i) => element.read(item, `${where}[${i}]`)) : wrong(where, 'an array', json),
})

const double: ParamFormat = { write: doubleJson, read: readDouble }
const int: ParamFormat = {
  write: (value: number) => String(value),
  read: (json, where) => (Number.isInteger(json) ? json : wrong(where, 'an integer', json)),
}
const string: ParamFormat = {
  write: (value: string) => JSON.stringify(value),
  read: (json, where) => (typeof json === 'string' ? json : wrong(where, 'a string', json)),
}
const boolean: ParamFormat = {
  write: (value: boolean) => String(value),
  read: (json, where) => (typeof json === 'boolean' ? json : wrong(where, 'true or false', json)),
}
/** Integers beyond 2^53 come as their digits, see `parseMetadata`. */
const long: ParamFormat = {
  write: (value: number | bigint) => String(value),
  read: (json, where) => {
    if (Number.isSafeInteger(json)) return json
    return typeof json === 'string' && /^-?\d{1,19}$/.test(json) ? BigInt(json) : wrong(where, 'an integer', json)
  },
}
const vector: ParamFormat = {
  write: (value: Vector) => {
    const values = list(Array.from(value.values, doubleJson))
    return value.indices === null
      ? `{"type":1,"values":${values}}`
      : `{"type":0,"size":${value.size},"indices":${list(Array.from(value.indices, String))},"values":${values}}`
  },
  read: (json, where) => (isObject(json) ? Vectors.fromJSON(json as never) : wrong(where, 'a vector', json)),
}
const matrix: ParamFormat = {
  write: (value: Matrix) => {
    const shape = `"class":"matrix","type":${value.colPtrs === null ? 1 : 0},"numRows":${value.numRows},"numCols":${value.numCols}`
    const sparse =
      value.colPtrs === null || value.rowIndices === null
        ? ''
        : `"colPtrs":${list(Array.from(value.colPtrs, String))},"rowIndices":${list(Array.from(value.rowIndices, String))},`
    return `{${shape},${sparse}"values":${list(Array.from(value.values, doubleJson))},"isTransposed":${value.isTransposed}}`
  },
  read: (json, where) => (isObject(json) ? Matrices.fromJSON(json as never) : wrong(where, 'a matrix', json)),
}

const isObject = (json: Json): boolean => typeof json === 'object' && json !== null && !Array.isArray(json)

const FORMATS: Partial<Record<ValueKind, ParamFormat>> = {
  double,
  int,
  long,
  boolean,
  string,
  vector,
  matrix,
  stringArray: arrayOf(string),
  stringArrayArray: arrayOf(arrayOf(string)),
  doubleArray: arrayOf(double),
  doubleArrayArray: arrayOf(arrayOf(double)),
  intArray: arrayOf(int),
}

/** Whether values of a kind stand in the metadata; stages and parameter maps stand in folders, or in a form of their own. */
export const isPlainParam = (kind: ValueKind): boolean => FORMATS[kind] !== undefined

/** JSON text of a value of a parameter. */
export const writeParam = (kind: ValueKind, value: unknown): string =>
  (FORMATS[kind] as ParamFormat).write(value as never)

/** The value of a parameter. @throws PersistenceError when the JSON has another form. */
export const readParam = (kind: ValueKind, json: Json, where: string): unknown =>
  (FORMATS[kind] as ParamFormat).read(json, where)
