// Not run: `npm run lint` compiles it. Each @ts-expect-error is an error that users must see; one that no longer comes up
// does not compile.
import { StringIndexer, type StringIndexerModel } from '../../src/feature/string-indexer.js'
import type { Vector } from '../../src/linalg/vector.js'
import { ParamMap } from '../../src/param/param.js'
import { double } from '../../src/param/row.js'
import { Pipeline, type PipelineModel } from '../../src/pipeline/pipeline.js'
import { LinearRegression, LinearRegressionModel } from '../../src/regression/linear-regression.js'
import type { DataFrame } from '../../src/sql/dataframe.js'
import { createDataFrame } from '../../src/sql/session.js'
import { ParamGridBuilder } from '../../src/tuning/param-grid-builder.js'

declare const data: DataFrame
const lr = new LinearRegression({ regParam: 0.1 })

export function options(): void {
  new LinearRegression({ regParam: 0.1, fitIntercept: false, solver: 'l-bfgs' })
  // @ts-expect-error unknown option
  new LinearRegression({ regparam: 0.1 })
  // @ts-expect-error a number, not text
  new LinearRegression({ regParam: '0.1' })
  // @ts-expect-error none of the solvers
  new LinearRegression({ solver: 'newton' })
  // @ts-expect-error one column, not several
  new StringIndexer({ inputCol: ['city'] })
  // @ts-expect-error null is no value
  new StringIndexer({ inputCol: null })
}

export function setters(): LinearRegression {
  // @ts-expect-error a number, not text
  lr.setRegParam('0.1')
  // @ts-expect-error there is no such parameter
  lr.setRegParams(0.1)
  // @ts-expect-error a value is needed
  lr.setRegParam()
  // Setters keep the class, and that of a subclass.
  class Mine extends LinearRegression {
    mine(): string {
      return this.getSolver()
    }
  }
  new Mine().setRegParam(0.1).setMaxIter(5).mine()
  // @ts-expect-error the base class does not have the subclass's method
  new LinearRegression().setRegParam(0.1).mine()
  return lr.setRegParam(0.1).setMaxIter(5).set('tol', 1e-8)
}

export function getters(): [number, boolean, 'auto' | 'normal' | 'l-bfgs', string] {
  // @ts-expect-error a boolean is no number
  const wrong: number = lr.getFitIntercept()
  return [lr.getRegParam() + wrong, lr.getFitIntercept(), lr.getSolver(), lr.getFeaturesCol()]
}

export function grids(): ParamMap[] {
  new ParamMap().put(lr.regParam, 0.1)
  // @ts-expect-error a value of another type
  new ParamMap().put(lr.regParam, 'high')
  // @ts-expect-error grid values of another type
  new ParamGridBuilder().addGrid(lr.regParam, ['low', 'high'])
  // @ts-expect-error none of the solvers
  new ParamGridBuilder().addGrid(lr.solver, ['newton'])
  // @ts-expect-error only a boolean parameter has values of its own
  new ParamGridBuilder().addGrid(lr.regParam)
  return new ParamGridBuilder().addGrid(lr.regParam, [0, 0.1]).addGrid(lr.fitIntercept).build()
}

export async function fitting(): Promise<[Vector, number, readonly (readonly string[])[], PipelineModel]> {
  const model = await lr.fit(data)
  const models: LinearRegressionModel[] = await lr.fit(data, grids())
  // @ts-expect-error fit gives a promise
  lr.fit(data).transform(data)
  // @ts-expect-error fit needs a frame
  await lr.fit([{ x: 1 }])
  // @ts-expect-error learned values cannot be assigned
  model.intercept = 0
  // @ts-expect-error a model has no such value
  void model.slope
  // @ts-expect-error the parameters of a model are set by its estimator or by copy(), its state by the constructor
  new LinearRegressionModel({ intercept: 0 })
  const indexer: StringIndexerModel = await new StringIndexer({ inputCol: 'a', outputCol: 'b' }).fit(data)
  const pipeline = await new Pipeline({ stages: [indexer, lr] }).fit(data)
  // @ts-expect-error a frame is no stage
  new Pipeline({ stages: [data] })
  return [model.coefficients, models[0].intercept, indexer.labelsArray, pipeline]
}

export async function loading(): Promise<LinearRegressionModel> {
  // @ts-expect-error another class
  const wrong: StringIndexerModel = await LinearRegressionModel.load('model.json')
  void wrong
  return LinearRegressionModel.load('model.json')
}

export function rows(): void {
  double({ default: 1, min: 0, doc: 'a double' })
  // @ts-expect-error the default of a double is a number
  double({ default: 'one', doc: 'a double' })
  // @ts-expect-error a row has a meaning
  double({ default: 1 })
}

interface Ride {
  readonly city: string
  readonly price: number | null
  readonly driver: { readonly name: string }
}

declare const rides: DataFrame<Ride>

export async function typedRows(): Promise<[string, unknown, number | undefined]> {
  // @ts-expect-error misspelt
  rides.select('citty')
  // @ts-expect-error misspelt beside a column
  rides.select('citty', rides.col('price'))
  // @ts-expect-error misspelt
  rides.col('prize')
  // @ts-expect-error misspelt
  rides.groupBy('citty')
  // @ts-expect-error misspelt
  rides.orderBy('prize')
  // @ts-expect-error dropped before
  rides.drop('price').select('price')
  // @ts-expect-error not selected before
  rides.select('city').filter('city > 1').col('price')
  rides.select('*', 'driver.name', '`a b`', rides.col('driver.name'))
  const [{ city, perKm }] = await rides.withColumn('perKm', rides.col('price')).filter('price > 1').collect()
  // Rows that are known from the objects of which a frame is made.
  const made = createDataFrame([{ id: 1, tags: ['a'] }])
  // @ts-expect-error misspelt
  made.select('ids')
  const first = await made.limit(1).first()
  // Frames of which nothing is known take every name, and stand for every frame.
  const open: DataFrame = rides
  open.select('anything').withColumn('more', open.col('other'))
  const known: DataFrame<Ride> = open.select('city', 'price', 'driver')
  await lr.fit(known)
  createDataFrame([]).select('anything')
  createDataFrame([[1, 'a']], ['n', 's']).select('n')
  // @ts-expect-error misspelt
  createDataFrame({ x: Float64Array.of(1), city: ['a'] }).select('y')
  return [city, perKm, first?.id]
}
