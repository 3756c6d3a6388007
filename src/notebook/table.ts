import type { DataFrame } from '../sql/dataframe.js'
import type { ActionOptions } from '../sql/engine.js'
import { wholeNumber } from '../sql/planner.js'
import { columnTexts, escapeControls } from '../sql/show.js'
import { isNumeric, type StructField, simpleString } from '../sql/types.js'
import { escapeHtml } from './escape.js'

/** How much of a frame is shown. */
export interface TableOptions extends ActionOptions {
  /** Most rows; 20 when not given. */
  readonly rows?: number
  /** Longest text of a cell, 100 when not given; longer ones are cut. 0: never cut. */
  readonly truncate?: number
}

/** More columns than that nobody reads. */
const MAX_COLUMNS = 50
const LEFT = 'style="text-align:left"'
const RIGHT = 'style="text-align:right"'
const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`

/**
 * The first rows of a frame as an HTML table: names and types in the header, numbers to the right, values as `show` prints them,
 * nulls set apart from the text NULL, and beneath it how many rows there are, or that there are more. Values and names are escaped.
 *
 * **Cost**: reads no more than the rows that it shows and one; 50 columns at most are shown.
 *
 * @throws ParamError for numbers that are not whole and 0 or more; what reading the data raises.
 * @example
 * ```ts
 * import { createDataFrame } from 'ridgeline'
 * import { tableHtml } from 'ridgeline/notebook'
 * const html = await tableHtml(createDataFrame([{ city: '<FR>', price: 10.8 }]))
 * console.log(html.includes('&lt;FR&gt;')) // true
 * ```
 */
export async function tableHtml(frame: DataFrame, options: TableOptions = {}): Promise<string> {
  const { rows = 20, truncate = 100, signal } = options
  wholeNumber(rows, 0, 'tableHtml', 'rows')
  wholeNumber(truncate, 0, 'tableHtml', 'truncate')
  const table = await frame.limit(rows + 1).toTable({ signal })
  const fields = frame.schema.fields.slice(0, MAX_COLUMNS)
  const shown = Math.min(rows, table.length)
  const cut = (text: string): string => (truncate > 0 && text.length > truncate ? `${text.slice(0, truncate)}…` : text)
  const cells = fields.map((field, k) => {
    const side = isNumeric(field.dataType) ? RIGHT : LEFT
    return columnTexts(table.columns[k], field, shown).map((text) =>
      text === null
        ? `<td ${side}><i style="opacity:0.5">null</i></td>`
        : `<td ${side}>${escapeHtml(cut(escapeControls(text)))}</td>`,
    )
  })
  const body = Array.from({ length: shown }, (_, row) => `<tr>${cells.map((column) => column[row]).join('')}</tr>`)
  return [
    '<table>',
    `<thead><tr>${fields.map(headerCell).join('')}</tr></thead>`,
    `<tbody>\n${body.join('\n')}\n</tbody>`,
    '</table>',
    `<p><small>${note(shown, table.length > shown, frame.schema.fields.length)}</small></p>`,
  ].join('\n')
}

function headerCell({ name, dataType }: StructField): string {
  const side = isNumeric(dataType) ? RIGHT : LEFT
  const type = `<small style="font-weight:normal;opacity:0.7">${escapeHtml(escapeControls(simpleString(dataType)))}</small>`
  return `<th ${side}>${escapeHtml(escapeControls(name))}<br>${type}</th>`
}

function note(shown: number, more: boolean, columns: number): string {
  const size = `${plural(shown, 'row')} × ${plural(columns, 'column')}`
  const width = columns > MAX_COLUMNS ? ` (the first ${MAX_COLUMNS} are shown)` : ''
  return more ? `the first ${size}${width}; there are more rows` : size + width
}
