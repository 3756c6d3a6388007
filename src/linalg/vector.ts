import { DataError, ParamError } from '../errors.js'
import { javaDoubleText } from '../util/java-text.js'
import { shortText } from '../util/names.js'
import { countNonzeros, indexIn, toDoubles, toInts, toSize } from './arrays.js'
import { type ActiveEntries, dot } from './blas.js'
import { doublesToJson, type JsonDouble } from './json-doubles.js'

/** Spark's JSON form of a vector: type 1 is dense, type 0 is sparse. */
export type VectorJson =
  | { readonly type: 1; readonly values: readonly JsonDouble[] }
  | {
      readonly type: 0
      readonly size: number
      readonly indices: readonly number[]
      readonly values: readonly JsonDouble[]
    }

/**
 * A local vector of doubles, dense or sparse. Immutable by contract: nothing in the library writes into its arrays, which
 * it shares with whoever made it. An entry is *active* when it is stored; entries that are not stored are 0.
 *
 * Source: `org.apache.spark.ml.linalg.Vector`.
 */
export abstract class Vector implements ActiveEntries {
  /** Number of entries. */
  abstract readonly size: number
  /** Strictly increasing places of the active entries; null for a dense vector, in which every entry is active. */
  abstract readonly indices: Int32Array | null
  /** The active entries. */
  abstract readonly values: Float64Array

  /**
   * Entry `i`, counted from 0.
   * @throws ParamError when `i` is out of range.
   */
  abstract get(i: number): number
  /** All entries; a dense vector gives its own array, not a copy. */
  abstract toArray(): Float64Array
  /** A vector with arrays of its own. */
  abstract copy(): Vector
  /** Place of the first largest entry, or -1 for a vector of size 0. NaN is never larger. */
  abstract argmax(): number
  /** Sparse form without stored zeros. */
  abstract toSparse(): SparseVector
  /** Spark's text: `[1.0,2.0]` or `(4,[0,3],[1.0,2.0])`. */
  abstract toString(): string
  /** Spark's JSON form, read again by `Vectors.fromJSON`. */
  abstract toJSON(): VectorJson

  /** Number of stored entries, zeros among them. */
  numActives(): number {
    return this.values.length
  }

  /** Number of entries that are not 0 (one pass); NaN counts. */
  numNonzeros(): number {
    return countNonzeros(this.values)
  }

  /** Dense form. */
  toDense(): DenseVector {
    return new DenseVector(this.toArray())
  }

  /** Dense or sparse form, whichever takes less memory. */
  compressed(): Vector {
    return this.compressedWithNNZ(this.numNonzeros())
  }

  /** As `compressed`, for a caller who knows the number of nonzeros: sparse when `1.5 (nnz + 1) < size`, as in Spark. */
  compressedWithNNZ(nnz: number): Vector {
    return 1.5 * (nnz + 1) < this.size ? this.toSparse() : this.toDense()
  }

  /**
   * Inner product with a vector of the same size.
   * @throws DataError when the sizes differ.
   */
  dot(other: Vector): number {
    requireSameSize('Vector.dot', this, other)
    return dot(this, other)
  }

  /** Calls `f(index, value)` for every stored entry, in order of index. */
  foreachActive(f: (index: number, value: number) => void): void {
    const { indices, values } = this
    for (let k = 0; k < values.length; k++) f(indices ? indices[k] : k, values[k])
  }

  /** Calls `f(index, value)` for every entry that is not 0, in order of index. */
  foreachNonZero(f: (index: number, value: number) => void): void {
    this.foreachActive((index, value) => {
      if (value !== 0) f(index, value)
    })
  }

  /** The stored entries as pairs `[index, value]`, in order of index. */
  *activeIterator(): IterableIterator<[number, number]> {
    const { indices, values } = this
    for (let k = 0; k < values.length; k++) yield [indices ? indices[k] : k, values[k]]
  }

  /** The entries that are not 0 as pairs `[index, value]`, in order of index. */
  *nonZeroIterator(): IterableIterator<[number, number]> {
    for (const entry of this.activeIterator()) if (entry[1] !== 0) yield entry
  }

  /**
   * Whether the other value is a vector with the same size and entries, dense or sparse. As in Spark, two dense vectors
   * compare bit by bit (NaN equals NaN, 0 is not -0), all other pairs by value (NaN equals nothing, 0 equals -0).
   */
  equals(other: unknown): boolean {
    if (!(other instanceof Vector) || this.size !== other.size) return false
    if (!this.indices && !other.indices) return this.values.every((x, i) => Object.is(x, other.values[i]))
    const theirs = other.nonZeroIterator()
    for (const [index, value] of this.nonZeroIterator()) {
      const entry = theirs.next()
      if (entry.done || entry.value[0] !== index || entry.value[1] !== value) return false
    }
    return theirs.next().done === true
  }

  /** Spark's hash code, a 32-bit integer: of the size and the first 128 entries that are not 0. */
  hashCode(): number {
    const { indices, values } = this
    const bits = new DataView(new ArrayBuffer(8))
    let hash = (31 + this.size) | 0
    for (let k = 0, seen = 0; k < values.length && seen < 128; k++) {
      if (values[k] === 0) continue
      hash = (Math.imul(31, hash) + (indices ? indices[k] : k)) | 0
      // Java hashes a double by its two halves, and every NaN as the one with the plain bits.
      bits.setFloat64(0, Number.isNaN(values[k]) ? Number.NaN : values[k])
      hash = (Math.imul(31, hash) + (bits.getInt32(0) ^ bits.getInt32(4))) | 0
      seen++
    }
    return hash
  }
}

