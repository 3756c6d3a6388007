// Usage: load.mjs rides|forest json|spark LATER FOLDER. What is measured is a load by a process that has imported the library.
import { join } from 'node:path'
import { PipelineModel, RandomForestRegressionModel } from 'ridgeline'
import { measure } from './measure.mjs'

const [name, format, later, folder] = process.argv.slice(2)
const path = join(folder, format === 'json' ? `${name}.json` : `${name}-spark`)
await measure(
  async () => (name === 'rides' ? PipelineModel.load(path) : RandomForestRegressionModel.load(path)),
  Number(later),
)
