import { escapeHtml } from '../notebook/escape.js'
import type { Importance } from './model-facts.js'

const WIDTH = 560
const BAR = 18
const LEFT = 180
const TOP = 36
/** Features that are drawn. */
const MOST = 20

/** Importances of features as a picture in SVG: a bar for each of the largest, with its value. */
export function importanceChart(importances: readonly Importance[]): string {
  const shown = importances.slice(0, MOST)
  const largest = Math.max(...shown.map(([, value]) => value)) || 1
  const height = TOP + shown.length * BAR + 28
  const text = (x: number, y: number, content: string, extra = ''): string =>
    `<text x="${x}" y="${y}" fill="#1f2933" ${extra}>${escapeHtml(content)}</text>`
  const bars = shown.flatMap(([name, value], i) => {
    const y = TOP + i * BAR
    const width = Math.round((value / largest) * (WIDTH - LEFT - 70))
    return [
      text(LEFT - 8, y + 12, name.length > 28 ? `${name.slice(0, 27)}…` : name, 'text-anchor="end"'),
      `<rect x="${LEFT}" y="${y + 2}" width="${width}" height="${BAR - 5}" fill="#0072b2"/>`,
      text(LEFT + width + 6, y + 12, value.toPrecision(3)),
    ]
  })
  const more = importances.length - shown.length
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="Feature importances" font-family="system-ui, sans-serif" font-size="12">`,
    `<title>Feature importances</title><desc>${escapeHtml(shown.map(([name, value]) => `${name}: ${value.toPrecision(3)}`).join(', '))}</desc>`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    text(12, 20, 'Feature importances', 'font-size="15" font-weight="600"'),
    ...bars,
    ...(more > 0 ? [text(LEFT, height - 10, `and ${more} more`)] : []),
    '</svg>',
  ].join('\n')
}
