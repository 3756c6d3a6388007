import type { KernelEngine } from '../kernels/engine.js'
import { CLASS_SUMS, LEAF_RANGE, LEAF_SUMS } from '../kernels/records.js'
import type { TurnTaker } from '../util/turn-taker.js'
import type { RowList } from './packed-bags.js'

/** Statistics of leaves. */
export interface LeafSums {
  /** Number of rows of each leaf. */
  readonly counts: Float64Array
  /** `size` sums a leaf, leaf by leaf. */
  readonly sums: Float64Array
  readonly size: number
}

/** Leaves that are summed by one task. */
const STEP = 16

/** Sums of weights, of weight times target, and of weight times squared target. @param rows record of the rows. */
export async function sumNumberLeaves(
  engine: KernelEngine,
  rows: number,
  leaves: readonly RowList[],
  turns: TurnTaker,
): Promise<LeafSums> {
  const { memory } = engine
  const { length: leafCount } = leaves
  const ranges = memory.allocate(LEAF_RANGE.bytes * leafCount)
  leaves.forEach((range, i) => {
    LEAF_RANGE.write(memory, ranges + i * LEAF_RANGE.bytes, { count: 0, weight: 0, sum: 0, squares: 0, ...range })
  })
  const record = memory.allocate(LEAF_SUMS.bytes)
  LEAF_SUMS.write(memory, record, { rows, leaves: ranges, leafCount, step: STEP })
  await engine.run('sumRanges', record, Math.ceil(leafCount / STEP), turns)
  const counts = new Float64Array(leafCount)
  const sums = new Float64Array(3 * leafCount)
  const doubles = LEAF_RANGE.bytes / 8
  for (let leaf = 0; leaf < leafCount; leaf++) {
    const at = ranges / 8 + leaf * doubles
    counts[leaf] = memory.f64[at]
    for (let i = 0; i < 3; i++) sums[3 * leaf + i] = memory.f64[at + 1 + i]
  }
  return { counts, sums, size: 3 }
}

/** Weights of classes. @param rows record of the rows. */
export async function sumClassLeaves(
  engine: KernelEngine,
  rows: number,
  classCount: number,
  leaves: readonly RowList[],
  turns: TurnTaker,
): Promise<LeafSums> {
  const { memory } = engine
  const { length: leafCount } = leaves
  const ranges = memory.allocate(8 * leafCount)
  const found = memory.allocate(8 * (classCount + 1) * leafCount)
  leaves.forEach(({ begin, end }, i) => {
    memory.u32[ranges / 4 + 2 * i] = begin
    memory.u32[ranges / 4 + 2 * i + 1] = end
  })
  const record = memory.allocate(CLASS_SUMS.bytes)
  CLASS_SUMS.write(memory, record, { rows, classCount, ranges, sums: found, leafCount, step: STEP })
  await engine.run('sumClassRanges', record, Math.ceil(leafCount / STEP), turns)
  const counts = new Float64Array(leafCount)
  const sums = new Float64Array(classCount * leafCount)
  for (let leaf = 0; leaf < leafCount; leaf++) {
    const at = found / 8 + leaf * (classCount + 1)
    counts[leaf] = memory.f64[at]
    for (let k = 0; k < classCount; k++) sums[classCount * leaf + k] = memory.f64[at + 1 + k]
  }
  return { counts, sums, size: classCount }
}
