import { describe, expect, it } from 'vitest'
import type { ClassRows } from '../../src/classification/class-rows.js'
import { ExactRows } from '../../src/classification/exact-rows.js'
import { ClassKernelRows } from '../../src/classification/kernel-rows.js'
import { PlainRows } from '../../src/classification/plain-rows.js'
import { classCost } from '../../src/optim/class-cost.js'
import type { ClassLoss } from '../../src/optim/class-losses.js'
import type { InstanceBlock } from '../../src/optim/instances.js'
import { log1pExp, softmax } from '../../src/optim/logistic-functions.js'
import { standardization } from '../../src/optim/standardization.js'
import { JavaRandom } from '../../src/util/random/java-random.js'
import { TurnTaker } from '../../src/util/turn-taker.js'
import { vectorColumn } from '../helpers/instances.js'

const NUM_FEATURES = 3
const NUM_CLASSES = 3

interface Row {
  readonly x: readonly number[]
  readonly label: number
  readonly weight: number
}

/** Random rows; a quarter of the entries and of the weights are zero. */
function randomRows(count: number, numClasses: number, seed: number): Row[] {
  const random = new JavaRandom(seed)
  const some = (value: number): number => (random.nextDouble() < 0.25 ? 0 : value)
  return Array.from({ length: count }, (_, i) => ({
    x: Array.from({ length: NUM_FEATURES }, () => some(2 * random.nextGaussian() + 1)),
    label: i % numClasses,
    weight: some(random.nextDouble() + 0.5),
  }))
}

const block = (rows: readonly Row[], partition: number, sparse: boolean): InstanceBlock => ({
  length: rows.length,
  partition,
  features: vectorColumn(
    rows.map(({ x }) => {
      const indices = x.flatMap((value, j) => (value === 0 ? [] : [j]))
      return sparse ? { size: x.length, indices, values: indices.map((j) => x[j]) } : x
    }),
  ),
  labels: Float64Array.from(rows, ({ label }) => label),
  weights: Float64Array.from(rows, ({ weight }) => weight),
})

const stds = Float64Array.of(2, 0.5, 1.5)
const features = standardization(Float64Array.of(1, 0.5, -1), stds)

const forms = {
  exact: (blocks: readonly InstanceBlock[]): ClassRows => new ExactRows(blocks),
  plain: (blocks: readonly InstanceBlock[]): ClassRows => new PlainRows(blocks),
  kernels: (blocks: readonly InstanceBlock[]): ClassRows => new ClassKernelRows(blocks),
}
const shapes = [
  { fitIntercept: true, centred: true, sparse: false, unscaled: false },
  { fitIntercept: true, centred: false, sparse: true, unscaled: true },
  { fitIntercept: false, centred: false, sparse: true, unscaled: false },
  { fitIntercept: false, centred: false, sparse: false, unscaled: false },
]
const settings = (['exact', 'plain', 'kernels'] as const).flatMap((form) =>
  shapes.filter(({ sparse }) => form !== 'kernels' || !sparse).map((shape) => ({ form, ...shape })),
)
type Setting = (typeof settings)[number]
const l2 = ({ unscaled }: Setting, sets: number) => ({
  lambda: 0.3,
  stds: unscaled ? Float64Array.from({ length: sets * NUM_FEATURES }, (_, i) => stds[Math.floor(i / sets)]) : null,
  length: sets * NUM_FEATURES,
})

/** `x / std`, less the mean of that where the space is centred. */
const scaled = ({ x }: Row, { centred }: Setting): number[] =>
  x.map((value, j) => (value - (centred ? features.means[j] : 0)) / stds[j])

/** Weighted mean of a loss by its definition, plus the penalty. */
function byDefinition(rows: readonly Row[], setting: Setting, point: Float64Array, sets: number, loss: Loss): number {
  const totalWeight = rows.reduce((sum, { weight }) => sum + weight, 0)
  let value = 0
  for (const row of rows) {
    const margins = Array.from({ length: sets }, (_, k) => {
      const intercept = setting.fitIntercept ? point[sets * NUM_FEATURES + k] : 0
      return scaled(row, setting).reduce((sum, x, j) => sum + x * point[j * sets + k], intercept)
    })
    value += (row.weight / totalWeight) * loss(margins, row.label)
  }
  for (let i = 0; i < sets * NUM_FEATURES; i++) {
    const coefficient = setting.unscaled ? point[i] / stds[Math.floor(i / sets)] : point[i]
    value += 0.15 * coefficient * coefficient
  }
  return value
}

