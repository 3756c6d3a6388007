import type { Row } from '../sql/row.js'
import {
  type Entries,
  once,
  printable,
  type ReadNumber,
  type RowForm,
  type SlotsForm,
  type VectorForm,
  type WriteNumbers,
} from '../sql/row-form.js'
import { placed, slotsWriter, type WriteSlots } from './vector-forms.js'

/** What a slot comes to; NaN: its batch must say. */
export type SlotChange = (x: number, slot: number) => number

/** Computes numbers from all slots of a vector. @returns false where the batch must say. */
export type ComputeSlots = (slots: Float64Array, into: Float64Array, at: number) => boolean

const changedNumber = (read: (row: Row) => number, change: SlotChange, slot: number) => (row: Row) => {
  const x = read(row)
  // Zeros of a vector have no sign.
  return Number.isNaN(x) ? x : change(x + 0, slot)
}

const changedNumbers =
  (write: WriteNumbers, change: SlotChange, first: number, size: number): WriteNumbers =>
  (row, into, at) => {
    if (!write(row, into, at)) return false
    let known = true
    for (let j = 0; j < size; j++) {
      const x = change(into[at + j], first + j)
      if (Number.isNaN(x)) known = false
      into[at + j] = x
    }
    return known
  }

const changedEntries = (read: (row: Row) => Entries | undefined, change: SlotChange, first: number) => {
  let values = new Float64Array(16)
  return (row: Row): Entries | undefined => {
    const entries = read(row)
    if (entries === undefined) return undefined
    const { count, indices } = entries
    if (values.length < count) values = new Float64Array(2 * count)
    for (let e = 0; e < count; e++) {
      values[e] = change(entries.values[e], first + indices[e])
      if (Number.isNaN(values[e])) return undefined
    }
    return { count, indices, values }
  }
}

const copied =
  (write: WriteSlots, slots: Float64Array): WriteNumbers =>
  (row, into, at) => {
    if (!write(row)) return false
    into.set(slots, at)
    return true
  }

const computed =
  (write: WriteSlots, slots: Float64Array, compute: ComputeSlots): WriteNumbers =>
  (row, into, at) =>
    write(row) && compute(slots, into, at)

const affineChange =
  (shift: Float64Array, scale: Float64Array): SlotChange =>
  (x, slot) =>
    (x - shift[slot]) * scale[slot]

const sizeOf = (parts: readonly SlotsForm[]): number => parts.reduce((size, part) => size + part.size, 0)

/** Some slots, with all numbers written one by one. */
function dense(parts: readonly SlotsForm[]): SlotsForm {
  if (parts.length === 1 && parts[0].kind === 'numbers') return parts[0]
  const size = sizeOf(parts)
  const { slots, write } = slotsWriter({ kind: 'vector', size, parts })
  return { kind: 'numbers', size, write: printable(copied, write, slots) }
}

/** Each slot changes by itself. */
export function changedSlots(form: VectorForm, change: SlotChange): VectorForm {
  const { parts } = settled(form)
  return { kind: 'vector', size: form.size, parts: placed(parts).map(({ part, at }) => changedPart(part, at, change)) }
}

function changedPart(part: SlotsForm, first: number, change: SlotChange): SlotsForm {
  const { size } = part
  switch (part.kind) {
    case 'number':
      return { kind: 'number', size: 1, read: printable(changedNumber, part.read, change, first) }
    case 'numbers':
      return { kind: 'numbers', size, write: printable(changedNumbers, part.write, change, first, size) }
    case 'hot': {
      const slots = new Float64Array(size)
      const on = slots.map((_, j) => change(part.on ? part.on[j] : 1, first + j))
      const off = slots.map((_, j) => change(part.off ? part.off[j] : 0, first + j))
      if (on.some(Number.isNaN) || off.some(Number.isNaN)) return changedPart(dense([part]), first, change)
      return { ...part, on, off }
    }
    case 'entries': {
      for (let j = first; j < first + size; j++)
        if (change(0, j) !== 0) return changedPart(dense([part]), first, change)
      return { kind: 'entries', size, read: printable(changedEntries, part.read, change, first) }
    }
  }
}

/** A vector whose slots are not scaled any more after they are written. */
export function settled(form: VectorForm): VectorForm {
  if (!form.affine) return form
  const { affine, ...plain } = form
  return changedSlots(plain, printable(affineChange, affine.shift, affine.scale))
}

/** `(x - shift) * scale`, which models fold into their weights. @param shift null: nothing is subtracted. */
export function scaledSlots(form: VectorForm, shift: Float64Array | null, scale: Float64Array): VectorForm {
  const { storage: before, ...plain } = settled(form)
  const storage = shift === null ? before : 'dense'
  const affine = { shift: shift ?? new Float64Array(form.size), scale }
  // Zeros that scaling makes are stored as the numbers were.
  return storage === undefined || storage === 'compressed' ? { ...plain, affine } : { ...plain, storage, affine }
}

