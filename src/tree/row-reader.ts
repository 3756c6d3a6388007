import { isDenseRow, vectorStart } from '../sql/columns.js'
import type { TreeRows } from './tree-rows.js'

/** Reads rows one after another into dense form. */
export class RowReader {
  readonly #rows: TreeRows
  #block = 0
  /** Next row within the block. */
  #at = 0

  constructor(rows: TreeRows) {
    this.#rows = rows
  }

  /** Reads the next rows, row by row. */
  read(count: number, into: Float64Array): void {
    const { numFeatures, blocks } = this.#rows
    for (let done = 0; done < count; ) {
      const { features, length } = blocks[this.#block]
      if (this.#at === length) {
        this.#block++
        this.#at = 0
        continue
      }
      const n = Math.min(count - done, length - this.#at)
      if (features.indices === null) {
        const start = vectorStart(features, this.#at)
        into.set(features.values.subarray(start, start + n * numFeatures), done * numFeatures)
      } else {
        for (let i = 0; i < n; i++) this.#readRow(this.#at + i, into, (done + i) * numFeatures)
      }
      this.#at += n
      done += n
    }
  }

  #readRow(row: number, into: Float64Array, at: number): void {
    const { features } = this.#rows.blocks[this.#block]
    const { numFeatures } = this.#rows
    const start = vectorStart(features, row)
    if (isDenseRow(features, row)) {
      into.set(features.values.subarray(start, start + numFeatures), at)
      return
    }
    into.fill(0, at, at + numFeatures)
    const indices = features.indices as Int32Array
    for (let entry = start; entry < vectorStart(features, row + 1); entry++) {
      into[at + indices[entry]] = features.values[entry]
    }
  }
}
