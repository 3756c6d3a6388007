import { dot, spmv, symmetricMatrix } from '../linalg/blas.js'
import { choleskyFactor, choleskyInverse, choleskySolve } from '../linalg/cholesky.js'
import { denseVectors } from '../sql/columns.js'
import { innerProduct } from './inner-product.js'
import { lbfgs } from './lbfgs.js'
import { type CostFunction, type MinimizeOptions, type Minimum, minimize } from './minimizer.js'
import { owlqn } from './owlqn.js'
import { addMargins } from './row-products.js'

/**
 * Normal equations `A'WA x = A'Wb` divided by the sum of weights. With an intercept, the last unknown is the intercept,
 * and `aa` and `ab` have one more row for it (the means of the features, 1; the mean of the label).
 */
export interface NormalEquations {
  /** `A'WA`, packed by columns of the upper triangle. */
  readonly aa: Float64Array
  /** `A'Wb`. */
  readonly ab: Float64Array
  /** Weighted mean of the squared label. */
  readonly bb: number
  /** Weighted mean of each feature. */
  readonly featureMeans: Float64Array
  /** Weighted mean of the label. */
  readonly labelMean: number
  readonly fitIntercept: boolean
  /** Whether the sums that these are made of were formed in Spark's order. */
  readonly inOrder: boolean
}

/**
 * Solution by Cholesky factors, with the diagonal of the inverse of `A'WA`. Source: Spark's `CholeskySolver`.
 * @throws SingularMatrixError when the matrix is not positive definite, as with collinear features.
 */
export function solveByCholesky(equations: NormalEquations): { point: Float64Array; inverseDiagonal: Float64Array } {
  const factor = choleskyFactor(equations.aa, equations.ab.length)
  const point = choleskySolve(factor, equations.ab)
  const inverse = choleskyInverse(factor, point.length)
  return { point, inverseDiagonal: point.map((_, i) => inverse[(i * (i + 3)) / 2]) }
}

/**
 * Half the mean squared error as a function of the unknowns; the intercept always takes its best value for the rest of
 * the point.
 */
function quadraticCost(equations: NormalEquations): CostFunction {
  const { ab, bb, featureMeans, labelMean, fitIntercept } = equations
  const { multiply, product } = arithmeticOf(equations)
  return (x, gradient) => {
    if (fitIntercept) {
      let fitted = 0
      for (let j = 0; j < featureMeans.length; j++) fitted += x[j] * featureMeans[j]
      x[featureMeans.length] = labelMean - fitted
    }
    multiply(x, gradient)
    const cost = 0.5 * bb - product(ab, x) + 0.5 * product(x, gradient)
    for (let i = 0; i < x.length; i++) gradient[i] -= ab[i]
    return cost
  }
}

/** How vectors are multiplied, and the matrix with them: `multiply(x, y)` is `y = A'WA x`. */
interface Arithmetic {
  multiply(x: Float64Array, y: Float64Array): void
  product(x: Float64Array, y: Float64Array): number
}

/** Spark's to the last bit where the equations are Spark's, else what is fastest. */
function arithmeticOf({ aa, ab, inOrder }: NormalEquations): Arithmetic {
  if (inOrder) return { multiply: (x, y) => spmv(1, aa, x, 0, y), product: dot }
  const rows = denseVectors(symmetricMatrix(aa, ab.length), ab.length)
  return { multiply: (x, y) => addMargins(rows, 0, y.length, x, y.fill(0)), product: innerProduct }
}

/**
 * Solution by L-BFGS, or by OWL-QN with an L1 penalty; also where the matrix is singular. Starts at 0 and the mean label.
 * Source: Spark's `QuasiNewtonSolver`.
 * @param l1 weight of the absolute value of each unknown, the intercept's 0 included, or null.
 */
export function solveByQuasiNewton(
  equations: NormalEquations,
  l1: Float64Array | null,
  options: MinimizeOptions,
): Promise<Minimum> {
  const start = new Float64Array(equations.ab.length)
  if (equations.fitIntercept) start[start.length - 1] = equations.labelMean
  return minimize(quadraticCost(equations), start, l1 ? owlqn({ l1 }) : lbfgs(), options)
}
