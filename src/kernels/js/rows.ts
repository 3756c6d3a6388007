import type { KernelMemory } from '../memory.js'
import { ROWS } from '../records.js'

/** The rows of a job, with the addresses of their parts. Twin of `assembly/rows.ts`. */
export class Rows {
  readonly bins: number
  readonly columns: number
  readonly targets: number
  readonly weights: number
  readonly pairs: number
  readonly order: number
  readonly spare: number
  readonly count: number
  readonly blockRows: number
  readonly rowBytes: number
  readonly binCount: number
  readonly unitsPerOne: number

  constructor(memory: KernelMemory, address: number) {
    const fields = ROWS.read(memory, address)
    this.bins = fields.bins
    this.columns = fields.columns
    this.targets = fields.targets
    this.weights = fields.weights
    this.pairs = fields.pairs
    this.order = fields.order
    this.spare = fields.spare
    this.count = fields.count
    this.blockRows = fields.blockRows
    this.rowBytes = fields.rowBytes
    this.binCount = fields.binCount
    this.unitsPerOne = fields.unitsPerOne
  }

  firstRow(block: number): number {
    return block * this.blockRows
  }

  rowsIn(block: number): number {
    return Math.min(this.count - block * this.blockRows, this.blockRows)
  }

  binsOf(block: number): number {
    return this.bins + this.firstRow(block) * this.rowBytes
  }

  columnOf(block: number, feature: number): number {
    return this.columns + this.firstRow(block) * this.rowBytes + feature * this.blockRows
  }

  /** Address of the cells of a feature in bin 0, in doubles, counted from the first cell; later bins follow every 8 doubles. */
  cellOf(feature: number): number {
    return (feature >>> 2) * this.binCount * 8 + (feature & 3) * 2
  }

  /** Bytes of the cells of all features. */
  get cellBytes(): number {
    return (this.rowBytes / 4) * this.binCount * 64
  }
}
