import { pickedSlots } from '../scoring/slot-forms.js'
import type { VectorColumn } from '../sql/batch.js'
import { type ColumnOrigin, valueError } from '../sql/column-origin.js'
import { denseVectors, isDenseRow, vectorSize, vectorStart } from '../sql/columns.js'
import type { VectorForm } from '../sql/row-form.js'
import { pickSlots } from './row-arithmetic.js'

/**
 * The chosen slots of vectors, in the order of `slots`; every vector keeps its form.
 * @param column vectors of one length, which has all of the slots.
 * @param slots each at most once.
 * @param dropsZeros whether zeros that sparse vectors store are dropped, as Spark's `VectorSlicer` does, and the selectors do not.
 */
export function selectSlots(
  column: VectorColumn,
  length: number,
  slots: Int32Array,
  dropsZeros: boolean,
): VectorColumn {
  const { size, offsets, indices, values } = column
  const width = slots.length
  if (offsets === null || indices === null) {
    return denseVectors(pickSlots(values, length, size, slots), width)
  }
  const placeOf = new Int32Array(size).fill(-1)
  slots.forEach((slot, k) => {
    placeOf[slot] = k
  })
  const ascending = slots.every((slot, k) => k === 0 || slot > slots[k - 1])
  const end = vectorStart(column, length)
  const places = new Int32Array(end)
  const kept = new Float64Array(end)
  const starts = new Int32Array(length + 1)
  let at = 0
  for (let i = 0; i < length; i++) {
    for (let e = offsets[i]; e < offsets[i + 1]; e++) {
      const place = placeOf[indices[e]]
      if (place < 0 || (dropsZeros && values[e] === 0 && !isDenseRow(column, i))) continue
      places[at] = place
      kept[at++] = values[e]
    }
    starts[i + 1] = at
    if (!ascending) sortRow(places, kept, starts[i], at)
  }
  return {
    ...column,
    size: width,
    sizes: null,
    offsets: starts,
    indices: places.subarray(0, at),
    values: kept.subarray(0, at),
  }
}

/** The slots of one row; undefined where its vectors may be too short. */
export function selectedForm(vectors: VectorForm, slots: Int32Array): VectorForm | undefined {
  if (slots.some((slot) => slot >= vectors.size)) return undefined
  const { storage } = vectors
  return { ...pickedSlots(vectors, slots), ...(storage === 'dense' && { storage }) }
}

/**
 * The column as one of vectors of one length, for {@link selectSlots}: as long as the longest of them.
 * @throws DataError naming the first row whose vector lacks one of the slots.
 */
export function requireSlots(
  column: VectorColumn,
  length: number,
  slots: Int32Array,
  origin: ColumnOrigin,
): VectorColumn {
  const needed = slots.reduce((most, slot) => Math.max(most, slot + 1), 0)
  if (column.sizes === null && column.size >= needed) return column
  let longest = needed
  for (let i = 0; i < length; i++) {
    const size = vectorSize(column, i)
    if (size < needed)
      throw valueError(`a vector of length ${size}`, i, origin, `vectors with at least ${needed} entries`)
    longest = Math.max(longest, size)
  }
  return { ...column, size: longest, sizes: null }
}

/** Puts the entries of one row in order of their places. */
function sortRow(places: Int32Array, values: Float64Array, start: number, end: number): void {
  const order = Array.from({ length: end - start }, (_, k) => start + k).sort((a, b) => places[a] - places[b])
  const [sortedPlaces, sortedValues] = [order.map((e) => places[e]), order.map((e) => values[e])]
  places.set(sortedPlaces, start)
  values.set(sortedValues, start)
}
