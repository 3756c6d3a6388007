// Usage: model-data.mjs FOLDER. Saves the rides model and a forest of 100 trees of depth 12, as JSON and in Spark's format.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { RandomForestRegressor } from 'ridgeline'
import { pricePipeline, rides } from './rides.mjs'
import { rows } from './rows.mjs'

const folder = process.argv[2]
const treeData = fileURLToPath(new URL('tree-data.mjs', import.meta.url))
const made = spawnSync(process.execPath, [treeData, '100000', folder], { stdio: ['ignore', 'ignore', 'inherit'] })
if (made.status !== 0) throw new Error('tree-data.mjs failed')
const models = {
  rides: await pricePipeline().pipeline.fit(rides()),
  forest: await new RandomForestRegressor({ numTrees: 100, maxDepth: 12, seed: 1 }).fit(
    await rows(folder, 'trees-100000'),
  ),
}
for (const [name, model] of Object.entries(models)) {
  await model
    .write()
    .overwrite()
    .save(join(folder, `${name}.json`))
  await model
    .write()
    .format('spark')
    .overwrite()
    .save(join(folder, `${name}-spark`))
}
console.log(JSON.stringify({ seconds: 0, cpuSeconds: 0, peakMB: 0 }))
