import type { DataChunk, Vector } from '@duckdb/node-bindings'
import { DenseMatrix, type Matrix, SparseMatrix } from '../../linalg/matrix.js'
import { type ColumnData, type DictColumn, isValid, type Validity, type VectorColumn } from '../batch.js'
import { columnReader } from '../column-reader.js'
import { type DataType, DoubleType, IntegerType, LongType } from '../types.js'
import { type Bindings, structOf } from './engine-types.js'
import type { StringDictionary } from './string-dictionary.js'

/** Where the values of arrays lie in DuckDB's list vectors: pairs of start and length, 64 bits each. */
const LIST_ENTRY = 16
/** A string or blob: 4 bytes length, then up to 12 bytes inline, or 4 bytes prefix and a pointer. */
const STRING_CELL = 16
const INLINE = 12

/** Reads the engine's vectors. Every raw read has its size from the vector's checked type and row count. */
export class VectorReader {
  private readonly nb: Bindings

  constructor(nb: Bindings) {
    this.nb = nb
  }

  /** Rows of a column of a result. Strings need the column of their hashes and the stream's dictionary. */
  readStrings(chunk: DataChunk, at: number, hashAt: number, n: number, dictionary: StringDictionary): DictColumn {
    const { nb } = this
    const vector = nb.data_chunk_get_vector(chunk, at)
    const valid = this.validity(vector, n)
    const cells = this.bytes(vector, n * STRING_CELL)
    const words = new Uint32Array(cells.buffer, cells.byteOffset, n * 4)
    const hashes = this.bytes(nb.data_chunk_get_vector(chunk, hashAt), n * 8)
    const halves = new Uint32Array(hashes.buffer, hashes.byteOffset, n * 2)
    const codes = new Int32Array(n)
    for (let i = 0; i < n; i++) {
      if (valid !== null && !isValid(valid, i)) continue
      codes[i] = dictionary.code(halves[2 * i], halves[2 * i + 1], words[4 * i], words[4 * i + 1], () =>
        this.cell(cells, i).toString('utf8'),
      )
    }
    return { kind: 'dict', codes, dictionary: dictionary.values, valid }
  }

  /** Numbers of an INTEGER vector without nulls. */
  integers(vector: Vector, n: number): Int32Array {
    return (this.read(vector, IntegerType, n) as { data: Int32Array }).data
  }

  /** Numbers of a BIGINT vector without nulls. */
  longs(vector: Vector, n: number): BigInt64Array {
    return (this.read(vector, LongType, n) as { data: BigInt64Array }).data
  }

  /** Rows of a column of any type but string at the top level, which comes with its hashes. */
  read(vector: Vector, type: DataType, n: number): ColumnData {
    const valid = this.validity(vector, n)
    switch (type.kind) {
      case 'double':
      case 'decimal': {
        const b = this.bytes(vector, n * 8)
        return { kind: 'f64', data: new Float64Array(b.buffer, b.byteOffset, n), valid }
      }
      case 'float': {
        const b = this.bytes(vector, n * 4)
        return { kind: 'f64', data: Float64Array.from(new Float32Array(b.buffer, b.byteOffset, n)), valid }
      }
      case 'byte': {
        const b = this.bytes(vector, n)
        return { kind: 'i32', data: Int32Array.from(new Int8Array(b.buffer, b.byteOffset, n)), valid }
      }
      case 'short': {
        const b = this.bytes(vector, n * 2)
        return { kind: 'i32', data: Int32Array.from(new Int16Array(b.buffer, b.byteOffset, n)), valid }
      }
      case 'integer':
      case 'date': {
        const b = this.bytes(vector, n * 4)
        return { kind: 'i32', data: new Int32Array(b.buffer, b.byteOffset, n), valid }
      }
      case 'long':
      case 'timestamp':
      case 'timestamp_ntz': {
        const b = this.bytes(vector, n * 8)
        return { kind: 'i64', data: new BigInt64Array(b.buffer, b.byteOffset, n), valid }
      }
      case 'boolean':
        return { kind: 'bool', data: this.bytes(vector, n), valid }
      case 'void':
        return { kind: 'object', data: new Array(n).fill(null), valid: new Uint8Array((n + 7) >> 3) }
      case 'vector':
        return this.readVectors(vector, n, valid)
      default:
        return { kind: 'object', data: this.readValues(vector, type, n), valid }
    }
  }

