import { createDataFrame, LinearRegression, Pipeline, type PipelineModel, VectorAssembler } from 'ridgeline'

/** The model of the recorded exchanges: two columns, one number out. `fitted` for the version. */
export async function linearModel(slope = 0.92): Promise<PipelineModel> {
  const rides = [1, 2, 3, 4, 5, 6].map((km) => ({ distance_km: km, hour: (km * 7) % 24, price: 1 + slope * km }))
  const stages = [
    new VectorAssembler({ inputCols: ['distance_km', 'hour'], outputCol: 'features' }),
    new LinearRegression({ labelCol: 'price' }),
  ]
  return new Pipeline({ stages }).fit(createDataFrame(rides, 'distance_km DOUBLE, hour LONG, price DOUBLE'))
}
