import { ParamError, ParseError } from '../errors.js'
import { shortText } from '../util/names.js'
import { toSize } from './arrays.js'
import { doublesFromJson, malformed } from './json-doubles.js'
import { DenseVector, requireSameSize, SparseVector, type Vector } from './vector.js'

function dense(values: ArrayLike<number>): DenseVector
function dense(...values: number[]): DenseVector
function dense(...values: [ArrayLike<number>] | number[]): DenseVector {
  const [first] = values
  return new DenseVector(values.length === 1 && typeof first === 'object' ? first : (values as number[]))
}

function sparse(size: number, indices: ArrayLike<number>, values: ArrayLike<number>): SparseVector
function sparse(size: number, entries: Iterable<readonly [index: number, value: number]>): SparseVector
function sparse(
  size: number,
  indices: ArrayLike<number> | Iterable<readonly [number, number]>,
  values?: ArrayLike<number>,
): SparseVector {
  if (values !== undefined) return new SparseVector(size, indices as ArrayLike<number>, values)
  const entries = [...(indices as Iterable<readonly [number, number]>)].sort((a, b) => a[0] - b[0])
  return new SparseVector(
    size,
    entries.map((entry) => entry[0]),
    entries.map((entry) => entry[1]),
  )
}

/** Sum of `|x|^p`; squares are multiplied out, as in Spark, because `pow` may round otherwise. */
function norm(vector: Vector, p: number): number {
  if (!(p >= 1)) {
    throw new ParamError(`p is ${shortText(p)}`, { stage: 'Vectors.norm', param: 'p', allowed: 'p is at least 1' })
  }
  let result = 0
  if (p === Number.POSITIVE_INFINITY) {
    for (const x of vector.values) if (Math.abs(x) > result) result = Math.abs(x)
    return result
  }
  if (p === 1) {
    for (const x of vector.values) result += Math.abs(x)
    return result
  }
  if (p === 2) {
    for (const x of vector.values) result += x * x
    return Math.sqrt(result)
  }
  for (const x of vector.values) result += Math.abs(x) ** p
  return result ** (1 / p)
}

function sqdist(a: Vector, b: Vector): number {
  requireSameSize('Vectors.sqdist', a, b)
  const aActives = a.values.length
  const bActives = b.values.length
  let sum = 0
  let p = 0
  let q = 0
  while (p < aActives || q < bActives) {
    const i = p < aActives ? (a.indices ? a.indices[p] : p) : a.size
    const j = q < bActives ? (b.indices ? b.indices[q] : q) : b.size
    let difference = 0
    if (i <= j) difference += a.values[p++]
    if (j <= i) difference -= b.values[q++]
    sum += difference * difference
  }
  return sum
}

const DENSE_TEXT = /^\s*\[([^[\]()]*)\]\s*$/
const SPARSE_TEXT = /^\s*\(\s*(\d+)\s*,\s*\[([^[\]()]*)\]\s*,\s*\[([^[\]()]*)\]\s*\)\s*$/

function parse(text: string): Vector {
  const numbers = (list: string): number[] =>
    list.trim() === '' ? [] : list.split(',').map((item) => parseNumber(item.trim(), text))
  const asDense = DENSE_TEXT.exec(text)
  if (asDense) return new DenseVector(numbers(asDense[1]))
  const asSparse = SPARSE_TEXT.exec(text)
  if (asSparse) return new SparseVector(Number(asSparse[1]), numbers(asSparse[2]), numbers(asSparse[3]))
  throw notAVector(text)
}

function parseNumber(item: string, text: string): number {
  const value = Number(item)
  if (item === '' || (Number.isNaN(value) && item !== 'NaN')) throw notAVector(text)
  return value
}

const notAVector = (text: string): ParseError =>
  new ParseError(`${shortText(text)} is not the text of a vector`, {
    stage: 'Vectors.parse',
    allowed: 'Texts like "[1.0,2.0]" and "(4,[0,3],[1.0,2.0])"',
    received: shortText(text),
  })

function fromJSON(json: unknown): Vector {
  const { type, size, indices, values } = Object(json) as Record<string, unknown>
  if (type === 1) return new DenseVector(doublesFromJson(values, 'Vectors.fromJSON'))
  if (type !== 0 || typeof size !== 'number' || !Array.isArray(indices)) {
    throw malformed(json, 'Vectors.fromJSON', 'a vector, {"type":1,"values"} or {"type":0,"size","indices","values"}')
  }
  return new SparseVector(size, indices, doublesFromJson(values, 'Vectors.fromJSON'))
}

/**
 * Makes vectors, and measures them. Source: `org.apache.spark.ml.linalg.Vectors` (`parse`: `mllib.linalg.Vectors`).
 *
 * @example
 * ```ts
 * import { Vectors } from 'ridgeline'
 * const v = Vectors.dense(1, 0, 3)
 * const w = Vectors.sparse(3, [0, 2], [1, 3])
 * console.log(`${w}`, v.equals(w)) // (3,[0,2],[1.0,3.0]) true
 * console.log(Vectors.sqdist(v, Vectors.zeros(3))) // 10
 * ```
 */
export const Vectors = {
  /** A dense vector of the numbers, `dense(1, 2)` or `dense([1, 2])`; a `Float64Array` is kept, not copied. */
  dense,
  /** A sparse vector, `sparse(4, [0, 3], [1, 2])`, or of pairs in any order, `sparse(4, [[3, 2], [0, 1]])`. */
  sparse,
  /** A dense vector of `size` zeros. */
  zeros: (size: number): DenseVector => new DenseVector(new Float64Array(toSize(size, 'Vectors.zeros', 'size'))),
  /**
   * The p-norm. `p = Infinity` gives the largest absolute value, for which NaN entries do not count.
   * @throws ParamError when `p` is below 1.
   */
  norm,
  /**
   * Squared Euclidean distance.
   * @throws DataError when the sizes differ.
   */
  sqdist,
  /**
   * The vector of a text as `toString` gives it.
   * @throws ParseError when it is not one.
   */
  parse,
  /**
   * The vector of a parsed JSON value as `toJSON` gives it.
   * @throws PersistenceError when it is not one.
   */
  fromJSON,
} as const
