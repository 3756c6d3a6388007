// Usage: serve-data.mjs FOLDER. Fits the price model, and writes requests with what it answers.
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { read } from 'ridgeline'
import { pricePipeline } from './rides.mjs'

const REQUESTS = 256
const folder = process.argv[2]
const priceData = fileURLToPath(new URL('price-data.mjs', import.meta.url))
const made = spawnSync(process.execPath, [priceData, '100000', folder], { stdio: ['ignore', 'ignore', 'inherit'] })
if (made.status !== 0) throw new Error('price-data.mjs failed')
const rides = (await read.parquet(join(folder, 'price-100000'))).cache()
const model = await pricePipeline().pipeline.fit(rides)
await model.write().overwrite().save(join(folder, 'serve.json'))
const score = model.scorer()
const sample = await rides
  .select('city', 'distanceKm', 'hour')
  .limit(REQUESTS + 100)
  .collect()
for (const size of [1, 100]) {
  const requests = Array.from({ length: REQUESTS }, (_, i) => {
    const records = sample.slice(i, i + size)
    return { body: { dataframe_records: records }, predictions: records.map((row) => score(row)?.prediction) }
  })
  writeFileSync(join(folder, `serve-${size}.json`), JSON.stringify(requests))
}
console.log(JSON.stringify({ seconds: 0, cpuSeconds: 0, peakMB: 0 }))
