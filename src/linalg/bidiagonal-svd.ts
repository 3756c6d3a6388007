import type { TurnTaker } from '../util/turn-taker.js'

/*
 * Singular values of an upper bidiagonal matrix by implicit QR steps, whose rotations are applied to a matrix of left vectors. Which step is taken when, and the
 * signs of all rotations, are those of LAPACK 3.1, so that vectors come out with its signs.
 *
 * Source: J. Demmel, W. Kahan, "Accurate singular values of bidiagonal matrices" (1990), doi:10.1137/0911052; LAPACK's DBDSQR, DLARTG, DLASV2, DLAS2.
 */

/** Half the distance of 1 to the next larger double: LAPACK's epsilon. */
const EPSILON = Number.EPSILON / 2
const SAFE_MINIMUM = 2 ** -1022
const TOLERANCE = Math.max(10, Math.min(100, EPSILON ** -0.125)) * EPSILON
/** Sweeps for each pair of values. */
const MAX_SWEEPS = 6

const signed = (magnitude: number, sign: number): number =>
  sign < 0 || Object.is(sign, -0) ? -Math.abs(magnitude) : Math.abs(magnitude)

/** Columns `j` and `j + 1` of a matrix of `n` rows, rotated. */
function rotate(u: Float64Array, n: number, j: number, c: number, s: number): void {
  if (c === 1 && s === 0) return
  const left = j * n
  const right = left + n
  for (let i = 0; i < n; i++) {
    const [a, b] = [u[left + i], u[right + i]]
    u[left + i] = s * b + c * a
    u[right + i] = c * b - s * a
  }
}

/** The rotation that makes `(f, g)` to `(r, 0)`. */
function rotation(f: number, g: number): { c: number; s: number; r: number } {
  if (g === 0) return { c: 1, s: 0, r: f }
  if (f === 0) return { c: 0, s: 1, r: g }
  const r = Math.hypot(f, g)
  const [c, s] = [f / r, g / r]
  return Math.abs(f) > Math.abs(g) && c < 0 ? { c: -c, s: -s, r: -r } : { c, s, r }
}

/** The smaller singular value of `[[f, g], [0, h]]`. */
function smallerValue(f: number, g: number, h: number): number {
  const [fa, ga, ha] = [Math.abs(f), Math.abs(g), Math.abs(h)]
  const [low, high] = [Math.min(fa, ha), Math.max(fa, ha)]
  if (low === 0) return 0
  const sum = 1 + low / high
  const difference = (high - low) / high
  if (ga < high) {
    const square = (ga / high) ** 2
    return low * (2 / (Math.sqrt(sum * sum + square) + Math.sqrt(difference * difference + square)))
  }
  const ratio = high / ga
  if (ratio === 0) return (low * high) / ga
  const c = 1 / (Math.sqrt(1 + (sum * ratio) ** 2) + Math.sqrt(1 + (difference * ratio) ** 2))
  return 2 * (low * c * ratio)
}

/** Singular values of `[[f, g], [0, h]]`, with signs, and the rotation of its left vectors. */
function twoByTwo(f: number, g: number, h: number): { min: number; max: number; s: number; c: number } {
  const swap = Math.abs(h) > Math.abs(f)
  const [ft, ht] = swap ? [h, f] : [f, h]
  const [fa, ha, ga] = [Math.abs(ft), Math.abs(ht), Math.abs(g)]
  let largest: 'f' | 'g' | 'h' = swap ? 'h' : 'f'
  let [min, max, cl, cr, sl, sr] = [ha, fa, 1, 1, 0, 0]
  if (ga !== 0) {
    if (ga > fa) largest = 'g'
    if (ga > fa && fa / ga < EPSILON) {
      max = ga
      min = ha > 1 ? fa / (ga / ha) : (fa / ga) * ha
      cl = 1
      sl = ht / g
      sr = 1
      cr = ft / g
    } else {
      const d = fa - ha
      const l = d === fa ? 1 : d / fa
      const m = g / ft
      const t = 2 - l
      const s = Math.sqrt(t * t + m * m)
      const r = l === 0 ? Math.abs(m) : Math.sqrt(l * l + m * m)
      const a = 0.5 * (s + r)
      min = ha / a
      max = fa * a
      let tangent: number
      if (m * m === 0) tangent = l === 0 ? signed(2, ft) * signed(1, g) : g / signed(d, ft) + m / t
      else tangent = (m / (s + t) + m / (r + l)) * (1 + a)
      const norm = Math.sqrt(tangent * tangent + 4)
      cr = 2 / norm
      sr = tangent / norm
      cl = (cr + sr * m) / a
      sl = ((ht / ft) * sr) / a
    }
  }
  const [csl, snl, csr, snr] = swap ? [sr, cr, sl, cl] : [cl, sl, cr, sr]
  const sign =
    largest === 'f'
      ? signed(1, csr) * signed(1, csl) * signed(1, f)
      : largest === 'g'
        ? signed(1, snr) * signed(1, csl) * signed(1, g)
        : signed(1, snr) * signed(1, snl) * signed(1, h)
  return { min: signed(min, sign * signed(1, f) * signed(1, h)), max: signed(max, sign), s: snl, c: csl }
}

