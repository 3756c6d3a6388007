import {
  createDataFrame,
  LinearRegression,
  ParamMap,
  RegressionEvaluator,
  Session,
  VectorAssembler,
  Vectors,
} from 'ridgeline'
import { type DanfoDataFrame, fromDanfo, toDanfo } from 'ridgeline/interop/danfo'
import { describe, expect, it } from 'vitest'

/** What danfo-js 1.2.0 shows of `new dfd.DataFrame(values, { columns, dtypes, index })`; danfo.interop.ts compares with danfo itself. */
class StubFrame implements DanfoDataFrame {
  readonly ndim = 2
  readonly values: readonly unknown[]
  readonly columns: string[]
  readonly dtypes: string[]
  readonly index: (string | number)[]

  constructor(values: unknown[][], options: { columns: string[]; dtypes: string[]; index?: (string | number)[] }) {
    this.values = values
    this.columns = options.columns
    this.dtypes = options.dtypes
    this.index = options.index ?? values.map((_, i) => i)
  }

  get shape(): number[] {
    return [this.values.length, this.columns.length]
  }
}
const stub = { DataFrame: StubFrame }

const danfo = (columns: Record<string, [dtype: string, values: unknown[]]>, index?: (string | number)[]): StubFrame => {
  const lists = Object.values(columns)
  const rows = lists.length === 0 ? [] : lists[0][1].map((_, i) => lists.map(([, values]) => values[i]))
  return new StubFrame(rows, { columns: Object.keys(columns), dtypes: lists.map(([dtype]) => dtype), index })
}
const ddl = (frame: { schema: { fields: readonly { name: string; dataType: { kind: string } }[] } }) =>
  frame.schema.fields.map(({ name, dataType }) => `${name} ${dataType.kind}`).join(', ')

