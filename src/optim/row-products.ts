import type { VectorColumn } from '../sql/batch.js'

// The dense loops take four rows at once, which keeps four independent sums in registers. Each sum is still formed in
// order.

/** Adds `x'coefficients` of rows `from .. to` to `margins`, where row `from` comes first. */
export function addMargins(
  x: VectorColumn,
  from: number,
  to: number,
  coefficients: Float64Array,
  margins: Float64Array,
): void {
  const { size, values, offsets, indices } = x
  if (offsets && indices) {
    for (let row = from; row < to; row++) {
      let sum = margins[row - from]
      for (let e = offsets[row]; e < offsets[row + 1]; e++) sum += values[e] * coefficients[indices[e]]
      margins[row - from] = sum
    }
    return
  }
  const last = to - ((to - from) % 4)
  addLastMargins(x, last, to, coefficients, margins.subarray(last - from))
  for (let row = from; row < last; row += 4) {
    const m = row - from
    const r0 = row * size
    const r1 = r0 + size
    const r2 = r1 + size
    const r3 = r2 + size
    let s0 = margins[m]
    let s1 = margins[m + 1]
    let s2 = margins[m + 2]
    let s3 = margins[m + 3]
    for (let j = 0; j < size; j++) {
      const c = coefficients[j]
      s0 += values[r0 + j] * c
      s1 += values[r1 + j] * c
      s2 += values[r2 + j] * c
      s3 += values[r3 + j] * c
    }
    margins[m] = s0
    margins[m + 1] = s1
    margins[m + 2] = s2
    margins[m + 3] = s3
  }
}

/** The rows that are left over, one after the other. */
function addLastMargins(
  { size, values }: VectorColumn,
  from: number,
  to: number,
  coefficients: Float64Array,
  margins: Float64Array,
): void {
  for (let row = from; row < to; row++) {
    let sum = margins[row - from]
    for (let j = 0, e = row * size; j < size; j++, e++) sum += values[e] * coefficients[j]
    margins[row - from] = sum
  }
}

/** Adds `multiplier * x` of rows `from .. to` to `gradient`; the multiplier of row `from` comes first. */
export function addRows(
  x: VectorColumn,
  from: number,
  to: number,
  multipliers: Float64Array,
  gradient: Float64Array,
): void {
  const { size, values, offsets, indices } = x
  if (offsets && indices) {
    for (let row = from; row < to; row++) {
      const multiplier = multipliers[row - from]
      for (let e = offsets[row]; e < offsets[row + 1]; e++) gradient[indices[e]] += multiplier * values[e]
    }
    return
  }
  let row = from
  for (; row + 4 <= to; row += 4) {
    const m = row - from
    const r0 = row * size
    const r1 = r0 + size
    const r2 = r1 + size
    const r3 = r2 + size
    const m0 = multipliers[m]
    const m1 = multipliers[m + 1]
    const m2 = multipliers[m + 2]
    const m3 = multipliers[m + 3]
    for (let j = 0; j < size; j++) {
      gradient[j] = gradient[j] + m0 * values[r0 + j] + m1 * values[r1 + j] + m2 * values[r2 + j] + m3 * values[r3 + j]
    }
  }
  for (; row < to; row++) {
    const multiplier = multipliers[row - from]
    for (let j = 0, e = row * size; j < size; j++, e++) gradient[j] += multiplier * values[e]
  }
}
