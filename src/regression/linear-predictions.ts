import { addPartMargins } from '../optim/part-margins.js'
import { addMargins } from '../optim/row-products.js'
import type { VectorColumn } from '../sql/batch.js'
import { partsOf } from '../sql/vector-parts.js'

/**
 * `x'coefficients + intercept` for the first `length` rows of a column without nulls.
 * @param skipZeros whether a coefficient of 0 hides what its feature holds, even NaN, as it does in Spark where the
 *   coefficients are stored as a sparse vector.
 */
export function linearPredictions(
  features: VectorColumn,
  length: number,
  coefficients: Float64Array,
  intercept: number,
  skipZeros: boolean,
): Float64Array {
  const predictions = new Float64Array(length)
  const parts = partsOf(features)
  if (skipZeros) addNonZeroProducts(features, coefficients, predictions)
  else if (parts && coefficients.every(Number.isFinite)) addPartMargins(parts, 0, length, coefficients, predictions)
  else addMargins(features, 0, length, coefficients, predictions)
  for (let row = 0; row < length; row++) predictions[row] += intercept
  return predictions
}

function addNonZeroProducts(x: VectorColumn, coefficients: Float64Array, sums: Float64Array): void {
  const { size, values, offsets, indices } = x
  for (let row = 0; row < sums.length; row++) {
    const start = offsets ? offsets[row] : row * size
    const end = offsets ? offsets[row + 1] : start + size
    for (let e = start; e < end; e++) {
      const coefficient = coefficients[indices ? indices[e] : e - start]
      if (coefficient !== 0) sums[row] += values[e] * coefficient
    }
  }
}
