// Usage: string-indexer.mjs column|strings ROWS FOLDER. Learns the labels of a column of a frame in memory, or of a list of strings, and gives
// each row its index.
import { join } from 'node:path'
import { createDataFrame, read, StringIndexer } from 'ridgeline'
import { measure } from './measure.mjs'

const [what, rows, folder] = process.argv.slice(2)
const frame = (await read.parquet(join(folder, `price-${rows}`))).select('city').cache()
/** @type {string[]} */
const cities = (await frame.collect()).map((row) => String(row.city))
const indexer = new StringIndexer({ inputCol: 'city', outputCol: 'index' })
await measure(async () => {
  const data = what === 'column' ? frame : createDataFrame({ city: cities })
  const model = await indexer.fit(data)
  return (await model.transform(data).select('index').toColumns()).index
}, 12)
