// Usage: create-dataframe.mjs ROWS. Makes a frame of JavaScript objects whose types it finds out.
import { createDataFrame } from 'ridgeline'
import { measure } from './measure.mjs'
import { uniforms } from './random.mjs'

const uniform = uniforms(3)
const rides = Array.from({ length: Number(process.argv[2]) }, (_, rideId) => ({
  rideId,
  city: `city ${Math.floor(50 * uniform() * uniform())}`,
  distanceKm: 0.5 - 8 * Math.log(1 - uniform()),
  hour: Math.floor(24 * uniform()),
  price: 20 * uniform(),
}))
await measure(() => createDataFrame(rides).count(), 4)
