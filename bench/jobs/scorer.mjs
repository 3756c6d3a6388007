// Usage: scorer.mjs price|forest [module] FOLDER. The scorer, or the module that is written of the model. One row a call, as a service calls it: each time another row, an object that lies in memory.
// Prints the nanoseconds of a call: p50, p99 and p99.9 over batches of calls, since no clock tells a single one.
import { gzipSync } from 'node:zlib'
import {
  createDataFrame,
  LinearRegression,
  OneHotEncoder,
  Pipeline,
  RandomForestRegressor,
  StandardScaler,
  StringIndexer,
  VectorAssembler,
} from 'ridgeline'
import { reportCalls } from './measure.mjs'
import { scorerRows } from './scorer-rows.mjs'

const [what, how] = process.argv.slice(2)
const rows = scorerRows(what)
const numbers = Object.keys(rows[0]).filter((name) => name.startsWith('x'))
const stages =
  what === 'price'
    ? [
        new StringIndexer({ inputCol: 'city', outputCol: 'cityIdx', handleInvalid: 'keep' }),
        new OneHotEncoder({ inputCol: 'cityIdx', outputCol: 'citySlots' }),
        new VectorAssembler({ inputCols: ['distanceKm', 'hour', 'citySlots'], outputCol: 'raw' }),
        new StandardScaler({ inputCol: 'raw', outputCol: 'features', withMean: true }),
        new LinearRegression({ regParam: 0.01 }),
      ]
    : [
        new VectorAssembler({ inputCols: numbers, outputCol: 'features' }),
        new RandomForestRegressor({ numTrees: 100, maxDepth: 6, seed: 1 }),
      ]
const model = await new Pipeline({ stages }).fit(createDataFrame(rows))
/** The module as Node imports it, and what it weighs. */
async function asModule() {
  const { code } = model.toModule()
  const { score } = await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`)
  return { score, bytes: Buffer.byteLength(code), gzipBytes: gzipSync(code).length }
}
const { score, ...size } = how === 'module' ? await asModule() : { score: model.scorer() }
reportCalls((i) => score(rows[i & 4095])?.prediction, what === 'price' ? 1000 : 200, size)
