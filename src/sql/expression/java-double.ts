/** A double as Java prints it: `1.0`, `1.0E-7`, `1.23456789E7`, `NaN`, `Infinity`; plain digits from 1e-3 up to 1e7. */
export function javaDouble(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  const size = Math.abs(value)
  if (size === 0 || (size >= 1e-3 && size < 1e7)) {
    const digits = Object.is(value, -0) ? '-0' : String(value)
    return digits.includes('.') ? digits : `${digits}.0`
  }
  const [digits, exponent] = value.toExponential().split('e')
  return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`
}
