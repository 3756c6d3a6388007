import type { Row } from '../sql/row.js'
import { type Entries, printable, type ReadEntries, type ReadNumber, type VectorForm } from '../sql/row-form.js'
import { settled } from './slot-forms.js'
import { placed } from './vector-forms.js'

const pushEntries = (
  numbers: readonly (ReadNumber | null)[],
  entries: readonly (ReadEntries | null)[],
  isHot: readonly boolean[],
  starts: Int32Array,
  sizes: Int32Array,
) => {
  let indices = new Int32Array(16)
  let values = new Float64Array(16)
  return (row: Row): Entries | undefined => {
    let count = 0
    for (let k = 0; k < numbers.length; k++) {
      const read = numbers[k]
      const found = read === null ? (entries[k] as ReadEntries)(row) : undefined
      if (read === null && found === undefined) return undefined
      const more = found === undefined ? 1 : found.count
      if (indices.length < count + more) {
        const [wider, longer] = [new Int32Array(2 * (count + more)), new Float64Array(2 * (count + more))]
        wider.set(indices)
        longer.set(values)
        indices = wider
        values = longer
      }
      if (read !== null) {
        const x = read(row)
        if (Number.isNaN(x)) return undefined
        if (isHot[k] ? x === sizes[k] : x === 0) continue
        indices[count] = isHot[k] ? starts[k] + x : starts[k]
        values[count++] = isHot[k] ? 1 : x
        continue
      }
      const { count: length, indices: slots, values: given } = found as Entries
      for (let e = 0; e < length; e++) {
        indices[count] = starts[k] + slots[e]
        values[count++] = given[e]
      }
    }
    return { count, indices, values }
  }
}

/** The entries of a vector of which mere numbers, hot slots and entries are known; undefined for others. */
export function entriesReader(form: VectorForm): ReadEntries | undefined {
  const { parts } = settled(form)
  if (parts.some((part) => part.kind === 'numbers' || (part.kind === 'hot' && (part.on || part.off)))) return undefined
  const terms = placed(parts)
  if (terms.length === 1 && terms[0].part.kind === 'entries') return terms[0].part.read
  return printable(
    pushEntries,
    terms.map(({ part }) => (part.kind === 'number' || part.kind === 'hot' ? part.read : null)),
    terms.map(({ part }) => (part.kind === 'entries' ? part.read : null)),
    terms.map(({ part }) => part.kind === 'hot'),
    Int32Array.from(terms, ({ at }) => at),
    Int32Array.from(terms, ({ part }) => part.size),
  )
}
