// Usage: linear.mjs ols|elastic-net ROWS FEATURES LATER FOLDER.
import { LinearRegression } from 'ridgeline'
import { measure } from './measure.mjs'
import { rows } from './rows.mjs'

const [what, count, features, later, folder] = process.argv.slice(2)
const frame = await rows(folder, `linear-${count}x${features}`, Number(features))
const penalty = what === 'ols' ? {} : { regParam: 0.05, elasticNetParam: 0.5, standardization: false }
const learner = new LinearRegression(penalty)
await measure(
  () => learner.fit(frame),
  Number(later),
  (model) => model.summary.rootMeanSquaredError,
)
