import { describe, expect, test } from 'vitest'
import { ParamError } from '../../../src/errors.js'
import type { RandomSource } from '../../../src/util/random/bits-random.js'
import { JavaRandom } from '../../../src/util/random/java-random.js'
import type { Seed } from '../../../src/util/random/seed.js'
import { Well19937c } from '../../../src/util/random/well19937c.js'
import { hashSeed, XORShiftRandom } from '../../../src/util/random/xorshift.js'
import { partitionsOf, recorded } from '../data.js'

interface Draws {
  readonly nextInt: number[]
  readonly 'nextInt(10)': number[]
  readonly 'nextInt(64)': number[]
  readonly nextLong: string[]
  readonly nextDouble: number[]
  readonly nextFloat: number[]
  readonly nextGaussian: number[]
  readonly nextBoolean: boolean[]
}

type Recorded = Record<string, { XORShiftRandom: Draws; 'java.util.Random': Draws; 'XORShiftRandom.hashSeed': string }>

const generators = recorded<Recorded>('generators')
const times = <T>(n: number, draw: () => T) => Array.from({ length: n }, draw)

function expectDraws(fresh: () => RandomSource, draws: Draws): void {
  let random = fresh()
  expect(draws.nextInt.map(() => random.nextInt())).toEqual(draws.nextInt)
  random = fresh()
  expect(draws['nextInt(10)'].map(() => random.nextInt(10))).toEqual(draws['nextInt(10)'])
  random = fresh()
  expect(draws['nextInt(64)'].map(() => random.nextInt(64))).toEqual(draws['nextInt(64)'])
  random = fresh()
  expect(draws.nextLong.map(() => String(random.nextLong()))).toEqual(draws.nextLong)
  random = fresh()
  expect(draws.nextDouble.map(() => random.nextDouble())).toEqual(draws.nextDouble)
  random = fresh()
  expect(draws.nextFloat.map(() => random.nextFloat())).toEqual(draws.nextFloat.map(Math.fround))
  random = fresh()
  expect(draws.nextGaussian.map(() => random.nextGaussian())).toEqual(draws.nextGaussian)
  random = fresh()
  expect(draws.nextBoolean.map(() => random.nextBoolean())).toEqual(draws.nextBoolean)
}

describe.each(Object.entries(generators))('seed %s', (seed, draws) => {
  test('XORShiftRandom is Spark’s', () => expectDraws(() => new XORShiftRandom(BigInt(seed)), draws.XORShiftRandom))

  test('JavaRandom is java.util.Random', () =>
    expectDraws(() => new JavaRandom(BigInt(seed)), draws['java.util.Random']))

  test('hashSeed is XORShiftRandom.hashSeed', () => {
    const { high, low } = hashSeed(BigInt(seed))
    expect(String((BigInt(high) << 32n) | BigInt(low >>> 0))).toBe(draws['XORShiftRandom.hashSeed'])
  })
})

describe.each(Object.entries(recorded<Record<string, Draws>>('well19937c')))('Well19937c, seed %s', (seed, draws) => {
  const random = new Well19937c(BigInt(seed))

  test('is that of commons-math3, over more than two turns of its state', () => {
    const ints = times(1300, () => random.nextInt())
    expect([...ints.slice(0, 6), ...ints.slice(-6)]).toEqual(draws.nextInt)
    expect(draws.nextDouble.map(() => random.nextDouble())).toEqual(draws.nextDouble)
    // commons-math has its own sine, cosine and logarithm, each good to the last digit or two.
    for (const gaussian of draws.nextGaussian) expect(random.nextGaussian() / gaussian).toBeCloseTo(1, 14)
    expect(draws['nextInt(10)'].map(() => random.nextInt(10))).toEqual(draws['nextInt(10)'])
    expect(draws['nextInt(64)'].map(() => random.nextInt(64))).toEqual(draws['nextInt(64)'])
    expect(draws.nextLong.map(() => String(random.nextLong()))).toEqual(draws.nextLong)
    expect(draws.nextFloat.map(() => random.nextFloat())).toEqual(draws.nextFloat.map(Math.fround))
    expect(draws.nextBoolean.map(() => random.nextBoolean())).toEqual(draws.nextBoolean)
  })
})

