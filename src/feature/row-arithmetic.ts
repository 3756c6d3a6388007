import { uninitialized } from '../util/uninitialized.js'

// Arithmetic over dense rows of `size` numbers, one after the other. Four slots at a time take half the time of one by one, and comparisons
// that are counted as numbers a quarter of that of branches which nobody can predict.

/** `x * scale` in each slot of the first `count` numbers. */
export function multiplyRows(values: Float64Array, count: number, scale: Float64Array): Float64Array {
  const made = uninitialized(count)
  const size = scale.length
  const whole = size - 3
  for (let e = 0; e < count; ) {
    let j = 0
    for (; j < whole; j += 4, e += 4) {
      made[e] = values[e] * scale[j]
      made[e + 1] = values[e + 1] * scale[j + 1]
      made[e + 2] = values[e + 2] * scale[j + 2]
      made[e + 3] = values[e + 3] * scale[j + 3]
    }
    for (; j < size; j++, e++) made[e] = values[e] * scale[j]
  }
  return made
}

/** `(x - shift) * scale` in each slot of the first `count` numbers. */
export function shiftRows(values: Float64Array, count: number, shift: Float64Array, scale: Float64Array): Float64Array {
  const made = uninitialized(count)
  const size = scale.length
  const whole = size - 3
  for (let e = 0; e < count; ) {
    let j = 0
    for (; j < whole; j += 4, e += 4) {
      made[e] = (values[e] - shift[j]) * scale[j]
      made[e + 1] = (values[e + 1] - shift[j + 1]) * scale[j + 1]
      made[e + 2] = (values[e + 2] - shift[j + 2]) * scale[j + 2]
      made[e + 3] = (values[e + 3] - shift[j + 3]) * scale[j + 3]
    }
    for (; j < size; j++, e++) made[e] = (values[e] - shift[j]) * scale[j]
  }
  return made
}

/**
 * `(x - shift) * scale + offset` in each slot of rows.
 * @param zeros becomes 1 for each row that may hold a 0.
 */
export function rescaleRows(
  values: Float64Array,
  shift: Float64Array,
  scale: Float64Array,
  offset: number,
  zeros: Uint8Array,
): Float64Array {
  const made = uninitialized(values.length)
  const size = scale.length
  const whole = size - 3
  for (let e = 0, row = 0; e < values.length; row++) {
    let j = 0
    for (; j < whole; j += 4, e += 4) {
      const a = (values[e] - shift[j]) * scale[j] + offset
      const b = (values[e + 1] - shift[j + 1]) * scale[j + 1] + offset
      const c = (values[e + 2] - shift[j + 2]) * scale[j + 2] + offset
      const d = (values[e + 3] - shift[j + 3]) * scale[j + 3] + offset
      made[e] = a
      made[e + 1] = b
      made[e + 2] = c
      made[e + 3] = d
      const product = a * b * c * d
      // Infinity times 0 is NaN.
      if (!(product > 0 || product < 0)) zeros[row] = 1
    }
    for (; j < size; j++, e++) {
      made[e] = (values[e] - shift[j]) * scale[j] + offset
      if (made[e] === 0) zeros[row] = 1
    }
  }
  return made
}

/** Whether more than `limit` numbers of a run are not 0; looks at as few as tell. */
export function hasMoreNonZeros(values: Float64Array, start: number, end: number, limit: number): boolean {
  let count = 0
  let e = start
  for (; e < end - 3 && count <= limit; e += 4) {
    // No product of four numbers is 0 unless one of them is, or it is too small for a double; with an infinite one it is NaN.
    const product = values[e] * values[e + 1] * values[e + 2] * values[e + 3]
    count += product > 0 || product < 0 ? 4 : nonZeros(values, e, e + 4)
  }
  return count > limit || count + nonZeros(values, e, end) > limit
}

function nonZeros(values: Float64Array, start: number, end: number): number {
  let count = 0
  for (let e = start; e < end; e++) count += Number(values[e] !== 0)
  return count
}

/** Rows of at most so many numbers are near enough to each other that eight of them can be gone through side by side. */
const NARROW = 64

/** The chosen slots of rows of `size` numbers. */
export function pickSlots(values: Float64Array, length: number, size: number, slots: Int32Array): Float64Array {
  const made = uninitialized(length * slots.length)
  if (size > NARROW) pickRows(values, length, size, slots, made)
  else for (let row = 0; row < length; row += 8) pickColumns(values, row, Math.min(row + 8, length), size, slots, made)
  return made
}

/** Row by row. */
function pickRows(values: Float64Array, length: number, size: number, slots: Int32Array, made: Float64Array): void {
  const whole = slots.length - 3
  let to = 0
  for (let from = 0; from < length * size; from += size) {
    let k = 0
    for (; k < whole; k += 4, to += 4) {
      made[to] = values[from + slots[k]]
      made[to + 1] = values[from + slots[k + 1]]
      made[to + 2] = values[from + slots[k + 2]]
      made[to + 3] = values[from + slots[k + 3]]
    }
    for (; k < slots.length; k++) made[to++] = values[from + slots[k]]
  }
}

/** Four slots of all rows, then the next four: slots are looked up once. */
function pickColumns(
  values: Float64Array,
  start: number,
  end: number,
  size: number,
  slots: Int32Array,
  made: Float64Array,
): void {
  const width = slots.length
  const last = end * width
  let k = 0
  for (; k < width - 3; k += 4) {
    const a = slots[k]
    const b = slots[k + 1]
    const c = slots[k + 2]
    const d = slots[k + 3]
    for (let from = start * size, to = start * width + k; to < last; from += size, to += width) {
      made[to] = values[from + a]
      made[to + 1] = values[from + b]
      made[to + 2] = values[from + c]
      made[to + 3] = values[from + d]
    }
  }
  for (; k < width; k++) {
    for (let from = start * size + slots[k], to = start * width + k; to < last; from += size, to += width) {
      made[to] = values[from]
    }
  }
}
