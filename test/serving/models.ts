import fastify, { type FastifyInstance } from 'fastify'
import {
  createDataFrame,
  LinearRegression,
  LogisticRegression,
  OneHotEncoder,
  Pipeline,
  type PipelineModel,
  StringIndexer,
  type Transformer,
  VectorAssembler,
  Vectors,
} from '../../src/index.js'
import { type PluginOptions, ridgelinePlugin } from '../../src/serving/plugin.js'

/** A price of a ride, whose coefficients are what `slope` says. */
export function priceModel(slope = 2): Promise<PipelineModel> {
  const rides = [1, 2, 3, 4, 5, 6].map((km) => ({ city: km % 2 ? 'FR' : 'US', km, price: slope * km + (km % 2) }))
  return new Pipeline({
    stages: [
      new StringIndexer({ inputCol: 'city', outputCol: 'cityIdx', handleInvalid: 'keep' }),
      new OneHotEncoder({ inputCol: 'cityIdx', outputCol: 'citySlots' }),
      new VectorAssembler({ inputCols: ['km', 'citySlots'], outputCol: 'features' }),
      new LinearRegression({ labelCol: 'price' }),
    ],
  }).fit(createDataFrame(rides, 'city STRING, km DOUBLE, price DOUBLE'))
}

/** Two classes over a column of vectors, so that the answer has vectors. */
export function vectorModel(): Promise<Transformer> {
  const rows = [0, 1, 2, 3, 4, 5].map((x) => ({ features: Vectors.dense(x, (x * x) % 5), label: x > 2 ? 1 : 0 }))
  return new LogisticRegression({ regParam: 0.1 }).fit(createDataFrame(rows, 'features VECTOR, label DOUBLE'))
}

/** A service with a model, to be asked by `inject`. */
export async function serviceOf(options: PluginOptions): Promise<FastifyInstance> {
  const app = fastify()
  await app.register(ridgelinePlugin, options)
  await app.ready()
  return app
}
