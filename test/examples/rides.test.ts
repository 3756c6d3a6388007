import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runExample } from './run-example.js'

const MANY_RIDES = fileURLToPath(new URL('../../examples/data/rides.csv', import.meta.url))
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-rides-'))
})
afterAll(() => rm(folder, { recursive: true }))

const run = (...args: string[]) => runExample(() => import('../../examples/rides.js'), args)
const csv = async (name: string, ...lines: string[]) => {
  const path = join(folder, name)
  await writeFile(path, `${lines.join('\n')}\n`)
  return path
}
/** The number that stands after a text. */
const numberAfter = (out: string, label: string) =>
  Number(out.slice(out.indexOf(label) + label.length).match(/\S+/)?.[0])

describe('the rides example', () => {
  test('prints what real Spark 4.0.1 gives for the five rides', async () => {
    const { out, code } = await run()
    expect(code).toBe(0)
    // golden tuning/CrossValidator/scala_rides5_train80_2parts_defaultSeed
    const avgMetrics = [
      4.844129024400581, 4.844129024400581, 4.844129024400581, 4.847562482753271, 4.814756972735021, 4.724871649253891,
      4.877818588689327, 4.6410022194636324, 4.059037684379454,
    ]
    const names = [0, 0.01, 0.1].flatMap((r) => [0, 0.5, 1].map((e) => `regParam = ${r}, elasticNetParam = ${e} `))
    // The last stage is an iterative learner, but its sums are formed in Spark's order: no bit differs.
    expect(names.map((name) => numberAfter(out, name))).toEqual(avgMetrics)
    expect(out).toContain('Best: regParam = 0.1, elasticNetParam = 1\n')
    expect(numberAfter(out, 'RMSE on the test part: ')).toBeCloseTo(testError(), 9)
    expect(out).toContain('|rideId|city|distanceKm|hour|price|')
    expect(out).toContain('loaded again: the same predictions.')
  })

  test('takes rides of a csv file and keeps the model', async () => {
    const path = join(folder, 'model.json')
    const { out, err, code } = await run('--data', MANY_RIDES, '--out', path)
    expect([err, code]).toEqual(['', 0])
    expect(out).toMatch(/Best: regParam = 0/)
    expect(JSON.parse(await readFile(path, 'utf8')).stage.class).toBe('org.apache.spark.ml.PipelineModel')
  })

  test.each([
    ['a missing file', async () => join(folder, 'no.csv'), /no\.csv/],
    [
      'a missing column',
      () => csv('a.csv', 'city,distance,hour,price', 'FR,1,2,3'),
      /lacks the columns distanceKm\. It has city, distance,/,
    ],
    ['too few rides', () => csv('b.csv', 'city,distanceKm,hour,price', 'FR,1,2,3'), /holds 1 rides\. Give 5 or more/],
    [
      'a price that is no number',
      () => csv('c.csv', 'city,distanceKm,hour,price', ...Array<string>(9).fill('FR,1,2,cheap')),
      /column "price" \(labelCol\) has type string/,
    ],
  ])('says what is wrong with %s, without a stack', async (_, file, message) => {
    const { err, code } = await run('--data', await file())
    expect(err).toMatch(message)
    expect(err).not.toMatch(/\n\s+at /)
    expect(code).toBe(1)
  })

  test('explains itself, and refuses unknown options', async () => {
    expect((await run('--help')).out).toMatch(/--data FILE\.csv/)
    expect(await run('--dat')).toMatchObject({ code: 1, err: expect.stringMatching(/Unknown option '--dat'/) })
  })
})

/** Spark's recorded best model on the one test ride (DE, 3 km, 23 h, 6.2), with the scaler worked out from rides 1, 2, 4 and 5. */
function testError(): number {
  // Distance, hour, FR, MG, US.
  const [km, , , mg, us] = [4.612063866328811, 0, 0, -0.0431547947227112, 0.896149063319557]
  const distances = [7.5, 12, 16.2, 9.5]
  const mean = distances.reduce((sum, x) => sum + x, 0) / 4
  const std = Math.sqrt(distances.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 3)
  // One of four rides is in each of MG and US: mean 1/4, sample deviation 1/2. DE is unseen: 0 in all three columns.
  const prediction = 16 + (km * (3 - mean)) / std + (mg + us) * -0.5
  return Math.abs(prediction - 6.2)
}
