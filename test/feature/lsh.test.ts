import { describe, expect, test } from 'vitest'
import { DataError, ParamError, SchemaError } from '../../src/errors.js'
import { BucketedRandomProjectionLSH } from '../../src/feature/bucketed-random-projection-lsh.js'
import { MinHashLSH, MinHashLSHModel } from '../../src/feature/min-hash-lsh.js'
import type { Vector } from '../../src/linalg/vector.js'
import { Vectors } from '../../src/linalg/vectors.js'
import { createDataFrame } from '../../src/sql/session.js'
import { simpleString } from '../../src/sql/types.js'

const frame = (...vectors: (Vector | null)[]) =>
  createDataFrame(
    vectors.map((v) => [v]),
    'v VECTOR',
  )
const columns = { inputCol: 'v', outputCol: 'o' }
const three = frame(Vectors.dense(1, 2, 3), Vectors.dense(1, 2, 3), Vectors.dense(0, 2, 3))
const minHash = () => new MinHashLSH({ ...columns, seed: 1, numHashTables: 2 }).fit(three)

describe('MinHashLSH', () => {
  test('hashes as by definition in integers of any size', async () => {
    const randCoefficients = [2_038_074_742, 2_038_074_741, 1, 0]
    const model = new MinHashLSHModel({ randCoefficients }).set(columns)
    const places = [0, 5, 2_147_483_600]
    const rows = await model.transform(frame(Vectors.sparse(2_147_483_647, places, [1, 1, 1]))).collect()
    const least = (a: bigint, b: bigint) =>
      places.map((i) => Number(((1n + BigInt(i)) * a + b) % 2_038_074_743n)).sort((x, y) => x - y)[0]
    const expected = [least(2_038_074_742n, 2_038_074_741n), least(1n, 0n)]
    expect((rows[0].o as Vector[]).map((hash) => hash.toArray()[0])).toEqual(expected)
  })

  test('hashes vectors of other lengths, as Spark does', async () => {
    const model = await new MinHashLSH({ ...columns, seed: 1 }).fit(three)
    expect(String((await model.transform(frame(Vectors.dense(1, 2))).collect())[0].o)).toBe('[1.316787817E9]')
  })

  test('joins pairs of equal rows once', async () => {
    const pairs = (await minHash()).approxSimilarityJoin(three, three, 1.5, 'D')
    // Rows and schema of Spark.
    expect(simpleString(pairs.schema)).toBe(
      'struct<datasetA:struct<v:vector,o:array<vector>>,datasetB:struct<v:vector,o:array<vector>>,D:double>',
    )
    const rows = (await pairs.orderBy('D').collect()) as { datasetA: { v: Vector; o: Vector[] }; D: number }[]
    expect(rows.map(({ D }) => D)).toEqual([0, 0, 1 - 2 / 3, 1 - 2 / 3])
    expect(String(rows[0].datasetA.o)).toBe('[8.4826206E8],[5.98179266E8]')
  })

  test('finds the nearest rows, whether or not they are hashed', async () => {
    const model = await minHash()
    const key = Vectors.dense(1, 0, 3)
    for (const data of [three, model.transform(three)]) {
      const nearest = model.approxNearestNeighbors(data, key, 2)
      expect(nearest.columns).toEqual(['v', 'o', 'distCol'])
      expect((await nearest.collect()).map(({ distCol }) => distCol)).toEqual([1 - 2 / 3, 1 - 2 / 3])
    }
    expect(() => model.approxNearestNeighbors(three, key, 0)).toThrow(ParamError)
    expect(() => model.approxNearestNeighbors(three, [1] as never, 1)).toThrow(ParamError)
    expect(() => model.approxNearestNeighbors(three, Vectors.sparse(3, [], []), 1)).toThrow(DataError)
    expect(() => model.approxSimilarityJoin(three, three, 'near' as never)).toThrow(ParamError)
  })

  test('refuses zeros, null and no rows', async () => {
    const model = await minHash()
    for (const bad of [frame(Vectors.sparse(3, [], [])), frame(Vectors.dense(0, 0, 0)), frame(null)]) {
      await expect(model.transform(bad).collect()).rejects.toThrow(DataError)
    }
    for (const bad of [frame(), frame(null)]) await expect(new MinHashLSH(columns).fit(bad)).rejects.toThrow(DataError)
    const numbers = createDataFrame([[1]], 'v INT')
    await expect(new MinHashLSH(columns).fit(numbers)).rejects.toThrow(SchemaError)
  })
})

describe('BucketedRandomProjectionLSH', () => {
  test('hashes sparse vectors as dense ones', async () => {
    const model = await new BucketedRandomProjectionLSH({
      ...columns,
      bucketLength: 0.1,
      numHashTables: 5,
      seed: 3,
    }).fit(three)
    const rows = await model.transform(frame(Vectors.dense(0, 2, 0), Vectors.sparse(3, [1], [2]))).collect()
    expect(String(rows[1].o)).toBe(String(rows[0].o))
    const directions = model.randUnitVectors.toArray()
    const lengths = [0, 1, 2, 3, 4].map((t) => Math.hypot(directions[t], directions[5 + t], directions[10 + t]))
    for (const length of lengths) expect(length).toBeCloseTo(1, 14)
  })

  test('refuses vectors of another length, and a fit without a bucket length', async () => {
    const model = await new BucketedRandomProjectionLSH({ ...columns, bucketLength: 1 }).fit(three)
    await expect(model.transform(frame(Vectors.dense(1, 2))).collect()).rejects.toThrow(DataError)
    expect(() => model.approxNearestNeighbors(three, Vectors.dense(1), 1)).toThrow(DataError)
    await expect(new BucketedRandomProjectionLSH(columns).fit(three)).rejects.toThrow(ParamError)
  })
})
