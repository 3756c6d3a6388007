import type { Row } from '../sql/row.js'
import {
  printable,
  type ReadAnyNumber,
  type ReadEntries,
  type ReadNumber,
  type SlotsForm,
  type VectorForm,
  type WriteNumbers,
} from '../sql/row-form.js'

/** Writes the slots of a vector. @returns false where the batch must say. */
export type WriteSlots = (row: Row) => boolean

/** What a slot that holds `x` comes to after centring and scaling. */
const slotValue = ({ affine }: VectorForm, slot: number, x: number): number =>
  affine ? (x - affine.shift[slot]) * affine.scale[slot] : x

/** A run of slots and where it starts. */
export interface PlacedSlots {
  readonly part: SlotsForm
  readonly at: number
}

/** Where each part starts. */
export function placed(parts: readonly SlotsForm[]): PlacedSlots[] {
  let at = 0
  return parts.map((part) => {
    at += part.size
    return { part, at: at - part.size }
  })
}

/**
 * Writer of the slots of a vector into an array of its own: what a hot slot or an entry wrote is taken back by the next row, so that a row costs as much
 * as it has values, not as it has slots.
 * @param takesNaN whether slots may hold NaN.
 */
export function slotsWriter(
  form: VectorForm,
  takesNaN = false,
): { readonly write: WriteSlots; readonly slots: Float64Array } {
  const slots = new Float64Array(form.size)
  const writers = placed(form.parts).map(({ part, at }) => {
    for (let j = 0; j < part.size; j++) slots[at + j] = slotValue(form, at + j, restOf(part, j))
    return partWriter(form, part, at, slots, takesNaN)
  })
  return { slots, write: writers.length === 1 ? writers[0] : printable(allParts, writers) }
}

/** What a slot of a part holds that nobody writes. */
const restOf = (part: SlotsForm, j: number): number => (part.kind === 'hot' && part.off ? part.off[j] : 0)

const allParts =
  (writers: readonly WriteSlots[]): WriteSlots =>
  (row) => {
    for (let k = 0; k < writers.length; k++) if (!writers[k](row)) return false
    return true
  }

