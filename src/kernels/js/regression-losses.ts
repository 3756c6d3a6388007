import type { KernelMemory } from '../memory.js'
import { REGRESSION_LOSS } from '../records.js'
import { addQuad, LearnRows, marginOf } from './learn-rows.js'

/** Sums over even and odd rows. */
interface Sums {
  readonly losses: number[]
  readonly sigmas: number[]
}

/** Adds to the sums of one lane and gives the multiplier of a row. */
type RowLoss = (sums: Sums, lane: number, margin: number, label: number, weight: number) => number

/** Twin of `squaredLoss` in `assembly/regression-losses.ts`. */
export function squaredLoss(memory: KernelMemory, record: number, task: number, thread: number): void {
  const { labelScale } = REGRESSION_LOSS.read(memory, record)
  residualLoss(memory, record, task, thread, (sums, lane, margin, label, weight) => {
    const residual = margin - labelScale * label
    const multiplier = weight * residual
    sums.losses[lane] += multiplier * residual
    return multiplier
  })
}

/** Twin of `huberLoss` in `assembly/regression-losses.ts`. */
export function huberLoss(memory: KernelMemory, record: number, task: number, thread: number): void {
  const { sigma, epsilon } = REGRESSION_LOSS.read(memory, record)
  const limit = sigma * epsilon
  const limitLoss = limit * epsilon
  residualLoss(memory, record, task, thread, (sums, lane, margin, label, weight) => {
    const residual = label - margin
    const size = Math.abs(residual)
    const inside = size <= limit
    const scaled = residual / sigma
    sums.losses[lane] += weight * (sigma + (inside ? residual * scaled : (epsilon + epsilon) * size - limitLoss))
    sums.sigmas[lane] += weight * (1 - (inside ? scaled * scaled : epsilon * epsilon))
    return -(weight * (inside ? scaled : residual >= 0 ? epsilon : -epsilon))
  })
}

function residualLoss(memory: KernelMemory, record: number, task: number, thread: number, rowLoss: RowLoss): void {
  const loss = REGRESSION_LOSS.read(memory, record)
  const rows = new LearnRows(memory, loss.rows)
  const { f64 } = memory
  const { stride, labels, weights } = rows
  const margins = (loss.scratch + thread * loss.scratchBytes) / 8
  const gradient = (loss.results + task * loss.resultBytes) / 8
  f64.fill(0, gradient, gradient + stride)
  const sums: Sums = { losses: [0, 0], sigmas: [0, 0] }
  const multipliers = [0, 0]
  for (let row = rows.begin(task), end = rows.end(task); row < end; row += 4) {
    const x = rows.values + row * stride
    for (let r = 0; r < 4; r++) {
      const margin = marginOf(f64, x + r * stride, stride, loss.coefficients / 8, loss.offset)
      const multiplier = rowLoss(sums, r & 1, margin, f64[labels + row + r], f64[weights + row + r])
      f64[margins + r] = multiplier
      multipliers[r & 1] += multiplier
    }
    addQuad(f64, x, stride, margins, gradient)
  }
  f64[gradient + stride] = multipliers[0] + multipliers[1]
  f64[gradient + stride + 1] = 0.5 * (sums.losses[0] + sums.losses[1])
  f64[gradient + stride + 2] = 0.5 * (sums.sigmas[0] + sums.sigmas[1])
}
