import type { Row } from '../sql/row.js'
import {
  printable,
  type ReadAnyNumber,
  type ReadEntries,
  type ReadText,
  type RowForm,
  type VectorForm,
} from '../sql/row-form.js'
import type { StructField } from '../sql/types.js'
import { murmur3Hashes } from '../util/murmur3.js'
import { insertEntry } from './sparse-rows.js'
import { textSlot } from './term-hash.js'

/** Slot and value of a column in one row. `place` gives -1 where the column holds null, undefined where the batch must say. */
interface HashedColumn {
  readonly place: (row: Row) => number | undefined
  /** null: 1. */
  readonly value: ReadAnyNumber | null
}

type SlotOf = (text: string) => number

const placeOfNumber =
  (readAny: ReadAnyNumber, slot: number) =>
  (row: Row): number | undefined => {
    const value = readAny(row)
    return value === undefined ? undefined : value === null ? -1 : slot
  }

/** Texts of up to 65536 values are hashed once. */
const placeOfText = (read: ReadText, name: string, slotOf: SlotOf) => {
  const known = new Map<string, number>()
  return (row: Row): number | undefined => {
    const text = read(row)
    if (text === null || text === undefined) return text === null ? -1 : undefined
    let slot = known.get(text)
    if (slot === undefined) {
      slot = slotOf(`${name}=${text}`)
      if (known.size === 65_536) known.clear()
      known.set(text, slot)
    }
    return slot
  }
}

/** The text of a whole number, or of a boolean. */
const wholeText =
  (readAny: ReadAnyNumber, isBoolean: boolean): ReadText =>
  (row) => {
    const value = readAny(row)
    if (value === null || value === undefined) return value
    return isBoolean ? String(value === 1) : String(value)
  }

const hashedEntries = (
  places: readonly HashedColumn['place'][],
  values: readonly (ReadAnyNumber | null)[],
  insert: typeof insertEntry,
): ReadEntries => {
  const indices = new Int32Array(places.length)
  const sums = new Float64Array(places.length)
  return (row) => {
    let end = 0
    for (let k = 0; k < places.length; k++) {
      const place = places[k](row)
      if (place === undefined) return undefined
      if (place < 0) continue
      const value = values[k]?.(row) ?? 1
      if (Number.isNaN(value)) return undefined
      end = insert(indices, sums, 0, end, place, value)
    }
    return { count: end, indices, values: sums }
  }
}

/** Types whose texts are those of whole numbers, or of booleans. */
const WHOLE: ReadonlySet<string> = new Set(['byte', 'short', 'integer', 'long', 'boolean'])

/**
 * The hashed columns of one row.
 * @param fields of the inputs; the first `numbers` of them are numbers, the others categories.
 * @returns undefined where a category is a number with a fraction, whose text is long to find.
 */
export function hashedForm(
  inputs: readonly RowForm[],
  fields: readonly StructField[],
  numbers: number,
  size: number,
): VectorForm | undefined {
  const slotOf = printable(textSlot, murmur3Hashes, size)
  const columns: HashedColumn[] = []
  for (const [k, input] of inputs.entries()) {
    const { name, dataType } = fields[k]
    if (input.kind === 'text') columns.push({ place: printable(placeOfText, input.read, name, slotOf), value: null })
    else if (input.kind !== 'number' || !input.readAny) return undefined
    else if (k < numbers) {
      columns.push({ place: printable(placeOfNumber, input.readAny, slotOf(name)), value: input.readAny })
    } else if (WHOLE.has(dataType.kind)) {
      const read = printable(wholeText, input.readAny, dataType.kind === 'boolean')
      columns.push({ place: printable(placeOfText, read, name, slotOf), value: null })
    } else return undefined
  }
  const places = columns.map(({ place }) => place)
  const values = columns.map(({ value }) => value)
  const read = printable(hashedEntries, places, values, insertEntry)
  return { kind: 'vector', size, storage: 'sparse', parts: [{ kind: 'entries', size, read }] }
}
