import { printable } from '../sql/row-form.js'
import { javaExp, javaExponential } from '../util/java-exp.js'

/** `log(1 + exp(x))` without overflow, and without loss where `exp(x)` is tiny. */
export const log1pExp = (x: number): number => (x > 0 ? x + Math.log1p(javaExp(-x)) : Math.log1p(javaExp(x)))

/** {@link javaExp} as functions that can be printed name it. */
export const printableExp = printable(javaExponential)

function softmaxBy(exp: (x: number) => number) {
  return (scores: Float64Array, from: number, size: number): void => {
    const end = from + size
    let largest = -Number.MAX_VALUE
    for (let i = from; i < end; i++) {
      if (scores[i] === Number.POSITIVE_INFINITY) {
        scores.fill(0, from, end)
        scores[i] = 1
        return
      }
      if (scores[i] > largest) largest = scores[i]
    }
    let sum = 0
    for (let i = from; i < end; i++) {
      scores[i] = exp(scores[i] - largest)
      sum += scores[i]
    }
    const share = 1 / sum
    for (let i = from; i < end; i++) scores[i] *= share
  }
}

/**
 * Turns scores `from .. from + size` into probabilities in place: `exp(score)` over their sum. A score of infinity takes all of it; of
 * several, the first. Source: Spark's `Utils.softmax`.
 */
export const softmax = printable(softmaxBy, printableExp)

/** Turns the scores of one row of `size` classes into probabilities. */
export const softmaxOf =
  (soften: (scores: Float64Array, from: number, size: number) => void, size: number) =>
  (scores: Float64Array, at: number): boolean => {
    soften(scores, at, size)
    return true
  }
