// Usage: trees.mjs boost|forest|predict ROWS BINS LATER FOLDER, of the rows trees-ROWS. The clock starts when the rows lie in memory.
import { GBTRegressor, RandomForestRegressor } from 'ridgeline'
import { measure } from './measure.mjs'
import { holdoutError, rows } from './rows.mjs'

const [what, count, bins, later, folder] = process.argv.slice(2)
const frame = await rows(folder, `trees-${count}`)
const settings = { maxBins: Number(bins), seed: 1 }
const forest = new RandomForestRegressor({ numTrees: 50, maxDepth: 8, ...settings })
const boosting = new GBTRegressor({ maxIter: 50, maxDepth: 5, stepSize: 0.1, ...settings })

if (what === 'predict') {
  const model = await forest.fit(frame)
  const many = await rows(folder, 'trees-1000000')
  await measure(async () => {
    let sum = 0
    for await (const { columns } of model.transform(many).batches(['prediction'])) {
      if (columns[0].kind === 'f64') sum += columns[0].data.length
    }
    if (sum !== 1_000_000) throw new Error(`${sum} predictions`)
  }, Number(later))
} else {
  const learner = what === 'boost' ? boosting : forest
  await measure(() => learner.fit(frame), Number(later), holdoutError(folder))
}