/** Numbers that all slots together come to. */
export function computedSlots(form: VectorForm, size: number, compute: ComputeSlots): VectorForm {
  const { slots, write } = slotsWriter(form)
  return {
    kind: 'vector',
    size,
    parts: [{ kind: 'numbers', size, write: printable(computed, write, slots, compute) }],
  }
}

const pick =
  (places: Int32Array): ComputeSlots =>
  (slots, into, at) => {
    for (let k = 0; k < places.length; k++) into[at + k] = slots[places[k]]
    return true
  }

const pickHot = (read: (row: Row) => number, places: Int32Array) => (row: Row) => {
  const hot = read(row)
  return Number.isNaN(hot) ? hot : places[hot]
}

/** 0 where all is known. */
const knownParts =
  (writers: readonly WriteSlots[]): ReadNumber =>
  (row) => {
    for (let k = 0; k < writers.length; k++) if (!writers[k](row)) return Number.NaN
    return 0
  }

/** Some of the slots, in the given order. A row of which another slot is not known is not known all the same. */
export function pickedSlots(form: VectorForm, slots: Int32Array): VectorForm {
  const { parts } = settled(form)
  const all = placed(parts)
  const picked: SlotsForm[] = []
  for (let k = 0; k < slots.length; ) {
    const { part, at } = all.find((each) => slots[k] >= each.at && slots[k] < each.at + each.part.size)!
    const start = k
    while (k < slots.length && slots[k] >= at && slots[k] < at + part.size) k++
    picked.push(
      pickedPart(
        part,
        slots.subarray(start, k).map((slot) => slot - at),
      ),
    )
  }
  const left = all.filter(({ part, at }) => !slots.some((slot) => slot >= at && slot < at + part.size))
  if (left.length > 0) {
    const writers = left.map(({ part }) => slotsWriter({ kind: 'vector', size: part.size, parts: [part] }).write)
    picked.push({ kind: 'hot', size: 0, read: printable(knownParts, writers) })
  }
  return { kind: 'vector', size: slots.length, parts: picked }
}

function pickedPart(part: SlotsForm, slots: Int32Array): SlotsForm {
  const size = slots.length
  if (part.kind === 'number') return part
  if (part.kind === 'hot') {
    const places = new Int32Array(part.size + 1).fill(size)
    slots.forEach((slot, k) => {
      places[slot] = k
    })
    const { on, off } = part
    const taken = (values: Float64Array): Float64Array => Float64Array.from(slots, (slot) => values[slot])
    return {
      kind: 'hot',
      size,
      read: printable(pickHot, part.read, places),
      ...(on && { on: taken(on) }),
      ...(off && { off: taken(off) }),
    }
  }
  const { slots: written, write } = slotsWriter({ kind: 'vector', size: part.size, parts: [part] })
  return { kind: 'numbers', size, write: printable(computed, write, written, printable(pick, slots)) }
}

const writeInto =
  (write: WriteNumbers, slots: Float64Array): WriteSlots =>
  (row) =>
    write(row, slots, 0)

/** Numbers that are computed once a row and lie in `slots` then, where `known` says so. */
export interface RowNumbers {
  readonly known: WriteSlots
  readonly slots: Float64Array
  /** The numbers as a vector. */
  readonly form: VectorForm
}

/** Computes numbers once a row, however many forms are made of them. */
export function rowNumbers(size: number, write: WriteNumbers): RowNumbers {
  const slots = new Float64Array(size)
  const known = once(printable(writeInto, write, slots))
  const part: SlotsForm = { kind: 'numbers', size, write: printable(copied, known, slots) }
  return { known, slots, form: { kind: 'vector', size, storage: 'dense', parts: [part] } }
}

/** The same form, computed once a row however many others are made of it. */
export function sharedForm<F extends RowForm>(form: F): F
export function sharedForm(form: RowForm): RowForm {
  switch (form.kind) {
    case 'number':
      return { ...form, read: once(form.read), ...(form.readAny && { readAny: once(form.readAny) }) }
    case 'text':
      return { ...form, read: once(form.read) }
    case 'list':
      return { ...form, read: once(form.read) }
    case 'vector':
      return { ...form, parts: form.parts.map(sharedPart) }
  }
}

function sharedPart(part: SlotsForm): SlotsForm {
  switch (part.kind) {
    case 'numbers':
      return rowNumbers(part.size, part.write).form.parts[0]
    case 'entries':
      return { ...part, read: once(part.read) }
    default:
      return { ...part, read: once(part.read) }
  }
}
