import { slotsWriter, type WriteSlots } from '../scoring/vector-forms.js'
import { printable, type ReadEntries, type RowForm, type VectorForm } from '../sql/row-form.js'

/** Products of one entry of each input, those of the last input next to each other, as `crossed` makes them of columns. */
const crossedEntries = (
  writes: readonly WriteSlots[],
  inputs: readonly Float64Array[],
  counts: readonly Int32Array[],
): ReadEntries => {
  const widths = counts.map((each) => each.reduce((sum, count) => sum + count, 0))
  const most = counts.reduce((product, each) => product * each.length, 1)
  const indices = new Int32Array(most)
  const values = new Float64Array(most)
  const slots = new Int32Array(Math.max(...counts.map((each) => each.length)))
  const factors = new Float64Array(slots.length)
  return (row) => {
    let filled = 1
    let width = 1
    indices[0] = 0
    values[0] = 1
    for (let k = inputs.length - 1; k >= 0; k--) {
      if (!writes[k](row)) return undefined
      let entries = 0
      for (let j = 0, at = 0; j < counts[k].length; at += counts[k][j++]) {
        const x = inputs[k][j]
        const count = counts[k][j]
        if (count > 1 ? !(Number.isInteger(x) && x >= 0 && x < count) : !Number.isFinite(x)) return undefined
        if (count === 1 && x === 0) continue
        slots[entries] = count === 1 ? at : at + x
        factors[entries++] = count === 1 ? x : 1
      }
      // Backwards, so that the entries of the inputs after it stay until they are not needed any more.
      for (let e = entries - 1; e >= 0; e--) {
        const to = e * filled
        for (let j = filled - 1; j >= 0; j--) {
          indices[to + j] = indices[j] + slots[e] * width
          values[to + j] = values[j] * factors[e]
        }
      }
      filled *= entries
      width *= widths[k]
    }
    return { count: filled, indices, values }
  }
}

/**
 * The interaction of one row.
 * @param counts number of slots of each feature of each input: 1 for a number, else its categories.
 * @returns undefined for categories inside of vectors that are stored in ways that are not known: a category 0 may be left out of them.
 */
export function crossedForm(
  inputs: readonly RowForm[],
  counts: readonly (readonly number[])[],
): VectorForm | undefined {
  const writers: ReturnType<typeof slotsWriter>[] = []
  for (const [k, input] of inputs.entries()) {
    if (input.kind === 'number') {
      writers.push(slotsWriter({ kind: 'vector', size: 1, parts: [{ kind: 'number', size: 1, read: input.read }] }))
    } else if (input.kind !== 'vector' || input.size !== counts[k].length) return undefined
    else if (input.storage !== 'dense' && counts[k].some((count) => count > 1)) return undefined
    else writers.push(slotsWriter(input))
  }
  const size = counts.reduce((product, each) => product * each.reduce((sum, count) => sum + count, 0), 1)
  const read = printable(
    crossedEntries,
    writers.map(({ write }) => write),
    writers.map(({ slots }) => slots),
    counts.map((each) => Int32Array.from(each)),
  )
  return { kind: 'vector', size, storage: 'compressed', parts: [{ kind: 'entries', size, read }] }
}
