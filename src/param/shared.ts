import type { DataType } from '../sql/types.js'
import { DoubleType, VectorUDT } from '../sql/types.js'
import { defaultSeed } from '../util/random/seed.js'
import { arrayOf, rule } from './constraint.js'
import type { ColumnTest } from './row.js'
import {
  accepts,
  beyondSpark,
  bool,
  double,
  doubleArray,
  inputColumn,
  inputColumns,
  int,
  long,
  oneOf,
  outputColumn,
  outputColumns,
  type ParamRow,
} from './row.js'

/** Rows that several stages share, by Spark's names. A stage spreads the groups that it has. */

export const featuresCol = inputColumn({
  default: 'features',
  accepts: accepts.vector,
  doc: 'features column name',
})
export const labelCol = inputColumn({
  default: 'label',
  accepts: accepts.numeric,
  fitOnly: true,
  doc: 'label column name',
})
export const predictionCol = outputColumn({
  default: 'prediction',
  yields: DoubleType,
  doc: 'prediction column name',
})
export const weightCol = inputColumn({
  accepts: accepts.numeric,
  fitOnly: true,
  optional: true,
  doc: 'weight column name. If this is not set or empty, all instance weights are 1',
})

export const rawPredictionCol = outputColumn({
  default: 'rawPrediction',
  yields: VectorUDT,
  optional: true,
  doc: 'raw prediction (a.k.a. confidence) column name; the empty string: no such column',
})
export const probabilityCol = outputColumn({
  default: 'probability',
  yields: VectorUDT,
  optional: true,
  doc: 'column name for predicted class conditional probabilities; the empty string: no such column',
})
export const thresholds = doubleArray({
  constraint: arrayOf(
    rule('a number of 0 or more', (v) => typeof v === 'number' && v >= 0, [-1, Number.NaN]),
    'an array of numbers of 0 or more, at most one of them 0',
    (values) => values.filter((value) => value === 0).length <= 1,
  ),
  doc: 'thresholds to adjust the probability of predicting each class: the class with the largest value p/t is predicted, where p is its probability and t its threshold. One number a class, above 0 except that one may be 0',
})

/** Of every classifier that weights rows. */
export const classWeight = beyondSpark(
  oneOf(['none', 'balanced'], {
    default: 'none',
    doc: 'whether classes count by their rows (none), or all alike (balanced: the weight of a row is multiplied by W / (k Wc), with the weight W of all rows, Wc of those of its class, and k classes)',
  }),
)

/** Columns of every supervised learner. */
export const predictor = { featuresCol, labelCol, predictionCol } as const
/** Columns of every classifier, in the order in which its model makes them. */
export const classifier = {
  featuresCol,
  labelCol,
  rawPredictionCol,
  predictionCol: outputColumn({
    default: 'prediction',
    yields: DoubleType,
    optional: true,
    doc: 'prediction column name; the empty string: no such column',
  }),
} as const
/** Columns of every classifier that knows probabilities, in the order in which its model makes them. */
export const probabilisticClassifier = {
  featuresCol,
  labelCol,
  rawPredictionCol,
  probabilityCol,
  predictionCol: classifier.predictionCol,
  thresholds,
} as const

/** One input and one output column. */
export const singleColumn = (input: ColumnTest, output: DataType) =>
  ({
    inputCol: inputColumn({ accepts: input, doc: 'input column name' }),
    outputCol: outputColumn({
      default: (uid) => `${uid}__output`,
      yields: output,
      doc: 'output column name',
    }),
  }) as const

/** Several input columns, each with its output column. */
export const multipleColumns = (input: ColumnTest, output: DataType) =>
  ({
    inputCols: inputColumns({ accepts: input, doc: 'input column names' }),
    outputCols: outputColumns({ yields: output, doc: 'output column names' }),
  }) as const

export const regParam = double({ default: 0, min: 0, doc: 'regularization parameter (>= 0)' })
export const elasticNetParam = double({
  default: 0,
  min: 0,
  max: 1,
  doc: 'the ElasticNet mixing parameter, in range [0, 1]: 0 is an L2 penalty, 1 is an L1 penalty',
})
export const fitIntercept = bool({ default: true, doc: 'whether to fit an intercept term' })
export const standardization = bool({
  default: true,
  doc: 'whether to standardize the training features before fitting the model',
})
export const aggregationDepth = int({
  default: 2,
  min: 2,
  expert: true,
  doc: 'suggested depth for treeAggregate (>= 2). Accepted for Spark; one process has nothing to aggregate over',
})
export const maxBlockSizeInMB = double({
  default: 0,
  min: 0,
  expert: true,
  doc: 'maximum memory in MB for stacking input data into blocks; 0 chooses. Accepted for Spark; results do not depend on it',
})
export const relativeError = double({
  default: 0.001,
  min: 0,
  max: 1,
  doc: 'bound of the error in rank of approximate quantiles, as a share of the rows, in [0, 1]; 0 is exact',
})
export const parallelism = int({
  default: 1,
  min: 1,
  doc: 'the number of threads to use when running parallel algorithms (>= 1)',
})
export const collectSubModels = bool({
  default: false,
  doc: 'whether to collect a list of sub-models trained during tuning',
})

export const maxIter = (byDefault: number): ParamRow<number> =>
  int({ default: byDefault, min: 0, doc: 'maximum number of iterations (>= 0)' })
export const tol = (byDefault: number): ParamRow<number> =>
  double({ default: byDefault, min: 0, doc: 'the convergence tolerance for iterative algorithms (>= 0)' })
/** Spark's default seed is the hash code of the class name. */
export const seed = (sparkClass: string): ParamRow<number | bigint> =>
  long({ default: defaultSeed(sparkClass), doc: 'random seed' })

/** Of stages that hash. */
export const numFeatures = int({ default: 2 ** 18, min: 1, doc: 'number of features (> 0)' })

/** What to do with invalid rows; each stage says which rows those are. */
export const handleInvalid = <const V extends readonly string[]>(values: V, byDefault: V[number], doc: string) =>
  oneOf(values, { default: byDefault, doc })
