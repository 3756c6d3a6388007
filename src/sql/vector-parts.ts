import type { VectorColumn } from './batch.js'

/** One slot: row `i` holds `(data[i] - shift) * scale`. */
export interface NumberPart {
  readonly kind: 'numbers'
  readonly data: Float64Array | Int32Array
  readonly shift: number
  readonly scale: number
}

/**
 * `on.length` slots that differ from row to row in one slot at most: slot `j` holds `on[j]` where `codes[row] === j`, else `off[j]` (null:
 * all 0). The code `on.length` stands for a row without a slot of its own.
 */
export interface OneHotPart {
  readonly kind: 'oneHot'
  readonly codes: Int32Array
  readonly on: Float64Array
  readonly off: Float64Array | null
}

/** Some neighbouring slots of a column of vectors, in a form that may take far less than a number a slot and row. */
export type VectorPart = NumberPart | OneHotPart

/** Number of slots. */
export const partWidth = (part: VectorPart): number => (part.kind === 'numbers' ? 1 : part.on.length)

/** A column of numbers as a slot. */
export const numberPart = (data: Float64Array | Int32Array): NumberPart => ({
  kind: 'numbers',
  data,
  shift: 0,
  scale: 1,
})

/** The numbers of a slot, which are the data themselves where they are so. @param space takes them where it is large enough. */
export function slotNumbers({ data, shift, scale }: NumberPart, space?: Float64Array): Float64Array {
  if (shift === 0 && scale === 1 && data instanceof Float64Array) return data
  const fits = space !== undefined && space.length >= data.length
  const numbers = fits ? space.subarray(0, data.length) : new Float64Array(data.length)
  for (let i = 0; i < numbers.length; i++) numbers[i] = (data[i] - shift) * scale
  return numbers
}

/** What each row holds, entry by entry. */
type Entries = Pick<VectorColumn, 'offsets' | 'indices' | 'values' | 'dense'>

/** Not a property of the column: whoever copies a column and changes its values must not keep the parts by accident. */
const knownParts = new WeakMap<VectorColumn, { parts: readonly VectorPart[]; entries: () => Entries }>()

/** The slots of a column of vectors side by side, where they are known so. Such a column has no nulls. */
export const partsOf = (column: VectorColumn): readonly VectorPart[] | undefined => knownParts.get(column)?.parts

/** The entries of a column for one use: where they are not made yet, the column does not keep them. */
export const entriesOnce = (column: VectorColumn): Entries => knownParts.get(column)?.entries() ?? column

/**
 * Vectors of one length, without nulls, that are known by their parts. Their entries are made when somebody asks for them for the first
 * time; who can work on the parts spares them.
 */
export function vectorsOfParts(parts: readonly VectorPart[], entries: () => Entries): VectorColumn {
  let made: Entries | undefined
  const make = (): Entries => {
    made ??= entries()
    return made
  }
  const column: VectorColumn = {
    kind: 'vector',
    size: parts.reduce((size, part) => size + partWidth(part), 0),
    sizes: null,
    valid: null,
    get offsets() {
      return make().offsets
    },
    get indices() {
      return make().indices
    },
    get values() {
      return make().values
    },
    get dense() {
      return make().dense
    },
  }
  knownParts.set(column, { parts, entries })
  return column
}

/** Whether all parts are columns of numbers. */
export const areNumbers = (parts: readonly VectorPart[]): parts is readonly NumberPart[] =>
  parts.every((part) => part.kind === 'numbers')

/** Writes rows `start .. end)` of columns of numbers one after the other, from `at` on. */
export function writeNumberRows(
  parts: readonly NumberPart[],
  start: number,
  end: number,
  target: Float64Array,
  at: number,
): void {
  for (const [slot, { data, shift, scale }] of parts.entries()) {
    for (let i = start, to = at + slot; i < end; i++, to += parts.length) target[to] = (data[i] - shift) * scale
  }
}

/** Rows `start .. end)` of parts; data are shared. */
export const sliceParts = (parts: readonly VectorPart[], start: number, end: number): VectorPart[] =>
  parts.map((part) =>
    part.kind === 'numbers'
      ? { ...part, data: part.data.subarray(start, end) }
      : { ...part, codes: part.codes.subarray(start, end) },
  )

/** The rows of parts in the given order; a row may come several times. */
export const takeParts = (parts: readonly VectorPart[], rows: Int32Array): VectorPart[] =>
  parts.map((part) =>
    part.kind === 'numbers'
      ? { ...part, data: takeNumbers(part.data, rows) }
      : { ...part, codes: rows.map((row) => part.codes[row]) },
  )

function takeNumbers(data: Float64Array | Int32Array, rows: Int32Array): Float64Array | Int32Array {
  return data instanceof Int32Array ? rows.map((row) => data[row]) : Float64Array.from(rows, (row) => data[row])
}

/** Whether two parts hold the same kind of slots, with the same numbers beside those of the rows. */
function isContinued(part: VectorPart, next: VectorPart): boolean {
  if (part.kind === 'numbers') {
    const sameData = next.kind === 'numbers' && part.data.constructor === next.data.constructor
    return sameData && part.shift === next.shift && part.scale === next.scale
  }
  return next.kind === 'oneHot' && sameNumbers(part.on, next.on) && sameNumbers(part.off, next.off)
}

/** Whether two arrays hold the same numbers, or are both missing. */
export function sameNumbers(a: Float64Array | null, b: Float64Array | null): boolean {
  if (a === b) return true
  return a !== null && b !== null && a.length === b.length && a.every((value, k) => value === b[k])
}

/** The rows of several pieces one after the other; undefined where their parts differ in more than the rows. */
export function concatParts(pieces: readonly (readonly VectorPart[])[], rows: number): VectorPart[] | undefined {
  const [first] = pieces
  const continues = (piece: readonly VectorPart[]): boolean =>
    piece.length === first.length && piece.every((part, k) => isContinued(first[k], part))
  if (!pieces.every(continues)) return undefined
  return first.map((part, k): VectorPart => {
    const all = pieces.map((piece) => piece[k])
    if (part.kind === 'oneHot') {
      const codes = concatenated(new Int32Array(rows), all as OneHotPart[], (piece) => piece.codes)
      return { ...part, codes }
    }
    const data = part.data instanceof Int32Array ? new Int32Array(rows) : new Float64Array(rows)
    return { ...part, data: concatenated(data, all as NumberPart[], (piece) => piece.data) }
  })
}

function concatenated<P, A extends Float64Array | Int32Array>(
  target: A,
  pieces: readonly P[],
  arrayOf: (piece: P) => ArrayLike<number>,
): A {
  let at = 0
  for (const piece of pieces) {
    const array = arrayOf(piece)
    target.set(array, at)
    at += array.length
  }
  return target
}
