// Usage: cv.mjs ROWS LATER FOLDER. Three folds, nine points, of the price pipeline; the rows are in memory before the clock starts.
import { join } from 'node:path'
import { read } from 'ridgeline'
import { measure } from './measure.mjs'
import { ridesTuner } from './rides.mjs'

const [rows, later, folder] = process.argv.slice(2)
const frame = (await read.parquet(join(folder, `price-${rows}`))).cache()
await frame.count()
const tuner = ridesTuner()
await measure(
  () => tuner.fit(frame),
  Number(later),
  (model) => Math.min(...model.avgMetrics),
)
