// Small charts as SVG text: lines and horizontal bars with title, axes, ticks and legend. Series differ in colour (Okabe and Ito's
// palette, which the colour-blind can tell apart) and in dash pattern or order, and every chart has a text for screen readers.

/** A line by name, or the bars of a name: one for each label. */
export interface LineSeries {
  readonly name: string
  readonly points: readonly (readonly [x: number, y: number])[]
}
export interface BarSeries {
  readonly name: string
  readonly values: readonly number[]
}

/** Texts of a chart. */
interface Texts {
  readonly title: string
  readonly xLabel: string
  /** What is to be seen, for who cannot see it. */
  readonly description: string
}

const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9']
const DASHES = ['', '7 3', '2 3', '9 3 2 3', '1 4']
const FONT = 'font-family="system-ui, sans-serif" font-size="12"'
const INK = '#1f2933'
const FAINT = '#d5dbe1'
const WIDTH = 520

export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? c)

/** Round numbers from 0 to at least `max`, about five of them. */
export function ticks(max: number): number[] {
  if (!(max > 0)) return [0, 1]
  const rough = max / 5
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough * 0.999) ?? 10)
  // The quotient, not a running sum, so that 0.6 is not 0.6000000000000001.
  return Array.from({ length: Math.ceil(max / step - 1e-9) + 1 }, (_, i) => Number((i * step).toPrecision(6)))
}

const round = (x: number): string => String(Math.round(x * 10) / 10)
const text = (x: number, y: number, content: string, extra = ''): string =>
  `<text x="${round(x)}" y="${round(y)}" fill="${INK}" ${extra}>${escapeHtml(content)}</text>`
const line = (x1: number, y1: number, x2: number, y2: number, colour: string, extra = ''): string =>
  `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="${colour}" ${extra}/>`

/** The drawing with its title above. */
function svg(height: number, { title, description }: Texts, parts: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escapeHtml(title)}" ${FONT}>`,
    `<title>${escapeHtml(title)}</title><desc>${escapeHtml(description)}</desc>`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    text(12, 20, title, 'font-size="15" font-weight="600"'),
    ...parts,
    '</svg>',
  ].join('\n')
}

/** Names beside their colours under the title, in as many rows as they need, and where they end. */
function legend(
  names: readonly string[],
  swatch: (x: number, y: number, index: number) => string,
): { parts: string[]; bottom: number } {
  let [x, y] = [14, 38]
  const parts = names.map((name, i) => {
    const width = 50 + 7 * name.length
    if (x > 14 && x + width > WIDTH) [x, y] = [14, y + 18]
    const entry = swatch(x, y, i) + text(x + 28, y + 4, name)
    x += width
    return entry
  })
  return { parts, bottom: y + 8 }
}

/**
 * Lines over the unit square, each point `[x, y]` with both from 0 to 1. What guessing reaches is a thin straight line between
 * its heights at the left and the right end.
 */
export function lineChart(
  texts: Texts & { readonly yLabel: string; readonly guessing: readonly [number, number] },
  series: readonly LineSeries[],
): string {
  const guessing = texts.guessing.map((y, x) => [x, y] as const)
  const all = [...series, { name: 'guessing', points: guessing }]
  const stroke = (i: number): string =>
    i === series.length
      ? 'stroke="#6b7780" stroke-width="1"'
      : `stroke="${COLOURS[i]}" stroke-width="2.2"${DASHES[i] ? ` stroke-dasharray="${DASHES[i]}"` : ''}`
  const names = legend(
    all.map(({ name }) => name),
    (x, y, i) => `<path d="M${x},${y}h22" fill="none" ${stroke(i)}/>`,
  )
  const [left, top, size] = [58, names.bottom + 14, WIDTH - 58 - 24]
  const height = top + size + 52
  const px = (x: number) => left + x * size
  const py = (y: number) => top + (1 - y) * size
  const path = (points: LineSeries['points']) => points.map(([x, y]) => `${round(px(x))},${round(py(y))}`).join(' ')
  const grid = ticks(1).flatMap((t) => [
    line(px(0), py(t), px(1), py(t), FAINT),
    line(px(t), py(0), px(t), py(1), FAINT),
    text(px(t), py(0) + 18, String(t), 'text-anchor="middle"'),
    text(px(0) - 8, py(t) + 4, String(t), 'text-anchor="end"'),
  ])
  return svg(height, texts, [
    ...names.parts,
    ...grid,
    line(px(0), py(0), px(1), py(0), INK),
    line(px(0), py(0), px(0), py(1), INK),
    ...all.map(
      ({ points }, i) => `<polyline points="${path(points)}" fill="none" stroke-linejoin="round" ${stroke(i)}/>`,
    ),
    text(px(0.5), height - 14, texts.xLabel, 'text-anchor="middle"'),
    text(0, 0, texts.yLabel, `text-anchor="middle" transform="translate(16 ${round(py(0.5))}) rotate(-90)"`),
  ])
}

/** Horizontal bars from 0, the series of a label beneath each other. */
export function barChart(texts: Texts, labels: readonly string[], series: readonly BarSeries[]): string {
  const colour = (i: number) => `fill="${COLOURS[i]}"`
  const names = legend(
    series.map(({ name }) => name),
    (x, y, i) => `<rect x="${x}" y="${y - 5}" width="22" height="10" ${colour(i)}/>`,
  )
  const [left, top, bar, gap] = [132, names.bottom + 12, 11, 9]
  const group = series.length * bar + gap
  const plot = labels.length * group
  const height = top + plot + 52
  const marks = ticks(Math.max(0, ...series.flatMap(({ values }) => values)))
  const scale = (WIDTH - left - 28) / marks[marks.length - 1]
  const px = (value: number) => left + value * scale
  return svg(height, texts, [
    ...names.parts,
    ...marks.flatMap((mark) => [
      line(px(mark), top, px(mark), top + plot, FAINT),
      text(px(mark), top + plot + 18, String(mark), 'text-anchor="middle"'),
    ]),
    ...labels.flatMap((label, row) => {
      const y = top + row * group + gap / 2
      return [
        text(left - 8, y + (series.length * bar) / 2 + 4, label, 'text-anchor="end"'),
        ...series.map(
          ({ values }, i) =>
            `<rect x="${left}" y="${round(y + i * bar)}" width="${round(values[row] * scale)}" height="${bar - 1}" ${colour(i)}/>`,
        ),
      ]
    }),
    line(left, top, left, top + plot, INK),
    text(left + (WIDTH - left - 28) / 2, height - 14, texts.xLabel, 'text-anchor="middle"'),
  ])
}
