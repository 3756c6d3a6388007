import { describe, expect, it } from 'vitest'
import { StandardScaler, StandardScalerModel } from '../../src/feature/standard-scaler.js'
import type { Vector } from '../../src/linalg/vector.js'
import { Vectors } from '../../src/linalg/vectors.js'
import { AttributeGroup } from '../../src/sql/attributes.js'
import { createDataFrame } from '../../src/sql/session.js'
import { fieldOf, StructField, StructType, VectorUDT } from '../../src/sql/types.js'

const columns = { inputCol: 'v', outputCol: 'o' } as const
const frame = (vectors: readonly (Vector | null)[], numPartitions = 1) =>
  createDataFrame(
    vectors.map((v) => ({ v })),
    StructType([StructField('v', VectorUDT)]),
    { numPartitions },
  )
const mixed = [Vectors.dense(1, 0, 5), Vectors.sparse(3, [1], [4]), Vectors.sparse(3, [0, 2], [2, 5])]
const texts = async (model: StandardScalerModel, vectors: readonly Vector[]) =>
  (await model.transform(frame(vectors)).collect()).map((row) => String(row.o))

describe('StandardScaler', () => {
  it('learns the same from dense, sparse and mixed vectors, over partitions', async () => {
    const forms = [mixed, mixed.map((v) => v.toDense()), mixed.map((v) => v.toSparse())]
    const [mean, std] = [
      [1, 4 / 3, 10 / 3],
      [1, Math.sqrt(16 / 3), Math.sqrt(25 / 3)],
    ]
    for (const vectors of forms) {
      for (const partitions of [1, 2, 3]) {
        const model = await new StandardScaler(columns).fit(frame(vectors, partitions))
        // Sums of three numbers in another order: a few units in the last place.
        for (let j = 0; j < 3; j++) {
          expect(model.mean.toArray()[j]).toBeCloseTo(mean[j], 14)
          expect(model.std.toArray()[j]).toBeCloseTo(std[j], 14)
        }
      }
    }
  })

  it('refuses null, vectors of different lengths, no rows and no features', async () => {
    const fit = (...vectors: (Vector | null)[]) => new StandardScaler(columns).fit(frame(vectors))
    await expect(fit(Vectors.dense(1), null)).rejects.toMatchObject({
      details: { column: 'v', row: 1, received: 'null' },
    })
    await expect(fit(Vectors.dense(1), Vectors.dense(1, 2))).rejects.toThrow('holds a vector of length 2 (row 1)')
    await expect(fit()).rejects.toThrow('column "v" holds no rows')
    await expect(fit(Vectors.dense([]))).rejects.toThrow('holds vectors of length 0')
    await expect(new StandardScaler(columns).fit(createDataFrame([{ v: 1 }]))).rejects.toThrow('Allowed: vector')
  })
})

describe('StandardScalerModel', () => {
  const model = (withMean: boolean, withStd: boolean) =>
    new StandardScalerModel({ mean: Vectors.dense(1, 2, 5), std: Vectors.dense(2, 4, 0) }).set({
      ...columns,
      withMean,
      withStd,
    })

  it('keeps the form of vectors unless it centres', async () => {
    expect(await texts(model(false, true), mixed)).toEqual(['[0.5,0.0,0.0]', '(3,[1],[1.0])', '(3,[0,2],[1.0,0.0])'])
    expect(await texts(model(false, false), mixed)).toEqual(mixed.map(String))
    expect(await texts(model(true, false), mixed)).toEqual(['[0.0,-2.0,0.0]', '[-1.0,2.0,-5.0]', '[1.0,-2.0,0.0]'])
    expect(await texts(model(true, true), mixed)).toEqual(['[0.0,-0.5,0.0]', '[-0.5,0.5,-0.0]', '[0.5,-0.5,0.0]'])
  })

  it('lets NaN pass, and refuses null and other lengths', async () => {
    expect(await texts(model(true, true), [Vectors.dense(Number.NaN, 2, 5)])).toEqual(['[NaN,0.0,0.0]'])
    for (const withMean of [true, false]) {
      const scaled = (v: Vector | null) =>
        model(withMean, true)
          .transform(frame([v]))
          .collect()
      await expect(scaled(null)).rejects.toThrow('holds null (row 0)')
      await expect(scaled(Vectors.sparse(2, [], []))).rejects.toThrow('Allowed: vectors of length 3')
    }
  })

  it('tells the number of slots', () => {
    const { schema } = model(false, true).transform(frame(mixed))
    expect(AttributeGroup.fromStructField(fieldOf(schema, 'o')).size).toBe(3)
  })

  it('has the text of Spark', () => {
    const scaler = model(true, false)
    expect(String(scaler)).toBe(`StandardScalerModel: uid=${scaler.uid}, numFeatures=3, withMean=true, withStd=false`)
  })
})
