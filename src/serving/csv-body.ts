import { RequestProblem } from './problem.js'

/** What a body in CSV holds. */
export interface CsvBody {
  readonly names: readonly string[]
  /** The cells of each line; a line may have more or fewer than there are names. */
  readonly lines: readonly (readonly string[])[]
}

/**
 * Reads CSV with a header as RFC 4180 has it, and as `DataFrame.to_csv` of pandas writes it: commas, quotes doubled inside quotes, any end of line. Empty lines
 * count as none.
 * @throws RequestProblem for a body without a header, and for a quote that does not end.
 */
export function parseCsv(text: string): CsvBody {
  const lines: string[][] = []
  let cells: string[] = []
  let isBlank = true
  const endLine = (): void => {
    if (!isBlank || cells.length > 1) lines.push(cells)
    cells = []
    isBlank = true
  }
  // Some programs put a mark of byte order in front.
  let at = text.startsWith('\uFEFF') ? 1 : 0
  while (at < text.length) {
    let cell = ''
    if (text[at] === '"') {
      const end = closingQuote(text, at + 1, lines.length + 1)
      cell = text.slice(at + 1, end).replaceAll('""', '"')
      at = end + 1
      isBlank = false
    }
    const end = cellEnd(text, at)
    cell += text.slice(at, end)
    at = end
    if (cell !== '') isBlank = false
    cells.push(cell)
    if (text[at] === ',') {
      at++
      if (at === text.length) cells.push('')
      continue
    }
    at += text[at] === '\r' && text[at + 1] === '\n' ? 2 : 1
    endLine()
  }
  endLine()
  const [names, ...rest] = lines
  if (names) return { names, lines: rest }
  throw new RequestProblem('malformed', 'the CSV is empty; its first line must hold the names of the columns')
}

const END = /[,\n\r]/g

/** Where a cell, or what follows its closing quote, ends. */
function cellEnd(text: string, from: number): number {
  END.lastIndex = from
  return END.exec(text)?.index ?? text.length
}

/** Place of the quote that ends a cell. */
function closingQuote(text: string, from: number, line: number): number {
  let at = text.indexOf('"', from)
  while (at >= 0 && text[at + 1] === '"') at = text.indexOf('"', at + 2)
  if (at < 0) throw new RequestProblem('malformed', `a quote in line ${line} of the CSV does not end`)
  return at
}
