import { access, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CrossValidator, LinearRegression, ParamGridBuilder, RegressionEvaluator } from 'ridgeline'
import { afterAll, beforeAll, expect, it } from 'vitest'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-'))
})
afterAll(() => rm(folder, { recursive: true }))

it('a tuner whose grid names a stage outside it is refused when it is saved, not when it is loaded', async () => {
  const estimator = new LinearRegression()
  const another = new LinearRegression()
  const cv = new CrossValidator({
    estimator,
    evaluator: new RegressionEvaluator(),
    estimatorParamMaps: new ParamGridBuilder().addGrid(another.regParam, [0, 1]).build(),
  })
  const path = join(folder, 'cv.json')
  await expect(cv.save(path)).rejects.toThrow(`sets "regParam" of ${another.uid}, which is not saved with it`)
  await expect(access(path)).rejects.toThrow()
})
