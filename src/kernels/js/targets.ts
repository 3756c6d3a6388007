import type { KernelMemory } from '../memory.js'
import { TARGETS } from '../records.js'
import { round } from '../round.js'
import { Rows } from './rows.js'

/** Twin of `sumLabels` in `assembly/targets.ts`. */
export function sumLabels(memory: KernelMemory, record: number, block: number): void {
  const { rows: address, sums } = TARGETS.read(memory, record)
  const rows = new Rows(memory, address)
  const { f64 } = memory
  let total = 0
  let sum = 0
  for (const row of rowsOf(rows, block)) {
    const weight = rows.weights ? f64[rows.weights / 8 + row] : 1
    total += weight
    sum += weight * f64[rows.targets / 8 + row]
  }
  f64.set([total, sum], sums / 8 + 3 * block)
}

/** Twin of `centerTargets` in `assembly/targets.ts`. */
export function centerTargets(memory: KernelMemory, record: number, block: number): void {
  const { rows: address, sums, center } = TARGETS.read(memory, record)
  const rows = new Rows(memory, address)
  const { f64 } = memory
  let sizes = 0
  let weighted = 0
  let squares = 0
  for (const row of rowsOf(rows, block)) {
    const target = f64[rows.targets / 8 + row] - center
    f64[rows.targets / 8 + row] = target
    sizes += Math.abs(target)
    weighted += Math.abs(target) * (rows.weights ? f64[rows.weights / 8 + row] : 1)
    squares += target * target
  }
  f64.set([sizes, weighted, squares], sums / 8 + 3 * block)
}

/** Twin of `roundTargets` in `assembly/targets.ts`. */
export function roundTargets(memory: KernelMemory, record: number, block: number): void {
  const rows = new Rows(memory, TARGETS.read(memory, record).rows)
  const targets = rows.targets / 8
  for (const row of rowsOf(rows, block)) {
    memory.f64[targets + row] = round(memory.f64[targets + row] * rows.unitsPerOne)
  }
}

/** Twin of `roundPairs` in `assembly/targets.ts`. */
export function roundPairs(memory: KernelMemory, record: number, block: number): void {
  const { rows: address, unitsPerWeight } = TARGETS.read(memory, record)
  const rows = new Rows(memory, address)
  writePairs(memory, rows, block, rows.weights, unitsPerWeight)
}

/** @param weights of all rows; 0: all are 1. */
export function writePairs(
  { f64 }: KernelMemory,
  rows: Rows,
  block: number,
  weights: number,
  unitsPerWeight: number,
): void {
  for (const row of rowsOf(rows, block)) {
    const weight = weights ? f64[weights / 8 + row] : 1
    f64[rows.pairs / 8 + 2 * row] = round(f64[rows.targets / 8 + row] * weight * rows.unitsPerOne)
    f64[rows.pairs / 8 + 2 * row + 1] = round(weight * unitsPerWeight)
  }
}

/** Numbers of the rows of a block. */
function* rowsOf(rows: Rows, block: number): Generator<number> {
  const first = rows.firstRow(block)
  for (let row = first; row < first + rows.rowsIn(block); row++) yield row
}
