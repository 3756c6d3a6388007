import { describe, expect, it } from 'vitest'
import { DataError, ParamError, SchemaError } from '../../src/errors.js'
import { Vectors } from '../../src/linalg/vectors.js'
import { GBTRegressor } from '../../src/regression/gbt-regressor.js'
import { createDataFrame } from '../../src/sql/session.js'
import { BooleanType, DoubleType, StructField, StructType, VectorUDT } from '../../src/sql/types.js'
import type { ProgressEvent } from '../../src/util/progress.js'

const schema = StructType([
  StructField('features', VectorUDT),
  StructField('label', DoubleType),
  StructField('held', BooleanType),
])
const rowsOf = (held: (i: number) => boolean | null, n = 40) =>
  Array.from({ length: n }, (_, i) => ({ features: Vectors.dense(i, i % 5), label: (i * i) / 50, held: held(i) }))
const frame = createDataFrame(
  rowsOf((i) => i % 4 === 0),
  schema,
)
const settings = { maxIter: 8, maxDepth: 3, seed: 1 }

describe('GBTRegressor', () => {
  it('tells iterations, the loss of the training rows and the time left', async () => {
    const events: ProgressEvent[] = []
    const model = await new GBTRegressor(settings).fit(frame, { onProgress: (event) => events.push(event) })
    expect(events.map(({ done }) => done)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(events.every(({ total, secondsLeft }) => total === 8 && Number(secondsLeft) >= 0)).toBe(true)
    expect(events.map(({ loss }) => loss)).toEqual(await model.evaluateEachIteration(frame))
  })

  it('stops when it is told to, between iterations too', async () => {
    const controller = new AbortController()
    const onProgress = ({ done }: ProgressEvent): void => {
      if (done === 3) controller.abort(new Error('enough'))
    }
    const many = createDataFrame(
      rowsOf(() => false, 4000),
      schema,
    )
    const fit = new GBTRegressor({ ...settings, maxIter: 10000 }).fit(many, { signal: controller.signal, onProgress })
    await expect(fit).rejects.toThrow('enough')
  })

  it('leaves out rows that do not say whether they validate, as Spark does', async () => {
    const some = createDataFrame(
      rowsOf((i) => (i % 3 === 0 ? null : i % 4 === 0)),
      schema,
    )
    const stage = new GBTRegressor({ ...settings, validationIndicatorCol: 'held' })
    const model = await stage.fit(some)
    const expected = await stage.fit(some.filter('held IS NOT NULL'))
    expect(model.toDebugString().split('\n').slice(1)).toEqual(expected.toDebugString().split('\n').slice(1))
    expect(model.trees[0].rootNode.rawCount).toBe(rowsOf(() => null).filter((_, i) => i % 3 && i % 4).length)
  })

  it.each([
    [true, 'false'],
    [false, 'true'],
  ])('refuses rows of which all are %s', async (held, missing) => {
    const all = createDataFrame(
      rowsOf(() => held),
      schema,
    )
    const fit = new GBTRegressor({ ...settings, validationIndicatorCol: 'held' }).fit(all)
    await expect(fit).rejects.toThrow(DataError)
    await expect(fit).rejects.toThrow(`column "held" is ${missing} in no row`)
  })

  it('names the row of the frame for a bad value, whatever the rows that validate', async () => {
    const rows = rowsOf((i) => i < 10).map((row, i) => (i === 20 ? { ...row, label: Number.NaN } : row))
    const fit = new GBTRegressor({ ...settings, validationIndicatorCol: 'held' }).fit(createDataFrame(rows, schema))
    await expect(fit).rejects.toMatchObject({ details: { column: 'label', row: 20 } })
  })

  it('learns a constant label as it is', async () => {
    const constant = createDataFrame(rowsOf(() => false).map((row) => ({ ...row, label: 7.5 })))
    const model = await new GBTRegressor(settings).fit(constant)
    expect(model.totalNumNodes).toBe(8)
    expect(model.predict(Vectors.dense(3, 1))).toBe(7.5)
    expect(model.featureImportances.toString()).toBe('(2,[],[])')
  })

  it('sends NaN right, where no threshold is reached', async () => {
    const model = await new GBTRegressor({ maxIter: 1, maxDepth: 1 }).fit(frame)
    const nan = Vectors.dense(Number.NaN, Number.NaN)
    expect(model.predict(nan)).toBe(model.predict(Vectors.dense(1e9, 1e9)))
    const [row] = await model.transform(createDataFrame([{ features: nan }])).collect()
    expect(row.prediction).toBe(model.predict(nan))
  })

  it('takes names in any case, as Spark does', async () => {
    const one = await new GBTRegressor({ ...settings, lossType: 'absolute', featureSubsetStrategy: 'all' }).fit(frame)
    const other = await new GBTRegressor(settings)
      .set({ lossType: 'ABSOLUTE', featureSubsetStrategy: 'ALL', impurity: 'Variance' })
      .fit(frame)
    expect(other.toDebugString().split('\n').slice(1)).toEqual(one.toDebugString().split('\n').slice(1))
  })

  it('judges each iteration by either loss, and refuses what it cannot judge by', async () => {
    const model = await new GBTRegressor({ ...settings, lossType: 'absolute' }).fit(frame)
    expect(await model.evaluateEachIteration(frame)).toEqual(await model.evaluateEachIteration(frame, 'absolute'))
    expect((await model.evaluateEachIteration(frame, 'squared')).length).toBe(8)
    await expect(model.evaluateEachIteration(frame, 'huber')).rejects.toThrow(ParamError)
    await expect(model.evaluateEachIteration(frame.drop('label'))).rejects.toThrow(SchemaError)
  })

  it('marks predictions with the metadata of the features, as Spark does', async () => {
    const marked = StructType([
      StructField('features', VectorUDT, true, { ml_attr: { num_attrs: 2 } }),
      StructField('label', DoubleType),
    ])
    const data = createDataFrame(
      rowsOf(() => null).map(({ features, label }) => ({ features, label })),
      marked,
    )
    const model = await new GBTRegressor(settings).fit(data)
    const field = model.transform(data).schema.fields.find(({ name }) => name === 'prediction')
    expect(field).toEqual(StructField('prediction', DoubleType, false, { ml_attr: { num_attrs: 2 } }))
  })

  it('predicts alike for dense and sparse rows', async () => {
    const model = await new GBTRegressor(settings).fit(frame)
    const dense = await model.transform(frame).collect()
    const sparse = rowsOf(() => null).map((row) => ({ ...row, features: row.features.toSparse() }))
    const again = await model.transform(createDataFrame(sparse, schema)).collect()
    expect(again.map(({ prediction }) => prediction)).toEqual(dense.map(({ prediction }) => prediction))
  })
})
