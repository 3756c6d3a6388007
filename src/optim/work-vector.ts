/** Doubles of a slab, and the longest vector that is cut from one. */
const SLAB = 2 ** 14
const LONGEST = SLAB / 16

let slab = new Float64Array(0)
let used = 0

/**
 * A vector of zeros for an optimiser, which needs a dozen of them at every step. Short ones are cut from a slab: memory of its own costs each
 * of them more than what is computed with it. The slab lives as long as any of its vectors; what is to be kept should be copied.
 */
export function workVector(length: number): Float64Array {
  if (length > LONGEST) return new Float64Array(length)
  if (used + length > slab.length) {
    slab = new Float64Array(SLAB)
    used = 0
  }
  used += length
  return slab.subarray(used - length, used)
}

/** A copy of a vector for an optimiser. */
export function workCopy(values: Float64Array): Float64Array {
  const copy = workVector(values.length)
  copy.set(values)
  return copy
}
