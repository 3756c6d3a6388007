import { inspect } from 'node:util'
import { createDataFrame, LinearRegression, Session, Vectors } from 'ridgeline'
import { tableHtml } from 'ridgeline/notebook'
import { describe, expect, it } from 'vitest'

const HOSTILE = `<script>alert("x")</script><img src=x onerror='a()'>&amp;\u0000\u001b[31m\ud800\n</td>`
/** Texts of the cells of each row, with what is escaped made whole, as a browser does. */
const cellsOf = (html: string) =>
  [...html.matchAll(/<tr>(.*?)<\/tr>/g)].map(([, row]) =>
    [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/g)].map(([, cell]) =>
      cell
        .replace(/<br>/g, ' ')
        .replace(/<[^>]*>/g, '')
        .replace(/&(lt|gt|quot|#39|amp);/g, (entity) => ENTITIES[entity]),
    ),
  )
const ENTITIES: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&amp;': '&' }

describe('a frame as an HTML table', () => {
  it('has names and types in its header, and values as show prints them', async () => {
    const frame = createDataFrame(
      [
        [1, 'FR', 7.5, true, new Date(0), [1, 2], Vectors.sparse(3, [1], [2])],
        [2n ** 60n, null, 1e-9, null, null, null, null],
      ],
      'id BIGINT, city STRING, km DOUBLE, paid BOOLEAN, at TIMESTAMP, list ARRAY<DOUBLE>, v VECTOR',
    )
    const html = await tableHtml(frame)
    expect(cellsOf(html)).toEqual([
      ['id bigint', 'city string', 'km double', 'paid boolean', 'at timestamp', 'list array<double>', 'v vector'],
      ['1', 'FR', '7.5', 'true', '1970-01-01 00:00:00', '[1.0, 2.0]', '(3,[1],[2.0])'],
      ['1152921504606846976', 'null', '1.0E-9', 'null', 'null', 'null', 'null'],
    ])
    expect(html).toContain('2 rows × 7 columns')
    expect(html).toMatch(/<td style="text-align:right">7\.5<\/td>/)
    expect(html).toMatch(/<td style="text-align:left">FR<\/td>/)
  })

  it('tells null from the text null', async () => {
    const html = await tableHtml(createDataFrame([['null'], [null]], 'a STRING'))
    expect(html.match(/<i[ >]/g)).toHaveLength(1)
  })

  it('shows the first 20 rows and says that there are more', async () => {
    const session = new Session()
    const html = async (rows: number, options = {}) => tableHtml(session.range(rows), options)
    expect((await html(20)).match(/<tr>/g)).toHaveLength(21)
    expect(await html(20)).toContain('20 rows × 1 column<')
    expect((await html(21)).match(/<tr>/g)).toHaveLength(21)
    expect(await html(21)).toContain('the first 20 rows × 1 column; there are more rows')
    expect(await html(3, { rows: 1 })).toContain('the first 1 row × 1 column; there are more rows')
    expect(await html(0)).toContain('0 rows × 1 column<')
    expect((await html(3, { rows: 0 })).match(/<tr>/g)).toHaveLength(1)
  })

  it('shows the first 50 columns', async () => {
    const wide = createDataFrame([Object.fromEntries(Array.from({ length: 60 }, (_, k) => [`c${k}`, k]))])
    const html = await tableHtml(wide)
    expect(html).toContain('1 row × 60 columns (the first 50 are shown)')
    expect(html.match(/<th/g)).toHaveLength(50 + 1)
  })

  it('cuts long texts', async () => {
    const frame = createDataFrame([{ a: 'x'.repeat(200) }])
    expect(cellsOf(await tableHtml(frame))[1]).toEqual([`${'x'.repeat(100)}…`])
    expect(cellsOf(await tableHtml(frame, { truncate: 3 }))[1]).toEqual(['xxx…'])
    expect(cellsOf(await tableHtml(frame, { truncate: 0 }))[1]).toEqual(['x'.repeat(200)])
    // A cut does not leave half of a character.
    expect(cellsOf(await tableHtml(createDataFrame([{ a: '😀😀' }]), { truncate: 1 }))[1]).toEqual(['\ufffd…'])
  })

  it('escapes values, names and nested names, whatever they hold', async () => {
    const frame = createDataFrame([{ [HOSTILE]: HOSTILE, s: { [HOSTILE]: HOSTILE }, list: [HOSTILE] }])
    const html = await tableHtml(frame, { truncate: 0 })
    expect(html).not.toMatch(/<(script|img)/i)
    expect(html).not.toMatch(/[^\P{Cc}\n]|\p{Cs}/u)
    const tags = new Set([...html.matchAll(/<\/?(\w+)/g)].map(([, tag]) => tag))
    expect([...tags].sort()).toEqual(['br', 'p', 'small', 'table', 'tbody', 'td', 'th', 'thead', 'tr'])
    // Only our own attributes are left.
    expect([...new Set([...html.matchAll(/<\w+ ([^>]*)>/g)].map(([, attributes]) => attributes))].sort()).toEqual([
      'style="font-weight:normal;opacity:0.7"',
      'style="text-align:left"',
    ])
    expect(cellsOf(html)[1][0]).toBe(
      `<script>alert("x")</script><img src=x onerror='a()'>&amp;\ufffd\ufffd[31m\ufffd\\n</td>`,
    )
  })

  it('shows columns that share a name', async () => {
    const a = createDataFrame([{ id: 1 }]).alias('a')
    const html = await tableHtml(a.crossJoin(createDataFrame([{ id: 2 }]).alias('b')))
    expect(cellsOf(html)).toEqual([
      ['id int', 'id int'],
      ['1', '2'],
    ])
  })

  it('refuses numbers that are none, and stops when it is told to', async () => {
    const frame = createDataFrame([{ a: 1 }])
    await expect(tableHtml(frame, { rows: -1 })).rejects.toMatchObject({ code: 'PARAM' })
    await expect(tableHtml(frame, { truncate: 0.5 })).rejects.toMatchObject({ code: 'PARAM' })
    await expect(tableHtml(frame, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
  })
})

describe('what console.log prints', () => {
  it('is short for frames and stages', () => {
    expect(inspect(createDataFrame([{ city: 'FR', km: 7.5 }]))).toBe('DataFrame[city: string, km: double]')
    expect(inspect(new LinearRegression({ regParam: 0.1 }, 'lr'))).toBe('lr { regParam: 0.1 }')
    expect(inspect([new LinearRegression({}, 'lr')])).toBe('[ lr ]')
  })
})
