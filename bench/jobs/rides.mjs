// The rides price model of the README.
import {
  CrossValidator,
  createDataFrame,
  LinearRegression,
  OneHotEncoder,
  ParamGridBuilder,
  Pipeline,
  RegressionEvaluator,
  StandardScaler,
  StringIndexer,
  VectorAssembler,
} from 'ridgeline'

/** The price pipeline; its last stage apart, for the grid. */
export function pricePipeline() {
  const lr = new LinearRegression({ labelCol: 'price' })
  const pipeline = new Pipeline({
    stages: [
      new StringIndexer({ inputCol: 'city', outputCol: 'cityIdx', handleInvalid: 'keep' }),
      new OneHotEncoder({ inputCols: ['cityIdx'], outputCols: ['cityOhe'] }),
      new VectorAssembler({ inputCols: ['distanceKm', 'hour', 'cityOhe'], outputCol: 'featuresRaw' }),
      new StandardScaler({ inputCol: 'featuresRaw', outputCol: 'features', withMean: true }),
      lr,
    ],
  })
  return { pipeline, lr }
}

export const rides = () =>
  createDataFrame([
    { rideId: 1, city: 'FR', distanceKm: 7.5, hour: 9, price: 10.8 },
    { rideId: 2, city: 'US', distanceKm: 12.0, hour: 18, price: 18.4 },
    { rideId: 3, city: 'DE', distanceKm: 3.0, hour: 23, price: 6.2 },
    { rideId: 4, city: 'FR', distanceKm: 16.2, hour: 8, price: 21.7 },
    { rideId: 5, city: 'MG', distanceKm: 9.5, hour: 12, price: 13.1 },
  ])

export function ridesTuner() {
  const { pipeline, lr } = pricePipeline()
  return new CrossValidator({
    estimator: pipeline,
    estimatorParamMaps: new ParamGridBuilder()
      .addGrid(lr.regParam, [0, 0.01, 0.1])
      .addGrid(lr.elasticNetParam, [0, 0.5, 1])
      .build(),
    evaluator: new RegressionEvaluator({ labelCol: 'price' }),
    numFolds: 3,
  })
}
