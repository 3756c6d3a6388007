import { describe, expect, it } from 'vitest'
import { ParamError } from '../../src/errors.js'
import { TargetEncoder, TargetEncoderModel } from '../../src/feature/target-encoder.js'
import { DoubleType, StructField, StructType } from '../../src/sql/types.js'
import { frameOf } from '../helpers/frame.js'

type Pair = readonly [category: number | null, label: number | null]
const schema = StructType([StructField('c', DoubleType), StructField('y', DoubleType)])
const frame = (pairs: readonly Pair[]) =>
  frameOf(
    pairs.map(([c, y]) => ({ c, y })),
    schema,
  )

const GOOD: Pair[] = [
  [0, 1],
  [0, 0],
  [1, 1],
  [1, 1],
  [2, 0],
]
const encoder = (params: object = {}) => new TargetEncoder({ inputCol: 'c', outputCol: 'o', labelCol: 'y', ...params })

/** What pyspark 4.0.1 answers: encodings of the rows asked for (of those fitted, where none are), and the values in the metadata. */
const RECORDED: readonly {
  what: string
  rows: readonly Pair[]
  asked?: readonly (number | null)[]
  params?: object
  encoded: readonly number[]
  values?: readonly string[]
}[] = [
  { what: 'shares', rows: GOOD, encoded: [0.5, 0.5, 1, 1, 0], values: ['0.5', '0.6', '1.0', '0.0'] },
  {
    what: 'means, smoothed',
    rows: GOOD,
    params: { targetType: 'continuous', smoothing: 2 },
    encoded: [0.55, 0.55, 0.8, 0.8, 0.4],
    values: ['0.55', '0.6', '0.8', '0.4'],
  },
  {
    what: 'null as a category',
    rows: [...GOOD, [null, 1]],
    encoded: [0.5, 0.5, 1, 1, 0, 1],
    values: ['0.5', '1.0', '0.0', '0.6666666666666666'],
  },
  { what: 'null that fit did not see', rows: GOOD, asked: [null], params: { handleInvalid: 'keep' }, encoded: [0.6] },
  {
    what: 'values that fit did not see',
    rows: GOOD,
    asked: [7, Number.NaN, -1, 0.5, 2147483647, -0],
    params: { handleInvalid: 'keep' },
    encoded: [0.6, 0.6, 0.6, 0.6, 0.6, 0.5],
  },
  {
    what: 'rows without a label',
    rows: [...GOOD, [3, Number.NaN], [4, null], [0.5, null]],
    asked: [3, 0],
    params: { handleInvalid: 'keep' },
    encoded: [0.6, 0.5],
  },
  { what: '-0 as 0', rows: [...GOOD, [-0, 1]], asked: [0, -0], encoded: [2 / 3, 2 / 3] },
  {
    what: 'many categories, whose values are in the order of a hash set',
    rows: Array.from({ length: 40 }, (_, i): Pair => [i % 20, Number((i % 20) % (i < 20 ? 3 : 4) === 0)]),
    asked: [1],
    encoded: [0],
    values: ['1.0', '0.0', '0.5', '0.3'],
  },
]

describe('TargetEncoder', () => {
  it.each(RECORDED)('encodes $what as Spark', async ({ rows, asked, params, encoded, values }) => {
    const model = await encoder(params).fit(frame(rows))
    const out = model.transform(frame(asked?.map((c): Pair => [c, null]) ?? rows))
    const found = (await out.collect()).map(({ o }) => o as number)
    expect(found).toHaveLength(encoded.length)
    found.forEach((value, i) => {
      expect(value).toBeCloseTo(encoded[i], 15)
    })
    if (values) expect(out.schema.fields[2].metadata).toEqual({ ml_attr: { vals: values, name: 'o', type: 'nominal' } })
  })

  it.each([
    ['a negative category', [-1, 1]],
    ['a fraction', [0.5, 1]],
    ['NaN', [Number.NaN, 1]],
    ['the number that stands for all rows', [2147483647, 1]],
    ['a label other than 0 and 1', [0, 2]],
  ] as const)('refuses %s, naming the row', async (_, pair) => {
    await expect(encoder().fit(frame([...GOOD, pair]))).rejects.toMatchObject({
      name: 'DataError',
      details: { row: 5 },
    })
  })

  it('refuses a frame without labels', async () => {
    await expect(encoder().fit(frame([]))).rejects.toThrow(/no rows/)
    await expect(encoder().fit(frame([[0, null]]))).rejects.toThrow(/no rows/)
  })

  it('refuses what fit did not see unless told otherwise', async () => {
    const model = await encoder().fit(frame(GOOD))
    for (const value of [null, 7, Number.NaN]) {
      await expect(
        model
          .transform(
            frame([
              [0, null],
              [value, null],
            ]),
          )
          .collect(),
      ).rejects.toMatchObject({
        details: { row: 1, column: 'c' },
      })
    }
  })

  it('names outputs after their inputs where they are not named', async () => {
    const single = await new TargetEncoder({ inputCol: 'c', labelCol: 'y' }).fit(frame(GOOD))
    expect(single.transform(frame(GOOD)).columns).toEqual(['c', 'y', 'c_indexed'])
    const several = new TargetEncoder({ inputCols: ['c', 'y'], labelCol: 'y' })
    expect(several.transformSchema(schema).fields.map(({ name }) => name)).toEqual(['c', 'y', 'c_indexed', 'y_indexed'])
  })

  it('needs an input column and one output for each', () => {
    expect(() => new TargetEncoder().transformSchema(schema)).toThrow(ParamError)
    expect(() => new TargetEncoder({ inputCols: ['c', 'y'], outputCols: ['o'] }).transformSchema(schema)).toThrow(
      ParamError,
    )
  })

  it('may be smoothed otherwise after the fit, and tells what it learned', async () => {
    const model = await encoder().fit(frame(GOOD))
    expect(model.stats[0].get(0)).toEqual({ count: 2, stat: 1 })
    expect(model.stats[0].get(2147483647)).toEqual({ count: 5, stat: 3 })
    const [row] = await model.setSmoothing(2).transform(frame(GOOD)).collect()
    expect(row.o).toBeCloseTo(0.55, 15)
    expect(String(model)).toBe(
      `TargetEncoderModel: uid=${model.uid}, handleInvalid=error, targetType=binary, numInputCols=1, numOutputCols=1, smoothing=2.0`,
    )
    expect(() =>
      new TargetEncoderModel({ categories: [], counts: [], targets: [] })
        .set({ inputCol: 'c' })
        .transformSchema(schema),
    ).toThrow(/fitted on 0/)
  })
})
