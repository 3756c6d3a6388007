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
    this.gradient = (loss.results + task * loss.resultBytes) / 8
    this.margins = (loss.scratch + thread * loss.scratchBytes) / 8
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

/** Sums of a binary loss: even and odd rows apart. */
class BinarySums {
  readonly losses: number[] = [0, 0]
  readonly multipliers: number[] = [0, 0]
  /** Product whose logarithm is part of the losses. */
  readonly products: number[] = [1, 1]

  /** Takes the logarithms of the products. */
  close(): void {
    for (const lane of [0, 1]) {
      this.losses[lane] += logOf(this.products[lane])
      this.products[lane] = 1
    }
  }
}

/** Adds to the sums of one lane and gives the multiplier of a row. */
type RowLoss = (sums: BinarySums, lane: number, margin: number, label: number, weight: number) => number

/** The part of the logistic loss that grows with the margin of a wrong row. */
const wrongPart = (margin: number, label: number): number => Math.max((1 - (label + label)) * margin, 0)

const logistic: RowLoss = (sums, lane, margin, label, weight) => {
  const e = expOf(-Math.abs(margin))
  const share = 1 / (1 + e)
  sums.losses[lane] += weight * (log1pOf(e) + wrongPart(margin, label))
  return weight * ((margin >= 0 ? share : e * share) - label)
}

const unitLogistic: RowLoss = (sums, lane, margin, label, weight) => {
  const e = expOf(-Math.abs(margin))
  const share = 1 / (1 + e)
  sums.products[lane] *= 1 + weight * e
  sums.losses[lane] += weight * wrongPart(margin, label)
  return weight * ((margin >= 0 ? share : e * share) - label)
}

const hinge: RowLoss = (sums, lane, margin, label, weight) => {
  const sign = label + label - 1
  const gap = weight * (1 - sign * margin)
  sums.losses[lane] += Math.max(gap, 0)
  return gap > 0 ? -(sign * weight) : 0
}

/** Twin of `logisticLoss` in `assembly/losses.ts`. */
export function logisticLoss(memory: KernelMemory, record: number, task: number, thread: number): void {
  binaryLoss(new LinearLoss(memory, record, task, thread), task, logistic)
}

/** Twin of `unitLogisticLoss` in `assembly/losses.ts`. */
export function unitLogisticLoss(memory: KernelMemory, record: number, task: number, thread: number): void {
  binaryLoss(new LinearLoss(memory, record, task, thread), task, unitLogistic)
}

/** Twin of `hingeLoss` in `assembly/losses.ts`. */
export function hingeLoss(memory: KernelMemory, record: number, task: number, thread: number): void {
  binaryLoss(new LinearLoss(memory, record, task, thread), task, hinge)
}

const PRODUCT_ROWS = 2000

function binaryLoss(loss: LinearLoss, task: number, rowLoss: RowLoss): void {
  const { rows, f64, gradient, margins } = loss
  const { stride, labels, weights } = rows
  f64.fill(0, gradient, gradient + stride)
  const sums = new BinarySums()
  for (let from = rows.begin(task), end = rows.end(task); from < end; from += PRODUCT_ROWS) {
    for (let row = from; row < Math.min(from + PRODUCT_ROWS, end); row += 4) {
      const x = rows.values + row * stride
      loss.quadMargins(x, 0)
      for (let r = 0; r < 4; r++) {
        const [margin, label, weight] = [f64[margins + r], f64[labels + row + r], f64[weights + row + r]]
        f64[margins + r] = rowLoss(sums, r & 1, margin, label, weight)
        sums.multipliers[r & 1] += f64[margins + r]
      }
      addQuad(f64, x, stride, margins, gradient)
    }
    sums.close()
  }
  f64[gradient + stride] = sums.multipliers[0] + sums.multipliers[1]
  f64[gradient + stride + 1] = sums.losses[0] + sums.losses[1]
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
