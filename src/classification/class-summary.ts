import { DataError } from '../errors.js'
import type { InstanceBlock } from '../optim/instances.js'
import { type Standardization, standardization } from '../optim/standardization.js'
import { noWeight } from '../optim/training-errors.js'
import { SummarizerBuffer } from '../stat/summarizer.js'
import { PartitionFold } from '../util/partition-fold.js'
import { TurnTaker } from '../util/turn-taker.js'
import { checkClassLabels } from './labels.js'

/** What a linear classifier must know of its rows before it fits. */
export interface ClassSummary {
  readonly features: Standardization
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
 * Mean and sample deviation of the features, and the weight of each class, merged partition by partition.
 * @throws DataError naming column and row for a label that is no class, for fewer declared classes than there are, and when no row has
 *   weight; the signal's reason when the caller aborts.
 */
export async function summarizeClasses(blocks: readonly InstanceBlock[], of: Labelled): Promise<ClassSummary> {
  const { stage, labelCol, declared, signal } = of
  const featuresFold = new PartitionFold(() => new SummarizerBuffer(blocks[0].features.size))
  const labelsFold = new PartitionFold(() => new LabelWeights())
  const turns = new TurnTaker(signal)
  let firstRow = 0
  for (const { features, length, labels, weights, partition } of blocks) {
    if (turns.due()) await turns.take()
    checkClassLabels(labels, declared, { stage, column: labelCol, firstRow })
    featuresFold.of(partition).add(features, length, weights)
    labelsFold.of(partition).add(labels, weights)
    firstRow += length
  }
  const features = featuresFold.result()!
  const { sums } = labelsFold.result()!
  if (!(features.weightSum > 0)) throw noWeight(stage)
  const numClasses = declared ?? sums.length
  requireFewClasses(numClasses, features.size, stage, labelCol)
  return {
    features: standardization(features.mean(), features.std()),
    numClasses,
    histogram: Float64Array.from({ length: numClasses }, (_, label) => sums[label] ?? 0),
  }
}

/** Coefficients are held in one array of doubles. */
const MAX_COEFFICIENTS = 2 ** 28

function requireFewClasses(numClasses: number, numFeatures: number, stage: string, column: string): void {
  if (numClasses * (numFeatures + 1) <= MAX_COEFFICIENTS) return
  throw new DataError(`column "${column}" holds the label ${numClasses - 1}`, {
    stage,
    column,
    allowed: `Allowed: labels from 0 on, as many as there are classes; at most ${MAX_COEFFICIENTS} coefficients`,
    received: String(numClasses - 1),
    hint: 'StringIndexer makes class labels 0, 1, 2, … of any values.',
  })
}
