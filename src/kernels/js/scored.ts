import type { KernelMemory } from '../memory.js'
import { BOOST, LEAF, SCORED } from '../records.js'
import { expOf } from './exponentials.js'
import { countBlock, growBlock } from './level.js'
import { Rows } from './rows.js'
import { writePairs } from './targets.js'

const LOGISTIC = 0

/** Twin of `boostScored` in `assembly/scored.ts`. */
export function boostScored(memory: KernelMemory, record: number, block: number, thread: number): void {
  const scored = SCORED.read(memory, record)
  const boost = BOOST.read(memory, scored.boost)
  if (boost.level) growBlock(memory, boost.level, block, thread)
  const rows = new Rows(memory, boost.rows)
  const { u16, f64 } = memory
  const first = rows.firstRow(block)
  const scores = scored.scores / 8
  const labels = scored.labels / 8
  const targets = rows.targets / 8
  for (let i = 0; i < boost.leafCount; i++) {
    const { segments, step, shift } = LEAF.read(memory, boost.leaves + i * LEAF.bytes)
    const segment = (segments + block * step) / 2
    let squares = 0
    for (let at = u16[segment]; at < u16[segment + 1]; at++) {
      const row = first + u16[rows.order / 2 + first + at]
      const target = f64[targets + row]
      squares += (rows.weights ? f64[rows.weights / 8 + row] : 1) * target * target
      f64[scores + row] += shift
    }
    f64[boost.sums / 8 + 2 * (i * boost.blockCount + block)] = squares
  }
  if (!boost.root) return
  const slope = scored.loss === LOGISTIC ? logistic : absolute
  for (let row = first; row < first + rows.rowsIn(block); row++) {
    f64[targets + row] = slope(f64[scores + row], f64[labels + row])
  }
  if (boost.nextWeights) writePairs(memory, rows, block, boost.nextWeights, boost.unitsPerWeight)
  countBlock(memory, boost.root, block, thread)
}

function logistic(score: number, label: number): number {
  const margin = label * score * 2
  const power = expOf(-Math.abs(margin))
  return (4 * label * (margin > 0 ? power : 1)) / (1 + power)
}

const absolute = (score: number, label: number): number => (label - score < 0 ? -1 : 1)
