import { createDataFrame, LinearRegression } from 'ridgeline'
import { display, toHtml } from 'ridgeline/notebook'
import { afterEach, describe, expect, it } from 'vitest'

const shown = () => {
  const out: string[] = []
  return {
    out,
    to: { html: (text: string) => out.push(`html ${text}`), svg: (text: string) => out.push(`svg ${text}`) },
  }
}
const rides = createDataFrame([{ city: 'FR', km: 7.5 }])
const danfo = { ndim: 2, shape: [1, 1], columns: ['a'], dtypes: ['int32'], index: [0], values: [[1]] }

afterEach(() => {
  Reflect.deleteProperty(globalThis, '__tslab__')
})

describe('display', () => {
  it('shows frames as tables, stages as diagrams, and pictures', async () => {
    const { out, to } = shown()
    await display(rides, { to })
    await display(new LinearRegression(), { to })
    await display('<svg></svg>', { to })
    await display(danfo, { to })
    await display(createDataFrame({ a: [1, 2, 3] }), { to, rows: 1 })
    expect(out.map((text) => text.slice(0, 10))).toEqual([
      'html <tabl',
      'svg <svg x',
      'svg <svg><',
      'html <tabl',
      'html <tabl',
    ])
    expect(out[3]).toContain('a<br>')
    expect(out[4]).toContain('the first 1 row')
  })

  it('shows things in the cell that tslab runs', async () => {
    const { out, to } = shown()
    const asked: string[] = []
    Reflect.set(globalThis, '__tslab__', { require: (name: string) => asked.push(name) && { display: to } })
    await display(rides)
    expect([asked, out.length]).toEqual([['tslab'], 1])
  })

  it('says what to do outside of tslab', async () => {
    await expect(display(rides)).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      message: expect.stringContaining('toHtml'),
    })
  })

  it.each([[undefined], [null], [3], ['text'], [[]], [{}]])('refuses %s', async (value) => {
    await expect(display(value as never, shown())).rejects.toMatchObject({ code: 'PARAM' })
    await expect(toHtml(value as never)).rejects.toMatchObject({ code: 'PARAM' })
  })

  it('gives texts, too', async () => {
    expect(await toHtml(rides)).toMatch(/^<table>/)
    expect(await toHtml(new LinearRegression())).toMatch(/^<svg/)
  })
})
