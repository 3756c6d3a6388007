import { describe, expect, it } from 'vitest'
import type { KernelOptions } from '../../src/kernels/engine.js'
import type { VectorColumn } from '../../src/sql/batch.js'
import { LeafSums, type LeafTable } from '../../src/tree/leaf-sums.js'
import { leavesOf } from '../../src/tree/leaves.js'
import { nodeCount } from '../../src/tree/nodes.js'
import { XORShiftRandom } from '../../src/util/random/xorshift.js'
import { vectorColumn } from '../helpers/instances.js'
import { grow } from './growing.js'

const FEATURES = 5
const random = new XORShiftRandom(11)
const draw = (): number => {
  const value = random.nextGaussian()
  return Math.abs(value) < 0.3 ? 0 : value
}
const rows = Array.from({ length: 600 }, () => Array.from({ length: FEATURES }, draw))
const labels = rows.map(([a, b, c]) => Math.sin(3 * a) + b * c + random.nextGaussian())
// Trees of all shapes, a lone root among them.
const trees = (
  await Promise.all(
    [3, 9, 30].map((maxDepth) =>
      grow({ features: rows, labels }, { maxDepth, bootstrap: true, featureSubsetStrategy: '2', seed: maxDepth }, 12),
    ),
  )
)
  .flat()
  .concat(await grow({ features: rows, labels: labels.map(() => 4) }))

/** Rows to ask, with values that fall on thresholds, and some that are not numbers. */
const asked = Array.from({ length: 1003 }, (_, i) =>
  Array.from({ length: FEATURES }, (_, f) => {
    if (i % 97 === 0 && f === 2) return Number.NaN
    if (i % 89 === 0) return Number.NEGATIVE_INFINITY
    return i % 7 === 0 ? (trees[i % 12].threshold.find((x) => !Number.isNaN(x)) ?? 0) : draw()
  }),
)
const dense = vectorColumn(asked)
const sparse = vectorColumn(
  asked.map((row) => {
    const indices = [...row.keys()].filter((f) => row[f] !== 0)
    return { size: FEATURES, indices, values: indices.map((f) => row[f]) }
  }),
)

function plain(tables: readonly LeafTable[], width: number): number[] {
  const sums = new Array<number>(asked.length * width).fill(0)
  for (const { nodes, values, width: own = 1, place = 0 } of tables) {
    leavesOf([nodes], dense, asked.length).forEach((leaf, row) => {
      for (let k = 0; k < own; k++) sums[row * width + place + k] += values[leaf * own + k]
    })
  }
  return sums
}

const one: LeafTable[] = trees.map((nodes) => ({ nodes, values: nodes.prediction }))
const byTurns: LeafTable[] = trees.map((nodes, t) => ({ nodes, values: nodes.prediction, place: t % 3 }))
const vectors: LeafTable[] = trees.map((nodes) => ({
  nodes,
  values: Float64Array.from({ length: 2 * nodeCount(nodes) }, () => random.nextGaussian()),
  width: 2,
}))
const shapes: readonly (readonly [string, LeafTable[], number])[] = [
  ['one number', one, 1],
  ['one number for one of three sums', byTurns, 3],
  ['two numbers', vectors, 2],
]
const options: readonly KernelOptions[] = [{ threads: 1 }, { threads: 3 }, { backend: 'js' }]

describe.each(shapes)('sums of leaves that tell %s', (_, tables, width) => {
  const expected = plain(tables, width)

  it.each(options)('are those of plain loops, to the last bit: %o', (kernels) => {
    const sums = new LeafSums(tables, width, kernels)
    for (const features of [dense, sparse]) {
      for (const length of [asked.length, 512, 70, 3]) {
        expect([...sums.of(features, length)]).toEqual(expected.slice(0, length * width))
      }
    }
  })

  it('are those of plain loops with categories, which kernels do not know', () => {
    const nodes = { ...trees[0], numCategories: trees[0].numCategories.map((_, i) => (i === 0 ? 3 : -1)) }
    const table = { ...tables[0], nodes: { ...nodes, categoryOffsets: new Int32Array(nodeCount(nodes) + 1) } }
    const sums = new LeafSums(
      Array.from({ length: 40 }, () => table),
      width,
    )
    expect(sums.of(dense as VectorColumn, asked.length)).toHaveLength(asked.length * width)
  })
})
