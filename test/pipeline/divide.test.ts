import { describe, expect, test } from 'vitest'
import { RegressionEvaluator } from '../../src/evaluation/regression-evaluator.js'
import { StandardScaler, type StandardScalerModel } from '../../src/feature/standard-scaler.js'
import { VectorAssembler } from '../../src/feature/vector-assembler.js'
import { ParamMap } from '../../src/param/param.js'
import { Pipeline, type PipelineModel } from '../../src/pipeline/pipeline.js'
import { LinearRegression, type LinearRegressionModel } from '../../src/regression/linear-regression.js'
import { createDataFrame } from '../../src/sql/session.js'
import { CrossValidator } from '../../src/tuning/cross-validator.js'
import { ParamGridBuilder } from '../../src/tuning/param-grid-builder.js'
import { MeanRegressor } from '../tuning/mean-regressor.js'

const data = createDataFrame(
  Array.from({ length: 24 }, (_, i) => ({ a: Math.sin(i), b: i % 5, label: 3 * Math.sin(i) - (i % 5) + (i % 3) / 7 })),
)

/** Assembler, scaler, a regressor that counts its fits, and the stage that is tuned. */
function stages() {
  const assembler = new VectorAssembler({ inputCols: ['a', 'b'], outputCol: 'raw' })
  const scaler = new StandardScaler({ inputCol: 'raw', outputCol: 'features', withMean: true })
  const mean = new MeanRegressor({ predictionCol: 'level' })
  const lr = new LinearRegression()
  const pipeline = new Pipeline({ stages: [assembler, scaler, mean, lr] })
  return { assembler, scaler, mean, lr, pipeline }
}
const uids = (pipeline: unknown) => (pipeline as Pipeline).getStages().map(({ uid }) => uid)

describe('what a pipeline has in common for the maps of a grid', () => {
  test('are the stages before the first that any map touches', () => {
    const { assembler, scaler, mean, lr, pipeline } = stages()
    const maps = [new ParamMap().put(lr.regParam, 1), new ParamMap().put(mean.shift, 1)]
    const division = pipeline.divide(maps)
    expect(uids(division?.common)).toEqual([assembler.uid, scaler.uid])
    expect(uids(division?.rest)).toEqual([mean.uid, lr.uid])
  })

  test('counts the stages inside a stage', () => {
    const { assembler, lr, pipeline } = stages()
    const outer = new Pipeline({ stages: [new VectorAssembler({ inputCols: ['a'], outputCol: 'x' }), pipeline] })
    expect(uids(outer.divide([new ParamMap().put(lr.regParam, 1)])?.rest)).toEqual([pipeline.uid])
    expect(outer.divide([new ParamMap().put(assembler.outputCol, 'raw')])).toBeDefined()
  })

  test.each([
    ['the first stage is touched', (s: ReturnType<typeof stages>) => new ParamMap().put(s.assembler.outputCol, 'raw')],
    ['the list of stages is', (s: ReturnType<typeof stages>) => new ParamMap().put(s.pipeline.stages, [s.mean])],
    ['no map touches anything', () => new ParamMap()],
  ])('is nothing where %s', (_, map) => {
    const all = stages()
    expect(all.pipeline.divide([map(all)])).toBeUndefined()
  })

  test('is fitted once a fold, with the numbers of a fit of the whole pipeline', async () => {
    const { mean, lr, pipeline } = stages()
    let fits = 0
    mean.onFit = () => {
      fits++
    }
    const maps = new ParamGridBuilder().addGrid(lr.regParam, [0, 0.1, 1]).addGrid(lr.elasticNetParam, [0, 0.5]).build()
    const evaluator = new RegressionEvaluator()
    const tuner = { estimator: pipeline, estimatorParamMaps: maps, evaluator, collectSubModels: true }
    const tuned = await new CrossValidator(tuner).fit(data)
    expect(fits).toBe(3 + 1)

    const folds = data.kFold(3, tuned.getSeed())
    for (const [fold, [training, validation]] of folds.entries()) {
      for (const [i, map] of maps.entries()) {
        const whole = await pipeline.fit(training, map)
        const divided = tuned.subModels?.[fold][i] as PipelineModel
        expect(divided).toMatchObject({ uid: pipeline.uid, inputSchema: data.schema, outputSchema: whole.outputSchema })
        expect(divided.parent?.extractParamMap().size).toBe(1)
        expect(divided.stages.map(({ uid }) => uid)).toEqual(whole.stages.map(({ uid }) => uid))
        expect((divided.stages[1] as StandardScalerModel).mean).toEqual((whole.stages[1] as StandardScalerModel).mean)
        const [a, b] = [divided, whole].map((model) => model.stages[3] as LinearRegressionModel)
        expect(a.coefficients).toEqual(b.coefficients)
        expect(a.intercept).toBe(b.intercept)
        expect(a.getRegParam()).toBe(b.getRegParam())
        const metrics = [divided, whole].map((model) => evaluator.evaluate(model.transform(validation)))
        expect(await metrics[0]).toBe(await metrics[1])
      }
    }
  })
})
