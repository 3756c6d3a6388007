import { ParamError } from '../errors.js'
import type { KernelOptions } from '../kernels/engine.js'
import { thresholdsOf } from '../kernels/js/thresholds.js'
import { noFeatures } from '../optim/training-errors.js'
import { DoubleSorter } from '../util/double-sorter.js'
import type { TurnTaker } from '../util/turn-taker.js'
import { isWorthKernels, kernelThresholds } from './kernel-thresholds.js'
import { missingFeatures, withoutMissing } from './missing-values.js'
import { sampledRows, sampledValues } from './sampled-values.js'
import type { TreeStrategy } from './strategy.js'
import { countValues, weighValues } from './thresholds.js'
import type { TreeRows } from './tree-rows.js'

/** Rows that borders are taken from, unless the number of bins asks for more. */
const SAMPLED_ROWS = 10_000

/** The ways a feature can be split, found once for all trees. */
export interface Candidates {
  /** Number of categories of each feature; 0: continuous. */
  readonly arity: Int32Array
  /**
   * Borders of the bins of each continuous feature, ascending: a value belongs to the first bin whose border it does not
   * exceed, else to the last one. Empty for a categorical feature, whose bins are its categories.
   */
  readonly thresholds: readonly Float64Array[]
  /**
   * 1 for a categorical feature whose categories have no order: every way to divide them in two is tried. Splits of such a
   * feature are numbered from 0; in split s, category c goes left when bit c of s + 1 is set.
   */
  readonly unordered: Uint8Array
  /**
   * 1 for a feature that training rows lack (NaN), where that is learned from. It has one more bin, or category, which is
   * the last.
   */
  readonly missing: Uint8Array
  /** Number of bins of each feature that statistics are kept of: borders + 1, categories, or splits where unordered. */
  readonly numBins: Int32Array
}

/** Number of splits of a feature. */
export const numSplits = ({ unordered, numBins }: Candidates, feature: number): number =>
  unordered[feature] ? numBins[feature] : numBins[feature] - 1

/**
 * Finds the candidate splits (Spark's `findSplits` and `DecisionTreeMetadata`). Borders of continuous features come from
 * all rows, or from a sample of `maxBins²`, at least 10,000, rows where there are more.
 *
 * @param arity number of categories of each feature; 0: continuous.
 * @throws ParamError when a feature has more categories than bins; DataError when there are no features.
 */
export async function findCandidates(
  rows: TreeRows,
  arity: Int32Array,
  strategy: TreeStrategy,
  turns: TurnTaker,
  kernels?: KernelOptions,
): Promise<Candidates> {
  const { numRows, numFeatures, weights } = rows
  if (numFeatures === 0) throw noFeatures(strategy.stage, strategy.features)
  const maxBins = Math.min(strategy.maxBins, numRows)
  requireBins(arity, maxBins, strategy)
  const missing = strategy.learnsMissing ? missingFeatures(rows) : new Uint8Array(numFeatures)
  const unordered = arity.map((categories, f) => Number(isUnordered(categories, missing[f], maxBins, strategy)))
  const numBins = arity.map((categories, f) => {
    if (categories < 2) return maxBins + missing[f]
    return unordered[f] ? 2 ** (categories + missing[f] - 1) - 1 : categories + missing[f]
  })
  const thresholds: Float64Array[] = Array.from(arity, () => new Float64Array(0))
  if (arity.includes(0)) {
    const wanted = Math.max(maxBins ** 2, SAMPLED_ROWS)
    const fraction = wanted < numRows ? wanted / numRows : 1
    const expectedWeight = fraction * rows.totalWeight
    const sampled = sampledRows(rows, fraction, strategy.seed)
    const features = [...arity.keys()].filter((feature) => arity[feature] === 0)
    const height = sampled ? sampled.reduce((sum, keep) => sum + keep, 0) : numRows
    const job = { rows, sampled, height, expected: expectedWeight, features, most: maxBins - 1 }
    if (weights === null && !strategy.learnsMissing && isWorthKernels(job)) {
      const found = await kernelThresholds(job, turns, kernels)
      features.forEach((feature, i) => {
        thresholds[feature] = found[i]
        numBins[feature] = found[i].length + 1
      })
    } else {
      const sorter = new DoubleSorter()
      for (const column of sampledValues(rows, sampled, weights !== null)) {
        const { feature } = column
        if (arity[feature] > 0) continue
        const { present, missingWeight } = missing[feature]
          ? withoutMissing(column, weights)
          : { present: column, missingWeight: 0 }
        const sample = weights
          ? weighValues(present, weights, rows.partitionStarts)
          : countValues(present.values, sorter)
        thresholds[feature] = thresholdsOf(sample, expectedWeight - missingWeight, maxBins - 1)
        numBins[feature] = thresholds[feature].length + 1 + missing[feature]
        if (turns.due()) await turns.take()
      }
    }
  }
  return { arity, thresholds, unordered: Uint8Array.from(unordered), missing, numBins }
}

/** Where there are more than two classes, few categories are divided in every possible way. */
function isUnordered(categories: number, missing: number, maxBins: number, { numClasses }: TreeStrategy): boolean {
  if (numClasses <= 2 || categories < 2) return false
  return categories + missing <= Math.floor(Math.log(Math.floor(maxBins / 2) + 1) / Math.LN2 + 1)
}

function requireBins(arity: Int32Array, maxBins: number, strategy: TreeStrategy): void {
  const most = arity.reduce((best, categories, f) => (categories > arity[best] ? f : best), 0)
  if (arity[most] <= maxBins) return
  const few = maxBins < strategy.maxBins
  throw new ParamError(`feature ${most} has ${arity[most]} categories, but there are only ${maxBins} bins`, {
    stage: strategy.stage,
    param: 'maxBins',
    column: strategy.features,
    allowed: few
      ? 'There are as many bins as rows, at most maxBins; a category needs one'
      : `Allowed: at least as many as a feature has categories`,
    received: String(strategy.maxBins),
    hint: few
      ? 'Train on more rows, or leave this feature out.'
      : `Set maxBins to ${arity[most]} or more, or leave this feature out.`,
  })
}
