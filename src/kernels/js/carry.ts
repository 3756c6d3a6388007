import type { KernelMemory } from '../memory.js'
import { CARRY, CARRY_PARENT, LEAF, LEVEL, TERM } from '../records.js'
import { growBlock } from './level.js'
import { Rows } from './rows.js'

type CarryRecord = ReturnType<typeof CARRY.read>

/** Place of a bin of a feature among the changes, in doubles. */
const changeOf = (feature: number, bin: number, binCount: number): number =>
  ((feature >>> 2) * binCount + bin) * 4 + (feature & 3)

/** Twin of `carryBlock` in `assembly/carry.ts`. */
export function carryBlock(memory: KernelMemory, record: number, block: number, thread: number): void {
  const carry = CARRY.read(memory, record)
  const rows = new Rows(memory, carry.rows)
  if (carry.level) {
    growBlock(memory, carry.level, block, thread)
    if (carry.root) addChanges(memory, carry, rows, block, (carry.changes + thread * carry.changeBytes) / 8)
  }
  const { u16, f64 } = memory
  const first = rows.firstRow(block)
  for (let i = 0; i < carry.leafCount; i++) {
    const { segments, step, shift } = LEAF.read(memory, carry.leaves + i * LEAF.bytes)
    const segment = (segments + block * step) / 2
    let squares = 0
    for (let at = u16[segment]; at < u16[segment + 1]; at++) {
      const target = rows.targets / 8 + first + u16[rows.order / 2 + first + at]
      squares += f64[target] * f64[target]
      f64[target] = f64[target] * carry.keep - shift
    }
    f64[carry.squares / 8 + i * carry.blockCount + block] = squares
  }
}

function addChanges(memory: KernelMemory, carry: CarryRecord, rows: Rows, block: number, changes: number): void {
  const { u8, u16, f64 } = memory
  const { children, childrenStep, parentCount } = LEVEL.read(memory, carry.level)
  const order = rows.order / 2 + rows.firstRow(block)
  for (let i = 0; i < parentCount; i++) {
    const { difference, leftIsSmaller } = CARRY_PARENT.read(memory, carry.parents + i * CARRY_PARENT.bytes)
    const segment = (children + block * childrenStep + 8 * i + (leftIsSmaller ? 0 : 4)) / 2
    for (let at = u16[segment]; at < u16[segment + 1]; at++) {
      const bins = rows.binsOf(block) + u16[order + at] * rows.rowBytes
      for (let feature = 0; feature < rows.rowBytes; feature++) {
        f64[changes + changeOf(feature, u8[bins + feature], rows.binCount)] += difference
      }
    }
  }
}

/** Twin of `carryRoot` in `assembly/carry.ts`. */
export function carryRoot(memory: KernelMemory, record: number, quad: number): void {
  const carry = CARRY.read(memory, record)
  const { binCount, ...rows } = new Rows(memory, carry.rows)
  const { f64 } = memory
  const terms = Array.from({ length: carry.termCount }, (_, i) => TERM.read(memory, carry.terms + i * TERM.bytes))
  for (let feature = 4 * quad; feature < Math.min(4 * quad + 4, rows.rowBytes); feature++) {
    for (let bin = 0; bin < binCount; bin++) {
      const cell = ((quad * binCount + bin) * 4 + (feature & 3)) * 2
      let sum = f64[carry.root / 8 + cell] * carry.keep
      for (let thread = 0; thread < carry.threads; thread++) {
        const change = (carry.changes + thread * carry.changeBytes) / 8 + changeOf(feature, bin, binCount)
        sum += f64[change]
        f64[change] = 0
      }
      for (const { cells, shift } of terms) sum -= f64[cells / 8 + cell + 1] * shift
      f64[carry.root / 8 + cell] = sum
    }
  }
}
