import type { KernelOptions } from '../kernels/engine.js'
import type { KernelName } from '../kernels/kernels.js'
import { wholeLines } from '../kernels/memory.js'
import { REGRESSION_LOSS } from '../kernels/records.js'
import type { InstanceBlock } from '../optim/instances.js'
import { KernelRows, QUAD, weightOf } from '../optim/kernel-rows.js'
import { huberPass, type RegressionPass, squaredPass } from '../optim/regression-pass.js'
import { type Standardization, standardization } from '../optim/standardization.js'
import { SummarizerBuffer } from '../sql/summarizer-buffer.js'
import '../util/disposable.js'
import { PartitionFold } from '../util/partition-fold.js'
import type { TurnTaker } from '../util/turn-taker.js'

/** Rows in memory that a linear regression learns from, iteration by iteration. */
export interface RegressionRows extends Disposable {
  /** Weighted means and sample deviations of the features. At least one row must have weight. */
  standardization(turns: TurnTaker): Promise<Standardization>
  /** Passes for half the squared difference of margin and `labelScale * label`. */
  squared(labelScale: number): RegressionPass
  /** Passes for half of Huber's loss, in which residuals beyond `epsilon * sigma` count linearly. */
  huber(epsilon: number): RegressionPass
}

/** Up to so many rows, and so many numbers in them, are summed as Spark does. */
const EXACT_ROWS = 4096
const EXACT_VALUES = 2 ** 17

/**
 * Rows of checked blocks, at least one, in the form that is best: few rows, and sparse ones, are summed in order, many dense ones by kernels,
 * in an order that does not depend on the number of threads. Dispose of them after the fit.
 */
export function regressionRows(blocks: readonly InstanceBlock[], kernels?: KernelOptions): RegressionRows {
  const { size } = blocks[0].features
  const count = blocks.reduce((sum, { length }) => sum + length, 0)
  const areFew = count <= EXACT_ROWS && count * size <= EXACT_VALUES
  const areDense = blocks.every(({ features }) => features.offsets === null)
  const byKernels = !areFew && areDense && KernelRows.canHold(count, size)
  return byKernels ? new RegressionKernelRows(blocks, kernels) : new RegressionPlainRows(blocks)
}

/** Any rows, read where they are: partition by partition, then the partitions in order. */
export class RegressionPlainRows implements RegressionRows {
  readonly #blocks: readonly InstanceBlock[]

  constructor(blocks: readonly InstanceBlock[]) {
    this.#blocks = blocks
  }

  async standardization(turns: TurnTaker): Promise<Standardization> {
    const fold = new PartitionFold(() => new SummarizerBuffer(this.#blocks[0].features.size))
    for (const { features, length, weights, partition } of this.#blocks) {
      if (turns.due()) await turns.take()
      fold.of(partition).add(features, length, weights)
    }
    const summary = fold.result()!
    return standardization(summary.mean(), summary.std())
  }

  squared(labelScale: number): RegressionPass {
    return squaredPass(this.#blocks, labelScale)
  }

  huber(epsilon: number): RegressionPass {
    return huberPass(this.#blocks, epsilon)
  }

  [Symbol.dispose](): void {}
}

/** Dense rows in the memory of kernels. */
export class RegressionKernelRows extends KernelRows implements RegressionRows {
  squared(labelScale: number): RegressionPass {
    return this.#pass('squaredLoss', labelScale, 0)
  }

  huber(epsilon: number): RegressionPass {
    return this.#pass('huberLoss', 1, epsilon)
  }

  #pass(kernel: KernelName, labelScale: number, epsilon: number): RegressionPass {
    const { engine, size, stride } = this
    const { memory } = engine
    this.expectPasses(1)
    const { rows, tasks } = this.tasks(1)
    const coefficients = memory.allocate(8 * stride)
    const resultBytes = wholeLines(8 * (stride + 3))
    const results = memory.allocate(tasks * resultBytes)
    const scratchBytes = wholeLines(8 * QUAD)
    const scratch = memory.allocate(scratchBytes * engine.threads)
    const record = memory.allocate(REGRESSION_LOSS.bytes)
    const weight = this.blocks.reduce((sum, block) => sum + weightOf(block), 0)
    memory.f64.fill(0, coefficients / 8, coefficients / 8 + stride)
    return async (point, gradient, turns) => {
      const { offset, sigma } = point
      REGRESSION_LOSS.write(memory, record, {
        ...{ rows, coefficients, results, resultBytes, scratch, scratchBytes, offset, labelScale, sigma, epsilon },
      })
      memory.f64.set(point.coefficients, coefficients / 8)
      await engine.run(kernel, record, tasks, turns)
      const { f64 } = memory
      const sums = { loss: 0, weight, multipliers: 0, sigma: 0 }
      gradient.fill(0)
      for (let task = 0, at = results / 8; task < tasks; task++, at += resultBytes / 8) {
        for (let j = 0; j < size; j++) gradient[j] += f64[at + j]
        sums.multipliers += f64[at + stride]
        sums.loss += f64[at + stride + 1]
        sums.sigma += f64[at + stride + 2]
      }
      return sums
    }
  }
}
