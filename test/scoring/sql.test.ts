import { readFileSync } from 'node:fs'
import {
  Bucketizer,
  createDataFrame,
  type DataFrame,
  LinearRegression,
  Pipeline,
  SQLTransformer,
  StringIndexer,
  VectorAssembler,
} from 'ridgeline'
import { transformer } from 'ridgeline/pipeline'
import { expr, type StructType } from 'ridgeline/sql'
import { expect, it } from 'vitest'
import { rowFunctions } from '../../src/sql/expression/row-program.js'
import { needsNoColumns } from '../helpers/forms.js'

const schema = 'city STRING, km DOUBLE, hour INT, fee LONG, night BOOLEAN, at TIMESTAMP, day DATE, price DOUBLE'
const rows = Array.from({ length: 24 }, (_, i) => ({
  city: ['Paris', 'Nice', ' lyon'][i % 3],
  km: ((i * 7) % 11) / 2 + 0.25,
  hour: (i * 5) % 24,
  fee: 100 * i,
  night: i % 4 === 0,
  at: new Date(Date.UTC(2026, i % 12, 1 + i, i % 24, i)),
  day: new Date(Date.UTC(1999 + i, i % 12, 28)),
  price: i + 1,
}))
const frame = createDataFrame(rows, schema) as DataFrame

const statement = `
  SELECT *, CASE WHEN km > 3 THEN 'far' WHEN km > 1 THEN 'near' END AS distance, coalesce(hour, 12) + 1 AS later,
    km * km AS square, fee / 100 AS euros, fee + 9000000000 AS large, upper(trim(city)) || '-' || CAST(hour AS STRING) AS place,
    year(day) * 12 + month(day) AS months, hour(at) AS clock, datediff(day, DATE '2000-01-01') AS days, date_add(day, 1) AS next,
    at + INTERVAL 1 HOUR AS after, night OR hour > 21 AS dark, round(km, 1) AS short, isnull(km) AS unknown, city LIKE '%i%' AS dotted
  FROM __THIS__ WHERE hour IS NULL OR hour < 23`
const made = ['distance', 'later', 'square', 'euros', 'large', 'place', 'months', 'clock', 'days', 'next', 'after']
const all = [...made, 'dark', 'short', 'unknown', 'dotted']

const odd: readonly object[] = [
  ...rows,
  ...Object.keys(rows[0]).map((name) => ({ ...rows[0], [name]: null })),
  { ...rows[0], km: Number.NaN },
  { ...rows[0], km: -0.05 },
  { ...rows[0], fee: 2 ** 53 - 1 },
  { ...rows[0], hour: 2 ** 31 - 1 },
  { ...rows[0], day: new Date(Date.UTC(2024, 1, 29)) },
]

/** Rows as they come, or the class of an error: the engine words errors of arithmetic in its own way. */
const answer = async (work: () => unknown): Promise<unknown> => {
  try {
    return (await work()) ?? null
  } catch (error) {
    return (error as Error).name
  }
}

it('SQL is scored as it is transformed', async () => {
  const sql = new SQLTransformer({ statement })
  const score = sql.scorer({ schema: frame.schema, outputCols: all })
  const passes = needsNoColumns(
    new SQLTransformer({ statement: statement.replace(/WHERE.*/, '') }),
    frame.schema as StructType,
    all,
  )
  expect(rows.filter((row) => !passes(row))).toEqual([])
  for (const row of odd) {
    const expected = await answer(
      async () =>
        (
          await sql
            .transform(createDataFrame([row], schema) as DataFrame)
            .select(...all)
            .collect()
        )[0],
    )
    expect(await answer(() => score(row))).toEqual(expected)
  }
  // A row of each kind: one that is dropped, one that overflows.
  expect(score({ ...rows[0], hour: 23 })).toBeNull()
  expect(() => score({ ...rows[0], fee: 2n ** 63n - 1n })).toThrow('ARITHMETIC_OVERFLOW')
})

it('stages read what SQL computes, and the other way around', async () => {
  class Doubled extends transformer('example.Doubled', {}) {
    protected override apply(data: DataFrame): DataFrame {
      return data.withColumn('twice', expr('square * 2 + later'))
    }
    override transformSchema(given: StructType): StructType {
      return this.apply(createDataFrame([], given) as DataFrame).schema
    }
  }
  const stages = [
    new SQLTransformer({ statement }),
    new Doubled(),
    new StringIndexer({ inputCol: 'distance', outputCol: 'index', handleInvalid: 'keep' }),
    new Bucketizer({ inputCol: 'clock', outputCol: 'part', splits: [0, 6, 12, 24] }),
    new VectorAssembler({
      inputCols: ['twice', 'index', 'part', 'dark'],
      outputCol: 'features',
      handleInvalid: 'skip',
    }),
    new LinearRegression({ labelCol: 'price', regParam: 0.1 }),
    new SQLTransformer({ statement: 'SELECT *, prediction > 5 AND twice > 3 AS dear FROM __THIS__' }),
  ]
  const model = await new Pipeline({ stages }).fit(frame)
  const score = model.scorer()
  for (const row of odd) {
    const expected = await answer(
      async () =>
        (
          await model
            .transform(createDataFrame([row], schema) as DataFrame)
            .select('prediction', 'dear')
            .collect()
        )[0],
    )
    expect(await answer(() => score(row))).toEqual(expected)
  }
})

it('docs/scoring.md lists the functions', () => {
  const page = readFileSync(new URL('../../docs/scoring.md', import.meta.url), 'utf8')
  const listed = rowFunctions.filter((name) => !name.startsWith('+') || name === '+').map((name) => `\`${name}\``)
  expect(page.replaceAll('\n', ' ')).toContain(listed.join(' '))
})
