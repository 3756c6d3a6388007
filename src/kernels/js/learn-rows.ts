import type { KernelMemory } from '../memory.js'
import { LEARN_ROWS } from '../records.js'

/** Rows to learn from; addresses are places in the view of doubles. Twin of `LearnRows` in `assembly/learn-rows.ts`. */
export class LearnRows {
  readonly values: number
  readonly labels: number
  readonly weights: number
  readonly count: number
  readonly stride: number
  readonly taskRows: number

  constructor(memory: KernelMemory, record: number) {
    const rows = LEARN_ROWS.read(memory, record)
    this.values = rows.values / 8
    this.labels = rows.labels / 8
    this.weights = rows.weights / 8
    this.count = rows.count
    this.stride = rows.stride
    this.taskRows = rows.taskRows
  }

  begin(task: number): number {
    return task * this.taskRows
  }

  end(task: number): number {
    return Math.min(this.begin(task) + this.taskRows, this.count)
  }
}

/** The margin of the row at `x`: even and odd features are summed apart. */
export function marginOf(f64: Float64Array, x: number, stride: number, coefficients: number, offset: number): number {
  let even = 0
  let odd = 0
  for (let j = 0; j < stride; j += 2) {
    even += f64[x + j] * f64[coefficients + j]
    odd += f64[x + j + 1] * f64[coefficients + j + 1]
  }
  return even + odd + offset
}

/** Adds `multiplier * x` of four rows to a gradient. */
export function addQuad(f64: Float64Array, x: number, stride: number, multipliers: number, gradient: number): void {
  const m0 = f64[multipliers]
  const m1 = f64[multipliers + 1]
  const m2 = f64[multipliers + 2]
  const m3 = f64[multipliers + 3]
  const x1 = x + stride
  const x2 = x1 + stride
  const x3 = x2 + stride
  for (let j = 0; j < stride; j++) {
    f64[gradient + j] += f64[x + j] * m0 + f64[x1 + j] * m1 + (f64[x2 + j] * m2 + f64[x3 + j] * m3)
  }
}
