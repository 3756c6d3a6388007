import { createDataFrame } from 'ridgeline'
import { scatterPlot } from 'ridgeline/notebook'
import { describe, expect, it } from 'vitest'
import { ticks } from '../../src/notebook/scatter-plot.js'

const circles = (svg: string) =>
  [...svg.matchAll(/<circle cx="(\S+)" cy="(\S+)"/g)].map((match) => match.slice(1).map(Number))
const textsOf = (svg: string) => [...svg.matchAll(/<text[^>]*>(.*?)<\/text>/g)].map(([, text]) => text)

describe('a scatter plot', () => {
  it('has a point for each row, axes by name, and the line of 0', async () => {
    const frame = createDataFrame({ x: Float64Array.of(0, 5, 10), y: Float64Array.of(-1, 0, 1) })
    const svg = await scatterPlot(frame, { x: 'x', y: 'y', title: 'Residuals' })
    const [first, second, third] = circles(svg)
    // The axes run from 0 to 10 and from -1 to 1: the points are the corners and the middle.
    expect([first, third]).toEqual([
      [64, 308],
      [540, 44],
    ])
    expect(second).toEqual([302, 176])
    expect(svg).toContain('<line x1="64" y1="176" x2="540" y2="176" stroke="#1f2933"/>')
    expect(textsOf(svg)).toEqual(expect.arrayContaining(['Residuals', 'x', 'y', '-1', '-0.5', '0', '0.5', '1', '10']))
    expect(textsOf(await scatterPlot(frame, { x: 'x', y: 'y' }))[0]).toBe('y over x')
  })

  it('leaves out what is not finite, and rows after the last point, and says so', async () => {
    const frame = createDataFrame(
      [
        [1, 1],
        [2, null],
        [Number.NaN, 3],
        [4, Infinity],
        [5, 5],
        [6, 6],
      ],
      'x DOUBLE, y DOUBLE',
    )
    expect(circles(await scatterPlot(frame, { x: 'x', y: 'y' }))).toHaveLength(3)
    expect(textsOf(await scatterPlot(frame, { x: 'x', y: 'y' })).at(-1)).toBe('not shown: 3 without a finite value')
    const few = await scatterPlot(frame, { x: 'x', y: 'y', points: 2 })
    expect(circles(few)).toHaveLength(1)
    expect(textsOf(few).at(-1)).toBe('not shown: 1 without a finite value, rows after the first 2')
  })

  it('draws one point, equal values, and none', async () => {
    for (const rows of [
      [[3, 3]],
      [
        [3, 3],
        [3, 3],
      ],
      [[0, 0]],
      [],
    ]) {
      const svg = await scatterPlot(createDataFrame(rows, 'x INT, y INT'), { x: 'x', y: 'y' })
      expect(circles(svg)).toHaveLength(rows.length)
      expect(svg).not.toMatch(/NaN|Infinity|undefined/)
    }
  })

  it('escapes titles and names', async () => {
    const frame = createDataFrame([{ '<b>': 1, y: 2 }])
    const svg = await scatterPlot(frame, { x: '<b>', y: 'y', title: '"<i>"' })
    expect(svg).not.toMatch(/<[bi]>/)
  })

  it('refuses columns that are missing or no numbers', async () => {
    const frame = createDataFrame([{ km: 1, city: 'FR' }])
    await expect(scatterPlot(frame, { x: 'km', y: 'kn' })).rejects.toThrow(/Did you mean "km"/)
    await expect(scatterPlot(frame, { x: 'km', y: 'city' })).rejects.toMatchObject({ code: 'SCHEMA' })
    await expect(scatterPlot(frame, { x: 'km', y: 'km', points: 0 })).rejects.toMatchObject({ code: 'PARAM' })
  })

  it('has round ticks that cover the values', () => {
    expect(ticks(0, 1)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1])
    expect(ticks(-2.9, 4.1)).toEqual([-4, -2, 0, 2, 4, 6])
    expect(ticks(1e6, 1e6 + 4)).toEqual([1e6, 1e6 + 1, 1e6 + 2, 1e6 + 3, 1e6 + 4])
    expect(ticks(5, 5)).toEqual([5, 6])
    expect(ticks(0, 0)).toEqual([0, 0.2])
  })
})
