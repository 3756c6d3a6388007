import { expect, it } from 'vitest'
import { Vectors } from '../../src/linalg/vectors.js'
import { createDataFrame } from '../../src/sql/session.js'
import { fromDataFrame } from '../../src/tracking/index.js'

const rows = Array.from({ length: 50 }, (_, i) => ({
  city: ['FR', 'US', null][i % 3],
  km: i / 4,
  n: i,
  ok: i % 2 === 0,
  features: Vectors.dense(i, 0, i % 5),
  list: [i, null],
  at: new Date(Date.UTC(2026, 0, 1, i)),
}))
const frame = createDataFrame(rows)

it('a dataset tells schema, number of rows and where it comes from', async () => {
  const dataset = await fromDataFrame(frame, { name: 'rides', source: 's3://bucket/rides.parquet' })
  expect(dataset).toMatchObject({
    name: 'rides',
    sourceType: 's3',
    source: '{"uri":"s3://bucket/rides.parquet"}',
    profile: '{"num_rows":50}',
  })
  expect(dataset.digest).toMatch(/^[0-9a-f]{16}$/)
  // MLflow's names of types.
  expect(JSON.parse(dataset.schema ?? '').mlflow_colspec).toMatchObject([
    { name: 'city', type: 'string', required: false },
    { name: 'km', type: 'double' },
    { name: 'n', type: 'integer' },
    { name: 'ok', type: 'boolean' },
    { name: 'features', type: 'array' },
    { name: 'list', type: 'array' },
    { name: 'at', type: 'datetime' },
  ])
  expect((await fromDataFrame(frame, { source: 'rides.csv' })).sourceType).toBe('local')
  expect((await fromDataFrame(frame, { source: 'https://a.example/b.csv' })).source).toBe(
    '{"url":"https://a.example/b.csv"}',
  )
})

it('its digest is that of the values, however they are held', async () => {
  const digest = async (data: typeof frame) => (await fromDataFrame(data)).digest
  const first = await digest(frame)
  expect(await digest(createDataFrame(rows))).toBe(first)
  expect(await digest(frame.coalesce(1))).toBe(first)
  const sparse = rows.map((row) => ({ ...row, features: row.features.toSparse() }))
  expect(await digest(createDataFrame(sparse) as unknown as typeof frame)).toBe(first)
  const changes: Partial<(typeof rows)[number]>[] = [
    { city: 'DE' },
    { city: null },
    { km: 3.25 },
    { n: 99 },
    { ok: false },
    { features: Vectors.dense(4, 1, 4) },
    { list: [4, 4] },
    { at: new Date(0) },
  ]
  const others = changes.map((change) => createDataFrame(rows.map((row, i) => (i === 4 ? { ...row, ...change } : row))))
  const digests = await Promise.all([
    ...others.map((other) => digest(other as unknown as typeof frame)),
    digest(createDataFrame([...rows].reverse())),
    digest(frame.limit(49)),
    digest(frame.withColumnRenamed('n', 'm') as unknown as typeof frame),
  ])
  expect(new Set([first, ...digests]).size).toBe(digests.length + 1)
})
