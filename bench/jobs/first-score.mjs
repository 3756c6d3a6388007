// Usage: first-score.mjs FOLDER. A process that loads the saved model of first-prediction.mjs as a service does, and scores one row.
import { join } from 'node:path'
import { loadScorer } from 'ridgeline/scoring'
import { reportWhole } from './measure.mjs'

const score = await loadScorer(join(process.argv[2], 'rides.json'))
const prediction = score({ city: 'FR', distanceKm: 8.5, hour: 10 })?.prediction
if (!Number.isFinite(prediction)) throw new Error('no prediction')
reportWhole()
