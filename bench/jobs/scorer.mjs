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

const [what, how] = process.argv.slice(2)
let state = 12345
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return state / 2 ** 32
}
const cities = ['FR', 'US', 'DE', 'MG', 'GB', 'ES', 'JP', 'BR', 'IT', 'CA']

function priceRow() {
  const c = Math.floor(random() * random() * cities.length)
  const distanceKm = 0.5 - 8 * Math.log(1 - random())
  const hour = Math.floor(random() * 24)
  return {
    city: cities[c],
    distanceKm,
    hour,
    label: 2.1 + 1.18 * distanceKm + 0.35 * c + (hour >= 20 ? 0.8 : 0) + random(),
  }
}

/** Twenty numbers, and what a few of them come to. */
function numbersRow() {
  /** @type {Record<string, number>} */
  const row = {}
  for (let j = 0; j < 20; j++) row[`x${j}`] = random()
  row.label = 10 * Math.sin(Math.PI * row.x0 * row.x1) + 20 * (row.x2 - 0.5) ** 2 + 10 * row.x3 + 5 * row.x4 + random()
  return row
}

/** @type {Record<string, any>[]} */
const rows = Array.from({ length: 4096 }, () => (what === 'price' ? priceRow() : numbersRow()))
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
