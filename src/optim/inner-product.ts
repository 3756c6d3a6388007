/** Shorter vectors have two sums, others as many as this. */
const SUMS = 8

/**
 * `Σ x_i y_i` of two vectors of an optimiser, with every sum in the order of Breeze's `DenseVector.dot`.
 *
 * An iteration stops, and a line search takes another step, by comparing such sums: with the order of Spark's, what a minimiser finds
 * is Spark's to the last bit. (`dot` of `linalg/blas` has the order of the BLAS that Spark calls outside its minimisers.)
 */
export function innerProduct(x: Float64Array, y: Float64Array): number {
  return x.length < SUMS ? shortProduct(x, y) : longProduct(x, y)
}

/** Even and odd coordinates apart, from the last one to the first. */
function shortProduct(x: Float64Array, y: Float64Array): number {
  let even = 0
  let odd = 0
  for (let i = x.length - 1; i >= 0; i--) {
    if (i % 2 === 0) even += x[i] * y[i]
    else odd += x[i] * y[i]
  }
  return even + odd
}

/** What does not fill the sums comes first, and goes to the first of them. */
function longProduct(x: Float64Array, y: Float64Array): number {
  let s0 = 0
  let s1 = 0
  let s2 = 0
  let s3 = 0
  let s4 = 0
  let s5 = 0
  let s6 = 0
  let s7 = 0
  let i = 0
  for (const rest = x.length % SUMS; i < rest; i++) s0 += x[i] * y[i]
  for (; i < x.length; i += SUMS) {
    s0 += x[i] * y[i]
    s1 += x[i + 1] * y[i + 1]
    s2 += x[i + 2] * y[i + 2]
    s3 += x[i + 3] * y[i + 3]
    s4 += x[i + 4] * y[i + 4]
    s5 += x[i + 5] * y[i + 5]
    s6 += x[i + 6] * y[i + 6]
    s7 += x[i + 7] * y[i + 7]
  }
  return s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7
}

/** Euclidean length of a vector of an optimiser, summed from the first coordinate to the last as Breeze's `norm` does. */
export function norm(x: Float64Array): number {
  let squares = 0
  for (let i = 0; i < x.length; i++) squares += x[i] * x[i]
  return Math.sqrt(squares)
}
