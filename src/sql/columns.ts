import {
  type BoolColumn,
  type ColumnData,
  type DictColumn,
  type F64Column,
  type I32Column,
  type I64Column,
  isValid,
  type ObjectColumn,
  type Validity,
  type VectorColumn,
} from './batch.js'
import { codesOf, writeCoded } from './coded-numbers.js'
import {
  concatParts,
  entriesOnce,
  partsOf,
  sliceParts,
  takeParts,
  type VectorPart,
  vectorsOfParts,
} from './vector-parts.js'

/** Bytes of a validity bitmap over `length` rows. */
const bytesFor = (length: number): number => (length + 7) >> 3

/**
 * Validity bits of `length` rows from a predicate, or null when every row holds a value.
 * @param isPresent whether row `i` is not null.
 */
export function validityOf(length: number, isPresent: (row: number) => boolean): Validity {
  let bits: Uint8Array | null = null
  for (let i = 0; i < length; i++) {
    if (isPresent(i)) continue
    bits ??= new Uint8Array(bytesFor(length)).fill(0xff)
    bits[i >> 3] &= ~(1 << (i & 7))
  }
  return bits
}

function sliceValidity(valid: Validity, start: number, end: number): Validity {
  if (valid === null) return null
  if ((start & 7) === 0) return valid.subarray(start >> 3, bytesFor(end))
  return validityOf(end - start, (i) => isValid(valid, start + i))
}

/** Rows of numbers, one after the other, as a column of dense vectors. */
export const denseVectors = (values: Float64Array, size: number): VectorColumn => ({
  kind: 'vector',
  size,
  sizes: null,
  offsets: null,
  indices: null,
  values,
  dense: null,
  valid: null,
})

/** Start of the entries of row `i` in a vector column. */
export const vectorStart = (column: VectorColumn, row: number): number =>
  column.offsets === null ? row * column.size : column.offsets[row]

/** Number of elements of the vector in row `i`, zeros included. */
export const vectorSize = (column: VectorColumn, row: number): number =>
  column.sizes === null ? column.size : column.sizes[row]

/** Whether the vector in row `i` is in dense form. */
export const isDenseRow = (column: VectorColumn, row: number): boolean =>
  column.offsets === null || (column.dense !== null && column.dense[row] === 1)

/**
 * Rows `start .. end)` of a column. Data are shared with the column where its layout allows.
 */
export function sliceColumn(column: ColumnData, start: number, end: number): ColumnData {
  const valid = sliceValidity(column.valid, start, end)
  switch (column.kind) {
    case 'f64':
      return { kind: 'f64', data: column.data.subarray(start, end), valid }
    case 'i32':
      return { kind: 'i32', data: column.data.subarray(start, end), valid }
    case 'i64':
      return { kind: 'i64', data: column.data.subarray(start, end), valid }
    case 'bool':
      return { kind: 'bool', data: column.data.subarray(start, end), valid }
    case 'dict':
      return { kind: 'dict', codes: column.codes.subarray(start, end), dictionary: column.dictionary, valid }
    case 'object':
      return { kind: 'object', data: column.data.slice(start, end), valid }
    case 'vector':
      return sliceVectors(column, start, end, valid)
  }
}

function sliceVectors(column: VectorColumn, start: number, end: number, valid: Validity): VectorColumn {
  const parts = partsOf(column)
  const entries = (): VectorColumn => sliceEntries(column, start, end, valid)
  return parts ? vectorsOfParts(sliceParts(parts, start, end), entries) : entries()
}

function sliceEntries(column: VectorColumn, start: number, end: number, valid: Validity): VectorColumn {
  const { offsets } = column
  if (offsets === null) {
    return { ...column, values: column.values.subarray(start * column.size, end * column.size), valid }
  }
  const first = offsets[start]
  const moved = new Int32Array(end - start + 1)
  for (let i = 0; i < moved.length; i++) moved[i] = offsets[start + i] - first
  return {
    kind: 'vector',
    size: column.size,
    sizes: column.sizes?.subarray(start, end) ?? null,
    offsets: moved,
    indices: column.indices?.subarray(first, offsets[end]) ?? null,
    values: column.values.subarray(first, offsets[end]),
    dense: column.dense?.subarray(start, end) ?? null,
    valid,
  }
}

