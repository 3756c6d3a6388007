/** Characters with a meaning in csv text. */
export interface CsvMarks {
  readonly separator: string
  readonly quote: string
  readonly escape: string
}

/** A separator as it is meant: `\\t`, written as two characters, is a tab. */
const separatorOf = (text: string): string => text.replace(/^\\t$/, '\t').replace(/^\\\\$/, '\\')

/** The marks that options name. */
export const csvMarks = (options: Readonly<Record<string, string>>): CsvMarks => ({
  separator: separatorOf(options.sep ?? options.delimiter ?? ','),
  quote: options.quote ?? '"',
  escape: options.escape ?? options.quote ?? '"',
})

/** Whether quotes in cells are escaped by a character of their own, not doubled. */
export const hasEscape = (marks: CsvMarks): boolean =>
  marks.quote !== '' && marks.escape !== '' && marks.escape !== marks.quote

/** Cells of one record of csv text; empty ones are null. */
export function csvCells(line: string, marks: CsvMarks): (string | null)[] {
  const cells: string[] = ['']
  let quoted = false
  for (let i = 0; i < line.length; i++) {
    const last = cells.length - 1
    const escaped = line[i + 1] === marks.quote || (hasEscape(marks) && line[i + 1] === marks.escape)
    if (quoted && line[i] === marks.escape && escaped) cells[last] += line[++i]
    else if (line[i] === marks.quote) quoted = !quoted
    else if (!quoted && line.startsWith(marks.separator, i)) {
      cells.push('')
      i += marks.separator.length - 1
    } else cells[last] += line[i]
  }
  return cells.map((cell) => cell || null)
}
