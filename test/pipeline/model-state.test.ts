import { LinearRegressionModel, ParamError, StandardScalerModel, Vectors } from 'ridgeline'
import { expect, it } from 'vitest'

it('a model is refused without a value that it needs', () => {
  const state = { coefficients: Vectors.dense(1), intercept: undefined as unknown as number, scale: 1 }
  expect(() => new LinearRegressionModel(state)).toThrow(ParamError)
  expect(() => new LinearRegressionModel(state)).toThrow('the state "intercept" is missing')
})

it('a scaler whose statistics belong to other features is refused', () => {
  expect(() => new StandardScalerModel({ mean: Vectors.dense(1, 2, 3), std: Vectors.dense([]) })).toThrow(
    '"std" has length 0 and "mean" has length 3',
  )
})