/**
 * @param d the diagonal; becomes the singular values, descending.
 * @param e the entries above it; are lost.
 * @param u columns of `n` entries; becomes `u` times the left singular vectors.
 * @param turns shares the thread with others.
 * @returns whether the values were found in as many steps as LAPACK allows.
 */
export async function bidiagonalSvd(
  d: Float64Array,
  e: Float64Array,
  u: Float64Array,
  turns: TurnTaker,
): Promise<boolean> {
  const n = d.length
  const threshold = Math.max(TOLERANCE * smallest(d, e), MAX_SWEEPS * (n * (n * SAFE_MINIMUM)))
  let steps = MAX_SWEEPS * n * n
  let [oldLow, oldHigh] = [-1, -1]
  let down = true
  let high = n - 1
  while (high > 0) {
    if (steps < 0) return false
    if (turns.due()) await turns.take()
    let largest = Math.abs(d[high])
    let low = high - 1
    for (; low >= 0; low--) {
      if (Math.abs(e[low]) <= threshold) break
      largest = Math.max(largest, Math.abs(d[low]), Math.abs(e[low]))
    }
    if (low >= 0) {
      e[low] = 0
      if (low === high - 1) {
        high--
        continue
      }
    }
    low++
    if (low === high - 1) {
      const { min, max, s, c } = twoByTwo(d[low], e[low], d[high])
      d[low] = max
      e[low] = 0
      d[high] = min
      rotate(u, n, low, c, s)
      high -= 2
      continue
    }
    // A new block is worked on from its large end to its small one.
    if (low > oldHigh || high < oldLow) down = Math.abs(d[low]) >= Math.abs(d[high])
    const least = converged(d, e, low, high, down)
    if (least === undefined) continue
    oldLow = low
    oldHigh = high
    steps -= high - low
    const shift = shiftOf(d, e, low, high, down, least, largest)
    if (shift === 0) plainStep(d, e, u, low, high, down)
    else shiftedStep(d, e, u, low, high, down, shift)
    const end = down ? high - 1 : low
    if (Math.abs(e[end]) <= threshold) e[end] = 0
  }
  for (let j = 0; j < n; j++) d[j] = Math.abs(d[j])
  sortDescending(d, u)
  return true
}

/** A lower bound of the smallest singular value. */
function smallest(d: Float64Array, e: Float64Array): number {
  let least = Math.abs(d[0])
  let mu = least
  for (let i = 1; i < d.length && least !== 0; i++) {
    mu = Math.abs(d[i]) * (mu / (mu + Math.abs(e[i - 1])))
    least = Math.min(least, mu)
  }
  return least / Math.sqrt(d.length)
}

/**
 * Sets the first entry above the diagonal to 0 that is negligible beside it.
 * @returns a lower bound of the smallest singular value of the block when there is none, else undefined.
 */
function converged(d: Float64Array, e: Float64Array, low: number, high: number, down: boolean): number | undefined {
  const first = down ? high - 1 : low
  if (Math.abs(e[first]) <= TOLERANCE * Math.abs(d[down ? high : low])) {
    e[first] = 0
    return undefined
  }
  let mu = Math.abs(d[down ? low : high])
  let least = mu
  for (let k = 0; k < high - low; k++) {
    const at = down ? low + k : high - 1 - k
    if (Math.abs(e[at]) <= TOLERANCE * mu) {
      e[at] = 0
      return undefined
    }
    mu = Math.abs(d[down ? at + 1 : at]) * (mu / (mu + Math.abs(e[at])))
    least = Math.min(least, mu)
  }
  return least
}

