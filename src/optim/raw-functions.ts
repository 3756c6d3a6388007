import { dot } from '../linalg/blas.js'
import type { ClassSpace } from './class-cost.js'
import type { LinearFunction } from './margin-losses.js'

/** The functions of a point, for features as they are: these need not be scaled then. */
export function rawFunctions(
  { sets, features, fitIntercept, centred }: ClassSpace,
  point: Float64Array,
): LinearFunction[] {
  const { inverseStds, scaledMeans } = features
  return Array.from({ length: sets }, (_, k) => {
    const scaled = inverseStds.map((_inverse, j) => point[j * sets + k])
    const intercept = fitIntercept ? point[inverseStds.length * sets + k] : 0
    return {
      coefficients: scaled.map((value, j) => value * inverseStds[j]),
      offset: centred ? intercept - dot(scaled, scaledMeans) : intercept,
    }
  })
}

/**
 * Writes the gradient of a space.
 * @param gradients `sum multiplier * x` with the features as they are, one for each function.
 * @param multipliers sums of the multipliers.
 */
export function writeGradient(
  { sets, features, fitIntercept, centred }: ClassSpace,
  gradients: readonly Float64Array[],
  multipliers: Float64Array,
  gradient: Float64Array,
): void {
  const { inverseStds, scaledMeans } = features
  const numFeatures = inverseStds.length
  for (let k = 0; k < sets; k++) {
    for (let j = 0; j < numFeatures; j++) {
      const uncentred = gradients[k][j] * inverseStds[j]
      gradient[j * sets + k] = centred ? uncentred - multipliers[k] * scaledMeans[j] : uncentred
    }
    if (fitIntercept) gradient[numFeatures * sets + k] = multipliers[k]
  }
}
