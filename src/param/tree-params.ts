import { DoubleType, VectorUDT } from '../sql/types.js'
import { arrayOf, rule } from './constraint.js'
import {
  accepts,
  beyondSpark,
  bool,
  double,
  inputColumn,
  int,
  intArray,
  oneOf,
  oneOfAnyCase,
  outputColumn,
  type ParamRow,
  string,
} from './row.js'
import { classWeight, predictor, seed, weightCol } from './shared.js'

/** Rows that decision trees, forests and boosted trees share, by Spark's names. A stage spreads the groups that it has. */

const accepted = 'Accepted for Spark; one process has nothing to checkpoint'

/** How one tree grows. */
const growth = {
  maxDepth: int({
    default: 5,
    min: 0,
    max: 30,
    doc: 'maximum depth of a tree, in [0, 30]: 0 is one leaf, 1 is one split with two leaves',
  }),
  maxBins: int({
    default: 32,
    min: 2,
    doc: 'maximum number of bins of a continuous feature (>= 2), and of categories of a categorical one',
  }),
  minInstancesPerNode: int({
    default: 1,
    min: 1,
    doc: 'minimum number of rows that each child of a split must have (>= 1)',
  }),
  minWeightFractionPerNode: double({
    default: 0,
    min: 0,
    max: 0.5,
    open: 'right',
    doc: 'minimum share of the weight of all rows that each child of a split must have, in [0, 0.5)',
  }),
  minInfoGain: double({ default: 0, min: 0, doc: 'minimum information gain of a split (>= 0)' }),
  maxMemoryInMB: int({
    default: 256,
    min: 0,
    expert: true,
    doc: 'memory in MB for the statistics of the nodes that are split at once (>= 0). Memory is not limited by it; it decides how many nodes draw their feature subsets in one round, as in Spark',
  }),
  cacheNodeIds: bool({
    default: false,
    expert: true,
    doc: 'whether to keep the node of each row between rounds. Accepted for Spark; here they are always kept, and results do not depend on it',
  }),
  checkpointInterval: int({
    default: 10,
    constraint: rule(
      'an integer >= 1, or -1 for never',
      (v) => typeof v === 'number' && Number.isInteger(v) && (v === -1 || (v >= 1 && v < 2 ** 31)),
      ['?', 0, 0.5],
    ),
    expert: true,
    doc: `number of rounds between two checkpoints of cached node numbers (>= 1), or -1 for none. ${accepted}`,
  }),
} as const

/** How a tree grows beyond Spark. */
const options = {
  maxLeaves: beyondSpark(
    int({
      min: 2,
      doc: 'maximum number of leaves of a tree (>= 2): of all leaves the one is split next whose split lowers the impurity of all rows most, while maxDepth allows. Not set: nodes are split level by level, without a limit',
    }),
  ),
  monotoneConstraints: beyondSpark(
    intArray({
      constraint: arrayOf(
        rule('-1, 0 or 1', (v) => v === -1 || v === 0 || v === 1, [2, 0.5]),
        'an array of -1, 0 and 1, one for each feature',
      ),
      doc: 'for each feature, 1: predictions never fall as it rises; -1: they never rise; 0: they may do either',
    }),
  ),
  handleMissing: beyondSpark(
    oneOf(['error', 'learn'], {
      default: 'error',
      doc: 'what to do with NaN among the features of training rows: error, as in Spark, or learn (each split sends missing values to the side where they lower the impurity most)',
    }),
  ),
} as const

const leafDoc = 'leaf indices column name: the leaf that each row falls in, numbered from the left. Not made if empty'
/** Column of the leaf of one tree. */
const leafCol = outputColumn({ default: '', yields: DoubleType, optional: true, doc: leafDoc })
/** Column of the leaves of several trees, one slot a tree. */
const leafCols = outputColumn({ default: '', yields: VectorUDT, optional: true, doc: `${leafDoc}; one slot a tree` })

/** Impurities of regression trees, as Spark lists them. */
export const regressionImpurities = ['variance'] as const
/** Impurities of classification trees, as Spark lists them. */
export const classificationImpurities = ['entropy', 'gini'] as const
/** Names of feature subsets, as Spark lists them; numbers are allowed, too. */
export const featureSubsetStrategies = ['auto', 'all', 'onethird', 'sqrt', 'log2'] as const

const impurityDoc = 'criterion used for information gain calculation, in upper or lower case'
const varianceImpurity = oneOfAnyCase(regressionImpurities, { default: 'variance', doc: impurityDoc })
const classImpurity = oneOfAnyCase(classificationImpurities, { default: 'gini', doc: impurityDoc })

/** A decimal number as Java reads it, without hexadecimal and type suffixes. */
const NUMBER = /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/

function isFeatureSubset(value: unknown): boolean {
  if (typeof value !== 'string') return false
  if ((featureSubsetStrategies as readonly string[]).includes(value.toLowerCase())) return true
  if (/^\+?\d+$/.test(value)) return Number(value) > 0 && Number(value) < 2 ** 31
  return NUMBER.test(value) && Number(value) > 0 && Number(value) <= 1
}

