import { expect, it } from 'vitest'
import { PartitionFold } from '../../src/util/partition-fold.js'

/** Writes down how it was made. */
class Trace {
  text = ''
  add(row: string): void {
    this.text += row
  }
  merge(other: Trace): this {
    this.text = `(${this.text}+${other.text})`
    return this
  }
}

it('makes one aggregate a partition and merges them in order', () => {
  const fold = new PartitionFold(() => new Trace())
  for (const [partition, row] of [
    [0, 'a'],
    [0, 'b'],
    [2, 'c'],
    [3, 'd'],
  ] as const) {
    fold.of(partition).add(row)
  }
  expect(fold.result()?.text).toBe('((ab+c)+d)')
  expect(fold.result()?.text).toBe('((ab+c)+d)')
})

it('has no result without rows', () => {
  expect(new PartitionFold(() => new Trace()).result()).toBeUndefined()
})
