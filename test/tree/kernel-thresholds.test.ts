import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KernelOptions } from '../../src/kernels/engine.js'
import { thresholdsOf } from '../../src/kernels/js/thresholds.js'
import { kernelThresholds } from '../../src/tree/kernel-thresholds.js'
import { countValues } from '../../src/tree/thresholds.js'
import { treeRows } from '../../src/tree/tree-rows.js'
import { DoubleSorter } from '../../src/util/double-sorter.js'
import { TurnTaker } from '../../src/util/turn-taker.js'
import { type VectorRow, vectorColumn } from '../helpers/instances.js'

const backends: readonly KernelOptions[] = [{ threads: 1 }, { threads: 3 }, { backend: 'js' }]

/** Thresholds of features 0 and 2 of three, by kernels and by plain loops. */
async function both(
  rows: readonly VectorRow[],
  dense: readonly (readonly number[])[],
  sampled: Uint8Array | null,
  excess: number,
  kernels: KernelOptions,
) {
  const features = [0, 2]
  const most = 7
  const middle = Math.floor(rows.length / 2)
  const blocks = [rows.slice(0, middle), rows.slice(middle)]
    .filter(({ length }) => length > 0)
    .map((part) => ({
      ...{ length: part.length, partition: 0, features: vectorColumn(part) },
      ...{ labels: new Float64Array(part.length), weights: null },
    }))
  const chosen = dense.filter((_, i) => !sampled || sampled[i] === 1)
  const expected = chosen.length + excess
  const job = { rows: treeRows(blocks), sampled, height: chosen.length, expected, features, most }
  const actual = await kernelThresholds(job, new TurnTaker(), kernels)
  const plain = features.map((f) => {
    const values = Float64Array.from(chosen.map((row) => row[f]).filter((x) => x !== 0))
    return thresholdsOf(countValues(values, new DoubleSorter()), expected, most)
  })
  return [actual.map((t) => [...t]), plain.map((t) => [...t])]
}

const value = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(0, -0, 5e-324, -5e-324, Number.MAX_VALUE, -Number.MAX_VALUE, 1e9, 1e9 + 2 ** -20),
)

describe.each(backends)('thresholds by kernels: %o', (kernels) => {
  it('are those of plain loops, of dense and of sparse rows', async () => {
    const row = fc.record({ values: fc.tuple(value, value, value), keep: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 60 }),
        fc.constantFrom(0, 1e-13, 0.25, 7.5, -0.5),
        fc.boolean(),
        async (drawn, excess, all) => {
          const dense = drawn.map(({ values }) => values)
          const sampled = all ? null : Uint8Array.from(drawn, ({ keep }) => Number(keep))
          const sparse = dense.map((numbers) => {
            const indices = [0, 1, 2].filter((f) => numbers[f] !== 0)
            return { size: 3, indices, values: indices.map((f) => numbers[f]) }
          })
          for (const rows of [dense, sparse]) {
            const [actual, plain] = await both(rows, dense, sampled, excess, kernels)
            expect(actual).toEqual(plain)
          }
        },
      ),
      { numRuns: 60 },
    )
  })
})
