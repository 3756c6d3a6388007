/**
 * Whether no `(value - shift) * scale` is NaN or infinite: a sum of zeros, unless a number times zero is NaN. Several sums at once, because each waits for
 * the addition before.
 */
export function allFinite(values: Float64Array, shift = 0, scale = 1): boolean {
  let s0 = 0
  let s1 = 0
  let s2 = 0
  let s3 = 0
  let i = 0
  for (; i + 4 <= values.length; i += 4) {
    s0 += (values[i] - shift) * scale * 0
    s1 += (values[i + 1] - shift) * scale * 0
    s2 += (values[i + 2] - shift) * scale * 0
    s3 += (values[i + 3] - shift) * scale * 0
  }
  for (; i < values.length; i++) s0 += (values[i] - shift) * scale * 0
  return s0 + s1 + s2 + s3 === 0
}
