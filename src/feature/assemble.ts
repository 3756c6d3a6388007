import { isValid, type VectorColumn } from '../sql/batch.js'
import { type NumberPart, partsOf, slotNumbers, type VectorPart, vectorsOfParts } from '../sql/vector-parts.js'

/** A column of numbers, without nulls, that becomes one slot. */
interface Numbers {
  readonly kind: 'numbers'
  readonly slot: NumberPart
  readonly width: 1
}
/** A column of vectors of one length that become `width` slots. */
interface Vectors {
  readonly kind: 'vectors'
  readonly column: VectorColumn
  readonly width: number
}
/** A column that is put beside others. */
export type Part = Numbers | Vectors

/** Whether a dense vector needs more memory than a sparse one: the rule of Spark's `Vector.compressed`. */
const isSparse = (nonZeros: number, size: number): boolean => 1.5 * (nonZeros + 1) < size

/**
 * Columns side by side as one column of vectors, in the order of the parts. Each row is dense or sparse, whichever needs less memory; zeros
 * are not stored in sparse rows. A null vector becomes as many NaN as its part has slots.
 */
export function assemble(parts: readonly Part[], length: number): VectorColumn {
  const known = parts.map(slotsOf)
  const entries = (): VectorColumn => assembleRows(parts, length)
  return known.every((slots) => slots !== undefined) ? vectorsOfParts(known.flat(), entries) : entries()
}

const slotsOf = (part: Part): readonly VectorPart[] | undefined =>
  part.kind === 'numbers' ? [part.slot] : partsOf(part.column)

function assembleRows(parts: readonly Part[], length: number): VectorColumn {
  const size = parts.reduce((sum, part) => sum + part.width, 0)
  const nonZeros = new Int32Array(length)
  const numbers = parts.map((part) => (part.kind === 'numbers' ? slotNumbers(part.slot) : new Float64Array(0)))
  for (const [k, part] of parts.entries()) {
    if (part.kind === 'numbers') countNumbers(numbers[k], nonZeros)
    else countVectors(part.column, rowStarts(part.column, length), part.width, nonZeros)
  }
  const dense = new Uint8Array(length)
  const offsets = new Int32Array(length + 1)
  const denseRows = layOut(nonZeros, size, dense, offsets)
  const allDense = denseRows === length
  const values = new Float64Array(offsets[length])
  const indices = new Int32Array(allDense ? 0 : offsets[length])
  const rows: Rows = { dense, cursors: offsets.slice(0, length), indices, values }
  let at = 0
  for (const [k, part] of parts.entries()) {
    if (part.kind === 'vectors') writeVectors(part.column, rowStarts(part.column, length), part.width, at, rows)
    else if (allDense) writeSlot(numbers[k], at, size, values)
    else writeNumbers(numbers[k], at, rows)
    at += part.width
  }
  const shared = { kind: 'vector', size, sizes: null, values, valid: null } as const
  if (allDense) return { ...shared, offsets: null, indices: null, dense: null }
  if (denseRows > 0) numberDenseRows(dense, offsets, indices)
  return { ...shared, offsets, indices, dense: denseRows > 0 ? dense : null }
}

// Each loop over the rows is a function of its own: the engine then compiles it while the first batches run, whole.

/** Where the entries of each row of a column start, and where the last ones end. */
function rowStarts({ offsets, size }: VectorColumn, length: number): Int32Array {
  if (offsets !== null) return offsets
  const starts = new Int32Array(length + 1)
  for (let i = 0; i <= length; i++) starts[i] = i * size
  return starts
}

/**
 * Which rows are dense, and where the entries of each start.
 * @returns the number of dense rows.
 */
function layOut(nonZeros: Int32Array, size: number, dense: Uint8Array, offsets: Int32Array): number {
  let denseRows = 0
  for (let i = 0; i < nonZeros.length; i++) {
    if (isSparse(nonZeros[i], size)) offsets[i + 1] = offsets[i] + nonZeros[i]
    else {
      offsets[i + 1] = offsets[i] + size
      dense[i] = 1
      denseRows++
    }
  }
  return denseRows
}

function countNumbers(data: Float64Array, counts: Int32Array): void {
  for (let i = 0; i < counts.length; i++) if (data[i] !== 0) counts[i]++
}

function countVectors({ values, valid }: VectorColumn, starts: Int32Array, width: number, counts: Int32Array): void {
  for (let i = 0; i < counts.length; i++) {
    if (!isValid(valid, i)) {
      counts[i] += width
      continue
    }
    const end = starts[i + 1]
    for (let e = starts[i]; e < end; e++) if (values[e] !== 0) counts[i]++
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

/** One slot of dense rows. Adding 0 makes 0 of -0, which Spark drops like any zero. */
function writeSlot(data: Float64Array, at: number, size: number, values: Float64Array): void {
  for (let i = 0, to = at; to < values.length; i++, to += size) values[to] = data[i] + 0
}

function writeNumbers(data: Float64Array, at: number, rows: Rows): void {
  const { dense, cursors, indices, values } = rows
  for (let i = 0; i < cursors.length; i++) {
    const value = data[i]
    if (value === 0) continue
    if (dense[i] === 1) values[cursors[i] + at] = value
    else {
      const entry = cursors[i]++
      indices[entry] = at
      values[entry] = value
    }
  }
}

function writeVectors(column: VectorColumn, starts: Int32Array, width: number, at: number, rows: Rows): void {
  const { dense, cursors, indices, values } = rows
  const { valid, indices: slots, values: from } = column
  for (let i = 0; i < cursors.length; i++) {
    const known = isValid(valid, i)
    const start = known ? starts[i] : 0
    const count = known ? starts[i + 1] - start : width
    for (let k = 0; k < count; k++) {
      const value = known ? from[start + k] : Number.NaN
      if (value === 0) continue
      const slot = at + (known && slots !== null ? slots[start + k] : k)
      if (dense[i] === 1) values[cursors[i] + slot] = value
      else {
        const entry = cursors[i]++
        indices[entry] = slot
        values[entry] = value
      }
    }
  }
}

function numberDenseRows(dense: Uint8Array, offsets: Int32Array, indices: Int32Array): void {
  for (let i = 0; i < dense.length; i++) {
    if (dense[i] === 1) for (let e = offsets[i]; e < offsets[i + 1]; e++) indices[e] = e - offsets[i]
  }
}
