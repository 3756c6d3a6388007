import { DataError } from '../errors.js'

/** The error of an evaluator that has nothing to measure. @param rows how many rows the frame has. */
export const nothingToEvaluate = (stage: string, column: string, rows: number): DataError =>
  new DataError('there is no row to evaluate', {
    stage,
    column,
    allowed: 'Allowed: at least one row of positive weight',
    received: `${rows} rows`,
    hint: 'Rows of weight 0 count for nothing; an empty part of a split is the usual cause.',
  })
