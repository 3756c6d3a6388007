import { measure } from './measure.mjs'
import { rides, ridesTuner } from './rides.mjs'

const [train] = rides().randomSplit([0.8, 0.2], 42)
await measure(async () => (await ridesTuner().fit(train)).avgMetrics[8])
