const LOG_SQRT_2_PI = 0.9189385332046728
const EPSILON = 2 ** -53
/** A continued fraction's partial denominators must not vanish. */
const TINY = 1e-300

/** Coefficients `B(2k) / (2k (2k - 1))` of Stirling's series. */
const STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156]
/** From here on seven terms of Stirling's series give full precision. */
const STIRLING_FROM = 15

/** `log Gamma(x) - [(x - 1/2) log x - x + log sqrt(2 pi)]` for x > 0: what Stirling's formula lacks. */
function stirlingError(x: number): number {
  if (x < STIRLING_FROM) return logGamma(x) - ((x - 0.5) * Math.log(x) - x + LOG_SQRT_2_PI)
  const inverseSquare = 1 / (x * x)
  let sum = 0
  for (let k = STIRLING.length - 1; k >= 0; k--) sum = sum * inverseSquare + STIRLING[k]
  return sum / x
}

/** `a log(a / m) + m - a` without cancellation where `a` is near `m`; both positive. */
function deviance(a: number, m: number): number {
  const e = (a - m) / m
  if (Math.abs(e) > 0.1) return a * Math.log(a / m) + m - a
  // (1 + e) log(1 + e) - e as a power series.
  let sum = 0
  for (let k = 20; k >= 2; k--) sum = (k % 2 === 0 ? 1 : -1) / (k * (k - 1)) + e * sum
  return m * e * e * sum
}

/**
 * Natural logarithm of the gamma function for x > 0; NaN elsewhere. Error below 1e-14, relative where the value is
 * above 1, else absolute. For example, `logGamma(5)` is `log 24`.
 */
export function logGamma(x: number): number {
  if (!(x > 0)) return Number.NaN
  if (x === Number.POSITIVE_INFINITY) return x
  // Small arguments are lifted by the recurrence into the reach of Stirling's series.
  let product = 1
  let z = x
  while (z < STIRLING_FROM) product *= z++
  return (z - 0.5) * Math.log(z) - z + LOG_SQRT_2_PI + stirlingError(z) - Math.log(product)
}

/**
 * `x^a y^b / B(a, b)` for `y = 1 - x`. Source: Loader, Fast and accurate computation of binomial probabilities (2000).
 */
function betaPower(x: number, y: number, a: number, b: number): number {
  const n = a + b
  const error = stirlingError(n) - stirlingError(a) - stirlingError(b)
  return Math.sqrt((a * b) / (2 * Math.PI * n)) * Math.exp(error - deviance(a, n * x) - deviance(b, n * y))
}

/** Continued fraction of the incomplete beta function by the modified method of Lentz. */
function betaFraction(x: number, a: number, b: number): number {
  let c = 1
  let d = 1 - ((a + b) * x) / (a + 1)
  d = 1 / (Math.abs(d) < TINY ? TINY : d)
  let fraction = d
  for (let m = 1; ; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    let change = 1
    for (const term of [even, odd]) {
      d = 1 + term * d
      d = 1 / (Math.abs(d) < TINY ? TINY : d)
      c = 1 + term / c
      if (Math.abs(c) < TINY) c = TINY
      change = c * d
      fraction *= change
    }
    if (Math.abs(change - 1) <= 2 * EPSILON || m > 100_000) return fraction
  }
}

/**
 * Regularised incomplete beta function `I_x(a, b)`, for 0 <= x <= 1 and a, b > 0; NaN elsewhere. Relative error below
 * 1e-12. Source: DLMF 8.17.22, https://dlmf.nist.gov/8.17. For example, `regularizedBeta(0.5, 2, 2)` is `0.5`.
 * @param y `1 - x`, where the caller knows it more exactly.
 */
export function regularizedBeta(x: number, a: number, b: number, y = 1 - x): number {
  if (!(x >= 0 && x <= 1 && a > 0 && b > 0)) return Number.NaN
  if (x === 0 || y === 0) return x === 0 ? 0 : 1
  if (x > (a + 1) / (a + b + 2)) return 1 - (betaPower(x, y, a, b) * betaFraction(y, b, a)) / b
  return (betaPower(x, y, a, b) * betaFraction(x, a, b)) / a
}

/** `x^a exp(-x) / Gamma(a)`. */
const gammaPower = (a: number, x: number): number =>
  Math.sqrt(a / (2 * Math.PI)) * Math.exp(-stirlingError(a) - deviance(a, x))

/** `P(a, x)` by its power series, good for x < a + 1. */
function gammaSeries(a: number, x: number): number {
  let term = 1 / a
  let sum = term
  for (let k = 1; term > sum * EPSILON; k++) {
    term *= x / (a + k)
    sum += term
  }
  return gammaPower(a, x) * sum
}

/** `Q(a, x)` by its continued fraction, good for x > a + 1. */
function gammaFraction(a: number, x: number): number {
  let b = x + 1 - a
  let c = 1 / TINY
  let d = 1 / b
  let fraction = d
  for (let k = 1; ; k++) {
    const term = -k * (k - a)
    b += 2
    d = term * d + b
    d = 1 / (Math.abs(d) < TINY ? TINY : d)
    c = b + term / c
    if (Math.abs(c) < TINY) c = TINY
    fraction *= c * d
    if (Math.abs(c * d - 1) <= 2 * EPSILON || k > 100_000) return gammaPower(a, x) * fraction
  }
}

/**
 * Regularised lower incomplete gamma function `P(a, x)`, for a > 0 and x >= 0; NaN elsewhere. Relative error below 1e-12.
 * Source: DLMF 8.11.4 and 8.9.2, https://dlmf.nist.gov/8. For example, `regularizedGammaP(1, 2)` is `1 - exp(-2)`.
 */
export function regularizedGammaP(a: number, x: number): number {
  if (!(a > 0 && x >= 0)) return Number.NaN
  if (x === 0) return 0
  if (x === Number.POSITIVE_INFINITY) return 1
  return x < a + 1 ? gammaSeries(a, x) : 1 - gammaFraction(a, x)
}

/**
 * Regularised upper incomplete gamma function `Q(a, x) = 1 - P(a, x)`, exact also where it is tiny; NaN outside a > 0,
 * x >= 0. For example, `regularizedGammaQ(1, 2)` is `exp(-2)`.
 */
export function regularizedGammaQ(a: number, x: number): number {
  if (!(a > 0 && x >= 0)) return Number.NaN
  if (x === 0) return 1
  if (x === Number.POSITIVE_INFINITY) return 0
  return x < a + 1 ? 1 - gammaSeries(a, x) : gammaFraction(a, x)
}
