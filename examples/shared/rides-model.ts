// The rides of the examples, and the pipeline that predicts their price, tuned by cross-validation.
import {
  CrossValidator,
  LinearRegression,
  OneHotEncoder,
  ParamGridBuilder,
  Pipeline,
  RegressionEvaluator,
  StandardScaler,
  StringIndexer,
  VectorAssembler,
} from 'ridgeline'

export const fiveRides = [
  { rideId: 1, city: 'FR', distanceKm: 7.5, hour: 9, price: 10.8 },
  { rideId: 2, city: 'US', distanceKm: 12.0, hour: 18, price: 18.4 },
  { rideId: 3, city: 'DE', distanceKm: 3.0, hour: 23, price: 6.2 },
  { rideId: 4, city: 'FR', distanceKm: 16.2, hour: 8, price: 21.7 },
  { rideId: 5, city: 'MG', distanceKm: 9.5, hour: 12, price: 13.1 },
]

export function ridesTuner(): CrossValidator {
  const lr = new LinearRegression({ labelCol: 'price' })
  const estimator = new Pipeline({
    stages: [
      new StringIndexer({ inputCol: 'city', outputCol: 'cityIdx', handleInvalid: 'keep' }),
      new OneHotEncoder({ inputCols: ['cityIdx'], outputCols: ['cityOhe'] }),
      new VectorAssembler({ inputCols: ['distanceKm', 'hour', 'cityOhe'], outputCol: 'rawFeatures' }),
      new StandardScaler({ inputCol: 'rawFeatures', outputCol: 'features', withMean: true, withStd: true }),
      lr,
    ],
  })
  const estimatorParamMaps = new ParamGridBuilder()
    .addGrid(lr.regParam, [0, 0.01, 0.1])
    .addGrid(lr.elasticNetParam, [0, 0.5, 1])
    .build()
  const evaluator = new RegressionEvaluator({ labelCol: 'price', metricName: 'rmse' })
  return new CrossValidator({ estimator, estimatorParamMaps, evaluator, numFolds: 3 })
}
