/** A positive binary number: `significand` has exactly `precision` bits, and 2^exponent is the value of its first one. */
interface Binary {
  readonly significand: bigint
  readonly precision: number
  readonly exponent: number
}

/** The decimal number 0.d1d2d3… times 10^exponent. */
interface Decimal {
  readonly digits: string
  readonly exponent: number
}

/**
 * The text of a double in Java, and so in Spark's `cast(x as string)`, `show()` and model files: `1.0`, `1.0E10`, `1.0E-4`,
 * `-0.0`, `NaN`, `Infinity`. Exactly as `Double.toString` of Java 17, which Spark 4.0 runs on; that is not always the
 * shortest text that reads back as the same number (JDK-4511638: `6.6E22` is `6.5999999999999996E22`).
 *
 * Source: the behaviour of `jdk.internal.math.FloatingDecimal`; G. L. Steele, J. L. White, "How to print floating-point
 * numbers accurately", https://doi.org/10.1145/93542.93559.
 */
export function javaDoubleText(value: number): string {
  return signedText(value, (magnitude) => {
    if (Number.isSafeInteger(magnitude)) return integerDecimal(BigInt(magnitude))
    return shortDecimal(magnitude) ?? generate(doubleBits(magnitude))
  })
}

/**
 * The text of a float (the value is rounded to one first) in Java: `Float.toString` of Java 17. See {@link javaDoubleText}.
 * For example, `javaFloatText(0.1)` is `'0.1'`.
 */
export function javaFloatText(value: number): string {
  return signedText(Math.fround(value), (magnitude) => generate(floatBits(magnitude)))
}

function signedText(value: number, decimal: (magnitude: number) => Decimal): string {
  if (Number.isNaN(value)) return 'NaN'
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  if (value === 0) return `${sign}0.0`
  if (!Number.isFinite(value)) return `${sign}Infinity`
  return sign + layout(decimal(Math.abs(value)))
}

/** Plain from 10^-3 up to 10^7, else with an exponent; always a digit on both sides of the point. */
function layout({ digits, exponent }: Decimal): string {
  if (exponent > 7 || exponent < -2) return `${digits[0]}.${digits.slice(1) || '0'}E${exponent - 1}`
  if (exponent <= 0) return `0.${'0'.repeat(-exponent)}${digits}`
  return `${digits.slice(0, exponent).padEnd(exponent, '0')}.${digits.slice(exponent) || '0'}`
}

function integerDecimal(integer: bigint): Decimal {
  const text = integer.toString()
  return { digits: text.replace(/0+$/, ''), exponent: text.length }
}

/**
 * JavaScript's shortest digits, where they are certain to be Java's, which is fast. With up to 15 digits no other decimal of
 * that length comes within half a unit of the last binary place. Excluded: powers of two, whose lower neighbour is nearer,
 * the smallest numbers, which have fewer bits, and from 2^53 on ties.
 */
function shortDecimal(value: number): Decimal | undefined {
  if (value < 1e-300 || value >= 2 ** 53 || Number.isInteger(Math.log2(value))) return undefined
  const [significand, exponent] = value.toExponential().split('e')
  const digits = significand.replace('.', '')
  return digits.length > 15 ? undefined : { digits, exponent: Number(exponent) + 1 }
}

function doubleBits(value: number): Binary {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  const bits = view.getBigUint64(0)
  return normalize(Number(bits >> 52n), bits & 0xfffffffffffffn, 52, 1023)
}

function floatBits(value: number): Binary {
  const view = new DataView(new ArrayBuffer(4))
  view.setFloat32(0, value)
  const bits = view.getUint32(0)
  return normalize(bits >>> 23, BigInt(bits & 0x7fffff), 23, 127)
}

function normalize(biased: number, fraction: bigint, fractionBits: number, bias: number): Binary {
  if (biased > 0) {
    return {
      significand: fraction | (1n << BigInt(fractionBits)),
      precision: fractionBits + 1,
      exponent: biased - bias,
    }
  }
  const precision = bitLength(fraction)
  return { significand: fraction, precision, exponent: precision - fractionBits - bias }
}

function bitLength(n: bigint): number {
  return n.toString(2).length
}

