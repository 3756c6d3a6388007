import { afterEach, expect, it } from 'vitest'
import { VectorAssembler } from '../../src/feature/vector-assembler.js'
import { type FitCall, observeFits } from '../../src/pipeline/fit-observers.js'
import { Pipeline } from '../../src/pipeline/pipeline.js'
import { LinearRegression } from '../../src/regression/linear-regression.js'
import { createDataFrame } from '../../src/sql/session.js'
import { autolog, setTrackingUri } from '../../src/tracking/index.js'

const data = createDataFrame(Array.from({ length: 10 }, (_, i) => ({ x: i, label: 2 * i })))
const assembler = new VectorAssembler({ inputCols: ['x'], outputCol: 'features' })
const pipeline = (regParam: number) => new Pipeline({ stages: [assembler, new LinearRegression({ regParam })] })

afterEach(() => {
  autolog({ disable: true })
  setTrackingUri(undefined)
  delete process.env.MLFLOW_HTTP_REQUEST_MAX_RETRIES
})

it('observers see the fits that a program calls, side by side, and not those inside', async () => {
  const seen: FitCall[] = []
  const stop = observeFits((call, fit) => {
    seen.push(call)
    return fit()
  })
  const [a, b] = [pipeline(0), pipeline(0.1)]
  const extra = { signal: new AbortController().signal }
  const models = await Promise.all([a.fit(data, extra), b.fit(data)])
  stop()
  await a.fit(data)
  expect(seen.map(({ estimator }) => estimator)).toEqual([a, b])
  expect(seen[0].options).toBe(extra)
  expect(seen[0].data).toBe(data)
  expect(models.map(({ parent }) => parent)).toEqual([a, b])
})

it('a server that cannot be reached does not harm a fit, and is told', async () => {
  const warned = new Promise<Error>((done) => process.once('warning', done))
  process.env.MLFLOW_HTTP_REQUEST_MAX_RETRIES = '0'
  setTrackingUri('http://127.0.0.1:9')
  autolog()
  const model = await pipeline(0).fit(data)
  expect(await model.transform(data).count()).toBe(10)
  expect(await warned).toMatchObject({ name: 'MlflowWarning', message: expect.stringContaining('ECONNREFUSED') })
})
