import type { Vector } from '@duckdb/node-bindings'
import { type DenseMatrix, type Matrix, SparseMatrix } from '../../linalg/matrix.js'
import { type ColumnData, type DictColumn, isValid, type Validity, type VectorColumn } from '../batch.js'
import { buildColumn } from '../column-builder.js'
import { isDenseRow, validityOf, vectorSize, vectorStart } from '../columns.js'
import { MATRIX_STRUCT } from '../schema-json.js'
import type { DataType, StructType } from '../types.js'
import type { Bindings } from './engine-types.js'
import type { MatrixStruct } from './vector-reader.js'

/** Writes the engine's vectors. Every raw copy has its size from the column that is written. */
export class VectorWriter {
  private readonly nb: Bindings

  constructor(nb: Bindings) {
    this.nb = nb
  }

  /** Writes rows into a fresh vector of the column's logical type. */
  write(vector: Vector, column: ColumnData, type: DataType, n: number): void {
    if (column.valid !== null) this.writeValidity(vector, column.valid, n)
    switch (column.kind) {
      case 'f64':
        this.copy(vector, type.kind === 'float' ? Float32Array.from(column.data) : column.data)
        break
      case 'i32':
        this.copy(vector, narrowed(column.data, type))
        break
      case 'i64':
      case 'bool':
        this.copy(vector, column.data)
        break
      case 'dict':
        this.writeStrings(vector, column, n)
        break
      case 'vector':
        this.writeVectors(vector, column, n)
        break
      case 'object':
        this.writeValues(vector, column.data, type, n)
    }
  }

  private writeStrings(vector: Vector, column: DictColumn, n: number): void {
    for (let i = 0; i < n; i++) {
      if (isValid(column.valid, i)) this.nb.vector_assign_string_element(vector, i, column.dictionary[column.codes[i]])
    }
  }

  private writeVectors(vector: Vector, column: VectorColumn, n: number): void {
    const { nb } = this
    const present = (i: number): boolean => isValid(column.valid, i)
    const types = new Int8Array(n)
    const sizes = new Int32Array(n)
    const sparse = (i: number): boolean => present(i) && !isDenseRow(column, i)
    const lengths = new Int32Array(n)
    let indexCount = 0
    for (let i = 0; i < n; i++) {
      const isSparse = sparse(i)
      types[i] = isSparse ? 0 : 1
      sizes[i] = isSparse ? vectorSize(column, i) : 0
      lengths[i] = present(i) ? vectorStart(column, i + 1) - vectorStart(column, i) : 0
      if (isSparse) indexCount += lengths[i]
    }
    const start = vectorStart(column, 0)
    const values = column.values.subarray(start, vectorStart(column, n))
    const [type, size, indices, data] = [0, 1, 2, 3].map((k) => nb.struct_vector_get_child(vector, k))
    this.copy(type, types)
    this.copy(size, sizes)
    this.writeValidity(size, validityOf(n, sparse), n)
    this.writeList(data, (i) => vectorStart(column, i) - start, lengths, values)
    this.writeValidity(indices, validityOf(n, sparse), n)
    const packed = new Int32Array(indexCount)
    const starts = new Int32Array(n)
    let at = 0
    for (let i = 0; i < n; i++) {
      starts[i] = at
      if (!sparse(i) || column.indices === null) continue
      const from = vectorStart(column, i)
      packed.set(column.indices.subarray(from, from + lengths[i]), at)
      at += lengths[i]
    }
    this.writeList(
      indices,
      (i) => starts[i],
      lengths.map((length, i) => (sparse(i) ? length : 0)),
      packed,
    )
    if (column.valid !== null) for (const child of [type, data]) this.writeValidity(child, column.valid, n)
  }

  private writeList(
    vector: Vector,
    startOf: (row: number) => number,
    lengths: Int32Array,
    values: Float64Array | Int32Array,
  ): void {
    this.writeEntries(vector, startOf, lengths, values.length)
    this.copy(this.nb.list_vector_get_child(vector), values)
  }

  private writeEntries(vector: Vector, startOf: (row: number) => number, lengths: Int32Array, total: number): void {
    const entries = new BigUint64Array(lengths.length * 2)
    for (let i = 0; i < lengths.length; i++) {
      entries[2 * i] = BigInt(startOf(i))
      entries[2 * i + 1] = BigInt(lengths[i])
    }
    this.nb.list_vector_reserve(vector, total)
    this.nb.list_vector_set_size(vector, total)
    this.copy(vector, entries)
  }

