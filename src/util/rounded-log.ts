// Numbers as sums of two doubles, the second below half a unit in the last place of the first. Functions return the first
// and leave the second in `low`. Source: T. J. Dekker, "A floating-point technique for extending the available precision",
// Numer. Math. 18 (1971), doi:10.1007/BF01397083.

let low = 0

function twoSum(a: number, b: number): number {
  const sum = a + b
  const part = sum - a
  low = a - (sum - part) + (b - part)
  return sum
}

/** Exact where nothing overflows. */
function twoProduct(a: number, b: number): number {
  const product = a * b
  const a1 = 134217729 * a
  const aHigh = a1 - (a1 - a)
  const aLow = a - aHigh
  const b1 = 134217729 * b
  const bHigh = b1 - (b1 - b)
  const bLow = b - bHigh
  low = aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow)
  return product
}

/** `numerator / (denominator + denominatorLow)` */
function quotient(numerator: number, denominator: number, denominatorLow = 0): number {
  const first = numerator / denominator
  const product = twoProduct(first, denominator)
  low = (numerator - product - low - first * denominatorLow) / denominator
  return first
}

/** Logarithms of `j / 64` for mantissas from 1/√2 to √2, in two parts each. */
const FIRST = 45
const LAST = 91
const tableHigh = new Float64Array(LAST - FIRST + 1)
const tableLow = new Float64Array(LAST - FIRST + 1)
for (let j = FIRST; j <= LAST; j++) {
  const high = logarithmOfRatio(j, 64)
  tableHigh[j - FIRST] = high
  tableLow[j - FIRST] = low
}

/** `log(a / b)` by the series of `2 artanh z`, where `z = (a − b) / (a + b)` is at most 0.18. */
function logarithmOfRatio(a: number, b: number): number {
  const z = quotient(a - b, a + b)
  const zLow = low
  const square = twoProduct(z, z)
  const squareLow = low + 2 * z * zLow
  let sum = 0
  let sumLow = 0
  for (let n = 51; n > 0; n -= 2) {
    const product = twoProduct(sum, square)
    const productLow = low + sum * squareLow + sumLow * square
    const term = quotient(1, n)
    const termLow = low
    sum = twoSum(term, product)
    sumLow = low + termLow + productLow
  }
  const product = twoProduct(2 * z, sum)
  const productLow = low + 2 * (z * sumLow + zLow * sum)
  return twoSum(product, productLow)
}

/** The logarithm of 2, the first part with eleven zeros at its end: its multiples are exact. */
const LN2_HIGH = 0x2c5c85fdf47 / 2 ** 42
const LN2_LOW = 5.497923018708371e-14

const value = new Float64Array(1)
const words = new Int32Array(value.buffer)

/**
 * The natural logarithm of a number, rounded correctly but for about one in thousands of cases in which it lies next to the
 * middle between two doubles. `Math.log` is off by a unit in the last place for one number in fourteen, Java's on common
 * processors for none. Where two choices are equally good but for rounding, that unit decides.
 *
 * Source: the table-driven method of P. T. P. Tang, ACM TOMS 16 (1990), doi:10.1145/98267.98294.
 */
export function roundedLog(x: number): number {
  if (!(x >= 2 ** -1022 && x < Number.POSITIVE_INFINITY)) return Math.log(x)
  value[0] = x
  let exponent = (words[1] >>> 20) - 1023
  words[1] = (words[1] & 0xfffff) | 0x3ff00000
  let mantissa = value[0]
  if (mantissa > Math.SQRT2) {
    mantissa /= 2
    exponent++
  }
  const j = Math.round(mantissa * 64)
  const center = j / 64
  const denominator = twoSum(center, mantissa)
  const z = quotient(mantissa - center, denominator, low)
  const zLow = low
  const square = z * z
  const tail = 2 * z * square * (1 / 3 + square * (1 / 5 + square * (1 / 7 + square / 9)))
  const first = twoSum(exponent * LN2_HIGH, tableHigh[j - FIRST])
  const firstLow = low
  const second = twoSum(first, 2 * z)
  return second + (low + (tail + (firstLow + (tableLow[j - FIRST] + (2 * zLow + exponent * LN2_LOW)))))
}
