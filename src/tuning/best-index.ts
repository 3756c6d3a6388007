/** Orders doubles as `java.lang.Double.compare`: NaN is above everything, -0 below 0. */
function compareDoubles(a: number, b: number): number {
  if (a < b) return -1
  if (a > b) return 1
  return rank(a) - rank(b)
}

/** Order among values that `<` does not tell apart. */
const rank = (x: number): number => (Number.isNaN(x) ? 1 : Object.is(x, -0) ? -1 : 0)

/**
 * Place of the first best metric. As in Spark, NaN counts as larger than every number: it wins where larger is better, and
 * loses where smaller is.
 */
export function bestIndex(metrics: readonly number[], largerIsBetter: boolean): number {
  const sign = largerIsBetter ? 1 : -1
  return metrics.reduce((best, metric, i) => (sign * compareDoubles(metric, metrics[best]) > 0 ? i : best), 0)
}
