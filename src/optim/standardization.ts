/** Means and deviations by which a solver scales its features while the data stay as they are. */
export interface Standardization {
  readonly means: Float64Array
  readonly stds: Float64Array
  /** `1 / std`, 0 for a constant feature. */
  readonly inverseStds: Float64Array
  /** `mean / std`, 0 for a constant feature. */
  readonly scaledMeans: Float64Array
}

/** Derives the scale of each feature from its mean and standard deviation. */
export function standardization(means: Float64Array, stds: Float64Array): Standardization {
  const inverseStds = stds.map((std) => (std === 0 ? 0 : 1 / std))
  return { means, stds, inverseStds, scaledMeans: means.map((mean, j) => inverseStds[j] * mean) }
}
