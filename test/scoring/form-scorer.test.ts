import {
  Binarizer,
  Bucketizer,
  createDataFrame,
  type DataFrame,
  GBTRegressor,
  LinearRegression,
  LinearRegressionModel,
  LogisticRegression,
  MinMaxScaler,
  Normalizer,
  OneHotEncoder,
  Pipeline,
  type PipelineModel,
  RandomForestRegressor,
  StandardScaler,
  StringIndexer,
  Vector,
  VectorAssembler,
  VectorIndexer,
} from 'ridgeline'
import type { PipelineStage } from 'ridgeline/pipeline'
import type { RowScorer } from 'ridgeline/scoring'
import { describe, expect, it, vi } from 'vitest'
import { expectNear } from '../helpers/near.js'

const cities = ['FR', 'US', 'DE', 'MG', 'FR', 'FR', 'US']
const rides = Array.from({ length: 60 }, (_, i) => ({
  city: cities[i % 7],
  km: ((i * 37) % 101) / 4,
  hour: (i * 5) % 24,
  night: i % 3 === 0,
  price: 3 + ((i * 37) % 101) / 3 + (i % 7) * 1.3 + ((i * 5) % 24) / 10,
  cheap: ((i * 37) % 101) / 4 < 12 ? 1 : 0,
}))
const schema = 'city STRING, km DOUBLE, hour INT, night BOOLEAN, price DOUBLE, cheap DOUBLE'
const frame: DataFrame = createDataFrame(rides, schema)

type Invalid = 'keep' | 'skip' | 'error'

/** Stages that make features of a ride. */
const features = (handleInvalid: Invalid, withMean: boolean, dropLast: boolean): PipelineStage[] => [
  new StringIndexer({ inputCol: 'city', outputCol: 'cityIdx', handleInvalid }),
  new Bucketizer({ inputCol: 'hour', outputCol: 'part', splits: [0, 6, 12, 18, 24], handleInvalid }),
  new OneHotEncoder({ inputCols: ['cityIdx', 'part'], outputCols: ['citySlots', 'partSlots'], dropLast }),
  new VectorAssembler({ inputCols: ['km', 'citySlots', 'night', 'partSlots'], outputCol: 'raw', handleInvalid }),
  new StandardScaler({ inputCol: 'raw', outputCol: 'features', withMean }),
]
const forest = new RandomForestRegressor({ labelCol: 'price', numTrees: 7, maxDepth: 4, seed: 3 })
const predictors: Readonly<Record<string, PipelineStage>> = {
  'linear regression': new LinearRegression({ labelCol: 'price', regParam: 0.1 }),
  'a forest': forest,
  'boosted trees': new GBTRegressor({ labelCol: 'price', maxIter: 6, maxDepth: 3, seed: 3 }),
  'a forest with leaves': forest.copy().setLeafCol('leaves'),
  'logistic regression': new LogisticRegression({ labelCol: 'cheap', regParam: 0.1 }),
}

/** Rides as most are, and odd ones. */
const odd: readonly object[] = [
  ...rides.slice(0, 12),
  { ...rides[0], city: 'ZZ' },
  { ...rides[0], city: null },
  { ...rides[0], km: Number.NaN },
  { ...rides[0], km: null },
  { ...rides[0], km: -0 },
  { ...rides[0], km: Number.POSITIVE_INFINITY },
  { ...rides[0], hour: 25 },
  { ...rides[0], hour: null },
  { ...rides[0], night: null },
  // Afterwards rows come out as before.
  ...rides.slice(0, 12),
]

const answer = async (work: () => unknown): Promise<unknown> => {
  try {
    return (await work()) ?? null
  } catch (error) {
    return String(error)
  }
}

/** Asserts that a scorer gives what `transform` gives, of some columns, with vectors as lists. */
async function expectSame(
  model: PipelineModel,
  score: RowScorer,
  row: object,
  names: readonly string[],
  compare: (actual: unknown, expected: unknown) => void,
): Promise<void> {
  const expected = await answer(async () => {
    const [found] = await model
      .transform(createDataFrame([row], schema) as DataFrame)
      .select(...names)
      .collect()
    return (
      found &&
      Object.fromEntries(Object.entries(found).map(([k, v]) => [k, v instanceof Vector ? [...v.toArray()] : v]))
    )
  })
  compare(await answer(() => score(row)), expected)
}

/** Stages without forms, some of which tell sparse vectors from dense ones. */
const others: Readonly<Record<string, PipelineStage>> = {
  MinMaxScaler: new MinMaxScaler({ inputCol: 'raw', outputCol: 'features' }),
  Binarizer: new Binarizer({ inputCol: 'raw', outputCol: 'features', threshold: 0.5 }),
  Normalizer: new Normalizer({ inputCol: 'raw', outputCol: 'features' }),
  VectorIndexer: new VectorIndexer({ inputCol: 'raw', outputCol: 'features', maxCategories: 3, handleInvalid: 'keep' }),
}

describe('stages without forms behind stages with forms', () => {
  for (const [name, stage] of Object.entries(others)) {
    it(name, async () => {
      const stages = [...features('keep', false, true).slice(0, 4), stage, predictors['linear regression']]
      const model = await new Pipeline({ stages }).fit(frame)
      const score = model.scorer({ outputCols: ['features', 'prediction'] })
      for (const row of odd) await expectSame(model, score, row, ['features', 'prediction'], expectNear)
    })
  }
})

it('rows as most are need no columns, odd ones do', async () => {
  const model = await new Pipeline({ stages: [...features('keep', true, true), predictors['linear regression']] }).fit(
    frame,
  )
  const score = model.scorer()
  const predictions = vi.spyOn(LinearRegressionModel.prototype, 'predictions')
  for (const row of [...rides, { ...rides[0], city: 'ZZ' }, { ...rides[0], city: null }]) score(row)
  expect(predictions).not.toHaveBeenCalled()
  score({ ...rides[0], km: null })
  expect(predictions).toHaveBeenCalledTimes(1)
  predictions.mockRestore()
})

describe('a scorer by forms answers as transform does', () => {
  for (const [name, predictor] of Object.entries(predictors)) {
    for (const [mode, withMean, dropLast] of [
      ['keep', true, true],
      ['skip', false, false],
      ['error', true, false],
    ] as const) {
      it(`${name}, ${mode}${withMean ? ', centred' : ''}`, async () => {
        const model = await new Pipeline({ stages: [...features(mode, withMean, dropLast), predictor] }).fit(frame)
        const score = model.scorer()
        const names = Object.keys(score(rides[0]) ?? {})
        expect(names).toContain('prediction')
        for (const row of odd) {
          await expectSame(
            model,
            score,
            row,
            names,
            withMean ? expectNear : (actual, expected) => expect(actual).toEqual(expected),
          )
        }
      })
    }
  }
})