  /** JavaScript values, null where the row is null. */
  private readValues(vector: Vector, type: DataType, n: number): unknown[] {
    const { nb } = this
    const valid = this.validity(vector, n)
    const rows = (read: (row: number) => unknown): unknown[] =>
      Array.from({ length: n }, (_, i) => (valid === null || isValid(valid, i) ? read(i) : null))
    switch (type.kind) {
      case 'string':
      case 'binary': {
        const cells = this.bytes(vector, n * STRING_CELL)
        return rows((i) =>
          type.kind === 'string' ? this.cell(cells, i).toString('utf8') : Uint8Array.from(this.cell(cells, i)),
        )
      }
      case 'array': {
        const child = this.readValues(
          nb.list_vector_get_child(vector),
          type.elementType,
          nb.list_vector_get_size(vector),
        )
        const entries = this.listEntries(vector, n)
        return rows((i) => child.slice(entries.start[i], entries.start[i] + entries.length[i]))
      }
      case 'map': {
        const pairs = nb.list_vector_get_child(vector)
        const size = nb.list_vector_get_size(vector)
        const keys = this.readValues(nb.struct_vector_get_child(pairs, 0), type.keyType, size)
        const values = this.readValues(nb.struct_vector_get_child(pairs, 1), type.valueType, size)
        const { start, length } = this.listEntries(vector, n)
        return rows(
          (i) => new Map(Array.from({ length: length[i] }, (_, k) => [keys[start[i] + k], values[start[i] + k]])),
        )
      }
      case 'struct':
      case 'matrix': {
        const { fields } = structOf(type)!
        const children = fields.map((f, k) => this.readValues(nb.struct_vector_get_child(vector, k), f.dataType, n))
        const objects = rows((i) => Object.fromEntries(fields.map((f, k) => [f.name, children[k][i]])))
        return type.kind === 'struct' ? objects : objects.map((m) => m && matrixOf(m as unknown as MatrixStruct))
      }
      default: {
        const read = columnReader(this.read(vector, type, n), type)
        return Array.from({ length: n }, (_, i) => read(i))
      }
    }
  }

  /** Vectors in Spark's struct form. Dense rows of one length that lie one after the other are taken without a copy. */
  private readVectors(vector: Vector, n: number, valid: Validity): VectorColumn {
    const { nb } = this
    const types = this.bytes(nb.struct_vector_get_child(vector, 0), n)
    const sizesOf = this.read(nb.struct_vector_get_child(vector, 1), IntegerType, n) as { data: Int32Array }
    const indicesOf = nb.struct_vector_get_child(vector, 2)
    const valuesOf = nb.struct_vector_get_child(vector, 3)
    const index = this.listEntries(indicesOf, n)
    const value = this.listEntries(valuesOf, n)
    const entries = nb.list_vector_get_size(valuesOf)
    const values = (this.read(nb.list_vector_get_child(valuesOf), DoubleType, entries) as { data: Float64Array }).data
    const present = (i: number): boolean => valid === null || isValid(valid, i)

    let size = -1
    let sameSize = true
    let contiguous = true
    let total = 0
    for (let i = 0; i < n; i++) {
      if (!present(i)) {
        contiguous = false
        continue
      }
      const rowSize = types[i] === 1 ? value.length[i] : sizesOf.data[i]
      if (size < 0) size = rowSize
      sameSize &&= rowSize === size
      contiguous &&= types[i] === 1 && value.start[i] === value.start[0] + i * size
      total += value.length[i]
    }
    size = Math.max(size, 0)
    if (sameSize && contiguous && n > 0) {
      const data = values.subarray(value.start[0], value.start[0] + n * size)
      return { kind: 'vector', size, sizes: null, offsets: null, indices: null, values: data, dense: null, valid }
    }
    const allIndices = (
      this.read(nb.list_vector_get_child(indicesOf), IntegerType, nb.list_vector_get_size(indicesOf)) as {
        data: Int32Array
      }
    ).data
    const offsets = new Int32Array(n + 1)
    const indices = new Int32Array(total)
    const data = new Float64Array(total)
    const dense = new Uint8Array(n)
    const sizes = sameSize ? null : new Int32Array(n)
    for (let i = 0; i < n; i++) {
      const at = offsets[i]
      const count = present(i) ? value.length[i] : 0
      data.set(values.subarray(value.start[i], value.start[i] + count), at)
      if (types[i] === 1 && present(i)) {
        dense[i] = 1
        for (let k = 0; k < count; k++) indices[at + k] = k
      } else {
        indices.set(allIndices.subarray(index.start[i], index.start[i] + count), at)
      }
      if (sizes && present(i)) sizes[i] = types[i] === 1 ? count : sizesOf.data[i]
      offsets[i + 1] = at + count
    }
    return {
      kind: 'vector',
      size: sameSize ? size : -1,
      sizes,
      offsets,
      indices,
      values: data,
      dense: dense.includes(1) ? dense : null,
      valid,
    }
  }

