/** L2 penalty on the first coordinates of a point. */
export interface L2Penalty {
  /** Strength, 0 or more. */
  readonly lambda: number
  /**
   * Standard deviation of each penalised feature, where the features were scaled but the penalty applies to unscaled
   * ones; else null.
   */
  readonly stds: Float64Array | null
  /** Number of penalised coordinates. */
  readonly length: number
}

/**
 * Value `lambda / 2 * sum x^2` (or `x / std`; features of deviation 0 are left out) at a point; its gradient is added
 * to `gradient`. Source: Spark's `L2Regularization`.
 */
export function addL2Penalty(penalty: L2Penalty, point: Float64Array, gradient: Float64Array): number {
  const { lambda, stds, length } = penalty
  if (lambda === 0) return 0
  let sum = 0
  for (let j = 0; j < length; j++) {
    if (stds && stds[j] === 0) continue
    const scaled = stds ? point[j] / (stds[j] * stds[j]) : point[j]
    sum += point[j] * scaled
    gradient[j] += lambda * scaled
  }
  return 0.5 * sum * lambda
}
