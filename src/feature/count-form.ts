import { printable, type ReadEntries, type ReadList, type RowForm, type VectorForm } from '../sql/row-form.js'
import { countSlots } from './sparse-rows.js'

const countedWords = (
  read: ReadList<string>,
  slotOf: (word: string) => number,
  count: typeof countSlots,
  least: number,
  binary: boolean,
): ReadEntries => {
  let indices = new Int32Array(32)
  let values = new Float64Array(32)
  return (row) => {
    const words = read(row)
    if (words === undefined) return undefined
    if (indices.length < words.length) {
      indices = new Int32Array(2 * words.length)
      values = new Float64Array(2 * words.length)
    }
    let end = 0
    for (let k = 0; k < words.length; k++) {
      const slot = slotOf(words[k])
      if (slot >= 0) indices[end++] = slot
    }
    return { count: count(indices, values, 0, end, least >= 1 ? least : words.length * least, binary), indices, values }
  }
}

/** How words are counted. */
interface Counting {
  /** Number of slots. */
  readonly size: number
  /** Slot of a word, or -1; a printable. */
  readonly slotOf: (word: string) => number
  /** Counts that are left out: below it, or below this share of the words. */
  readonly least: number
  readonly binary: boolean
}

/** How often each word comes in one row. */
export function countForm(input: RowForm, { size, slotOf, least, binary }: Counting): VectorForm | undefined {
  if (input.kind !== 'list') return undefined
  const read = printable(countedWords, input.read as ReadList<string>, slotOf, countSlots, least, binary)
  return { kind: 'vector', size, storage: 'sparse', parts: [{ kind: 'entries', size, read }] }
}
