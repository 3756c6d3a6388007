/*
 * The few BLAS operations on floats that Spark's Word2Vec uses, with every sum in the order of the Java BLAS that Spark runs on
 * (dev.ludovic.netlib 3.0.3) with registers of sixteen floats: training repeats them millions of times, and rounding would lead elsewhere.
 */

/** Floats in a vector register (AVX-512). Whole registers fuse multiplication and addition; the rest of an array does not. */
const LANES = 16

const lanes = new Float32Array(LANES)

/** Product of `n` entries of `x` from `i` on with those of `y` from `j` on, summed. */
export function dot(n: number, x: Float32Array, i: number, y: Float32Array, j: number): number {
  const fused = n - (n % LANES)
  let sum = 0
  if (fused > 0) {
    // The product of two floats is exact in a double.
    for (let l = 0; l < LANES; l++) lanes[l] = x[i + l] * y[j + l]
    for (let k = LANES; k < fused; k += LANES) {
      for (let l = 0; l < LANES; l++) lanes[l] = x[i + k + l] * y[j + k + l] + lanes[l]
    }
    for (let l = 0; l < LANES; l++) sum = Math.fround(sum + lanes[l])
  }
  for (let k = fused; k < n; k++) sum = Math.fround(sum + Math.fround(x[i + k] * y[j + k]))
  return sum
}

/** `y += a x` for `n` entries of `x` from `i` on and of `y` from `j` on. `a` is a float. */
export function axpy(n: number, a: number, x: Float32Array, i: number, y: Float32Array, j: number): void {
  const fused = n - (n % LANES)
  for (let k = 0; k < fused; k++) y[j + k] = a * x[i + k] + y[j + k]
  for (let k = fused; k < n; k++) y[j + k] = Math.fround(a * x[i + k]) + y[j + k]
}

/** Euclidean norm of `n` entries from `i` on. */
export const norm = (n: number, x: Float32Array, i: number): number => Math.fround(Math.sqrt(dot(n, x, i, x, i)))
