import { DataError, ParamError } from '../errors.js'
import type { Matrix } from '../linalg/matrix.js'
import { symmetricEigen } from '../linalg/symmetric-eigen.js'
import type { Vector } from '../linalg/vector.js'

const STAGE = 'MultivariateGaussian'
/** Differences from symmetry above this part of the largest entry are no rounding. */
const ASYMMETRY = 1e-7

/**
 * The normal distribution of vectors (Spark's `ml.stat.distribution.MultivariateGaussian`). Where the covariance is singular, the density is
 * that on the subspace in which the distribution lies, by the pseudo-determinant and pseudo-inverse; directions whose variance is below the
 * largest times `n` times 2^-52 count as none.
 *
 * **Errors**: ParamError for a covariance that is not square, not symmetric, or of another size than the mean; DataError for one that is zero or
 * holds NaN, and for a vector of another size. **Cost**: n³ once, n² a density. **Differs from Spark**: nothing.
 *
 * @example
 * ```ts
 * import { Matrices, MultivariateGaussian, Vectors } from 'ridgeline'
 * const gaussian = new MultivariateGaussian(Vectors.dense(0, 0), Matrices.dense(2, 2, [1, 0, 0, 1]))
 * console.log(gaussian.pdf(Vectors.dense(0, 0))) // 0.159…
 * ```
 */
export class MultivariateGaussian {
  readonly mean: Vector
  readonly cov: Matrix
  /** Rows that turn a difference from the mean into independent standard normal coordinates. */
  readonly #root: readonly Float64Array[]
  /** Logarithm of the density at the mean. */
  readonly #peak: number

  constructor(mean: Vector, cov: Matrix) {
    const n = mean.size
    const refused = (problem: string, allowed: string): ParamError =>
      new ParamError(problem, { stage: STAGE, param: 'cov', allowed: `Allowed: ${allowed}` })
    if (cov.numRows !== n || cov.numCols !== n) {
      throw refused(`the covariance is ${cov.numRows} x ${cov.numCols}`, `${n} x ${n}, as long as the mean`)
    }
    const entries = cov.toArray()
    if (!isSymmetric(entries, n)) throw refused('the covariance is not symmetric', 'a symmetric matrix')
    if (entries.some(Number.isNaN)) {
      throw new DataError('the covariance holds NaN', { stage: STAGE, allowed: 'Allowed: numbers' })
    }
    const { values, vectors } = symmetricEigen(entries, n)
    const smallest = Number.EPSILON * (values.at(-1) ?? 0) * n
    const kept = Array.from(values.keys()).filter((j) => values[j] > smallest)
    if (kept.length === 0) {
      throw new DataError('the covariance has no variance in any direction', {
        stage: STAGE,
        allowed: 'Allowed: at least one eigenvalue above 0',
      })
    }
    this.mean = mean
    this.cov = cov
    this.#root = kept.map((j) => vectors.slice(j * n, (j + 1) * n).map((x) => x / Math.sqrt(values[j])))
    this.#peak = -0.5 * (n * Math.log(2 * Math.PI) + kept.reduce((sum, j) => sum + Math.log(values[j]), 0))
  }

  /** Density at a point. @throws DataError when it has another size. */
  pdf(x: Vector): number {
    return Math.exp(this.logpdf(x))
  }

  /** Natural logarithm of the density at a point. @throws DataError when it has another size. */
  logpdf(x: Vector): number {
    const n = this.mean.size
    if (x.size !== n) {
      throw new DataError(`the point has ${x.size} elements`, { stage: STAGE, allowed: `Allowed: ${n}, as the mean` })
    }
    const mean = this.mean.toArray()
    const difference = x.toArray().map((value, i) => value - mean[i])
    let distance = 0
    for (const row of this.#root) distance += row.reduce((sum, weight, i) => sum + weight * difference[i], 0) ** 2
    return this.#peak - 0.5 * distance
  }
}

function isSymmetric(entries: Float64Array, n: number): boolean {
  const largest = entries.reduce((max, x) => Math.max(max, Math.abs(x)), 0)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      if (Math.abs(entries[i * n + j] - entries[j * n + i]) > ASYMMETRY * largest) return false
    }
  }
  return true
}
