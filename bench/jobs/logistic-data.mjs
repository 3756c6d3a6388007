// Usage: logistic-data.mjs ROWS FOLDER. Writes logistic-ROWS as parquet: x0 .. x19, of different size and partly correlated, and label.
import { join } from 'node:path'
import { createDataFrame } from 'ridgeline'
import { normals, uniforms } from './random.mjs'

const [rows, folder] = [Number(process.argv[2]), process.argv[3]]
const uniform = uniforms(3)
const normal = normals(uniform)
const weights = Array.from({ length: 20 }, (_, j) => (j % 5 === 4 ? 0 : normal() / 2))
const x = Array.from({ length: 20 }, () => new Float64Array(rows))
const label = new Float64Array(rows)
for (let i = 0; i < rows; i++) {
  const shared = normal()
  let margin = -0.5
  for (let j = 0; j < 20; j++) {
    const z = j < 8 ? 0.6 * shared + 0.8 * normal() : normal()
    margin += weights[j] * z
    x[j][i] = 2 ** ((j % 7) - 3) * (z + j / 10)
  }
  label[i] = uniform() < 1 / (1 + Math.exp(-margin)) ? 1 : 0
}
await createDataFrame({ ...Object.fromEntries(x.map((values, j) => [`x${j}`, values])), label })
  .write.mode('overwrite')
  .parquet(join(folder, `logistic-${rows}`))
console.log(JSON.stringify({}))
