import { javaDoubleText } from '../util/java-text.js'
import type { DenseMatrix, SparseMatrix } from './matrix.js'

/**
 * Text of a dense matrix as Breeze lays it out, and so Spark: columns of equal width; when it is too big, the last line or
 * column says how many there are.
 */
export function denseText(m: DenseMatrix, maxLines: number, maxLineWidth: number): string {
  const { numRows, numCols } = m
  const shownRows = Math.max(0, numRows > maxLines ? maxLines - 1 : numRows)
  const columns: string[][] = []
  const widths: number[] = []
  let width = 0
  while (columns.length < numCols && width < maxLineWidth) {
    const column = Array.from({ length: shownRows }, (_, i) => javaDoubleText(m.get(i, columns.length)))
    const columnWidth = column.reduce((widest, cell) => Math.max(widest, cell.length + 2), 0)
    columns.push(column)
    widths.push(columnWidth)
    width += columnWidth
  }
  if (columns.length < numCols) {
    // Room for "... (K total)".
    while (width + String(numCols).length + 12 >= maxLineWidth) {
      if (columns.length === 0) return `${numRows} x ${numCols} matrix`
      columns.pop()
      width -= widths.pop()!
    }
  }
  const lines = Array.from({ length: columns.length > 0 ? shownRows : 0 }, (_, i) => {
    const cells = columns.map((column, j) => column[i].padEnd(widths[j])).join('')
    if (columns.length === numCols) return cells
    return `${cells}...${i === 0 ? ` (${numCols} total)` : ''}`
  })
  const text = lines.join('\n')
  return numRows > shownRows ? `${text}\n... (${numRows} total)` : text
}

/** Text of a sparse matrix in compressed columns as Breeze writes it: its shape, then `(row,column) value` lines. */
export function sparseText(m: SparseMatrix, maxLines: number): string {
  const lines = [`${m.numRows} x ${m.numCols} CSCMatrix`]
  for (let j = 0; j < m.numCols; j++) {
    for (let k = m.colPtrs[j]; k < m.colPtrs[j + 1]; k++) {
      if (lines.length >= maxLines) return lines.join('\n')
      lines.push(`(${m.rowIndices[k]},${j}) ${javaDoubleText(m.values[k])}`)
    }
  }
  return lines.join('\n')
}
