import { DataError, ParamError } from '../errors.js'

/** There is nothing to learn from. */
export const noRows = (stage?: string, column?: string): DataError =>
  new DataError('the training data has no rows', {
    stage,
    column,
    allowed: 'Allowed: at least one row',
    received: '0 rows',
    hint: 'Look at the filters and joins before the fit, or at a fold that got no rows.',
  })

/** The vectors are empty. */
export const noFeatures = (stage: string, column: string): DataError =>
  new DataError(`the vectors in column "${column}" have no elements`, {
    stage,
    column,
    allowed: 'Allowed: vectors of at least one feature',
    received: 'vectors of length 0',
  })

/** Every row counts for nothing. */
export const noWeight = (stage?: string): DataError =>
  new DataError('the weights of the training data add up to 0', {
    stage,
    allowed: 'Allowed: at least one weight above 0',
    received: '0',
    hint: 'Correct the weights, or fit without weightCol.',
  })

/** Without an intercept, the penalty cannot be brought to the scale of a label that does not vary. */
export const penalizedConstantLabel = (regParam: number, stage?: string): ParamError =>
  new ParamError('a model of a constant label cannot be penalised', {
    stage,
    param: 'regParam',
    allowed: 'Only 0 where the label is constant and there is no intercept',
    received: String(regParam),
    hint: 'Set fitIntercept to true or regParam to 0.',
  })