/** Java's table of the bits of 5^n: it has 27 entries, the first of which is 0, and is 3n beyond. */
function powerOfFiveBits(n: number): number {
  if (n === 0) return 0
  return n < 27 ? bitLength(5n ** BigInt(n)) : 3 * n
}

function generate(binary: Binary): Decimal {
  const tailZeros = /0*$/.exec(binary.significand.toString(2))![0].length
  const isInteger = binary.exponent >= binary.precision - tailZeros - 1
  return isInteger && binary.exponent <= 62 ? longDecimal(binary) : generateDigits(binary, tailZeros)
}

/** An integer below 2^63: all digits, but those beyond the precision are rounded off. */
function longDecimal({ significand, precision, exponent }: Binary): Decimal {
  const shift = exponent - precision + 1
  const integer = shift >= 0 ? significand << BigInt(shift) : significand >> BigInt(-shift)
  const spare = exponent - precision - 1
  const dropped = spare > 1 ? Math.floor(spare * Math.log10(2)) : 0
  const unit = 10n ** BigInt(dropped)
  return integerDecimal(((integer + unit / 2n) / unit) * unit)
}

/**
 * Digits of `value = b / s * 10^scale`, one by one, until the rest is within m, half a unit in the last binary place.
 * Java uses 32-bit, 64-bit or big integers, whichever are sure to hold b and 10 s, and what they do on overflow and on a tie
 * differs; `width` carries that over.
 */
function generateDigits({ significand, precision, exponent }: Binary, tailZeros: number): Decimal {
  const fractionBits = precision - tailZeros
  const belowPoint = Math.max(0, fractionBits - exponent - 1)
  let scale = estimateScale(Number(significand) / 2 ** (precision - 1), exponent)

  const fivesB = Math.max(0, -scale)
  const fivesS = Math.max(0, scale)
  let twosB = fivesB + belowPoint + exponent
  let twosS = fivesS + belowPoint
  let twosM = twosB - precision
  twosB -= fractionBits - 1
  const common = Math.min(twosB, twosS)
  // Below a power of two the neighbour is at half the distance.
  twosM -= common + (fractionBits === 1 ? 1 : 0)
  const lift = Math.max(0, -twosM)
  twosB += lift - common
  twosS += lift - common
  twosM += lift

  const bits = Math.max(fractionBits + twosB + powerOfFiveBits(fivesB), twosS + 1 + powerOfFiveBits(fivesS + 1))
  const width = bits < 32 ? 32 : bits < 64 ? 64 : undefined
  const wrap = (n: bigint) => (width === undefined ? n : BigInt.asIntN(width, n))

  const s = (5n ** BigInt(fivesS)) << BigInt(twosS)
  const tens = 10n * s
  let b = ((significand >> BigInt(tailZeros)) * 5n ** BigInt(fivesB)) << BigInt(twosB)
  let m = (5n ** BigInt(fivesB)) << BigInt(twosM)
  let digits = ''
  let low = false
  let high = false
  const step = (): bigint => {
    const digit = b / s
    b = 10n * (b % s)
    m = wrap(10n * m)
    const sum = wrap(b + m)
    low = m <= 0n || b < m
    high = m <= 0n || (width === undefined ? sum >= tens : sum > tens)
    return digit
  }

  const first = step()
  if (first === 0n && !high) scale--
  else digits += first
  // A number with an exponent shows two digits at least.
  if (scale < -3 || scale >= 8) low = high = false
  while (!low && !high) digits += step()

  const twice = 2n * b
  const lastIsOdd = Number(digits.at(-1)) % 2 === 1
  const roundUp = high && (!low || twice > tens || (twice === tens && lastIsOdd))
  if (!roundUp) return { digits, exponent: scale + 1 }
  const next = (BigInt(digits) + 1n).toString()
  const carry = next.length > digits.length
  return { digits: carry ? next.slice(0, -1) : next.padStart(digits.length, '0'), exponent: scale + 1 + Number(carry) }
}

/** Java's estimate of floor(log10(value)) for value = lead * 2^exponent; it may be one too high, never too low. */
function estimateScale(lead: number, exponent: number): number {
  return Math.floor((lead - 1.5) * 0.289529654 + 0.176091259 + exponent * 0.301029995663981)
}
