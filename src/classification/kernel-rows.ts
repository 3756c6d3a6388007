import { CONSTANTS } from '../kernels/js/exponentials.js'
import type { KernelName } from '../kernels/kernels.js'
import { wholeLines } from '../kernels/memory.js'
import { LINEAR_LOSS } from '../kernels/records.js'
import type { ClassSpace, LossPass } from '../optim/class-cost.js'
import type { ClassLoss } from '../optim/class-losses.js'
import type { InstanceBlock } from '../optim/instances.js'
import { KernelRows, QUAD, weightOf } from '../optim/kernel-rows.js'
import { rawFunctions, writeGradient } from '../optim/raw-functions.js'
import type { ClassRows } from './class-rows.js'

const KERNELS: Readonly<Record<ClassLoss, KernelName>> = {
  logistic: 'logisticLoss',
  hinge: 'hingeLoss',
  softmax: 'softmaxLoss',
}

/** The kernel of a loss; without weights, there is a faster one. */
const kernelOf = (loss: ClassLoss, blocks: readonly InstanceBlock[]): KernelName =>
  loss === 'logistic' && blocks.every(({ weights }) => weights === null) ? 'unitLogisticLoss' : KERNELS[loss]

/** Dense rows in the memory of kernels, for the losses of classes. */
export class ClassKernelRows extends KernelRows implements ClassRows {
  pass(loss: ClassLoss, space: ClassSpace): LossPass {
    const { sets } = space
    const { engine, size, stride } = this
    const { memory } = engine
    this.expectPasses(sets)
    const { rows, tasks } = this.tasks(sets)
    const found = sets * (stride + 1) + 1
    const coefficients = memory.allocate(8 * sets * stride)
    const offsets = memory.allocate(8 * sets)
    const resultBytes = wholeLines(8 * found)
    const results = memory.allocate(tasks * resultBytes)
    const scratchBytes = wholeLines(8 * QUAD * sets)
    const scratch = memory.allocate(scratchBytes * engine.threads)
    const record = memory.allocate(LINEAR_LOSS.bytes)
    const constants = memory.allocate(CONSTANTS.byteLength)
    memory.f64.set(CONSTANTS, constants / 8)
    LINEAR_LOSS.write(memory, record, {
      ...{ rows, coefficients, offsets, sets, results, resultBytes, scratch, scratchBytes, constants },
    })
    const kernel = kernelOf(loss, this.blocks)
    const weight = this.blocks.reduce((sum, block) => sum + weightOf(block), 0)
    memory.f64.fill(0, coefficients / 8, coefficients / 8 + sets * stride)
    const gradients = Array.from({ length: sets }, () => new Float64Array(size))
    return async (point, gradient, turns) => {
      rawFunctions(space, point).forEach((f, k) => {
        memory.f64.set(f.coefficients, coefficients / 8 + k * stride)
        memory.f64[offsets / 8 + k] = f.offset
      })
      await engine.run(kernel, record, tasks, turns)
      const { f64 } = memory
      const multipliers = new Float64Array(sets)
      let total = 0
      for (const sum of gradients) sum.fill(0)
      for (let task = 0, at = results / 8; task < tasks; task++, at += resultBytes / 8) {
        gradients.forEach((sum, k) => {
          for (let j = 0; j < size; j++) sum[j] += f64[at + k * stride + j]
          multipliers[k] += f64[at + sets * stride + k]
        })
        total += f64[at + found - 1]
      }
      writeGradient(space, gradients, multipliers, gradient)
      return { loss: total, weight }
    }
  }
}
