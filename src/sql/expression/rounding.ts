/** The shortest decimal text of a double, rounded at a place by its digits: half up, or half to even. Places before the point are negative. */
export function roundDecimal(value: number, places: number, even: boolean): number {
  if (!Number.isFinite(value)) return value
  if (value === 0) return 0
  const [digits, exponent = '0'] = Math.abs(value).toString().split('e')
  const [integer, fraction = ''] = digits.split('.')
  // The number is `all` times 10 to the power of `scale`.
  const all = BigInt(integer + fraction)
  const scale = Number(exponent) - fraction.length
  const cut = -places - scale
  if (cut <= 0) return value
  if (cut > all.toString().length) return 0
  const unit = 10n ** BigInt(cut)
  const half = (all % unit) * 2n
  const count = all / unit
  const up = half > unit || (half === unit && (!even || count % 2n === 1n))
  const rounded = Number(`${count + (up ? 1n : 0n)}e${-places}`)
  return value < 0 ? 0 - rounded : rounded
}
