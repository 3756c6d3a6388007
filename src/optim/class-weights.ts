import type { Params } from '../param/params.js'
import type { InstanceBlock } from './instances.js'

/**
 * The same rows with weights that let every class count alike: a row weighs `w · W / (k W_c)` with its own weight w (1 where
 * rows have none), the weight W of all rows, that of its class W_c, and the number k of classes that have weight. All rows
 * together weigh W as before.
 *
 * Source: the heuristic of King and Zeng, Logistic regression in rare events data (2001),
 * doi:10.1093/oxfordjournals.pan.a004868; "balanced" in scikit-learn.
 * @param training rows whose classes are counted; by default all of `blocks`.
 */
export function balancedClasses(
  blocks: readonly InstanceBlock[],
  training: readonly InstanceBlock[] = blocks,
): InstanceBlock[] {
  const ofClass = new Map<number, number>()
  for (const { labels, weights, length } of training) {
    for (let row = 0; row < length; row++) {
      ofClass.set(labels[row], (ofClass.get(labels[row]) ?? 0) + (weights ? weights[row] : 1))
    }
  }
  const total = [...ofClass.values()].reduce((sum, weight) => sum + weight, 0)
  const present = [...ofClass.values()].filter((weight) => weight > 0).length
  // A class that only validates, or has no weight, stays as it is.
  const factor = (label: number): number =>
    ofClass.get(label) ? total / (present * (ofClass.get(label) as number)) : 1
  return blocks.map((block) => ({
    ...block,
    weights: Float64Array.from(
      block.labels.subarray(0, block.length),
      (label, row) => (block.weights ? block.weights[row] : 1) * factor(label),
    ),
  }))
}

/** The rows as the `classWeight` of a stage says; as they are where it says nothing. */
export const weighClasses = (stage: Params, blocks: readonly InstanceBlock[]): readonly InstanceBlock[] =>
  stage.hasParam('classWeight') && stage.getOrDefault('classWeight') === 'balanced' ? balancedClasses(blocks) : blocks