const featureSubsetStrategy = (byDefault: string): ParamRow<string> =>
  string({
    default: byDefault,
    constraint: rule(
      `one of ${featureSubsetStrategies.map((s) => `"${s}"`).join(', ')}, a share in (0.0-1.0], or a number of features from 1, as text`,
      isFeatureSubset,
      ['?', '0', '-1', '1.5', 3],
    ),
    doc: 'the number of features to consider at each node: all, onethird, sqrt or log2 of them, a share such as "0.5", a number such as "5", or auto (all for one tree; in forests sqrt for classes and onethird for numbers)',
  })

const subsamplingRate = double({
  default: 1,
  min: 0,
  max: 1,
  open: 'left',
  doc: 'share of the rows used for learning each tree, in (0, 1]',
})

/** What every tree learner has beside its columns. */
const tree = (sparkClass: string) => ({ ...growth, seed: seed(sparkClass), weightCol, ...options }) as const

/** Rows of one regression tree. */
export const regressionTree = (sparkClass: string) =>
  ({
    ...predictor,
    ...tree(sparkClass),
    impurity: varianceImpurity,
    varianceCol: outputColumn({
      yields: DoubleType,
      optional: true,
      doc: 'column name of the variance of the labels in the leaf. Not made if not set or empty',
    }),
    leafCol,
  }) as const

/** Rows of one classification tree, beside the columns of a probabilistic classifier. */
export const classificationTree = (sparkClass: string) =>
  ({ ...tree(sparkClass), impurity: classImpurity, leafCol, classWeight }) as const

const forest = (sparkClass: string) =>
  ({
    ...tree(sparkClass),
    numTrees: int({ default: 20, min: 1, doc: 'number of trees to train (>= 1)' }),
    featureSubsetStrategy: featureSubsetStrategy('auto'),
    subsamplingRate,
    bootstrap: bool({ default: true, doc: 'whether rows are drawn with replacement for each tree' }),
  }) as const

/** Rows of a forest of regression trees. */
export const regressionForest = (sparkClass: string) =>
  ({ ...predictor, ...forest(sparkClass), impurity: varianceImpurity, leafCol: leafCols }) as const

/** Rows of a forest of classification trees, beside the columns of a probabilistic classifier. */
export const classificationForest = (sparkClass: string) =>
  ({ ...forest(sparkClass), impurity: classImpurity, leafCol: leafCols, classWeight }) as const

/** Losses of boosted regression trees, as Spark lists them. */
export const regressionLosses = ['squared', 'absolute'] as const
/** Losses of boosted classification trees, as Spark lists them. */
export const classificationLosses = ['logistic'] as const

const boosting = (sparkClass: string) =>
  ({
    ...tree(sparkClass),
    maxIter: int({ default: 20, min: 1, doc: 'number of trees to train (>= 1)' }),
    stepSize: double({
      default: 0.1,
      min: 0,
      max: 1,
      open: 'left',
      doc: 'learning rate in (0, 1]: weight of every tree after the first one',
    }),
    subsamplingRate,
    featureSubsetStrategy: featureSubsetStrategy('all'),
    validationIndicatorCol: inputColumn({
      accepts: accepts.boolean,
      fitOnly: true,
      optional: true,
      doc: 'name of the column that is true for rows which only validate. If it is not set or empty, all rows are learned from',
    }),
    validationTol: double({
      default: 0.01,
      min: 0,
      doc: 'learning stops when the loss on the validation rows e falls by less than validationTol * max(e, 0.01) (>= 0)',
    }),
    patience: beyondSpark(
      int({
        min: 1,
        doc: 'number of trees in a row after which learning stops when none of them has lowered the loss on the validation rows by enough (see validationTol). Not set: one, as in Spark',
      }),
    ),
    impurity: oneOfAnyCase(regressionImpurities, {
      default: 'variance',
      doc: `${impurityDoc}. Boosting always takes the variance`,
    }),
    leafCol: leafCols,
  }) as const

const lossDoc = 'loss function which boosting tries to minimize, in upper or lower case'

/** Rows of boosted regression trees. */
export const boostedRegression = (sparkClass: string) =>
  ({
    ...predictor,
    ...boosting(sparkClass),
    lossType: oneOfAnyCase(regressionLosses, { default: 'squared', doc: lossDoc }),
    quantile: beyondSpark(
      double({
        min: 0,
        max: 1,
        open: 'both',
        doc: 'the quantile of the label that is predicted, in (0, 1), by the pinball loss instead of lossType. Not set: what lossType predicts',
      }),
    ),
    intervalCol: beyondSpark(
      outputColumn({
        yields: VectorUDT,
        optional: true,
        doc: 'column name of an interval that the label falls in with the probability intervalLevel: its lower and its upper end. Not made if not set or empty',
      }),
    ),
    intervalLevel: beyondSpark(
      double({ min: 0, max: 1, open: 'both', doc: 'the probability of intervals, in (0, 1), see intervalCol' }),
    ),
  }) as const

/** Rows of boosted classification trees, beside the columns of a probabilistic classifier. */
export const boostedClassification = (sparkClass: string) =>
  ({
    ...boosting(sparkClass),
    lossType: oneOfAnyCase(classificationLosses, { default: 'logistic', doc: lossDoc }),
    classWeight,
    multiclass: beyondSpark(
      bool({
        default: false,
        doc: 'whether there may be more than two classes: then each iteration grows a tree for each class, by the softmax loss',
      }),
    ),
  }) as const