function partWriter(form: VectorForm, part: SlotsForm, at: number, slots: Float64Array, takesNaN: boolean): WriteSlots {
  const { affine } = form
  const end = at + part.size
  const shift = affine ? affine.shift.subarray(at, end) : null
  const scale = affine ? affine.scale.subarray(at, end) : null
  switch (part.kind) {
    case 'number': {
      const change = [affine ? affine.shift[at] : 0, affine ? affine.scale[at] : 1] as const
      return takesNaN && part.readAny
        ? printable(anyNumberPart, slots, at, part.readAny, ...change)
        : printable(numberPart, slots, at, part.read, ...change)
    }
    case 'hot': {
      const zeros = slots.slice(at, at + part.size)
      const ones = zeros.map((_, j) => slotValue(form, at + j, part.on ? part.on[j] : 1))
      return printable(hotPart, slots, at, part.read, zeros, ones)
    }
    case 'numbers':
      return printable(numbersPart, slots, at, (takesNaN && part.writeAny) || part.write, shift, scale)
    case 'entries': {
      const zeros = shift?.some((x) => x !== 0) ? slots.slice(at, end) : null
      return printable(entriesPart, slots, at, part.read, zeros, shift, scale)
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

const anyNumberPart =
  (slots: Float64Array, at: number, read: ReadAnyNumber, shift: number, scale: number): WriteSlots =>
  (row) => {
    const x = read(row)
    if (x === undefined || x === null) return false
    slots[at] = (x + 0 - shift) * scale
    return true
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

const entriesPart = (
  slots: Float64Array,
  at: number,
  read: ReadEntries,
  zeros: Float64Array | null,
  shift: Float64Array | null,
  scale: Float64Array | null,
): WriteSlots => {
  let written = new Int32Array(16)
  let last = 0
  return (row) => {
    const entries = read(row)
    if (entries === undefined) return false
    const { count, indices, values } = entries
    for (let e = 0; e < last; e++) slots[at + written[e]] = zeros === null ? 0 : zeros[written[e]]
    if (written.length < count) written = new Int32Array(2 * count)
    for (let e = 0; e < count; e++) {
      const j = indices[e]
      written[e] = j
      slots[at + j] = shift === null || scale === null ? values[e] : (values[e] - shift[j]) * scale[j]
    }
    last = count
    return true
  }
}

/**
 * Reader of `vector · coefficients + intercept`. Folded where it can be: a number costs three operations for scaling and coefficient, a hot slot one look into a
 * table, however many slots there are, entries as much as there are of them. The order of the slots is that over columns, so that sums come out to the last bit unless centring has to be
 * summed up beforehand.
 */
export const dotReader = (form: VectorForm, coefficients: Float64Array, intercept: number): ReadNumber =>
  placed(form.parts).every((each) => isFolded(form, each))
    ? foldedDot(form, coefficients, intercept)
    : denseDot(form, coefficients, intercept)

/** Whether what the slots add that nobody writes is nothing, or is summed up beforehand. */
const isFolded = ({ affine }: VectorForm, { part, at }: PlacedSlots): boolean =>
  part.kind !== 'numbers' &&
  (part.kind !== 'entries' || !affine?.shift.subarray(at, at + part.size).some((x) => x !== 0))

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
  const terms = placed(form.parts)
  const tables = terms.map(({ part, at }) => (part.kind === 'hot' ? hotTable(form, part, at, coefficients) : null))
  const shift = form.affine?.shift ?? new Float64Array(form.size)
  const scale = form.affine?.scale ?? new Float64Array(form.size).fill(1)
  const numbers = terms.map(({ part }) => (part.kind === 'number' || part.kind === 'hot' ? part.read : null))
  if (numbers.includes(null)) {
    const entries = terms.map(({ part }) => (part.kind === 'entries' ? part.read : null))
    const starts = Int32Array.from(terms, ({ at }) => at)
    return printable(entriesDot, numbers, entries, tables, starts, shift, scale, coefficients, intercept)
  }
  const ofTerms = (values: Float64Array): Float64Array => Float64Array.from(terms, ({ at }) => values[at] ?? 0)
  const [shifts, scales, weights] = [shift, scale, coefficients].map(ofTerms)
  return printable(termsDot, numbers as ReadNumber[], tables, shifts, scales, weights, intercept)
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

/** As `termsDot`, with entries among the terms. */
const entriesDot =
  (
    numbers: readonly (ReadNumber | null)[],
    entries: readonly (ReadEntries | null)[],
    tables: readonly (Float64Array | null)[],
    starts: Int32Array,
    shift: Float64Array,
    scale: Float64Array,
    coefficients: Float64Array,
    intercept: number,
  ): ReadNumber =>
  (row) => {
    let sum = 0
    for (let k = 0; k < numbers.length; k++) {
      const at = starts[k]
      const read = numbers[k]
      const table = tables[k]
      if (read !== null) {
        const x = read(row)
        if (table === null) sum += (x - shift[at]) * scale[at] * coefficients[at]
        else sum += x >= 0 ? table[x] : Number.NaN
        continue
      }
      const found = entries[k]?.(row)
      if (found === undefined) return Number.NaN
      const { count, indices, values } = found
      for (let e = 0; e < count; e++) {
        const j = at + indices[e]
        sum += values[e] * scale[j] * coefficients[j]
      }
    }
    return sum + intercept
  }

/** What a run of slots adds to a product when slot `c` is hot; the last entry: when none is. */
function hotTable(
  form: VectorForm,
  { size, on, off }: Extract<SlotsForm, { kind: 'hot' }>,
  at: number,
  coefficients: Float64Array,
): Float64Array {
  const term = (j: number, x: number): number => slotValue(form, at + j, x) * coefficients[at + j]
  const one = (j: number): number => term(j, on ? on[j] : 1)
  const zero = (j: number): number => term(j, off ? off[j] : 0)
  const table = new Float64Array(size + 1)
  let before = 0
  for (let j = 0; j < size; j++) {
    table[j] = before + one(j)
    before += zero(j)
  }
  table[size] = before
  let after = 0
  for (let j = size - 1; j >= 0; j--) {
    table[j] += after
    after += zero(j)
  }
  return table
}
