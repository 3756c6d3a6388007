// Usage: linear-data.mjs ROWS FEATURES FOLDER. Writes linear-ROWSxFEATURES as parquet: x0, x1, …, partly correlated, and a label of unit deviation,
// so that Spark's and scikit-learn's elastic net have one optimum.
import { join } from 'node:path'
import { createDataFrame } from 'ridgeline'
import { normals, uniforms } from './random.mjs'

const [rows, features, folder] = [Number(process.argv[2]), Number(process.argv[3]), process.argv[4]]
const normal = normals(uniforms(5))
const weights = Array.from({ length: features }, (_, j) => (j % 4 === 3 ? 0 : normal() / 2))
const x = Array.from({ length: features }, () => new Float64Array(rows))
const label = new Float64Array(rows)
for (let i = 0; i < rows; i++) {
  const shared = normal()
  for (let j = 0; j < features; j++) {
    const z = j < 8 ? 0.6 * shared + 0.8 * normal() : normal()
    x[j][i] = z + j / 10
    label[i] += weights[j] * z
  }
  label[i] += normal()
}
const mean = label.reduce((sum, y) => sum + y, 0) / rows
const std = Math.sqrt(label.reduce((sum, y) => sum + (y - mean) ** 2, 0) / rows)
for (let i = 0; i < rows; i++) label[i] = 5 + (label[i] - mean) / std
await createDataFrame({ ...Object.fromEntries(x.map((values, j) => [`x${j}`, values])), label })
  .write.mode('overwrite')
  .parquet(join(folder, `linear-${rows}x${features}`))
console.log(JSON.stringify({}))