/** The rows of a column in the given order; a row may come several times. */
export function takeColumn(column: ColumnData, rows: Int32Array): ColumnData {
  const n = rows.length
  const from = column.valid
  const valid = from === null ? null : validityOf(n, (i) => isValid(from, rows[i]))
  switch (column.kind) {
    case 'f64': {
      const data = new Float64Array(n)
      for (let i = 0; i < n; i++) data[i] = column.data[rows[i]]
      return { kind: 'f64', data, valid }
    }
    case 'i32': {
      const data = new Int32Array(n)
      for (let i = 0; i < n; i++) data[i] = column.data[rows[i]]
      return { kind: 'i32', data, valid }
    }
    case 'i64': {
      const data = new BigInt64Array(n)
      for (let i = 0; i < n; i++) data[i] = column.data[rows[i]]
      return { kind: 'i64', data, valid }
    }
    case 'bool': {
      const data = new Uint8Array(n)
      for (let i = 0; i < n; i++) data[i] = column.data[rows[i]]
      return { kind: 'bool', data, valid }
    }
    case 'dict': {
      const codes = new Int32Array(n)
      for (let i = 0; i < n; i++) codes[i] = column.codes[rows[i]]
      return { kind: 'dict', codes, dictionary: column.dictionary, valid }
    }
    case 'object':
      return { kind: 'object', data: Array.from(rows, (row) => column.data[row]), valid }
    case 'vector':
      return takeVectors(column, rows, valid)
  }
}

function takeVectors(column: VectorColumn, rows: Int32Array, valid: Validity): VectorColumn {
  const parts = partsOf(column)
  const entries = (): VectorColumn => takeEntries(column, rows, valid)
  return parts ? vectorsOfParts(takeParts(parts, rows), entries) : entries()
}

function takeEntries(column: VectorColumn, rows: Int32Array, valid: Validity): VectorColumn {
  const n = rows.length
  const { offsets, sizes, indices, dense, size } = column
  if (offsets === null) {
    const values = new Float64Array(n * size)
    for (let i = 0; i < n; i++) values.set(column.values.subarray(rows[i] * size, (rows[i] + 1) * size), i * size)
    return { ...column, values, valid }
  }
  const moved = new Int32Array(n + 1)
  for (let i = 0; i < n; i++) moved[i + 1] = moved[i] + offsets[rows[i] + 1] - offsets[rows[i]]
  const values = new Float64Array(moved[n])
  const newIndices = new Int32Array(moved[n])
  for (let i = 0; i < n; i++) {
    const start = offsets[rows[i]]
    const end = offsets[rows[i] + 1]
    values.set(column.values.subarray(start, end), moved[i])
    if (indices) newIndices.set(indices.subarray(start, end), moved[i])
  }
  return {
    kind: 'vector',
    size,
    sizes: sizes && Int32Array.from(rows, (row) => sizes[row]),
    offsets: moved,
    indices: newIndices,
    values,
    dense: dense && Uint8Array.from(rows, (row) => dense[row]),
    valid,
  }
}

/** Numbers of the rows where `keep` is not 0, in order. */
export function keptRows(keep: Uint8Array, length = keep.length): Int32Array {
  const rows = new Int32Array(length)
  let n = 0
  for (let i = 0; i < length; i++) if (keep[i] !== 0) rows[n++] = i
  return rows.subarray(0, n)
}

/**
 * One column out of the same column of several batches.
 * @param lengths rows of each part.
 */
export function concatColumns(parts: readonly ColumnData[], lengths: readonly number[]): ColumnData {
  if (parts.length === 1) return parts[0]
  const total = lengths.reduce((sum, n) => sum + n, 0)
  const valid = concatValidity(parts, lengths, total)
  switch (parts[0].kind) {
    case 'f64':
      return { kind: 'f64', data: concatDoubles(parts as F64Column[], lengths, total), valid }
    case 'i32':
      return { kind: 'i32', data: concatInto(new Int32Array(total), parts as I32Column[]), valid }
    case 'i64':
      return { kind: 'i64', data: concatInto(new BigInt64Array(total), parts as I64Column[]), valid }
    case 'bool':
      return { kind: 'bool', data: concatInto(new Uint8Array(total), parts as BoolColumn[]), valid }
    case 'dict':
      return concatStrings(parts as DictColumn[], total, valid)
    case 'object':
      return { kind: 'object', data: (parts as ObjectColumn[]).flatMap((part) => part.data), valid }
    case 'vector':
      return concatVectors(parts as VectorColumn[], lengths, total, valid)
  }
}

function concatDoubles(parts: readonly F64Column[], lengths: readonly number[], total: number): Float64Array {
  const data = new Float64Array(total)
  let at = 0
  for (const [p, part] of parts.entries()) {
    const known = codesOf(part)
    if (known) writeCoded(known, data.subarray(at, at + lengths[p]))
    else data.set(part.data, at)
    at += lengths[p]
  }
  return data
}

