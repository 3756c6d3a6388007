/** Up to this many values the matrix is used, as in commons-math. */
const MATRIX_VALUES = 140

/**
 * Probability that the largest distance between a continuous distribution and the empirical one of `n` values drawn from it is below `d`
 * (the two-sided one-sample Kolmogorov-Smirnov statistic). For example, `kolmogorovCdf(0.5, 1)` is `0`.
 *
 * Up to 140 values it is exact but for rounding; beyond, the error of the expansion is about 1e-6 and falls with `n`. Both are chosen as
 * Spark's commons-math chooses them.
 *
 * References: Marsaglia, Tsang and Wang, Evaluating Kolmogorov's distribution (2003), doi:10.18637/jss.v008.i18; Pelz and Good, Approximating
 * the lower tail areas of the Kolmogorov-Smirnov one-sample statistic (1976); Simard and L'Ecuyer, Computing the two-sided
 * Kolmogorov-Smirnov distribution (2011), doi:10.18637/jss.v039.i11.
 */
export function kolmogorovCdf(d: number, n: number): number {
  const scaled = n * d
  if (Number.isNaN(scaled)) return Number.NaN
  if (scaled <= 0.5) return 0
  if (scaled <= 1) {
    let product = 1
    for (let i = 1; i <= n; i++) product *= i * (2 * d - 1 / n)
    return product
  }
  if (d >= 1) return 1
  if (scaled >= n - 1) return 1 - 2 * (1 - d) ** n
  // What is left of 1 is below 1e-15.
  if (scaled * d >= 18) return 1
  return n <= MATRIX_VALUES ? byMatrix(scaled, n) : byExpansion(d, n)
}

/** `n! / n^n` times the middle entry of the n-th power of a matrix. */
function byMatrix(scaled: number, n: number): number {
  const k = Math.ceil(scaled)
  const m = 2 * k - 1
  let result = power(matrix(k - scaled, m), n, m)[(k - 1) * m + k - 1]
  for (let i = 1; i <= n; i++) result *= i / n
  return result
}

/** @param h what `n d` lacks to the next whole number. */
function matrix(h: number, m: number): Float64Array {
  const entries = new Float64Array(m * m)
  for (let i = 0; i < m; i++) for (let j = 0; j < Math.min(i + 2, m); j++) entries[i * m + j] = 1
  for (let i = 0; i < m; i++) {
    entries[i * m] -= h ** (i + 1)
    entries[(m - 1) * m + i] -= h ** (m - i)
  }
  entries[(m - 1) * m] += h > 0.5 ? (2 * h - 1) ** m : 0
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < Math.min(i + 1, m); j++) for (let g = 1; g <= i - j + 1; g++) entries[i * m + j] /= g
  }
  return entries
}

function power(base: Float64Array, n: number, m: number): Float64Array {
  if (n === 1) return base
  const half = power(base, Math.floor(n / 2), m)
  const square = product(half, half, m)
  return n % 2 === 0 ? square : product(base, square, m)
}

function product(a: Float64Array, b: Float64Array, m: number): Float64Array {
  const entries = new Float64Array(m * m)
  for (let i = 0; i < m; i++) {
    for (let l = 0; l < m; l++) {
      const factor = a[i * m + l]
      for (let j = 0; factor !== 0 && j < m; j++) entries[i * m + j] += factor * b[l * m + j]
    }
  }
  return entries
}

/** The limit distribution and its corrections up to `n^(-3/2)`. */
function byExpansion(d: number, n: number): number {
  const root = Math.sqrt(n)
  const z = root * d
  const [z2, z4, z6] = [z ** 2, z ** 4, z ** 6]
  const pi2 = Math.PI ** 2
  const pi4 = pi2 ** 2
  let [k0, k1, k2, k2b, k3, k3b] = [0, 0, 0, 0, 0, 0]
  for (let k = 0; k < 40; k++) {
    const odd = (k + 0.5) ** 2
    const term = Math.exp((-odd * pi2) / (2 * z2))
    k0 += term
    k1 += (pi2 * odd - z2) * term
    k2 += (6 * z6 + 2 * z4 + pi2 * (2 * z4 - 5 * z2) * odd + pi4 * (1 - 2 * z2) * odd ** 2) * term
    k3 +=
      (-30 * z6 -
        90 * z ** 8 +
        pi2 * (135 * z4 - 96 * z6) * odd +
        pi4 * (212 * z4 - 60 * z2) * odd ** 2 +
        pi2 ** 3 * odd ** 3 * (5 - 30 * z2)) *
      term
    if (k === 0) continue
    const whole = k ** 2
    const other = Math.exp((-whole * pi2) / (2 * z2))
    k2b += pi2 * whole * other
    k3b += (3 * pi2 * z2 * whole - pi4 * whole ** 2) * other
  }
  const half = Math.sqrt(Math.PI / 2)
  return (
    (Math.sqrt(2 * Math.PI) / z) * k0 +
    (half / (3 * z4 * root)) * k1 +
    (half / (36 * z ** 7 * n)) * k2 -
    (half / (18 * z ** 3 * n)) * k2b +
    (half / (3240 * z ** 10 * n * root)) * k3 +
    (half / (108 * z6 * n * root)) * k3b
  )
}
