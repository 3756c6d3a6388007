import type { Row } from '../sql/row.js'
import type { ReadNumber, SlotsForm, VectorForm } from '../sql/row-form.js'

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
  const write: WriteSlots = (row) => {
    for (let k = 0; k < writers.length; k++) if (!writers[k](row)) return false
    return true
  }
  return { slots, write }
}

function partWriter(form: VectorForm, part: SlotsForm, at: number, slots: Float64Array): (row: Row) => boolean {
  const { affine } = form
  switch (part.kind) {
    case 'number': {
      const { read } = part
      const shift = affine ? affine.shift[at] : 0
      const scale = affine ? affine.scale[at] : 1
      return (row) => {
        const x = read(row)
        // Zeros of a vector have no sign.
        slots[at] = (x + 0 - shift) * scale
        return !Number.isNaN(x)
      }
    }
    case 'hot': {
      const { read, size } = part
      const zeros = slots.slice(at, at + size)
      const ones = zeros.map((_, j) => slotValue(form, at + j, 1))
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
    case 'numbers': {
      const { size } = part
      return (row) => {
        if (!part.write(row, slots, at)) return false
        for (let j = at; affine && j < at + size; j++) slots[j] = (slots[j] - affine.shift[j]) * affine.scale[j]
        return true
      }
    }
  }
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
  return (row) => {
    if (!write(row)) return Number.NaN
    let sum = 0
    for (let j = 0; j < slots.length; j++) sum += slots[j] * coefficients[j]
    return sum + intercept
  }
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
  return (row) => {
    let sum = 0
    for (let k = 0; k < reads.length; k++) {
      const x = reads[k](row)
      const table = tables[k]
      if (table === null) sum += (x - shifts[k]) * scales[k] * weights[k]
      else sum += x >= 0 ? table[x] : Number.NaN
    }
    return sum + intercept
  }
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