function concatInto<A extends ArrayLike<unknown> & { set(source: A, at: number): void }>(
  target: A,
  parts: readonly { readonly data: A }[],
): A {
  let at = 0
  for (const { data } of parts) {
    target.set(data, at)
    at += data.length
  }
  return target
}

function concatValidity(parts: readonly ColumnData[], lengths: readonly number[], total: number): Validity {
  if (parts.every((part) => part.valid === null)) return null
  const bits = new Uint8Array(bytesFor(total)).fill(0xff)
  let at = 0
  parts.forEach(({ valid }, p) => {
    for (let i = 0; valid !== null && i < lengths[p]; i++) {
      if (!isValid(valid, i)) bits[(at + i) >> 3] &= ~(1 << ((at + i) & 7))
    }
    at += lengths[p]
  })
  return bits
}

function concatStrings(parts: readonly DictColumn[], total: number, valid: Validity): DictColumn {
  const codes = new Int32Array(total)
  const shared = parts[0].dictionary
  let at = 0
  if (parts.every((part) => part.dictionary === shared)) {
    for (const part of parts) {
      codes.set(part.codes, at)
      at += part.codes.length
    }
    return { kind: 'dict', codes, dictionary: shared, valid }
  }
  const index = new Map<string, number>()
  // Many parts of one stream share a dictionary, which has grown to its full length by now.
  const translations = new Map<readonly string[], Int32Array>()
  for (const part of parts) {
    const translation = translations.get(part.dictionary) ?? translated(part.dictionary, index)
    translations.set(part.dictionary, translation)
    // Without a single string every row is null, and the code of a null row is 0.
    for (let i = 0; i < part.codes.length; i++) codes[at + i] = translation[part.codes[i]] ?? 0
    at += part.codes.length
  }
  return { kind: 'dict', codes, dictionary: [...index.keys()], valid }
}

/** The number of each string of a dictionary in an index, which takes in those that it does not have. */
function translated(dictionary: readonly string[], index: Map<string, number>): Int32Array {
  const codes = new Int32Array(dictionary.length)
  for (const [code, text] of dictionary.entries()) {
    const known = index.get(text)
    codes[code] = known ?? index.size
    if (known === undefined) index.set(text, index.size)
  }
  return codes
}

function concatVectors(
  columns: readonly VectorColumn[],
  lengths: readonly number[],
  total: number,
  valid: Validity,
): VectorColumn {
  // Rows of mere numbers take as much either way, and are read faster.
  const pieces = columns.map(partsOf).filter((parts) => parts?.some(({ kind }) => kind === 'oneHot'))
  const parts = pieces.length === columns.length ? concatParts(pieces as (readonly VectorPart[])[], total) : undefined
  const entries = (): VectorColumn => concatEntries(columns, lengths, total, valid)
  return parts ? vectorsOfParts(parts, entries) : entries()
}

function concatEntries(
  parts: readonly VectorColumn[],
  lengths: readonly number[],
  total: number,
  valid: Validity,
): VectorColumn {
  const { size } = parts[0]
  const sameSize = parts.every((part) => part.sizes === null && part.size === size)
  const rows = sameSize ? concatDense(parts, total * size) : undefined
  if (rows) return { ...denseVectors(rows, size), valid }
  const offsets = new Int32Array(total + 1)
  const sizes = sameSize ? null : new Int32Array(total)
  const dense = new Uint8Array(total)
  const entries = parts.reduce((sum, part, p) => sum + vectorStart(part, lengths[p]), 0)
  const indices = new Int32Array(entries)
  const values = new Float64Array(entries)
  let at = 0
  let row = 0
  parts.forEach((part, p) => {
    values.set(part.values.subarray(0, vectorStart(part, lengths[p])), at)
    for (let i = 0; i < lengths[p]; i++, row++) {
      const start = vectorStart(part, i)
      const count = vectorStart(part, i + 1) - start
      if (part.indices) indices.set(part.indices.subarray(start, start + count), at)
      else for (let k = 0; k < count; k++) indices[at + k] = k
      if (isDenseRow(part, i)) dense[row] = 1
      if (sizes) sizes[row] = vectorSize(part, i)
      at += count
      offsets[row + 1] = at
    }
  })
  return { kind: 'vector', size: sameSize ? size : -1, sizes, offsets, indices, values, dense, valid }
}

/** The rows of dense columns, one column after the other; undefined where one is not dense. */
function concatDense(parts: readonly VectorColumn[], entries: number): Float64Array | undefined {
  let target: Float64Array | undefined
  let at = 0
  for (const part of parts) {
    const { offsets, values } = entriesOnce(part)
    if (offsets !== null) return undefined
    target ??= new Float64Array(entries)
    target.set(values, at)
    at += values.length
  }
  return target
}