/** A vector that stores every entry. Source: `org.apache.spark.ml.linalg.DenseVector`. */
export class DenseVector extends Vector {
  readonly values: Float64Array
  readonly indices = null

  /**
   * @param values the entries; a `Float64Array` is kept, not copied.
   * @throws ParamError when an entry is not a number.
   */
  constructor(values: ArrayLike<number>) {
    super()
    this.values = toDoubles(values, 'DenseVector')
  }

  get size(): number {
    return this.values.length
  }

  get(i: number): number {
    requireIndex('DenseVector', i, this.size)
    return this.values[i]
  }

  toArray(): Float64Array {
    return this.values
  }

  copy(): DenseVector {
    return new DenseVector(this.values.slice())
  }

  argmax(): number {
    return argmax(this.values)
  }

  override toDense(): DenseVector {
    return this
  }

  toSparse(): SparseVector {
    return withoutZeros(this, this.numNonzeros())
  }

  toString(): string {
    return doublesText(this.values)
  }

  toJSON(): VectorJson {
    return { type: 1, values: doublesToJson(this.values) }
  }
}

/** A vector that stores some entries with their places. Source: `org.apache.spark.ml.linalg.SparseVector`. */
export class SparseVector extends Vector {
  readonly size: number
  readonly indices: Int32Array
  readonly values: Float64Array

  /**
   * @param size number of entries.
   * @param indices strictly increasing places in `0 .. size - 1`; an `Int32Array` is kept, not copied.
   * @param values one entry an index; a `Float64Array` is kept, not copied.
   * @throws ParamError when lengths differ, or an index is out of range or out of order.
   */
  constructor(size: number, indices: ArrayLike<number>, values: ArrayLike<number>) {
    super()
    this.size = toSize(size, 'SparseVector', 'size')
    this.indices = toInts(indices, 'SparseVector', 'indices')
    this.values = toDoubles(values, 'SparseVector')
    if (this.indices.length !== this.values.length) {
      throw new ParamError(`there are ${indices.length} indices and ${values.length} values`, {
        stage: 'SparseVector',
        param: 'indices',
        allowed: 'One value an index',
      })
    }
    let previous = -1
    for (const index of this.indices) {
      if (index <= previous || index >= size) throw badIndex(index, previous, size)
      previous = index
    }
  }

  get(i: number): number {
    requireIndex('SparseVector', i, this.size)
    const at = indexIn(this.indices, i)
    return at < 0 ? 0 : this.values[at]
  }

  toArray(): Float64Array {
    const all = new Float64Array(this.size)
    for (let k = 0; k < this.indices.length; k++) all[this.indices[k]] = this.values[k]
    return all
  }

  copy(): SparseVector {
    return new SparseVector(this.size, this.indices.slice(), this.values.slice())
  }

  argmax(): number {
    const { size, indices, values } = this
    if (size === 0) return -1
    const best = argmax(values)
    if (best < 0) return 0
    if (values[best] > 0 || values.length === size || Number.isNaN(values[best])) return indices[best]
    // The first entry that is not stored is a 0: it wins over negatives, and over a stored 0 that comes later.
    let gap = 0
    while (gap < indices.length && indices[gap] === gap) gap++
    return values[best] === 0 ? Math.min(gap, indices[best]) : gap
  }

  toSparse(): SparseVector {
    const nnz = this.numNonzeros()
    return nnz === this.values.length ? this : withoutZeros(this, nnz)
  }

  toString(): string {
    return `(${this.size},[${this.indices.join(',')}],${doublesText(this.values)})`
  }

  toJSON(): VectorJson {
    return { type: 0, size: this.size, indices: Array.from(this.indices), values: doublesToJson(this.values) }
  }
}

/**
 * Checks that two vectors have one size.
 * @throws DataError naming both sizes.
 */
export function requireSameSize(where: string, a: Vector, b: Vector): void {
  if (a.size === b.size) return
  throw new DataError(`vectors have sizes ${a.size} and ${b.size}`, {
    stage: where,
    allowed: 'Both vectors have the same size',
    received: `${a.size} and ${b.size}`,
  })
}

function withoutZeros(v: Vector, nnz: number): SparseVector {
  const indices = new Int32Array(nnz)
  const values = new Float64Array(nnz)
  let k = 0
  v.foreachNonZero((index, value) => {
    indices[k] = index
    values[k++] = value
  })
  return new SparseVector(v.size, indices, values)
}

function argmax(values: Float64Array): number {
  let best = values.length > 0 ? 0 : -1
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i
  return best
}

const doublesText = (values: Float64Array): string => `[${Array.from(values, javaDoubleText).join(',')}]`

function requireIndex(owner: string, i: number, size: number): void {
  if (i >= 0 && i < size && Number.isInteger(i)) return
  throw new ParamError(`index ${shortText(i)} is out of range`, {
    stage: owner,
    param: 'i',
    allowed: `A whole number from 0 to ${size - 1}`,
    received: shortText(i),
  })
}

function badIndex(index: number, previous: number, size: number): ParamError {
  const problem = index < 0 || index >= size ? 'is out of range' : `follows ${previous}, which is not smaller`
  return new ParamError(`index ${index} ${problem}`, {
    stage: 'SparseVector',
    param: 'indices',
    allowed: `Strictly increasing whole numbers from 0 to ${size - 1}`,
    received: String(index),
  })
}
