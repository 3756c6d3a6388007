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
  const sums = new Float64Array(SUMS)
  const rest = x.length % SUMS
  for (let i = 0; i < rest; i++) sums[0] += x[i] * y[i]
  for (let i = rest; i < x.length; i++) sums[(i - rest) % SUMS] += x[i] * y[i]
  return sums.reduce((total, sum) => total + sum)
}

/** Euclidean length of a vector of an optimiser, summed from the first coordinate to the last as Breeze's `norm` does. */
export function norm(x: Float64Array): number {
  let squares = 0
  for (let i = 0; i < x.length; i++) squares += x[i] * x[i]
  return Math.sqrt(squares)
}