function shiftOf(
  d: Float64Array,
  e: Float64Array,
  low: number,
  high: number,
  down: boolean,
  least: number,
  largest: number,
): number {
  if (d.length * TOLERANCE * (least / largest) <= Math.max(EPSILON, 0.01 * TOLERANCE)) return 0
  const start = Math.abs(d[down ? low : high])
  const shift = down ? smallerValue(d[high - 1], e[high - 1], d[high]) : smallerValue(d[low], e[low], d[low + 1])
  return start > 0 && (shift / start) ** 2 < EPSILON ? 0 : shift
}

function plainStep(d: Float64Array, e: Float64Array, u: Float64Array, low: number, high: number, down: boolean): void {
  const n = d.length
  let [c, oldC, oldS] = [1, 1, 0]
  if (down) {
    for (let i = low; i < high; i++) {
      const one = rotation(d[i] * c, e[i])
      if (i > low) e[i - 1] = oldS * one.r
      const other = rotation(oldC * one.r, d[i + 1] * one.s)
      d[i] = other.r
      c = one.c
      oldC = other.c
      oldS = other.s
      rotate(u, n, i, oldC, oldS)
    }
    const h = d[high] * c
    d[high] = h * oldC
    e[high - 1] = h * oldS
    return
  }
  for (let i = high; i > low; i--) {
    const one = rotation(d[i] * c, e[i - 1])
    if (i < high) e[i] = oldS * one.r
    const other = rotation(oldC * one.r, d[i - 1] * one.s)
    d[i] = other.r
    c = one.c
    oldC = other.c
    oldS = other.s
    rotate(u, n, i - 1, one.c, -one.s)
  }
  const h = d[low] * c
  d[low] = h * oldC
  e[low] = h * oldS
}

function shiftedStep(
  d: Float64Array,
  e: Float64Array,
  u: Float64Array,
  low: number,
  high: number,
  down: boolean,
  shift: number,
): void {
  const n = d.length
  const start = down ? low : high
  let f = (Math.abs(d[start]) - shift) * (signed(1, d[start]) + shift / d[start])
  if (down) {
    let g = e[low]
    for (let i = low; i < high; i++) {
      const right = rotation(f, g)
      if (i > low) e[i - 1] = right.r
      f = right.c * d[i] + right.s * e[i]
      e[i] = right.c * e[i] - right.s * d[i]
      g = right.s * d[i + 1]
      d[i + 1] = right.c * d[i + 1]
      const left = rotation(f, g)
      d[i] = left.r
      f = left.c * e[i] + left.s * d[i + 1]
      d[i + 1] = left.c * d[i + 1] - left.s * e[i]
      if (i < high - 1) {
        g = left.s * e[i + 1]
        e[i + 1] = left.c * e[i + 1]
      }
      rotate(u, n, i, left.c, left.s)
    }
    e[high - 1] = f
    return
  }
  let g = e[high - 1]
  for (let i = high; i > low; i--) {
    const right = rotation(f, g)
    if (i < high) e[i] = right.r
    f = right.c * d[i] + right.s * e[i - 1]
    e[i - 1] = right.c * e[i - 1] - right.s * d[i]
    g = right.s * d[i - 1]
    d[i - 1] = right.c * d[i - 1]
    const left = rotation(f, g)
    d[i] = left.r
    f = left.c * e[i - 1] + left.s * d[i - 1]
    d[i - 1] = left.c * d[i - 1] - left.s * e[i - 1]
    if (i > low + 1) {
      g = left.s * e[i - 2]
      e[i - 2] = left.c * e[i - 2]
    }
    rotate(u, n, i - 1, right.c, -right.s)
  }
  e[low] = f
}

function sortDescending(d: Float64Array, u: Float64Array): void {
  const n = d.length
  const order = Array.from(d.keys()).sort((a, b) => d[b] - d[a] || a - b)
  const values = d.slice()
  const columns = u.slice()
  order.forEach((from, to) => {
    d[to] = values[from]
    u.set(columns.subarray(from * n, (from + 1) * n), to * n)
  })
}
