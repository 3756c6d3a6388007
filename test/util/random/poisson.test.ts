import { describe, expect, test } from 'vitest'
import { ParamError } from '../../../src/errors.js'
import { PoissonDistribution } from '../../../src/util/random/poisson.js'
import { recorded } from '../data.js'

interface PoissonRecord {
  readonly mean: number
  readonly seed: string
  readonly draws: number[]
  readonly hash: string
}

test.each(recorded<PoissonRecord[]>('poisson'))('2000 draws of commons-math3, mean $mean, seed $seed', (record) => {
  const poisson = new PoissonDistribution(record.mean, BigInt(record.seed))
  const draws = Array.from({ length: 2000 }, () => poisson.sample())
  expect(draws.slice(0, 20)).toEqual(record.draws)
  expect(String(draws.reduce((hash, draw) => BigInt.asIntN(64, hash * 31n + BigInt(draw)), 0n))).toBe(record.hash)
})

describe.each(Object.entries(recorded<Record<string, Record<string, number[]>>>('generators')))(
  'seed %s',
  (seed, record) => {
    test.each([0.5, 0.7, 1, 3])('draws of the golden case with mean %s', (mean) => {
      const expected = record[`PoissonDistribution(${mean.toFixed(1)})`]
      const poisson = new PoissonDistribution(mean, BigInt(seed))
      expect(expected.map(() => poisson.sample())).toEqual(expected)
    })
  },
)

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('mean %s is refused', (mean) => {
  expect(() => new PoissonDistribution(mean, 1)).toThrow(ParamError)
})
