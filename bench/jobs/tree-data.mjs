// Usage: tree-data.mjs ROWS FOLDER. Writes trees-ROWS and the 100,000 rows of trees-holdout as parquet: x0 .. x19 and label.
// Uniform, normal, skewed, correlated and whole-numbered columns; a label with curves, steps, interactions and noise (standard
// deviation 3, so that no model can get below it); x14 .. x19 do not matter.
import { join } from 'node:path'
import { createDataFrame } from 'ridgeline'
import { normals, uniforms } from './random.mjs'

const [rows, folder] = [Number(process.argv[2]), process.argv[3]]
const FEATURES = 20

async function write(/** @type {string} */ name, /** @type {number} */ count, /** @type {number} */ seed) {
  const uniform = uniforms(seed)
  const normal = normals(uniform)
  const x = Array.from({ length: FEATURES }, () => new Float64Array(count))
  const label = new Float64Array(count)
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < 5; j++) x[j][i] = uniform()
    for (let j = 5; j < 9; j++) x[j][i] = normal()
    x[9][i] = 0.8 * x[5][i] + 0.6 * normal()
    x[10][i] = Math.exp(normal())
    x[11][i] = -Math.log(1 - uniform())
    x[12][i] = Math.floor(10 * uniform())
    x[13][i] = Math.floor(100 * uniform() ** 2)
    for (let j = 14; j < FEATURES; j++) x[j][i] = j % 2 === 0 ? normal() : uniform()
    label[i] =
      10 * Math.sin(Math.PI * x[0][i] * x[1][i]) +
      20 * (x[2][i] - 0.5) ** 2 +
      6 * x[3][i] +
      (x[4][i] > 0.7 ? 4 : 0) +
      2 * x[5][i] * (x[6][i] > 0 ? 1 : -1) +
      3 * Math.tanh(x[7][i] + x[8][i]) +
      x[9][i] +
      2 * Math.log(x[10][i]) * x[0][i] +
      2 * Math.min(x[11][i], 2) +
      (x[12][i] % 3 === 0 ? 3 : 0) +
      0.05 * x[13][i] * (x[12][i] > 4 ? 1 : 0.2) +
      3 * normal()
  }
  await createDataFrame({ ...Object.fromEntries(x.map((values, j) => [`x${j}`, values])), label })
    .write.mode('overwrite')
    .parquet(join(folder, name))
}

await write(`trees-${rows}`, rows, 1)
await write('trees-holdout', 100_000, 2)
console.log(JSON.stringify({}))
