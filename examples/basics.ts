// Frames, SQL expressions and a model side by side: everything below `transform` is lazy until it is shown.
import { createDataFrame, LinearRegression, Pipeline, SQLTransformer, VectorAssembler } from 'ridgeline'

const rides = createDataFrame([
  { city: 'FR', distanceKm: 7.5, hour: 9, price: 10.8 },
  { city: 'US', distanceKm: 12.0, hour: 18, price: 18.4 },
  { city: 'DE', distanceKm: 3.0, hour: 23, price: 6.2 },
  { city: 'FR', distanceKm: 16.2, hour: 8, price: 21.7 },
  { city: 'US', distanceKm: 9.5, hour: 12, price: 13.1 },
  { city: 'DE', distanceKm: 5.1, hour: 7, price: 8.4 },
])
rides.printSchema()

// SQL can be a stage of a pipeline, so that a scored row gets the same features as a training row.
const pipeline = new Pipeline({
  stages: [
    new SQLTransformer({ statement: 'SELECT *, CAST(hour BETWEEN 7 AND 9 AS INT) AS rushHour FROM __THIS__' }),
    new VectorAssembler({ inputCols: ['distanceKm', 'rushHour'], outputCol: 'features' }),
    new LinearRegression({ labelCol: 'price', regParam: 0.01 }),
  ],
})
const model = await pipeline.fit(rides)
const scored = model.transform(rides)

console.log('Rides that cost more than the model expects:')
await scored
  .filter('price > prediction')
  .selectExpr(
    'city',
    'distanceKm',
    'price',
    'round(prediction, 2) AS expected',
    'round(price - prediction, 2) AS surplus',
  )
  .orderBy('city', 'distanceKm')
  .show()

console.log('By city:')
await scored
  .groupBy('city')
  .agg({ '*': 'count', distanceKm: 'sum', price: 'avg', prediction: 'avg' })
  .orderBy('city')
  .show()