interface RandRandn {
  readonly partitions: number
  readonly seed: number
  readonly rand: number[]
  readonly randn: number[]
}

test.each(recorded<RandRandn[]>('rand-randn'))('rand and randn, $partitions partitions, seed $seed', (record) => {
  const perRow = (draw: (random: XORShiftRandom) => number) =>
    partitionsOf(record.rand, record.partitions).flatMap((rows, partition) => {
      const random = new XORShiftRandom(record.seed + partition)
      return rows.map(() => draw(random))
    })
  expect(perRow((random) => random.nextDouble())).toEqual(record.rand)
  expect(perRow((random) => random.nextGaussian())).toEqual(record.randn)
})

describe('nextInt(bound)', () => {
  test('rejects the incomplete run, and knows large and small bounds', () => {
    // java.util.Random(42) of Java 17.
    const random = new JavaRandom(42)
    const bounds = [1500000001, 1500000001, 2147483647, 2 ** 30, 1]
    expect(bounds.map((bound) => random.nextInt(bound))).toEqual([117392763, 1467211248, 102948884, 331484985, 0])
  })

  test.each([0, -1, 1.5, Number.NaN, 2 ** 31])('refuses %s', (bound) => {
    expect(() => new JavaRandom(1).nextInt(bound)).toThrow(ParamError)
  })
})

describe('against the recurrence written with bigint', () => {
  const wide = (n: bigint) => BigInt.asUintN(64, n)

  test('XORShiftRandom', () => {
    const { high, low } = hashSeed(-77)
    let state = wide((BigInt(high) << 32n) | BigInt(low >>> 0))
    const random = new XORShiftRandom(-77)
    for (let i = 0; i < 1000; i++) {
      state = wide(state ^ (state << 21n))
      state ^= state >> 35n
      state = wide(state ^ (state << 4n))
      expect(random.nextInt()).toBe(Number(BigInt.asIntN(32, state)))
    }
  })

  test('JavaRandom', () => {
    const mask = (1n << 48n) - 1n
    let state = (-77n ^ 0x5deece66dn) & mask
    const random = new JavaRandom(-77)
    for (let i = 0; i < 1000; i++) {
      state = (state * 0x5deece66dn + 0xbn) & mask
      expect(random.nextInt()).toBe(Number(BigInt.asIntN(32, state >> 16n)))
    }
  })
})

describe('seeds', () => {
  test('number and bigint are the same', () => {
    expect(new XORShiftRandom(-5).nextInt()).toBe(new XORShiftRandom(-5n).nextInt())
  })

  test.each<Seed>([0.5, Number.NaN, 2 ** 53, 2n ** 63n, -(2n ** 63n) - 1n])('%s is refused', (seed) => {
    expect(() => new XORShiftRandom(seed)).toThrow(ParamError)
  })

  test('a number beyond 2^53 is told to become a bigint', () => {
    expect(() => new JavaRandom(2 ** 60)).toThrow(
      'seed is 1152921504606847000. Allowed: an integer of 64 bits, from -2^63 to 2^63 - 1. Write an integer beyond 2^53 as a bigint, for example 9007199254740993n.',
    )
  })
})

test('XORShiftRandom draws many numbers as one by one', () => {
  const [many, single] = [new XORShiftRandom(42), new XORShiftRandom(42)]
  for (const length of [1000, 0, 501]) {
    const expected = Array.from({ length }, () => single.nextDouble())
    expect([...many.nextDoubles(new Float64Array(length))]).toEqual(expected)
  }
  expect(many.nextInt()).toBe(single.nextInt())
})
