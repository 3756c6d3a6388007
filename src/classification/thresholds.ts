import { ParamError } from '../errors.js'
import type { Params } from '../param/params.js'
import { double } from '../param/row.js'
import type { Rule } from '../param/rules.js'
import * as shared from '../param/shared.js'

/** Difference up to which `threshold` and `thresholds` say the same. */
const TOLERANCE = 1e-5

/** The threshold that two thresholds come to. */
const equivalent = ([zero, one]: readonly number[]): number => 1 / (1 + zero / one)

/**
 * `threshold` that counts: the one that `thresholds` come to where they are set, else `threshold`. Source: Spark's
 * `LogisticRegressionParams.getThreshold`.
 */
function readThreshold(stage: Params): number {
  consistentThresholds(stage)
  if (!stage.isSet('thresholds')) return stage.getOrDefault('threshold') as number
  const thresholds = stage.getOrDefault('thresholds') as readonly number[]
  if (thresholds.length === 2) return equivalent(thresholds)
  throw new ParamError(`"thresholds" has ${thresholds.length} numbers`, {
    stage: stage.uid,
    param: 'threshold',
    allowed: 'A single threshold exists for 2 classes only',
    received: `${thresholds.length} thresholds`,
    hint: 'Read thresholds instead.',
  })
}

/** `thresholds` that count: where only `threshold` is set, `[1 - threshold, threshold]`. */
function readThresholds(stage: Params): readonly number[] {
  consistentThresholds(stage)
  if (stage.isSet('thresholds') || !stage.isSet('threshold'))
    return stage.getOrDefault('thresholds') as readonly number[]
  const threshold = stage.getOrDefault('threshold') as number
  return [1 - threshold, threshold]
}

/** Two ways to say when class 1 is predicted; setting one forgets the other. */
export const binaryThresholds = {
  threshold: double({
    default: 0.5,
    min: 0,
    max: 1,
    doc: 'threshold in binary classification prediction, in range [0, 1]: class 1 is predicted above it',
    clears: ['thresholds'],
    reads: readThreshold,
  }),
  thresholds: { ...shared.thresholds, clears: ['threshold'], reads: readThresholds },
} as const

/** `threshold` and `thresholds` say the same where both are set. */
export const consistentThresholds: Rule = (stage) => {
  if (!stage.isSet('threshold') || !stage.isSet('thresholds')) return
  const threshold = stage.getOrDefault('threshold') as number
  const thresholds = stage.getOrDefault('thresholds') as readonly number[]
  if (thresholds.length === 2 && Math.abs(threshold - equivalent(thresholds)) < TOLERANCE) return
  throw new ParamError(`"threshold" is ${threshold} and "thresholds" are ${thresholds.join(', ')}`, {
    stage: stage.uid,
    param: 'thresholds',
    allowed: `Where both are set: two thresholds with 1 / (1 + thresholds[0] / thresholds[1]) = ${threshold}`,
    received: thresholds.join(', '),
    hint: 'Set one of them and clear the other.',
  })
}
