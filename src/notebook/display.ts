import { UnsupportedError } from '../errors.js'
import { Params } from '../param/params.js'
import { wrongArgument } from '../sql/arguments.js'
import { type DanfoDataFrame, isDanfo } from '../sql/danfo.js'
import { DataFrame } from '../sql/dataframe.js'
import { createDataFrame } from '../sql/session.js'
import { diagram } from './diagram.js'
import { type TableOptions, tableHtml } from './table.js'

/** What can be shown: a frame as a table, a stage or model as a diagram, SVG text as the picture. */
export type Shown = DataFrame | DanfoDataFrame | Params | string

/** Where things are shown: `tslab.display` is one, and so is what `tslab.newDisplay()` gives, which shows each thing in place of the last. */
export interface Display {
  html(text: string): void
  svg(text: string): void
}

/** How things are shown. */
export interface DisplayOptions extends TableOptions {
  /** The output of the running cell of tslab when not given. */
  readonly to?: Display
}

const isSvg = (value: Shown): value is string => typeof value === 'string' && value.startsWith('<svg')

/** A stage, or an SVG text, as SVG; undefined for a frame. */
function svgOf(value: Shown, stage: string): string | undefined {
  if (isSvg(value)) return value
  if (value instanceof Params) return diagram(value)
  if (value instanceof DataFrame || isDanfo(value)) return undefined
  throw wrongArgument(value, {
    stage,
    param: 'value',
    allowed: 'a DataFrame, a stage or model, or SVG text',
    hint: 'Other values are shown by console.log, or by being the last expression of a cell',
  })
}

/**
 * A frame as an HTML table (see {@link tableHtml}), a stage or model as a diagram in SVG (see {@link diagram}).
 *
 * @throws ParamError when the value is neither; what reading the data raises.
 * @example
 * ```ts
 * import { createDataFrame, LinearRegression } from 'ridgeline'
 * import { toHtml } from 'ridgeline/notebook'
 * const table = await toHtml(createDataFrame([{ city: 'FR', price: 10.8 }])) // <table>…
 * const boxes = await toHtml(new LinearRegression({ regParam: 0.1 })) // <svg…
 * ```
 */
export async function toHtml(value: Shown, options: TableOptions = {}): Promise<string> {
  const svg = svgOf(value, 'toHtml')
  if (svg !== undefined) return svg
  return tableHtml(value instanceof DataFrame ? value : createDataFrame(value as DanfoDataFrame), options)
}

/**
 * Shows a value in the notebook (tslab): a frame as a table, a stage or model as a diagram, SVG text as the picture.
 *
 * @throws UnsupportedError outside of tslab when no other display is given; ParamError when the value cannot be shown.
 * @example
 * ```ts
 * import { createDataFrame } from 'ridgeline'
 * import { display } from 'ridgeline/notebook'
 * const page: string[] = []
 * const to = { html: (text: string) => page.push(text), svg: (text: string) => page.push(text) }
 * await display(createDataFrame([{ city: 'FR' }]), { to }) // in tslab: await display(rides)
 * ```
 */
export async function display(value: Shown, { to, ...options }: DisplayOptions = {}): Promise<void> {
  const target = to ?? tslabDisplay()
  const svg = svgOf(value, 'display')
  if (svg !== undefined) target.svg(svg)
  else target.html(await toHtml(value, options))
}

/** The display of the kernel of tslab that runs this code. Only cells can import the package `tslab`, which the kernel gives them itself. */
function tslabDisplay(): Display {
  const kernel = (globalThis as { readonly __tslab__?: { require(name: string): unknown } }).__tslab__
  if (kernel) return (kernel.require('tslab') as { readonly display: Display }).display
  throw new UnsupportedError('this is no cell of tslab', {
    stage: 'display',
    hint: 'In another notebook give { to: { html, svg } }, or show the text that toHtml(value) gives',
  })
}
