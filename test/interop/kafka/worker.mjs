// A process that scores rides from Kafka until it is stopped, killed or done. Usage: node worker.mjs SETTINGS.json
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const settings = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const { PipelineModel } = await import(pathToFileURL(`${settings.library}/index.js`).href)
const { functions: F, readStream } = await import(pathToFileURL(`${settings.library}/streaming/index.js`).href)

const model = await PipelineModel.load(settings.model)
const rides = readStream.format('kafka').options(settings.source).load()
const parsed = rides
  .select(F.from_json(F.col('value').cast('string'), 'rideId INT, city STRING, distanceKm DOUBLE, hour INT').as('j'))
  .select('j.*')
const scored = model.transform(parsed)
const out =
  settings.format === 'kafka'
    ? scored.select(F.to_json(F.struct('rideId', F.col('prediction').as('price_pred'))).as('value'))
    : scored.select('rideId', F.col('prediction').as('price_pred'))
const query = await out.writeStream.format(settings.format).options(settings.sink).trigger(settings.trigger).start()
query.onProgress((/** @type {import("ridgeline/streaming").StreamingQueryProgress} */ { batchId, numInputRows }) => {
  console.log(JSON.stringify({ batchId, numInputRows }))
})
process.on('SIGTERM', () => void query.stop())
await query.awaitTermination()
