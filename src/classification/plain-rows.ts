import type { ClassSpace, LossPass } from '../optim/class-cost.js'
import { type ClassLoss, classLoss } from '../optim/class-losses.js'
import type { InstanceBlock } from '../optim/instances.js'
import { sumOfMarginLosses } from '../optim/margin-losses.js'
import { rawFunctions, writeGradient } from '../optim/raw-functions.js'
import { type Standardization, standardization } from '../optim/standardization.js'
import { SummarizerBuffer } from '../sql/summarizer-buffer.js'
import { PartitionFold } from '../util/partition-fold.js'
import type { TurnTaker } from '../util/turn-taker.js'
import type { ClassRows } from './class-rows.js'

/** Any rows, read where they are: partition by partition, then the partitions in order. */
export class PlainRows implements ClassRows {
  readonly blocks: readonly InstanceBlock[]

  constructor(blocks: readonly InstanceBlock[]) {
    this.blocks = blocks
  }

  async standardization(turns: TurnTaker): Promise<Standardization> {
    const fold = new PartitionFold(() => new SummarizerBuffer(this.blocks[0].features.size))
    for (const { features, length, weights, partition } of this.blocks) {
      if (turns.due()) await turns.take()
      fold.of(partition).add(features, length, weights)
    }
    const summary = fold.result()!
    return standardization(summary.mean(), summary.std())
  }

  pass(loss: ClassLoss, space: ClassSpace): LossPass {
    const { sets, features } = space
    const sums = { weight: 0, multipliers: new Float64Array(sets) }
    const marginLoss = classLoss[loss](sums)
    const gradients = Array.from({ length: sets }, () => new Float64Array(features.stds.length))
    return async (point, gradient, turns) => {
      sums.weight = 0
      sums.multipliers.fill(0)
      const functions = rawFunctions(space, point)
      const total = await sumOfMarginLosses(this.blocks, functions, marginLoss, gradients, turns)
      writeGradient(space, gradients, sums.multipliers, gradient)
      return { loss: total, weight: sums.weight }
    }
  }

  [Symbol.dispose](): void {}
}