describe('fromDanfo', () => {
  it('takes every dtype', async () => {
    const frame = fromDanfo(
      danfo({
        price: ['float32', [10.25, 3, 1e300]],
        hour: ['int32', [9, 18, -1]],
        big: ['int32', [3e9, 2, 2 ** 53 - 1]],
        city: ['string', ['FR', '', 'é']],
        paid: ['boolean', [true, false, true]],
        at: ['datetime', [new Date(0), new Date(5), new Date(-1)]],
      }),
    )
    expect(ddl(frame)).toBe('price double, hour integer, big long, city string, paid boolean, at timestamp')
    expect(await frame.collect()).toEqual([
      { price: 10.25, hour: 9, big: 3e9, city: 'FR', paid: true, at: new Date(0) },
      { price: 3, hour: 18, big: 2, city: '', paid: false, at: new Date(5) },
      { price: 1e300, hour: -1, big: 2 ** 53 - 1, city: 'é', paid: true, at: new Date(-1) },
    ])
  })

  it('takes null and undefined as null, and NaN as NaN where the column is float32', async () => {
    const nothing = [null, undefined, Number.NaN]
    const frame = fromDanfo(
      danfo({
        price: ['float32', [1, ...nothing]],
        hour: ['int32', [1, ...nothing]],
        city: ['string', ['a', ...nothing]],
        // Danfo gives a column with missing values the dtype float32, whatever the others are.
        paid: ['float32', [true, ...nothing]],
      }),
    )
    expect(ddl(frame)).toBe('price double, hour integer, city string, paid boolean')
    const rows = await frame.collect()
    expect(rows.map((row) => row.price)).toEqual([1, null, null, Number.NaN])
    for (const column of ['hour', 'city', 'paid'])
      expect(rows.slice(1).map((row) => row[column])).toEqual([null, null, null])
  })

  it('tells the type of a column without values by its dtype', () => {
    const none = [null, undefined]
    const columns = { a: ['float32', none], b: ['int32', none], c: ['string', none], d: ['boolean', none] }
    expect(ddl(fromDanfo(danfo({ ...(columns as object), e: ['datetime', none], f: ['undefined', none] })))).toBe(
      'a double, b integer, c string, d boolean, e timestamp, f string',
    )
  })

  it('trusts values more than dtypes, which danfo guesses from the first 20 rows', async () => {
    const whole = Array.from({ length: 20 }, (_, i) => i)
    const frame = fromDanfo(
      danfo({
        later: ['int32', [...whole, 0.5]],
        // Danfo calls texts of digits int32.
        zip: ['int32', ['01234', ...whole.map(String)]],
        mixed: ['string', ['12A', ...whole]],
        vector: ['string', [[1, 2], ...whole.map(() => [3, 4])]],
      }),
    )
    expect(ddl(frame)).toBe('later double, zip string, mixed string, vector array')
    expect((await frame.take(2)).map(({ zip, mixed, vector }) => [zip, mixed, vector])).toEqual([
      ['01234', '12A', [1, 2]],
      ['0', '0', [3, 4]],
    ])
  })

  it('takes empty frames', async () => {
    const none = fromDanfo(danfo({ a: ['int32', []], b: ['string', []] }))
    expect([ddl(none), await none.count()]).toEqual(['a integer, b string', 0])
    const nothing = fromDanfo(danfo({}))
    expect([nothing.columns, await nothing.count()]).toEqual([[], 0])
  })

  it('leaves the index out, or makes a column of it', async () => {
    const frame = danfo({ a: ['int32', [5, 6]] }, ['x', 'y'])
    expect(fromDanfo(frame).columns).toEqual(['a'])
    const named = fromDanfo(frame, { index: 'id', numPartitions: 1 })
    expect(named.getNumPartitions()).toBe(1)
    expect(await named.collect()).toEqual([
      { id: 'x', a: 5 },
      { id: 'y', a: 6 },
    ])
    expect(ddl(fromDanfo(danfo({ a: ['int32', [5]] }), { index: 'id' }))).toBe('id integer, a integer')
    expect(() => fromDanfo(frame, { index: 'a' })).toThrow(/column "a" exists/)
  })

  it('belongs to the session that is given', async () => {
    await using session = new Session()
    expect(fromDanfo(danfo({ a: ['int32', [1]] }), { session }).session).toBe(session)
  })

  it.each([
    ['no frame', { columns: ['a'] }, /danfo is .*Allowed: a danfo DataFrame/],
    ['a Series', { ...danfo({ a: ['int32', [1]] }), ndim: 1 }, /the data are a danfo Series/],
    ['a ragged frame', new StubFrame([[1], [1, 2]], { columns: ['a'], dtypes: ['int32'] }), /\(row 1\)/],
    ['mixed types', danfo({ a: ['int32', [1, 'x']] }), /column "a" mixes types/],
  ])('refuses %s', (_, data, message) => {
    expect(() => fromDanfo(data as DanfoDataFrame)).toThrow(message)
  })
})

describe('a danfo frame where data are taken', () => {
  const rides = danfo({ km: ['float32', [1, 2, 4]], hour: ['int32', [9, 8, 10]], price: ['float32', [3, 5, 9]] })
  const assembler = new VectorAssembler({ inputCols: ['km'], outputCol: 'features' })

  it('is taken by createDataFrame, with a schema or names, too', async () => {
    expect(ddl(createDataFrame(rides))).toBe('km double, hour integer, price double')
    expect(ddl(createDataFrame(rides, 'hour DOUBLE, km FLOAT'))).toBe('hour double, km float')
    expect(createDataFrame(rides, ['price', 'km']).columns).toEqual(['price', 'km'])
    // Columns by name may have the names that a danfo frame has.
    const lists = { columns: [1], dtypes: [2], index: [3], values: [4], shape: [5] }
    expect(await createDataFrame(lists).collect()).toEqual([{ columns: 1, dtypes: 2, index: 3, values: 4, shape: 5 }])
  })

  it('is taken by transform, fit and evaluate', async () => {
    const scored = assembler.transform(rides)
    expect((await scored.select('features').collect()).map(({ features }) => String(features))).toEqual([
      '[1.0]',
      '[2.0]',
      '[4.0]',
    ])
    const lr = new LinearRegression({ featuresCol: 'features', labelCol: 'price' })
    const expected = await lr.fit(
      assembler.transform(createDataFrame([...rides.values] as number[][], 'km DOUBLE, hour INT, price DOUBLE')),
    )
    const features = danfo({
      features: ['string', [1, 2, 4].map((km) => Vectors.dense([km]))],
      price: ['float32', [3, 5, 9]],
    })
    expect((await lr.fit(features)).coefficients).toEqual(expected.coefficients)
    const maps = [0, 1].map((value) => new ParamMap().put(lr.regParam, value))
    expect(await lr.fit(features, maps)).toHaveLength(2)
    const predictions = danfo({ prediction: ['float32', [3, 5, 10]], label: ['float32', [3, 5, 9]] })
    expect(await new RegressionEvaluator({ metricName: 'mse' }).evaluate(predictions)).toBeCloseTo(1 / 3, 15)
  })

  it('is refused where it is none', () => {
    expect(() => assembler.transform([{ km: 1 }] as never)).toThrow(/Allowed: a DataFrame, or one of danfo/)
  })
})

