import { describe, expect, it } from 'vitest'
import { PCAModel } from '../../src/feature/pca.js'
import { isWorthKernel, projectDense } from '../../src/feature/projection.js'
import { Matrices } from '../../src/linalg/matrices.js'
import { Vectors } from '../../src/linalg/vectors.js'
import { createDataFrame } from '../../src/sql/session.js'
import { JavaRandom } from '../../src/util/random/java-random.js'

const numbers = (count: number, seed: number): Float64Array => {
  const random = new JavaRandom(seed)
  return Float64Array.from({ length: count }, () => random.nextGaussian())
}

/** The definition: each sum in the order of the slots. */
function expected(values: Float64Array, length: number, size: number, components: Float64Array, width: number) {
  const made: number[] = []
  for (let i = 0; i < length; i++) {
    for (let c = 0; c < width; c++) {
      let sum = 0
      for (let j = 0; j < size; j++) sum += components[c * size + j] * values[i * size + j]
      made.push(sum)
    }
  }
  return Float64Array.from(made)
}

const SHAPES = [
  { length: 1, size: 1, width: 1 },
  { length: 3, size: 4, width: 2 },
  { length: 1001, size: 20, width: 5 },
  { length: 1000, size: 13, width: 6 },
  { length: 411, size: 21, width: 7 },
  { length: 7, size: 9000, width: 13 },
]

describe.each(SHAPES)('a projection of $length rows x $size on $width components', ({ length, size, width }) => {
  it.each(['wasm', 'js'] as const)('is the plain sums to the last bit, by %s', (backend) => {
    const values = numbers(length * size, 1)
    values[0] = -0
    values[values.length >> 1] = Number.NaN
    values[values.length - 1] = Number.NEGATIVE_INFINITY
    const components = numbers(size * width, 2)
    // Not at the start of its buffer, and with something behind it.
    const all = new Float64Array(length * width + 2).fill(7)
    const made = all.subarray(1, 1 + length * width)
    projectDense(values, length, size, components, width, made, { backend, threads: 1 })
    expect(made).toEqual(expected(values, length, size, components, width))
    expect([all[0], all[all.length - 1]]).toEqual([7, 7])
  })
})

it('a PCAModel gives a row the same numbers in a large frame, in a small one and in sparse form', async () => {
  const [length, size, k] = [600, 8, 3]
  expect([isWorthKernel(length, size, k), isWorthKernel(1, size, k)]).toEqual([true, false])
  const values = numbers(length * size, 3)
  const model = new PCAModel({
    pc: Matrices.dense(size, k, numbers(size * k, 4)),
    explainedVariance: Vectors.dense(0.5, 0.3, 0.1),
  })
    .setInputCol('x')
    .setOutputCol('y')
  const rows = Array.from({ length }, (_, i) => Vectors.dense(values.slice(i * size, (i + 1) * size)))
  const projections = async (x: readonly object[]): Promise<unknown[]> =>
    (await model.transform(createDataFrame(x.map((vector) => ({ x: vector })))).collect()).map((row) =>
      Array.from((row as unknown as { y: { toArray(): Float64Array } }).y.toArray()),
    )
  const large = await projections(rows)
  expect(await projections(rows.slice(0, 5))).toEqual(large.slice(0, 5))
  expect(await projections(rows.map((row) => row.toSparse()))).toEqual(large)
})
