// Usage: text-data.mjs ROWS FOLDER. Writes the same documents for all systems: one a line, 20 words each, some words far more often than others.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { uniforms } from './random.mjs'

const [rows, folder] = [Number(process.argv[2]), process.argv[3]]
const random = uniforms(7)
const syllables = 'ba ce di fo gu ha je ki lo mu na pe ri so tu va we xi yo zu'.split(' ')
const words = Array.from({ length: 20_000 }, (_, i) => {
  let word = ''
  for (let n = i + 1; n > 0; n = Math.floor(n / syllables.length)) word += syllables[n % syllables.length]
  return word
})
const lines = Array.from({ length: rows }, () =>
  Array.from({ length: 20 }, () => words[Math.floor(random() ** 3 * words.length)]).join(' '),
)
writeFileSync(join(folder, `text-${rows}.txt`), lines.join('\n'))
console.log(JSON.stringify({ seconds: 0, cpuSeconds: 0, peakMB: 0 }))