  /** Nested JavaScript values: children are written as columns of their own. */
  private writeValues(vector: Vector, values: readonly unknown[], type: DataType, n: number): void {
    const { nb } = this
    switch (type.kind) {
      case 'array':
        this.writeNestedList(vector, values as (ArrayLike<unknown> | null)[], (child, items) =>
          this.writeChild(child, items, type.elementType),
        )
        break
      case 'map': {
        const { keyType, valueType } = type
        const pairs = (values as (ReadonlyMap<unknown, unknown> | null)[]).map((map) => map && [...map])
        this.writeNestedList(vector, pairs, (child, items) => {
          const entries = items as [unknown, unknown][]
          this.writeChild(
            nb.struct_vector_get_child(child, 0),
            entries.map(([key]) => key),
            keyType,
          )
          this.writeChild(
            nb.struct_vector_get_child(child, 1),
            entries.map(([, value]) => value),
            valueType,
          )
        })
        break
      }
      case 'matrix':
        this.writeStruct(
          vector,
          values.map((m) => m && matrixStruct(m as Matrix)),
          MATRIX_STRUCT,
        )
        break
      case 'struct':
        this.writeStruct(vector, values, type)
        break
      case 'binary':
        for (let i = 0; i < n; i++) {
          if (values[i] !== null) nb.vector_assign_string_element_len(vector, i, values[i] as Uint8Array)
        }
    }
  }

  private writeNestedList(
    vector: Vector,
    lists: readonly (ArrayLike<unknown> | null)[],
    writeItems: (child: Vector, items: readonly unknown[]) => void,
  ): void {
    const items: unknown[] = []
    const starts: number[] = []
    const lengths = new Int32Array(lists.length)
    lists.forEach((list, i) => {
      starts.push(items.length)
      lengths[i] = list?.length ?? 0
      for (let k = 0; k < lengths[i]; k++) items.push(list![k])
    })
    this.writeEntries(vector, (i) => starts[i], lengths, items.length)
    writeItems(this.nb.list_vector_get_child(vector), items)
  }

  private writeStruct(vector: Vector, values: readonly unknown[], type: StructType): void {
    type.fields.forEach((field, k) => {
      const child = values.map((value) => (value === null ? null : (value as Record<string, unknown>)[field.name]))
      this.writeChild(this.nb.struct_vector_get_child(vector, k), child, field.dataType)
    })
  }

  private writeChild(vector: Vector, values: readonly unknown[], type: DataType): void {
    this.write(vector, buildColumn(type, values, 'nested value'), type, values.length)
  }

  private writeValidity(vector: Vector, valid: Validity, n: number): void {
    if (valid === null || n === 0) return
    this.nb.vector_ensure_validity_writable(vector)
    const bytes = Uint8Array.prototype.slice.call(valid, 0, (n + 7) >> 3)
    this.nb.copy_data_to_vector_validity(vector, 0, bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length)
  }

  private copy(vector: Vector, data: ArrayBufferView): void {
    if (data.byteLength === 0) return
    // The engine takes plain buffers only; columns that live in shared memory are copied first.
    if (data.buffer instanceof SharedArrayBuffer) {
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice()
      this.nb.copy_data_to_vector(vector, 0, bytes.buffer as ArrayBuffer, 0, bytes.length)
    } else {
      this.nb.copy_data_to_vector(vector, 0, data.buffer as ArrayBuffer, data.byteOffset, data.byteLength)
    }
  }
}

function matrixStruct(m: Matrix): MatrixStruct {
  const sparse = m instanceof SparseMatrix ? m : undefined
  const { numRows, numCols, isTransposed } = m
  return {
    type: sparse ? 0 : 1,
    numRows,
    numCols,
    colPtrs: sparse ? Array.from(sparse.colPtrs) : null,
    rowIndices: sparse ? Array.from(sparse.rowIndices) : null,
    values: Array.from((m as DenseMatrix | SparseMatrix).values),
    isTransposed,
  }
}

const narrowed = (data: Int32Array, type: DataType): Int8Array | Int16Array | Int32Array => {
  if (type.kind === 'byte') return Int8Array.from(data)
  return type.kind === 'short' ? Int16Array.from(data) : data
}
