import { type NumberPart, type OneHotPart, oneHotSums, partWidth, type VectorPart } from '../sql/vector-parts.js'

/**
 * As `addMargins` over rows that are known by their parts: adds `x'coefficients` of rows `from .. to` to `margins`, where row `from` comes
 * first. Every coefficient must be finite. A one-hot part of any width is one addition a row; its products are summed up beforehand, as
 * `dotReader` does it, so that one row and many come out alike to the last bit.
 */
export function addPartMargins(
  parts: readonly VectorPart[],
  from: number,
  to: number,
  coefficients: Float64Array,
  margins: Float64Array,
): void {
  let slot = 0
  for (const part of parts) {
    const end = slot + partWidth(part)
    if (part.kind === 'numbers') addNumbers(part, from, to, coefficients[slot], margins)
    else addOneHot(part, from, to, coefficients.subarray(slot, end), margins)
    slot = end
  }
}

function addNumbers(part: NumberPart, from: number, to: number, coefficient: number, margins: Float64Array): void {
  const { data, shift, scale } = part
  for (let i = from; i < to; i++) margins[i - from] += (data[i] - shift) * scale * coefficient
}

function addOneHot(
  { codes, on, off }: OneHotPart,
  from: number,
  to: number,
  coefficients: Float64Array,
  margins: Float64Array,
): void {
  const sums = oneHotSums(
    on.length,
    (slot) => on[slot] * coefficients[slot],
    (slot) => (off === null ? 0 : off[slot] * coefficients[slot]),
  )
  for (let i = from; i < to; i++) margins[i - from] += sums[codes[i]]
}
