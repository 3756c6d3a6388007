import { isValid, type Validity, type VectorColumn } from '../sql/batch.js'
import { vectorStart } from '../sql/columns.js'

/** A column of numbers that becomes one slot. */
export interface NumberPart {
  readonly kind: 'numbers'
  readonly data: Float64Array
  readonly valid: Validity
  readonly width: 1
}
/** A column of vectors of one length that become `width` slots. */
export interface VectorPart {
  readonly kind: 'vectors'
  readonly column: VectorColumn
  readonly valid: Validity
  readonly width: number
}
export type Part = NumberPart | VectorPart

/** Whether a dense vector needs more memory than a sparse one: the rule of Spark's `Vector.compressed`. */
const isSparse = (nonZeros: number, size: number): boolean => 1.5 * (nonZeros + 1) < size

/**
 * Columns side by side as one column of vectors, in the order of the parts. Each row is dense or sparse, whichever needs less memory; zeros
 * are not stored in sparse rows. A null becomes as many NaN as its part has slots.
 */
export function assemble(parts: readonly Part[], length: number): VectorColumn {
  const size = parts.reduce((sum, part) => sum + part.width, 0)
  const nonZeros = new Int32Array(length)
  for (const part of parts) countNonZeros(part, length, nonZeros)
  const dense = new Uint8Array(length)
  const offsets = new Int32Array(length + 1)
  let allDense = true
  for (let i = 0; i < length; i++) {
    const sparse = isSparse(nonZeros[i], size)
    if (sparse) allDense = false
    else dense[i] = 1
    offsets[i + 1] = offsets[i] + (sparse ? nonZeros[i] : size)
  }
  const values = new Float64Array(offsets[length])
  const indices = new Int32Array(allDense ? 0 : offsets[length])
  const rows: Rows = { dense, cursors: offsets.slice(0, length), indices, values }
  let at = 0
  for (const part of parts) {
    write(part, length, at, rows)
    at += part.width
  }
  const shared = { kind: 'vector', size, sizes: null, values, valid: null } as const
  if (allDense) return { ...shared, offsets: null, indices: null, dense: null }
  numberDenseRows(dense, offsets, indices)
  return { ...shared, offsets, indices, dense }
}

function countNonZeros(part: Part, length: number, counts: Int32Array): void {
  const { valid, width } = part
  if (part.kind === 'numbers') {
    const { data } = part
    for (let i = 0; i < length; i++) if (data[i] !== 0 || !isValid(valid, i)) counts[i]++
    return
  }
  const { column } = part
  const { values } = column
  for (let i = 0; i < length; i++) {
    if (!isValid(valid, i)) {
      counts[i] += width
      continue
    }
    const end = vectorStart(column, i + 1)
    for (let e = vectorStart(column, i); e < end; e++) if (values[e] !== 0) counts[i]++
  }
}

/**
 * Rows as they are written, one part after the other. `cursors` has the start of a dense row, and the place of the next entry of a
 * sparse one.
 */
interface Rows {
  readonly dense: Uint8Array
  readonly cursors: Int32Array
  readonly indices: Int32Array
  readonly values: Float64Array
}

function write(part: Part, length: number, at: number, rows: Rows): void {
  const { dense, cursors, indices, values } = rows
  const { valid, width } = part
  const put = (i: number, slot: number, value: number): void => {
    if (value === 0) return
    if (dense[i] === 1) {
      values[cursors[i] + slot] = value
      return
    }
    const entry = cursors[i]++
    indices[entry] = slot
    values[entry] = value
  }
  if (part.kind === 'numbers') {
    const { data } = part
    for (let i = 0; i < length; i++) put(i, at, isValid(valid, i) ? data[i] : Number.NaN)
    return
  }
  const { column } = part
  for (let i = 0; i < length; i++) {
    if (!isValid(valid, i)) {
      for (let slot = at; slot < at + width; slot++) put(i, slot, Number.NaN)
      continue
    }
    const start = vectorStart(column, i)
    const end = vectorStart(column, i + 1)
    for (let e = start; e < end; e++) put(i, at + (column.indices ? column.indices[e] : e - start), column.values[e])
  }
}

function numberDenseRows(dense: Uint8Array, offsets: Int32Array, indices: Int32Array): void {
  for (let i = 0; i < dense.length; i++) {
    if (dense[i] === 1) for (let e = offsets[i]; e < offsets[i + 1]; e++) indices[e] = e - offsets[i]
  }
}
