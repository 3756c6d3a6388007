import type { InstanceBlock } from '../optim/instances.js'
import { noWeight } from '../optim/training-errors.js'
import { PartitionFold } from '../util/partition-fold.js'
import { TurnTaker } from '../util/turn-taker.js'
import { checkClassLabels, labelBeyond } from './labels.js'

/** Coefficients are held in one array of doubles. */
const MAX_COEFFICIENTS = 2 ** 28

/** The classes of some rows. */
export interface ClassCounts {
  readonly numClasses: number
  /** Sum of the weights of each class. */
  readonly histogram: Float64Array
}

interface Labelled {
  /** `uid` of the stage, for errors. */
  readonly stage: string
  readonly labelCol: string
  /** Number of classes that the label column declares. */
  readonly declared: number | undefined
  readonly signal?: AbortSignal
}

/** Sum of the weights of each label; rows of weight 0 count for nothing. Merges as Spark's `MultiClassSummarizer`. */
class LabelWeights {
  readonly sums: number[] = []

  add(labels: Float64Array, weights: Float64Array | null): void {
    for (let row = 0; row < labels.length; row++) this.#addOne(labels[row], weights ? weights[row] : 1)
  }

  merge(other: LabelWeights): this {
    other.sums.forEach((weight, label) => {
      this.#addOne(label, weight)
    })
    return this
  }

  #addOne(label: number, weight: number): void {
    if (weight !== 0) this.sums[label] = (this.sums[label] ?? 0) + weight
  }
}

/**
 * How many classes there are, and how much each weighs, merged partition by partition.
 * @throws DataError naming column and row for a label that is no class, and when no row has weight; the signal's reason when the caller
 *   aborts.
 */
export async function countClasses(blocks: readonly InstanceBlock[], of: Labelled): Promise<ClassCounts> {
  const { stage, labelCol, declared, signal } = of
  const fold = new PartitionFold(() => new LabelWeights())
  const turns = new TurnTaker(signal)
  let firstRow = 0
  for (const { length, labels, weights, partition } of blocks) {
    if (turns.due()) await turns.take()
    checkClassLabels(labels, declared, { stage, column: labelCol, firstRow })
    fold.of(partition).add(labels, weights)
    firstRow += length
  }
  const { sums } = fold.result()!
  if (sums.length === 0) throw noWeight(stage)
  const numClasses = declared ?? sums.length
  const most = Math.floor(MAX_COEFFICIENTS / (blocks[0].features.size + 1))
  if (numClasses > most) throw labelBeyond(most, numClasses - 1, { stage, column: labelCol })
  return { numClasses, histogram: Float64Array.from({ length: numClasses }, (_, label) => sums[label] ?? 0) }
}
