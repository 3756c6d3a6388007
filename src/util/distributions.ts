import { regularizedBeta, regularizedGammaP, regularizedGammaQ } from './special-functions.js'

/**
 * Probability that a standard normal variable is at most `x`; small probabilities are exact to their last digits.
 * For example, `normalCdf(0)` is `0.5`.
 */
export function normalCdf(x: number): number {
  const half = (x * x) / 2
  return x < 0 ? regularizedGammaQ(0.5, half) / 2 : 0.5 + regularizedGammaP(0.5, half) / 2
}

/**
 * Probability that a variable of Student's t distribution is at most `x`; NaN unless `degreesOfFreedom` is positive.
 * For example, `studentTCdf(1, 1)` is `0.75`.
 */
export function studentTCdf(x: number, degreesOfFreedom: number): number {
  if (Math.abs(x) === Number.POSITIVE_INFINITY) return x < 0 ? 0 : 1
  const square = x * x
  const total = degreesOfFreedom + square
  const twoTails = regularizedBeta(degreesOfFreedom / total, degreesOfFreedom / 2, 0.5, square / total)
  return x < 0 ? twoTails / 2 : 1 - twoTails / 2
}

/**
 * Probability that a variable of Fisher's F distribution is at most `x`; 0 below 0, NaN unless both degrees of freedom
 * are positive. For example, `fCdf(1, 4, 4)` is `0.5`.
 */
export function fCdf(x: number, numeratorFreedom: number, denominatorFreedom: number): number {
  if (x <= 0) return 0
  if (x === Number.POSITIVE_INFINITY) return 1
  const scaled = numeratorFreedom * x
  const total = scaled + denominatorFreedom
  return regularizedBeta(scaled / total, numeratorFreedom / 2, denominatorFreedom / 2, denominatorFreedom / total)
}

/**
 * Probability that a chi-squared variable is at most `x`; 0 below 0, NaN unless `degreesOfFreedom` is positive.
 * For example, `chiSquaredCdf(2, 2)` is `1 - exp(-1)`.
 */
export const chiSquaredCdf = (x: number, degreesOfFreedom: number): number =>
  x <= 0 ? 0 : regularizedGammaP(degreesOfFreedom / 2, x / 2)
