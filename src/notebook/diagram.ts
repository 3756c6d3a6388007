import type { Params } from '../param/params.js'
import { escapeHtml } from './escape.js'
import { type InnerStages, type StageText, stageText } from './stage-text.js'

/** A thing with a size that can be drawn at a place and in a width. */
interface Box {
  readonly width: number
  readonly height: number
  draw(x: number, y: number, width: number): string[]
}

const PAD = 12
const LINE = 17
const ARROW = 18
/** Widths of a character, generous, since the font is the reader's. */
const MONO = 7.3
const BOLD = 8.2
const SMALL = 6.6
const INK = '#1f2933'
const GREY = '#56616b'

/** Fill and border by what a stage is. */
const COLOURS: Readonly<Record<StageText['role'], readonly [fill: string, border: string]>> = {
  estimator: ['#fff6e5', '#b9770e'],
  model: ['#e8f2fb', '#2b6ca3'],
  transformer: ['#e8f2fb', '#2b6ca3'],
  evaluator: ['#f1f3f5', '#6b7780'],
}

const text = (x: number, y: number, content: string, attributes: string): string =>
  `<text x="${x}" y="${y}" xml:space="preserve" ${attributes}>${escapeHtml(content)}</text>`

/** Stages beneath each other, with arrows where data flow. */
function column({ name, flow, stages }: InnerStages): Box {
  const boxes = stages.map(stageBox)
  const gap = flow ? ARROW : PAD
  const top = flow ? 0 : LINE
  return {
    width: Math.max(...boxes.map((box) => box.width), flow ? 0 : name.length * SMALL),
    height: top + boxes.reduce((sum, box) => sum + box.height, 0) + gap * Math.max(0, boxes.length - 1),
    draw(x, y, width) {
      const parts = flow ? [] : [text(x, y + 11, name, `font-size="11" fill="${GREY}"`)]
      let at = y + top
      for (const [i, box] of boxes.entries()) {
        if (i > 0 && flow) parts.push(arrow(x + width / 2, at - ARROW))
        parts.push(...box.draw(x, at, width))
        at += box.height + gap
      }
      return parts
    },
  }
}

const arrow = (x: number, y: number): string =>
  `<path d="M${x},${y + 3}V${y + ARROW - 4}M${x - 4},${y + ARROW - 8}L${x},${y + ARROW - 4}L${x + 4},${y + ARROW - 8}" fill="none" stroke="${GREY}" stroke-width="1.3"/>`

function stageBox({ title, role, lines, inner }: StageText): Box {
  const columns = inner.filter(({ stages }) => stages.length > 0).map(column)
  const head = PAD + LINE + lines.length * LINE + (columns.length > 0 ? 4 : 0)
  const [fill, border] = COLOURS[role]
  return {
    width:
      2 * PAD +
      Math.ceil(
        Math.max(
          title.length * BOLD + 2 * PAD + role.length * SMALL,
          ...lines.map((line) => [...line].length * MONO),
          ...columns.map((box) => box.width),
        ),
      ),
    height: head + columns.reduce((sum, box) => sum + box.height + PAD, 0) + PAD / 2,
    draw(x, y, width) {
      const parts = [
        `<rect x="${x}" y="${y}" width="${width}" height="${this.height}" rx="6" fill="${columns.length > 0 ? '#ffffff' : fill}" stroke="${border}"/>`,
        text(x + PAD, y + PAD + 9, title, `font-size="13" font-weight="600" fill="${INK}"`),
        text(x + width - PAD, y + PAD + 9, role, `font-size="11" text-anchor="end" fill="${border}"`),
        ...lines.map((line, i) =>
          text(
            x + PAD,
            y + PAD + LINE * (i + 1) + 9,
            line,
            `font-size="12" font-family="ui-monospace, Menlo, Consolas, monospace" fill="${INK}"`,
          ),
        ),
      ]
      let at = y + head
      for (const box of columns) {
        parts.push(...box.draw(x + PAD, at, width - 2 * PAD))
        at += box.height + PAD
      }
      return parts
    },
  }
}

/**
 * A stage as a picture in SVG: a box with its columns, its parameters that are not at their defaults and, of a model, what was
 * learned in short; the stages of a pipeline, a tuner or an ensemble are boxes inside. Names and values are escaped.
 *
 * @example
 * ```ts
 * import { LinearRegression, Pipeline, VectorAssembler } from 'ridgeline'
 * import { diagram } from 'ridgeline/notebook'
 * const assembler = new VectorAssembler({ inputCols: ['km', 'hour'], outputCol: 'features' })
 * const svg = diagram(new Pipeline({ stages: [assembler, new LinearRegression({ labelCol: 'price', regParam: 0.1 })] }))
 * console.log(svg.includes('km, hour → features'), svg.includes('regParam = 0.1')) // true true
 * ```
 */
export function diagram(stage: Params): string {
  const about = stageText(stage)
  const box = stageBox(about)
  const [width, height] = [box.width + 2, box.height + 2]
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="system-ui, sans-serif">`,
    `<title>${escapeHtml(about.title)}</title>`,
    ...box.draw(1, 1, box.width),
    '</svg>',
  ].join('\n')
}
