import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Matrices } from '../../src/linalg/matrices.js'
import { Vectors } from '../../src/linalg/vectors.js'
import { classLookup } from '../../src/persistence/classes.js'
import { fromDocument, toDocument } from '../../src/persistence/json.js'
import { load } from '../../src/persistence/load.js'
import type { Persistable } from '../../src/persistence/persistable.js'
import { stageDifferences } from '../helpers/equal.js'
import { Learned, Settings, toys } from './toy.js'

const lookup = classLookup(toys.classes)
const reload = <T extends Persistable>(stage: T): Promise<T> =>
  fromDocument(toDocument(stage), 'x.json', lookup) as Promise<Persistable> as Promise<T>

const double = fc.double({ noNaN: false })
const finiteOrNot = fc.oneof(
  double,
  fc.constantFrom(-0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324),
)
const int = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
const long = fc.oneof(fc.integer(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }))
const dense = fc.array(finiteOrNot, { maxLength: 100 }).map((values) => Vectors.dense(values))
const sparse = fc
  .uniqueArray(fc.nat(200), { maxLength: 80 })
  .chain((indices) =>
    fc.tuple(
      fc.constant(indices.sort((a, b) => a - b)),
      fc.array(finiteOrNot, { minLength: indices.length, maxLength: indices.length }),
    ),
  )
  .map(([indices, values]) => Vectors.sparse(201, indices, values))
const vector = fc.oneof(dense, sparse)
const matrix = fc
  .tuple(fc.nat(6), fc.nat(6))
  .chain(([rows, columns]) =>
    fc
      .array(finiteOrNot, { minLength: rows * columns, maxLength: rows * columns })
      .map((values) => Matrices.dense(rows, columns, values)),
  )
// Doubles that parameters refuse are NaN and nothing else.
const settings = fc.record(
  {
    ratio: double.filter((x) => !Number.isNaN(x)),
    count: int,
    seed: long,
    flag: fc.boolean(),
    text: fc.string({ unit: 'binary' }),
    texts: fc.array(fc.string({ unit: 'binary' })),
    ratios: fc.array(finiteOrNot, { maxLength: 100 }),
    counts: fc.array(int, { maxLength: 100 }),
    weights: vector,
  },
  { requiredKeys: [] },
)

/** Equal in every bit that can be told: -0 is not 0. */
function assertBits(actual: readonly number[] | Float64Array, expected: readonly number[] | Float64Array): void {
  expect(Array.from(actual)).toHaveLength(expected.length)
  for (let i = 0; i < expected.length; i++)
    expect(Object.is(actual[i], expected[i]), `${actual[i]} for ${expected[i]}`).toBe(true)
}

describe('saving and loading keeps', () => {
  it('every parameter, whatever its value', async () => {
    await fc.assert(
      fc.asyncProperty(settings, async (values) => {
        const saved = new Settings(values)
        const loaded = await reload(saved)
        expect(stageDifferences(loaded, saved)).toEqual([])
        if (values.ratio !== undefined) assertBits([loaded.getRatio()], [values.ratio])
        if (values.ratios) assertBits(loaded.getRatios(), values.ratios)
        if (values.weights) assertBits(loaded.getWeights().toArray(), values.weights.toArray())
        expect(Object.keys(loaded.explicitValues()).sort()).toEqual(Object.keys(values).sort())
      }),
      { numRuns: 150 },
    )
  })

  it('every learned value, whatever it is', async () => {
    const learned = fc.record({
      double: finiteOrNot,
      long,
      vector,
      matrix,
      doubles: fc.array(finiteOrNot, { maxLength: 100 }),
      ints: fc.array(int, { maxLength: 100 }),
      strings: fc.array(fc.string({ unit: 'binary' })),
      lists: fc.array(fc.array(fc.string())),
    })
    await fc.assert(
      fc.asyncProperty(learned, settings, async (values, inner) => {
        const saved = new Learned({ ...values, inner: new Settings(inner) })
        const loaded = await reload(saved)
        expect(stageDifferences(loaded, saved)).toEqual([])
        assertBits([loaded.double], [values.double])
        assertBits(loaded.doubles, values.doubles)
        assertBits(loaded.vector.toArray(), values.vector.toArray())
        assertBits(loaded.matrix.toArray(), values.matrix.toArray())
      }),
      { numRuns: 150 },
    )
  })

  it('seeds of 64 bits', async () => {
    for (const seed of [2n ** 63n - 1n, -(2n ** 63n), 9007199254740993n, -6828149214035331512n]) {
      expect((await reload(new Settings({ seed }))).getSeed()).toBe(seed)
    }
  })

  it('the defaults that a stage was saved with', async () => {
    const text = toDocument(new Settings()).replace('"count": 1', '"count": 7')
    const loaded = (await fromDocument(text, 'x.json', lookup, false)) as Settings
    expect(loaded.getCount()).toBe(7)
    expect(loaded.isSet('count')).toBe(false)
  })
})

describe('files', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ridgeline-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('are read by the class and by load()', async () => {
    const saved = new Settings({ seed: 2n ** 60n, ratios: [1, Number.NaN] })
    const path = join(folder, 'deep/settings.json')
    await saved.save(path)
    expect(stageDifferences(await Settings.load(path, toys), saved)).toEqual([])
    expect(stageDifferences(await load(path, toys), saved)).toEqual([])
  })
})
