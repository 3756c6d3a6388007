// Usage: csv.mjs ROWS FOLDER. Reads a csv file, whose columns have known types, into columns in memory.
import { join } from 'node:path'
import { read } from 'ridgeline'
import { measure } from './measure.mjs'

const [rows, folder] = process.argv.slice(2)
const path = join(folder, `price-${rows}.csv`)
const reader = read.schema('city STRING, distanceKm DOUBLE, hour INT, price DOUBLE').option('header', true)
// The engine starts here, as the peer's does when it is imported.
await (await reader.csv(path)).limit(1).collect()
await measure(async () => {
  const count = await (await reader.csv(path)).cache().count()
  if (count !== Number(rows)) throw new Error(`${count} rows were read`)
}, 4)
