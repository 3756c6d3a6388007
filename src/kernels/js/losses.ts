import type { KernelMemory } from '../memory.js'
import { LINEAR_LOSS } from '../records.js'
import { expOf, log1pOf, logOf } from './exponentials.js'
import { addQuad, LearnRows, marginOf } from './learn-rows.js'

/** A loss of linear functions; addresses are places in the view of doubles. Twin of `LinearLoss` in `assembly/losses.ts`. */
class LinearLoss {
  readonly rows: LearnRows
  readonly f64: Float64Array
  readonly sets: number
  readonly coefficients: number
  readonly offsets: number
  readonly gradient: number
  readonly margins: number

  constructor(memory: KernelMemory, record: number, task: number, thread: number) {
    const loss = LINEAR_LOSS.read(memory, record)
    this.rows = new LearnRows(memory, loss.rows)
    this.f64 = memory.f64
    this.sets = loss.sets
    this.coefficients = loss.coefficients / 8
    this.offsets = loss.offsets / 8
    this.gradient = loss.results / 8 + task * (loss.sets * (this.rows.stride + 1) + 1)
    this.margins = loss.scratch / 8 + 4 * thread * loss.sets
  }

  /** Writes the margins of four rows for one function. */
  quadMargins(x: number, k: number): void {
    const { f64, rows, margins, coefficients, offsets } = this
    const { stride } = rows
    for (let r = 0; r < 4; r++) {
      const at = coefficients + k * stride
      f64[margins + 4 * k + r] = marginOf(f64, x + r * stride, stride, at, f64[offsets + k])
    }
  }
}

/** Turns a margin into a multiplier, in place, and returns the loss. */
type RowLoss = (f64: Float64Array, margin: number, label: number, weight: number) => number

const logistic: RowLoss = (f64, at, label, weight) => {
  const margin = f64[at]
  const e = expOf(-Math.abs(margin))
  const share = 1 / (1 + e)
  const probability = margin >= 0 ? share : e * share
  f64[at] = weight * (probability - label)
  return weight * (log1pOf(e) + Math.max((1 - (label + label)) * margin, 0))
}

const hinge: RowLoss = (f64, at, label, weight) => {
  const sign = label + label - 1
  const gap = weight * (1 - sign * f64[at])
  f64[at] = gap > 0 ? -(sign * weight) : 0
  return Math.max(gap, 0)
}

/** Twin of `logisticLoss` in `assembly/losses.ts`. */
export function logisticLoss(memory: KernelMemory, record: number, task: number, thread: number): void {
  binaryLoss(new LinearLoss(memory, record, task, thread), task, logistic)
}

/** Twin of `hingeLoss` in `assembly/losses.ts`. */
export function hingeLoss(memory: KernelMemory, record: number, task: number, thread: number): void {
  binaryLoss(new LinearLoss(memory, record, task, thread), task, hinge)
}

function binaryLoss(loss: LinearLoss, task: number, rowLoss: RowLoss): void {
  const { rows, f64, gradient, margins } = loss
  const { stride, labels, weights } = rows
  f64.fill(0, gradient, gradient + stride)
  // Even and odd rows are summed apart.
  const losses = [0, 0]
  const multipliers = [0, 0]
  for (let row = rows.begin(task), end = rows.end(task); row < end; row += 4) {
    const x = rows.values + row * stride
    loss.quadMargins(x, 0)
    for (let r = 0; r < 4; r++) {
      losses[r & 1] += rowLoss(f64, margins + r, f64[labels + row + r], f64[weights + row + r])
      multipliers[r & 1] += f64[margins + r]
    }
    addQuad(f64, x, stride, margins, gradient)
  }
  f64[gradient + stride] = multipliers[0] + multipliers[1]
  f64[gradient + stride + 1] = losses[0] + losses[1]
}

/** Twin of `softmaxLoss` in `assembly/losses.ts`. */
export function softmaxLoss(memory: KernelMemory, record: number, task: number, thread: number): void {
  const loss = new LinearLoss(memory, record, task, thread)
  const { rows, f64, sets, gradient, margins } = loss
  const { stride, labels, weights } = rows
  const sums = gradient + sets * stride
  f64.fill(0, gradient, sums + sets)
  const losses = [0, 0]
  for (let row = rows.begin(task), end = rows.end(task); row < end; row += 4) {
    const x = rows.values + row * stride
    for (let k = 0; k < sets; k++) loss.quadMargins(x, k)
    for (let r = 0; r < 4; r++) {
      losses[r & 1] += softmaxOf(f64, margins + r, sets, f64[labels + row + r], f64[weights + row + r])
    }
    for (let k = 0; k < sets; k++) {
      const m = margins + 4 * k
      f64[sums + k] += f64[m] + f64[m + 1] + (f64[m + 2] + f64[m + 3])
      addQuad(f64, x, stride, m, gradient + k * stride)
    }
  }
  f64[sums + sets] = losses[0] + losses[1]
}

/** Turns the margins of a row, four places apart from class to class, into multipliers. @returns the loss. */
function softmaxOf(f64: Float64Array, margins: number, sets: number, label: number, weight: number): number {
  const end = margins + 4 * sets
  let largest = Number.NEGATIVE_INFINITY
  for (let m = margins; m < end; m += 4) largest = Math.max(largest, f64[m])
  const own = f64[margins + 4 * label]
  let total = 0
  for (let m = margins; m < end; m += 4) {
    f64[m] = expOf(f64[m] - largest)
    total += f64[m]
  }
  const share = 1 / total
  for (let k = 0, m = margins; k < sets; k++, m += 4) f64[m] = weight * (f64[m] * share - (k === label ? 1 : 0))
  return weight * (logOf(total) + (largest - own))
}