describe('toDanfo', () => {
  it('gives back values, dtypes and names', async () => {
    const frame = createDataFrame(
      [
        [1.5, 2, 3, 4, true, 'x', new Date(0), 9.25, [1], Vectors.sparse(2, [1], [7]), null],
        [Number.NaN, null, 5, -4, null, null, null, null, null, null, null],
      ],
      'd DOUBLE, f FLOAT, i INT, l BIGINT, b BOOLEAN, s STRING, t TIMESTAMP, n DECIMAL(10,2), a ARRAY<DOUBLE>, v VECTOR, nothing STRING',
    )
    const { columns, dtypes, index, values } = await toDanfo(frame, stub)
    expect(columns).toEqual(['d', 'f', 'i', 'l', 'b', 's', 't', 'n', 'a', 'v', 'nothing'])
    expect(dtypes.join(' ')).toBe('float32 float32 int32 int32 boolean string datetime float32 string string string')
    expect(index).toEqual([0, 1])
    expect(values).toEqual([
      [1.5, 2, 3, 4, true, 'x', new Date(0), 9.25, [1], [0, 7], null],
      [Number.NaN, null, 5, -4, null, null, null, null, null, null, null],
    ])
  })

  it('gives back what fromDanfo took', async () => {
    const given = danfo(
      {
        a: ['float32', [0.1, null, Number.NaN]],
        b: ['int32', [1, 2, null]],
        c: ['string', ['x', null, 'y']],
        d: ['boolean', [true, false, null]],
      },
      ['p', 'q', 'r'],
    )
    expect(await toDanfo(fromDanfo(given, { index: 'id' }), stub, { index: 'id' })).toEqual(given)
    const empty = danfo({ a: ['float32', []], b: ['boolean', []] })
    expect(await toDanfo(fromDanfo(empty), stub)).toEqual(empty)
  })

  it('refuses what danfo cannot hold', async () => {
    const frame = createDataFrame(
      [
        [1, 'x'],
        [1, null],
      ],
      'id INT, name STRING',
    )
    await expect(toDanfo(frame, stub, { index: 'id' })).rejects.toThrow(
      /"id" cannot be the index: 1 appears twice \(row 1\)/,
    )
    await expect(toDanfo(frame, stub, { index: 'name' })).rejects.toThrow(/it holds null \(row 1\)/)
    await expect(toDanfo(frame, stub, { index: 'nam' })).rejects.toThrow(/Did you mean "name"/)
    const long = createDataFrame([{ id: 2n ** 60n }])
    await expect(toDanfo(long, stub)).rejects.toThrow(/holds 1152921504606846976, which is no exact JavaScript number/)
    await expect(toDanfo(frame, {} as never)).rejects.toThrow(/Allowed: danfojs-node or danfojs/)
    await expect(toDanfo([] as never, stub)).rejects.toThrow(/Allowed: a DataFrame/)
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(toDanfo(frame, stub, { signal })).rejects.toThrow('enough')
  })

  it('says what to install when danfo is not there', async () => {
    await expect(toDanfo(createDataFrame([{ a: 1 }]))).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      message: expect.stringContaining('npm install danfojs-node'),
    })
  })
})
