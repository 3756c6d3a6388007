import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runExample } from './run-example.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-peak-'))
})
afterAll(() => rm(folder, { recursive: true }))

const run = (...args: string[]) => runExample(() => import('../../examples/rides-peak.js'), args)
const VARIANTS = ['distance, hour, city', '+ peak hour', '+ part of the day', '+ distance quantile', '+ all three']

describe('the peak-hour example', () => {
  test('compares the variants in a table and a picture', async () => {
    const out = join(folder, 'peak.svg')
    const result = await run('--out', out)
    expect([result.err, result.code]).toEqual(['', 0])
    const lines = VARIANTS.map((name) => result.out.split('\n').find((line) => line.startsWith(`  ${name} `)) ?? '')
    const errors = lines.map((line) => Number(/\d+\.\d{4}/.exec(line)?.[0]))
    // What pyspark 4.0.1 gives for the same pipelines and folds, see data/record_rides_peak.py.
    const spark = JSON.parse(await readFile(new URL('data/rides-peak.json', import.meta.url), 'utf8')) as number[]
    expect(errors).toEqual(spark.map((rmse) => Number(rmse.toFixed(4))))
    const best = errors.indexOf(Math.min(...errors))
    expect(lines.map((line) => line.endsWith('best'))).toEqual(VARIANTS.map((_, i) => i === best))
    expect(result.out).toMatch(/The best model sees distanceKm, hour, cityIs_\w+, /)

    const svg = await readFile(out, 'utf8')
    expect(svg).toMatch(/^<svg [\s\S]*<\/svg>\s*$/)
    for (const name of VARIANTS) expect(svg).toContain(`>${name}</text>`)
    // A bar for each variant, and one in the legend.
    expect(svg.match(/fill="#0072b2"/g)).toHaveLength(VARIANTS.length + 1)
    expect(svg).not.toMatch(/NaN|undefined|Infinity/)
  })

  test('says what is wrong, without a stack', async () => {
    const file = join(folder, 'a.csv')
    await writeFile(file, 'city,distance,hour,price\nFR,1,2,3\n')
    for (const [args, message] of [
      [['--data', file], /lacks the columns distanceKm/],
      [['--folds', '1'], /--folds is 1\. Allowed: whole numbers from 2 to 20/],
      [['--fold', '3'], /Unknown option '--fold'/],
    ] as const) {
      const { err, code } = await run(...args)
      expect(err).toMatch(message)
      expect(err).not.toMatch(/\n\s+at /)
      expect(code).toBe(1)
    }
    expect((await run('--help')).out).toMatch(/--out PICTURE\.svg/)
  })
})
