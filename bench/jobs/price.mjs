// Usage: price.mjs fit|transform ROWS FOLDER. The rows are in memory before the clock starts.
import { join } from 'node:path'
import { read } from 'ridgeline'
import { measure } from './measure.mjs'
import { pricePipeline } from './rides.mjs'

const [what, rows, folder] = process.argv.slice(2)
const frame = (await read.parquet(join(folder, `price-${rows}`))).cache()
await frame.count()
const { pipeline } = pricePipeline()
if (what === 'fit') {
  await measure(async () => Number((await pipeline.fit(frame)).stages.length), 4)
} else {
  const model = await pipeline.fit(frame)
  await measure(async () => {
    let sum = 0
    for await (const batch of model.transform(frame).batches(['prediction'])) {
      const column = batch.columns[0]
      if (column.kind === 'f64') for (const prediction of column.data) sum += prediction
    }
    return sum
  }, 4)
}