type Loss = (margins: readonly number[], label: number) => number
const logLoss: Loss = ([margin], label) => Math.log(1 + Math.exp(label === 1 ? -margin : margin))
const hinge: Loss = ([margin], label) => Math.max(0, 1 - (label === 1 ? margin : -margin))
const logSoftmax: Loss = (margins, label) =>
  Math.log(margins.reduce((sum, margin) => sum + Math.exp(margin), 0)) - margins[label]

const kinds: readonly { readonly name: ClassLoss; readonly sets: number; readonly loss: Loss }[] = [
  { name: 'logistic', sets: 1, loss: logLoss },
  { name: 'hinge', sets: 1, loss: hinge },
  { name: 'softmax', sets: NUM_CLASSES, loss: logSoftmax },
]

const STEP = 1e-6

describe.each(kinds)('$name loss', ({ name, sets, loss }) => {
  const rows = randomRows(600, Math.max(2, sets), 11)
  const blocksOf = (all: readonly Row[], sparse: boolean): InstanceBlock[] => [
    block(all.slice(0, 250), 0, sparse),
    block(all.slice(250, 300), 0, sparse),
    block(all.slice(300), 1, sparse),
  ]

  describe.each(settings)('$form: intercept $fitIntercept, centred $centred, sparse $sparse', (setting) => {
    const form = forms[setting.form]
    const size = sets * (NUM_FEATURES + (setting.fitIntercept ? 1 : 0))
    const random = new JavaRandom(3)
    const point = Float64Array.from({ length: size }, () => random.nextGaussian())
    const valueAt = async (at: Float64Array, all = rows) => {
      const gradient = new Float64Array(size)
      using held = form(blocksOf(all, setting.sparse))
      const cost = classCost(held.pass(name, { sets, features, ...setting }), l2(setting, sets))
      const value = await cost(at, gradient, new TurnTaker())
      return { value, gradient }
    }

    it('is the weighted mean of its definition', async () => {
      const expected = byDefinition(rows, setting, point, sets, loss)
      expect((await valueAt(point)).value).toBeCloseTo(expected, 12)
    })

    it('has the gradient of finite differences', async () => {
      const { gradient } = await valueAt(point)
      for (let i = 0; i < size; i++) {
        const moved = (by: number) => byDefinition(rows, setting, point.with(i, point[i] + by), sets, loss)
        expect(gradient[i]).toBeCloseTo((moved(STEP) - moved(-STEP)) / (2 * STEP), 7)
      }
    })

    it('does not see rows of weight 0, nor the order of rows', async () => {
      const all = await valueAt(point)
      const fewer = await valueAt(
        point,
        rows.filter(({ weight }) => weight > 0),
      )
      const reversed = await valueAt(point, rows.toReversed())
      for (const other of [fewer, reversed]) {
        expect(other.value).toBeCloseTo(all.value, 12)
        other.gradient.forEach((g, i) => {
          expect(g).toBeCloseTo(all.gradient[i], 12)
        })
      }
    })
  })
})

describe('log1pExp', () => {
  it.each([
    [0, Math.LN2],
    [-1000, 0],
    [1000, 1000],
    [-40, Math.exp(-40)],
  ])('at %d', (x, expected) => {
    expect(log1pExp(x)).toBe(expected)
  })
})

describe('softmax', () => {
  const of = (...scores: number[]): number[] => {
    const values = Float64Array.from([9, ...scores, 9])
    softmax(values, 1, scores.length)
    expect([values[0], values.at(-1)]).toEqual([9, 9])
    return [...values.subarray(1, -1)]
  }
  it('shares one among the scores, however large they are', () => {
    expect(of(1000, 1000)).toEqual([0.5, 0.5])
    expect(of(0, Math.log(3))).toEqual([expect.closeTo(0.25, 15), expect.closeTo(0.75, 15)])
    expect(of(-1000, 0)).toEqual([0, 1])
  })
  it('gives all to an infinite score', () => {
    expect(of(0, Number.POSITIVE_INFINITY, 5)).toEqual([0, 1, 0])
    expect(of(Number.NEGATIVE_INFINITY, 0)).toEqual([0, 1])
  })
})
