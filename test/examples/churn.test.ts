import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { customers } from '../../examples/churn/customers.js'
import { barChart, lineChart, ticks } from '../../examples/shared/charts.js'
import { runExample } from './run-example.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-churn-'))
})
afterAll(() => rm(folder, { recursive: true }))

const run = (...args: string[]) => runExample(() => import('../../examples/churn.js'), args)
const MODELS = ['logistic regression', 'random forest', 'boosted trees'] as const
/** The numbers that stand in the line of each model. */
const numbersOf = (out: string) =>
  MODELS.map((model) => {
    const line = out.split('\n').find((text) => text.startsWith(model))
    return (line?.slice(model.length).match(/\d\.\d{4}/g) ?? []).map(Number)
  })
/** Cells of each row of a table of the report. */
const rowsOf = (table: string) =>
  [...table.matchAll(/<tr>(.*?)<\/tr>/g)].map(([, row]) => [...row.matchAll(/<t[hd]>(.*?)<\/t[hd]>/g)].map((c) => c[1]))

describe('the churn example', () => {
  test('tunes three models, of which trees see the interactions, and draws them', { timeout: 120_000 }, async () => {
    const path = join(folder, 'report.html')
    await writeFile(path, 'an older report')
    const { out, err, code } = await run('--customers', '2000', '--out', path)
    expect([err, code]).toEqual(['', 0])
    const [logistic, forest, boosted] = numbersOf(out)
    for (const numbers of [logistic, forest, boosted]) {
      expect(numbers).toHaveLength(5)
      const [folds, auc, pr, accuracy, f1] = numbers
      expect(auc).toBeGreaterThan(0.7)
      expect(auc).toBeLessThan(0.9)
      // Folds of known customers and those of the next quarter tell about the same.
      expect(Math.abs(folds - auc)).toBeLessThan(0.05)
      // Better than guessing, which reaches the share of those who left.
      expect(pr).toBeGreaterThan(0.4)
      expect(accuracy).toBeGreaterThan(0.75)
      expect(f1).toBeGreaterThan(0.4)
    }
    // The label hangs on ratios and steps, which a linear model cannot see.
    for (const trees of [forest, boosted]) {
      expect(trees[0]).toBeGreaterThan(logistic[0] + 0.03)
      expect(trees[1]).toBeGreaterThan(logistic[1] + 0.03)
      expect(trees[2]).toBeGreaterThan(logistic[2] + 0.05)
    }
    expect(out).toMatch(/maxDepth = \d, stepSize = 0\.\d/)

    const report = await readFile(path, 'utf8')
    expect(await readdir(folder)).toEqual(['report.html'])
    expect(report).toContain('<!doctype html>')
    expect(report.replaceAll('xmlns="http://www.w3.org/2000/svg"', '')).not.toMatch(/https?:|<script|<link|src=/)
    const charts = [...report.matchAll(/<svg[\s\S]*?<\/svg>/g)].map(([svg]) => svg)
    expect(charts.map((svg) => /<title>(.*?)<\/title>/.exec(svg)?.[1])).toEqual([
      'ROC curve, test customers',
      'Precision and recall, test customers',
      'Feature importances',
    ])
    // A line for each model and one for guessing; bars for two models and nine features, and two in the legend.
    expect(charts.map((svg) => svg.match(/<polyline/g)?.length ?? 0)).toEqual([4, 4, 0])
    expect(charts[2].match(/fill="#(0072b2|d55e00)"/g)).toHaveLength(2 * 9 + 2)
    expect(report).not.toMatch(/NaN|undefined|Infinity/)

    const [results, thresholds] = [...report.matchAll(/<table>[\s\S]*?<\/table>/g)].map(([table]) => rowsOf(table))
    expect(results.slice(1).map(([, folds, auc, pr]) => [folds, auc, pr].map(Number))).toEqual(
      [logistic, forest, boosted].map((numbers) => numbers.slice(0, 3)),
    )
    for (const [i, [, threshold, ...cells]] of thresholds.slice(1).entries()) {
      expect(Number(threshold)).toBeGreaterThan(0)
      expect(Number(threshold)).toBeLessThan(1)
      const [hit, missed, alarm, rest] = cells.slice(0, 4).map(Number)
      expect(hit + missed + alarm + rest).toBe(1000)
      expect((2 * hit) / (2 * hit + missed + alarm)).toBeCloseTo([logistic, forest, boosted][i][4], 4)
    }
  })

  test('explains itself, and refuses what it does not know', async () => {
    expect((await run('--help')).out).toMatch(/--customers N/)
    expect(await run('--customers', 'many')).toMatchObject({
      code: 1,
      err: '--customers is many. Allowed: whole numbers from 1000 to 20000.',
    })
    expect(await run('--customer', '1')).toMatchObject({ code: 1, err: expect.stringMatching(/Unknown option/) })
  })
})

describe('the invented customers', () => {
  test('are the same for the same seed, and differ between seeds', () => {
    expect(customers(50, { seed: 3 })).toEqual(customers(50, { seed: 3 }))
    expect(customers(50, { seed: 3 })).not.toEqual(customers(50, { seed: 4 }))
  })

  test('have nulls, and new labels only where they are asked for', () => {
    const known = customers(2000, { seed: 1 })
    const later = customers(2000, { seed: 2, newLabels: 0.05 })
    for (const column of ['age', 'country', 'plan', 'monetary'] as const) {
      expect(known.some((customer) => customer[column] === null)).toBe(true)
    }
    const labels = (rows: typeof known) => new Set(rows.flatMap(({ country, plan }) => [country, plan]))
    const before = labels(known)
    expect([...labels(later)].filter((label) => !before.has(label)).sort()).toEqual(['PT', 'family'])
    // Nobody ordered before the first order, or not within the year of the counted orders.
    expect(known.every(({ recency, tenure }) => recency <= Math.min(365, 30 * tenure))).toBe(true)
  })
})

describe('charts', () => {
  test('have round ticks that cover the values', () => {
    expect(ticks(1)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1])
    expect(ticks(0.31)).toEqual([0, 0.1, 0.2, 0.3, 0.4])
    expect(ticks(7)).toEqual([0, 2, 4, 6, 8])
    expect(ticks(0)).toEqual([0, 1])
  })

  test('escape texts, and describe themselves', () => {
    const texts = { title: 'a < b', description: '"c" & d', xLabel: 'x' }
    const svg = barChart(texts, ['<e>'], [{ name: 'f&g', values: [1] }])
    expect(svg).toContain('aria-label="a &lt; b"')
    expect(svg).toContain('<desc>&quot;c&quot; &amp; d</desc>')
    expect(svg).toContain('&lt;e&gt;')
    expect(svg).toContain('f&amp;g')
    const series = [
      {
        name: 'h',
        points: [
          [0, 0],
          [1, 1],
        ] as const,
      },
    ]
    expect(lineChart({ ...texts, yLabel: 'y', guessing: [0.2, 0.2] }, series)).toContain('>guessing</text>')
  })
})
