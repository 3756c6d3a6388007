// Usage: fit-columns.mjs columns|vectors ROWS FEATURES. Least squares on a frame of columns of doubles, or of vectors assembled and cached: how
// much memory the fit takes beside its input.
import { createDataFrame, LinearRegression, VectorAssembler } from 'ridgeline'
import { measure } from './measure.mjs'
import { uniforms } from './random.mjs'

const [what, rows, width] = process.argv.slice(2)
const uniform = uniforms(11)
/** @type {Record<string, Float64Array>} */
const columns = {}
for (let j = 0; j < Number(width); j++) columns[`x${j}`] = Float64Array.from({ length: Number(rows) }, uniform)
const label = Float64Array.from({ length: Number(rows) }, (_, i) => columns.x0[i] - 2 * columns.x1[i] + uniform())
const assembler = new VectorAssembler({ inputCols: Object.keys(columns), outputCol: 'features' })
const frame = assembler.transform(createDataFrame({ ...columns, label }))
const data = what === 'columns' ? frame : frame.select('features', 'label').cache()
await measure(
  () => new LinearRegression().fit(data),
  2,
  (model) => model.summary.rootMeanSquaredError,
)
