// Usage: validator.mjs ridgeline|ajv FOLDER. One row of four columns a call, as a service checks it before it is scored, all of them as they should be: by the validator of a model, or by
// ajv with the JSON Schema of the same policies. Prints the nanoseconds of a call: p50, p99 and p99.9 over batches of calls.
import { Ajv2020 } from 'ajv/dist/2020.js'
import { createDataFrame, LinearRegression, OneHotEncoder, Pipeline, StringIndexer, VectorAssembler } from 'ridgeline'
import { reportCalls } from './measure.mjs'

const [what] = process.argv.slice(2)
let state = 12345
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return state / 2 ** 32
}
const cities = ['FR', 'US', 'DE', 'MG', 'GB', 'ES', 'JP', 'BR', 'IT', 'CA']
const rows = Array.from({ length: 4096 }, () => ({
  city: cities[Math.floor(random() * random() * cities.length)],
  distanceKm: 0.5 - 8 * Math.log(1 - random()),
  hour: Math.floor(random() * 24),
  night: random() < 0.3,
}))
const model = await new Pipeline({
  stages: [
    new StringIndexer({ inputCol: 'city', outputCol: 'cityIdx' }),
    new OneHotEncoder({ inputCol: 'cityIdx', outputCol: 'citySlots' }),
    new VectorAssembler({ inputCols: ['distanceKm', 'hour', 'night', 'citySlots'], outputCol: 'features' }),
    new LinearRegression({ regParam: 0.01 }),
  ],
}).fit(createDataFrame(rows.map((row) => ({ ...row, label: 2.1 + 1.18 * row.distanceKm + random() }))))
const schema = model.modelSchema()
/** @type {import('ridgeline/schema').Policies} */
const policies = { null: 'error', unseen: 'error', outOfRange: 'error', extra: 'error' }
const validator = schema.validator(policies)
const byAjv = new Ajv2020().compile(schema.toJSONSchema('inputs', policies))
const isValid = what === 'ajv' ? byAjv : (/** @type {object} */ row) => validator.validate(row).issues === undefined
reportCalls((i) => (isValid(rows[i & 4095]) ? 1 : Number.NaN), 1000)
