import { describe, expect, it } from 'vitest'
import { DataError } from '../../src/errors.js'
import type { KernelOptions } from '../../src/kernels/engine.js'
import { Vectors } from '../../src/linalg/vectors.js'
import { gatherMoments } from '../../src/optim/gather-moments.js'
import { type InstanceBlock, Instances } from '../../src/optim/instances.js'
import { KernelMoments } from '../../src/optim/kernel-moments.js'
import type { Moments } from '../../src/optim/moments.js'
import { WeightedMoments } from '../../src/optim/weighted-moments.js'
import { LinearRegression } from '../../src/regression/linear-regression.js'
import { createDataFrame } from '../../src/sql/session.js'
import { JavaRandom } from '../../src/util/random/java-random.js'
import { TurnTaker } from '../../src/util/turn-taker.js'
import { vectorColumn } from '../helpers/instances.js'

/** Blocks of random dense rows; the second feature is far from zero. */
function randomBlocks(lengths: readonly number[], size: number, weighted: boolean): InstanceBlock[] {
  const random = new JavaRandom(size)
  return lengths.map((length, partition) => ({
    length,
    partition,
    features: vectorColumn(
      Array.from({ length }, () => Array.from({ length: size }, (_, j) => random.nextGaussian() + (j === 1 ? 1e3 : 0))),
    ),
    labels: Float64Array.from({ length }, () => random.nextGaussian()),
    weights: weighted ? Float64Array.from({ length }, () => Math.max(0, random.nextDouble() - 0.2)) : null,
  }))
}

async function byKernels(blocks: readonly InstanceBlock[], options: KernelOptions): Promise<Moments> {
  using moments = new KernelMoments(blocks[0].features.size, blocks[0].weights !== null, options)
  for (const block of blocks) await moments.add(block, new TurnTaker())
  return moments.result(new TurnTaker())
}

const numbers = ({ count, weightSum, sums, labelProducts, featureProducts }: Moments): number[] => [
  ...[count, weightSum, ...sums, ...labelProducts, ...featureProducts],
]

const shapes = [
  { size: 1, weighted: false, lengths: [5] },
  { size: 2, weighted: true, lengths: [1, 2, 20_000] },
  { size: 5, weighted: true, lengths: [400, 3, 301, 9000] },
  { size: 20, weighted: false, lengths: [4096, 4096, 1001] },
  { size: 20, weighted: true, lengths: [3000] },
  { size: 103, weighted: false, lengths: [700] },
]

describe.each(shapes)(
  'moments of $lengths rows x $size by kernels, weighted $weighted',
  ({ size, weighted, lengths }) => {
    const blocks = randomBlocks(lengths, size, weighted)

    it('are the same to the last bit in WebAssembly and JavaScript, on one thread and on two, and in other blocks', async () => {
      const plain = numbers(await byKernels(blocks, { backend: 'js', threads: 1 }))
      expect(numbers(await byKernels(blocks, { backend: 'wasm', threads: 1 }))).toEqual(plain)
      expect(numbers(await byKernels(blocks, { backend: 'wasm', threads: 2 }))).toEqual(plain)
      const cut = blocks.flatMap(({ features, labels, weights, length, partition }) =>
        [0, 1].map((half) => {
          const [from, to] = half === 0 ? [0, length >> 1] : [length >> 1, length]
          return {
            length: to - from,
            partition,
            features: { ...features, values: features.values.subarray(from * size, to * size) },
            labels: labels.subarray(from, to),
            weights: weights?.subarray(from, to) ?? null,
          }
        }),
      )
      expect(numbers(await byKernels(cut, {}))).toEqual(plain)
    })

    it('are those of rows added one by one, up to rounding', async () => {
      const exact = new WeightedMoments(size)
      for (const { features, labels, weights } of blocks) exact.add(features, labels, weights)
      const expected = numbers(exact)
      const scale = Math.max(...expected.map(Math.abs))
      numbers(await byKernels(blocks, {})).forEach((value, i) => {
        expect(Math.abs(value - expected[i]) / scale).toBeLessThan(1e-13)
      })
    })
  },
)

describe('gathering moments', () => {
  const rows = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ features: Vectors.dense(i % 7, i % 11), label: i % 5 }))
  const instances = (all: readonly { features: unknown; label: number }[]) =>
    new Instances(createDataFrame(all as never, undefined, { numPartitions: 2 }), {
      ...{ stage: 'lr', features: 'features', label: 'label', weight: '', finiteLater: true },
    })

  it('mixes dense rows with sparse ones', async () => {
    const dense = rows(9000)
    const mixed = dense.map((row, i) => (i < 4500 ? row : { ...row, features: row.features.toSparse() }))
    const [a, b] = [await gatherMoments(instances(dense)), await gatherMoments(instances(mixed))]
    // Sums of small whole numbers are exact.
    expect(numbers(b.moments!)).toEqual(numbers(a.moments!))
    expect(a.moments!.count).toBe(9000)
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('finds a feature of %d among many rows', async (bad) => {
    const all = rows(9000).map((row, i) => (i === 8000 ? { ...row, features: Vectors.dense(bad, 1) } : row))
    const error = await gatherMoments(instances(all)).catch((reason) => reason)
    expect(error).toBeInstanceOf(DataError)
    expect(error.message).toMatch(/row 8000/)
    const labels = rows(9000).map((row, i) => (i === 8001 ? { ...row, label: bad } : row))
    await expect(gatherMoments(instances(labels))).rejects.toThrow(/row 8001/)
  })

  it('accepts numbers whose squares overflow', async () => {
    const all = rows(9000).map((row, i) => (i === 0 ? { ...row, features: Vectors.dense(1e200, 1) } : row))
    expect((await gatherMoments(instances(all))).moments!.featureProducts[0]).toBe(Number.POSITIVE_INFINITY)
  })

  it('stops when it is told to', async () => {
    const controller = new AbortController()
    const fit = new LinearRegression().fit(createDataFrame(rows(9000)), { signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(fit).rejects.toThrow('enough')
  })
})
