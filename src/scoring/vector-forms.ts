import type { Row } from '../sql/row.js'
import { printable, type ReadNumber, type SlotsForm, type VectorForm, type WriteNumbers } from '../sql/row-form.js'

/** Writes the slots of a vector. @returns false where the batch must say. */
export type WriteSlots = (row: Row) => boolean

/** What a slot that holds `x` comes to after centring and scaling. */
const slotValue = ({ affine }: VectorForm, slot: number, x: number): number =>
  affine ? (x - affine.shift[slot]) * affine.scale[slot] : x

/** A run of slots and where it starts. */
interface PlacedSlots {
  readonly part: SlotsForm
  readonly at: number
}

function placed({ parts }: VectorForm): PlacedSlots[] {
  let at = 0
  return parts.map((part) => {
    at += part.size
    return { part, at: at - part.size }
  })
}

/**
 * Writer of the slots of a vector into an array of its own: what a hot slot wrote is taken back by the next row, so that a row costs as much
 * as it has values, not as it has slots.
 */
export function slotsWriter(form: VectorForm): { readonly write: WriteSlots; readonly slots: Float64Array } {
  const slots = Float64Array.from({ length: form.size }, (_, j) => slotValue(form, j, 0))
  const writers = placed(form).map(({ part, at }) => partWriter(form, part, at, slots))
  return { slots, write: printable(allParts, writers) }
}

const allParts =
  (writers: readonly WriteSlots[]): WriteSlots =>
  (row) => {
    for (let k = 0; k < writers.length; k++) if (!writers[k](row)) return false
    return true
  }

function partWriter(form: VectorForm, part: SlotsForm, at: number, slots: Float64Array): WriteSlots {
  const { affine } = form
  switch (part.kind) {
    case 'number':
      return printable(numberPart, slots, at, part.read, affine ? affine.shift[at] : 0, affine ? affine.scale[at] : 1)
    case 'hot': {
      const zeros = slots.slice(at, at + part.size)
      const ones = zeros.map((_, j) => slotValue(form, at + j, 1))
      return printable(hotPart, slots, at, part.read, zeros, ones)
    }
    case 'numbers': {
      const end = at + part.size
      const shift = affine ? affine.shift.subarray(at, end) : null
      const scale = affine ? affine.scale.subarray(at, end) : null
      return printable(numbersPart, slots, at, part.write, shift, scale)
    }
  }
}

const numberPart =
  (slots: Float64Array, at: number, read: ReadNumber, shift: number, scale: number): WriteSlots =>
  (row) => {
    const x = read(row)
    // Zeros of a vector have no sign.
    slots[at] = (x + 0 - shift) * scale
    return !Number.isNaN(x)
  }

const hotPart = (
  slots: Float64Array,
  at: number,
  read: ReadNumber,
  zeros: Float64Array,
  ones: Float64Array,
): WriteSlots => {
  const size = zeros.length
  let last = 0
  return (row) => {
    const hot = read(row)
    if (Number.isNaN(hot)) return false
    if (size === 0) return true
    slots[at + last] = zeros[last]
    if (hot === size) return true
    slots[at + hot] = ones[hot]
    last = hot
    return true
  }
}

const numbersPart =
  (
    slots: Float64Array,
    at: number,
    write: WriteNumbers,
    shift: Float64Array | null,
    scale: Float64Array | null,
  ): WriteSlots =>
  (row) => {
    if (!write(row, slots, at)) return false
    if (shift === null || scale === null) return true
    for (let j = 0; j < shift.length; j++) slots[at + j] = (slots[at + j] - shift[j]) * scale[j]
    return true
  }

/**
 * Reader of `vector · coefficients + intercept`. Folded where it can be: a number costs three operations for scaling and coefficient, a hot slot one look into a
 * table, however many slots there are. The order of the slots is that over columns, so that sums come out to the last bit unless centring has to be
 * summed up beforehand.
 */
export const dotReader = (form: VectorForm, coefficients: Float64Array, intercept: number): ReadNumber =>
  form.parts.some(({ kind }) => kind === 'numbers')
    ? denseDot(form, coefficients, intercept)
    : foldedDot(form, coefficients, intercept)

function denseDot(form: VectorForm, coefficients: Float64Array, intercept: number): ReadNumber {
  const { slots, write } = slotsWriter(form)
  return printable(slotsDot, slots, write, coefficients, intercept)
}

const slotsDot =
  (slots: Float64Array, write: WriteSlots, coefficients: Float64Array, intercept: number): ReadNumber =>
  (row) => {
    if (!write(row)) return Number.NaN
    let sum = 0
    for (let j = 0; j < slots.length; j++) sum += slots[j] * coefficients[j]
    return sum + intercept
  }

function foldedDot(form: VectorForm, coefficients: Float64Array, intercept: number): ReadNumber {
  const terms = placed(form)
  const reads = terms.map(({ part }) => (part as Exclude<SlotsForm, { kind: 'numbers' }>).read)
  const tables = terms.map(({ part, at }) => (part.kind === 'hot' ? hotTable(form, part.size, at, coefficients) : null))
  const ofTerms = (values: Float64Array | undefined, rest: number): Float64Array =>
    Float64Array.from(terms, ({ at }) => values?.[at] ?? rest)
  const shifts = ofTerms(form.affine?.shift, 0)
  const scales = ofTerms(form.affine?.scale, 1)
  const weights = ofTerms(coefficients, 0)
  return printable(termsDot, reads, tables, shifts, scales, weights, intercept)
}

/** Each term is a number, or a look into the table of a hot slot. */
const termsDot =
  (
    reads: readonly ReadNumber[],
    tables: readonly (Float64Array | null)[],
    shifts: Float64Array,
    scales: Float64Array,
    weights: Float64Array,
    intercept: number,
  ): ReadNumber =>
  (row) => {
    let sum = 0
    for (let k = 0; k < reads.length; k++) {
      const x = reads[k](row)
      const table = tables[k]
      if (table === null) sum += (x - shifts[k]) * scales[k] * weights[k]
      else sum += x >= 0 ? table[x] : Number.NaN
    }
    return sum + intercept
  }

/** What a run of slots adds to a product when slot `c` is hot; the last entry: when none is. */
function hotTable(form: VectorForm, size: number, at: number, coefficients: Float64Array): Float64Array {
  const term = (j: number, x: number): number => slotValue(form, at + j, x) * coefficients[at + j]
  const table = new Float64Array(size + 1)
  let before = 0
  for (let j = 0; j < size; j++) {
    table[j] = before + term(j, 1)
    before += term(j, 0)
  }
  table[size] = before
  let after = 0
  for (let j = size - 1; j >= 0; j--) {
    table[j] += after
    after += term(j, 0)
  }
  return table
}
