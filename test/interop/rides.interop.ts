import { createDataFrame } from 'ridgeline'
import { expect, it } from 'vitest'
import { ridesCrossValidator, ridesEvaluator, ridesRows } from './rides.js'
import { askSpark } from './spark.js'

interface Answer {
  avgMetrics: number[]
  rmse: number
  predictions: [number, number][]
}

// The fits are singular: the optimizer's path decides the answer, and Spark's own dot products depend on the processor's
// vector width (format notes, floating point). 1e-9 relative leaves room for that and for nothing else.
const RELATIVE = 1e-9

it('tunes the rides model to the numbers of real Spark', async () => {
  const spark = askSpark<Answer>('rides.py')
  const [train, test] = createDataFrame(
    ridesRows,
    'rideId BIGINT, city STRING, distanceKm DOUBLE, hour BIGINT, price DOUBLE',
    {
      numPartitions: 2,
    },
  ).randomSplit([0.8, 0.2], 42)
  const model = await ridesCrossValidator().fit(train)

  expect(model.avgMetrics).toHaveLength(9)
  for (const [i, metric] of spark.avgMetrics.entries()) {
    expect(Math.abs(model.avgMetrics[i] / metric - 1), `average metric ${i}`).toBeLessThan(RELATIVE)
  }
  const scored = model.transform(test)
  const rmse = await ridesEvaluator().evaluate(scored)
  expect(Math.abs(rmse / spark.rmse - 1)).toBeLessThan(RELATIVE)
  const rows = await scored.select('rideId', 'prediction').collect()
  expect(rows.map((row) => row.rideId)).toEqual(spark.predictions.map(([id]) => id))
})
