// Usage: first-prediction.mjs FOLDER. The first call makes the saved model; what is measured is a process that loads it and scores one row.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createDataFrame, PipelineModel } from 'ridgeline'
import { reportWhole } from './measure.mjs'

const path = join(process.argv[2], 'rides.json')
if (!existsSync(path)) {
  const { pricePipeline, rides } = await import('./rides.mjs')
  await (await pricePipeline().pipeline.fit(rides())).save(path)
}
const model = await PipelineModel.load(path)
const row = await model.transform(createDataFrame([{ city: 'FR', distanceKm: 8.5, hour: 10, price: 0 }])).first()
if (!Number.isFinite(row?.prediction)) throw new Error('no prediction')
reportWhole()