  /** The first `count` bytes of a vector's data, at an address that every typed array can stand on. */
  private bytes(vector: Vector, count: number): Uint8Array<ArrayBuffer> {
    if (count === 0) return new Uint8Array(0)
    const data = this.nb.vector_get_data(vector, count) as Uint8Array<ArrayBuffer>
    return data.byteOffset % 8 === 0 ? data : new Uint8Array(data)
  }

  private validity(vector: Vector, n: number): Validity {
    if (n === 0) return null
    const bits = this.nb.vector_get_validity(vector, ((n + 63) >> 6) * 8) as Uint8Array | null
    if (!bits) return null
    for (let i = 0; i < n >> 3; i++) if (bits[i] !== 0xff) return bits
    for (let i = n & ~7; i < n; i++) if (!isValid(bits, i)) return bits
    return null
  }

  private listEntries(vector: Vector, n: number): { start: Float64Array; length: Float64Array } {
    const b = this.bytes(vector, n * LIST_ENTRY)
    const words = new Uint32Array(b.buffer, b.byteOffset, n * 4)
    const start = new Float64Array(n)
    const length = new Float64Array(n)
    for (let i = 0; i < n; i++) {
      start[i] = words[4 * i] + words[4 * i + 1] * 2 ** 32
      length[i] = words[4 * i + 2] + words[4 * i + 3] * 2 ** 32
    }
    return { start, length }
  }

  private cell(cells: Uint8Array, row: number): Buffer {
    const at = cells.byteOffset + row * STRING_CELL
    const buffer = cells.buffer as ArrayBuffer
    const length = new Uint32Array(buffer, at, 1)[0]
    if (length <= INLINE) return Buffer.from(buffer, at + 4, length)
    return Buffer.from(this.nb.get_data_from_pointer(buffer, at + 8, length))
  }
}

/** Fields of a matrix in the form in which Spark stores it. */
export interface MatrixStruct {
  readonly type: number
  readonly numRows: number
  readonly numCols: number
  readonly colPtrs: readonly number[] | null
  readonly rowIndices: readonly number[] | null
  readonly values: readonly number[]
  readonly isTransposed: boolean
}

function matrixOf(m: MatrixStruct): Matrix {
  const values = Float64Array.from(m.values)
  if (m.type === 1) return new DenseMatrix(m.numRows, m.numCols, values, m.isTransposed)
  const colPtrs = Int32Array.from(m.colPtrs ?? [])
  return new SparseMatrix(m.numRows, m.numCols, colPtrs, Int32Array.from(m.rowIndices ?? []), values, m.isTransposed)
}
