import { SchemaError } from '../errors.js'
import { type ColumnData, isValid } from '../sql/batch.js'
import type { DataFrame } from '../sql/dataframe.js'
import type { ActionOptions } from '../sql/engine.js'
import { columnOf, indexOfName } from '../sql/names.js'
import { wholeNumber } from '../sql/planner.js'
import { isNumeric, simpleString } from '../sql/types.js'
import { escapeHtml } from './escape.js'

/** What a scatter plot shows. */
export interface ScatterOptions extends ActionOptions {
  /** Numeric column of the horizontal axis. */
  readonly x: string
  /** Numeric column of the vertical axis. */
  readonly y: string
  readonly title?: string
  /** Most points, of the first rows; 5000 when not given. */
  readonly points?: number
}

const WIDTH = 560
const HEIGHT = 360
const LEFT = 64
const RIGHT = WIDTH - 20
const TOP = 44
const BOTTOM = HEIGHT - 52
const INK = '#1f2933'
const FAINT = '#d5dbe1'
const DOTS = '#0072b2'

const round = (x: number): string => String(Math.round(x * 10) / 10)

/** Round numbers in steps of 1, 2 or 5 from below the least value to above the largest, about five of them. */
export function ticks(min: number, max: number): number[] {
  const range = max > min ? max - min : Math.abs(max) || 1
  const power = 10 ** Math.floor(Math.log10(range / 5))
  const step = power * ([1, 2, 5].find((factor) => factor * power >= range / 6) ?? 10)
  const [first, last] = [Math.floor(min / step), Math.ceil(max / step)]
  // Products, not a running sum, so that 0.6 is not 0.6000000000000001.
  return Array.from({ length: Math.max(last, first + 1) - first + 1 }, (_, i) =>
    Number(((first + i) * step).toPrecision(12)),
  )
}

/**
 * Two columns of a frame as a picture in SVG, such as residuals over predictions: a point for each row, and the line of height 0 where
 * it is in range. Rows with null, NaN or an infinite value have no point. Beneath it stands how many rows are not shown.
 *
 * @throws SchemaError for a column that is missing or not numeric; ParamError for a number of points that is not whole and 1 or more.
 * @example
 * ```ts
 * import { createDataFrame } from 'ridgeline'
 * import { scatterPlot } from 'ridgeline/notebook'
 * const scored = createDataFrame([{ prediction: 10, residual: 0.3 }, { prediction: 12, residual: -0.5 }])
 * const svg = await scatterPlot(scored, { x: 'prediction', y: 'residual', title: 'Residuals' })
 * ```
 */
export async function scatterPlot(frame: DataFrame, options: ScatterOptions): Promise<string> {
  const { x, y, title = `${y} over ${x}`, points: most = 5000, signal } = options
  wholeNumber(most, 1, 'scatterPlot', 'points')
  const numbers = [x, y].map((name) => columnOf(numericName(frame, name)).cast('double'))
  const { columns, length } = await frame
    .select(numbers[0].alias('x'), numbers[1].alias('y'))
    .limit(most + 1)
    .toTable({ signal })
  const [xs, ys] = columns.map(doubles)
  const read = Math.min(most, length)
  const points = Array.from({ length: read }, (_, i) => [xs(i), ys(i)] as const).filter((p) => p.every(Number.isFinite))
  const notes = [
    ...(points.length < read ? [`${read - points.length} without a finite value`] : []),
    ...(length > most ? [`rows after the first ${most}`] : []),
  ]
  return picture(points, { title, x, y, note: notes.length > 0 ? `not shown: ${notes.join(', ')}` : '' })
}

/** The exact name of a column. @throws SchemaError when it is missing or not numeric. */
function numericName(frame: DataFrame, name: string): string {
  const field = frame.schema.fields[indexOfName(frame.schema, name, 'scatterPlot')]
  if (isNumeric(field.dataType)) return field.name
  throw new SchemaError(`column "${name}" has type ${simpleString(field.dataType)}`, {
    stage: 'scatterPlot',
    column: name,
    allowed: 'Allowed: a numeric type',
    received: simpleString(field.dataType),
  })
}

/** Reader of a column of doubles; null is NaN. */
function doubles(column: ColumnData): (row: number) => number {
  const data = column.kind === 'f64' ? column.data : []
  return (row) => (isValid(column.valid, row) ? data[row] : Number.NaN)
}

function picture(
  points: readonly (readonly [number, number])[],
  { title, x, y, note }: { readonly title: string; readonly x: string; readonly y: string; readonly note: string },
): string {
  const xTicks = ticksOf(points.map((point) => point[0]))
  const yTicks = ticksOf(points.map((point) => point[1]))
  const px = scale(xTicks, LEFT, RIGHT)
  const py = scale(yTicks, BOTTOM, TOP)
  const [low, high] = [yTicks[0], yTicks[yTicks.length - 1]]
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" font-family="system-ui, sans-serif" font-size="12">`,
    `<title>${escapeHtml(title)}</title><desc>${escapeHtml(`${y} over ${x}, ${points.length} points`)}</desc>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    text(LEFT, 26, title, 'font-size="15" font-weight="600"'),
    ...xTicks.flatMap((tick) => [
      line(px(tick), TOP, px(tick), BOTTOM, FAINT),
      text(px(tick), BOTTOM + 18, String(tick), 'text-anchor="middle"'),
    ]),
    ...yTicks.flatMap((tick) => [
      line(LEFT, py(tick), RIGHT, py(tick), FAINT),
      text(LEFT - 8, py(tick) + 4, String(tick), 'text-anchor="end"'),
    ]),
    ...(low <= 0 && high >= 0 ? [line(LEFT, py(0), RIGHT, py(0), INK)] : []),
    `<g fill="${DOTS}" fill-opacity="0.6">`,
    ...points.map(([a, b]) => `<circle cx="${round(px(a))}" cy="${round(py(b))}" r="3.5"/>`),
    '</g>',
    text((LEFT + RIGHT) / 2, HEIGHT - 14, x, 'text-anchor="middle"'),
    text(0, 0, y, `text-anchor="middle" transform="translate(18 ${(TOP + BOTTOM) / 2}) rotate(-90)"`),
    ...(note === '' ? [] : [text(RIGHT, HEIGHT - 14, note, 'text-anchor="end" font-size="10"')]),
    '</svg>',
  ].join('\n')
}

const ticksOf = (values: readonly number[]): number[] => {
  const [min, max] = values.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity])
  return values.length === 0 ? [0, 1] : ticks(min, max)
}

const scale = (marks: readonly number[], from: number, to: number) => {
  const [first, last] = [marks[0], marks[marks.length - 1]]
  return (value: number): number => from + ((value - first) / (last - first)) * (to - from)
}

const text = (x: number, y: number, content: string, attributes: string): string =>
  `<text x="${round(x)}" y="${round(y)}" fill="${INK}" ${attributes}>${escapeHtml(content)}</text>`

const line = (x1: number, y1: number, x2: number, y2: number, colour: string): string =>
  `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="${colour}"/>`
