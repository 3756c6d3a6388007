import {
  createDataFrame,
  type DataFrame,
  LinearRegression,
  LogisticRegression,
  OneHotEncoder,
  Pipeline,
  type PipelineModel,
  StringIndexer,
  VectorAssembler,
} from 'ridgeline'

export interface Ride {
  city: string
  km: number
  hour: number
  price: number
}

const cities = ['FR', 'US', 'DE', 'FR', 'FR', 'US']
export const rides: Ride[] = Array.from({ length: 48 }, (_, i) => ({
  city: cities[i % 6],
  km: ((i * 37) % 101) / 4,
  hour: (i * 5) % 24,
  price: 3 + ((i * 37) % 101) / 3 + (i % 6) * 1.3,
}))
export const frame: DataFrame<Ride> = createDataFrame(rides)

/** A pipeline of labels, numbers and a linear model; with `classes` also a label that is indexed, and a classifier. */
export function ridesModel(handleInvalid: 'keep' | 'error' | 'skip' = 'keep', classes = false): Promise<PipelineModel> {
  return new Pipeline({
    stages: [
      ...(classes ? [new StringIndexer({ inputCol: 'price', outputCol: 'label' })] : []),
      new StringIndexer({ inputCol: 'city', outputCol: 'cityIdx', handleInvalid }),
      new OneHotEncoder({ inputCol: 'cityIdx', outputCol: 'citySlots' }),
      new VectorAssembler({ inputCols: ['km', 'hour', 'citySlots'], outputCol: 'features', handleInvalid: 'keep' }),
      classes ? new LogisticRegression({ maxIter: 2 }) : new LinearRegression({ labelCol: 'price', regParam: 0.1 }),
    ],
  }).fit(frame)
}
