// Usage: price-data.mjs ROWS FOLDER. Writes the same rides for all systems, as parquet and as csv.
import { join } from 'node:path'
import { createDataFrame } from 'ridgeline'

const rows = Number(process.argv[2])
const cities =
  'FR US DE MG GB ES JP BR IT CA AR AT AU BE BG CH CL CN CO CZ DK EE EG FI GR HR HU IE IL IN IS KE KR LT LU LV MA MT MX NL NO NZ PE PL PT RO SE SG TH ZA'.split(
    ' ',
  )
let state = 12345
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return state / 2 ** 32
}
/** @type {string[]} */
const city = []
const distanceKm = new Float64Array(rows)
const hour = new Int32Array(rows)
const price = new Float64Array(rows)
for (let i = 0; i < rows; i++) {
  const c = Math.floor(random() * random() * cities.length)
  city.push(cities[c])
  distanceKm[i] = 0.5 - 8 * Math.log(1 - random())
  hour[i] = Math.floor(random() * 24)
  price[i] = 2.1 + 1.18 * distanceKm[i] + 0.07 * c + (hour[i] >= 20 ? 0.8 : 0) + random()
}
const rides = createDataFrame({ city, distanceKm, hour, price }).write.mode('overwrite')
const path = join(process.argv[3], `price-${rows}`)
await rides.parquet(path)
await rides.option('header', true).csv(`${path}.csv`)
console.log(JSON.stringify({ seconds: 0, cpuSeconds: 0, peakMB: 0 }))
