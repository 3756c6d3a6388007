import { Vectors } from '../../src/linalg/vectors.js'
import { shortClassName } from '../../src/param/params.js'
import type { PersistableClass } from '../../src/persistence/persistable.js'
import type { Row } from '../../src/sql/row.js'
import {
  ArrayType,
  DoubleType,
  IntegerType,
  StringType,
  StructField,
  StructType,
  VectorUDT,
} from '../../src/sql/types.js'
import { buildStage } from '../golden/classes.js'
import type { RecordedObject } from '../helpers/compare.js'
import { registry } from '../helpers/registry.js'
import type { Example, Subject } from './subject.js'

/** Twelve rides: enough for three folds and a linear model, with a tie among the cities. */
const rides: readonly Row[] = [
  ['FR', 7.5, 9, 10.8],
  ['US', 12, 18, 18.4],
  ['DE', 3, 23, 6.2],
  ['FR', 16.2, 8, 21.7],
  ['MG', 9.5, 12, 13.1],
  ['US', 4.4, 7, 8.9],
  ['FR', 1.2, 15, 4.1],
  ['DE', 22.8, 21, 29.5],
  ['FR', 6.1, 13, 9.6],
  ['US', 14.9, 10, 19.2],
  ['MG', 2.7, 19, 6.6],
  ['DE', 10.3, 16, 14.4],
].map(([city, km, hour, price], i) => ({
  city,
  km,
  hour,
  price,
  predicted: Number(price) + (i % 3) - 1,
  zone: i % 4,
  far: Number(km) > 7 || hour === 23 ? 1 : 0,
  guess: i % 3,
  scores: Vectors.dense(7 - Number(km), Number(km) - 7),
  note: `${city} at  ${hour}`,
  words: [city, Number(hour) > 12 ? 'late' : 'early', city],
  features:
    i % 2 === 0 ? Vectors.dense([Number(km), Number(hour), 0]) : Vectors.sparse(3, [0, 1], [Number(km), Number(hour)]),
}))

const fields: readonly StructField[] = [
  StructField('city', StringType),
  StructField('km', DoubleType),
  StructField('hour', IntegerType),
  StructField('price', DoubleType),
  StructField('predicted', DoubleType),
  StructField('zone', DoubleType),
  StructField('far', DoubleType),
  StructField('guess', DoubleType),
  StructField('note', StringType),
  StructField('words', ArrayType(StringType)),
  // With its size: what is made of a vector is then known before any row is read.
  StructField('features', VectorUDT, true, { ml_attr: { num_attrs: 3 } }),
  StructField('scores', VectorUDT, true, { ml_attr: { num_attrs: 2 } }),
]

/** The rides with the named columns only: those that the class reads, so that each bad value reaches it. */
function example(
  columns: readonly string[],
  params: RecordedObject,
  more: Partial<Example> = {},
): (className: string) => Example {
  return (className) => ({
    rows: rides.map((row) => Object.fromEntries(columns.map((name) => [name, row[name]]))),
    schema: StructType(fields.filter(({ name }) => columns.includes(name))),
    params: () => buildStage(className, params).explicitValues(),
    ...more,
  })
}

const linear = { featuresCol: 'features', labelCol: 'price', regParam: 0.1, elasticNetParam: 0.5 }
const hinge = { featuresCol: 'features', labelCol: 'far', regParam: 0.1 }
const logistic = { featuresCol: 'features', labelCol: 'far', regParam: 0.1, elasticNetParam: 0.5 }
const steps: RecordedObject[] = [
  { class: 'StringIndexer', params: { inputCol: 'city', outputCol: 'cityIndex', handleInvalid: 'keep' } },
  { class: 'VectorAssembler', params: { inputCols: ['km', 'cityIndex'], outputCol: 'assembled' } },
]
const search = {
  estimator: { class: 'LinearRegression', params: linear },
  evaluator: { class: 'RegressionEvaluator', params: { labelCol: 'price' } },
  estimatorParamMaps: [0.01, 1].map((value) => [{ parent: 'LinearRegression', name: 'regParam', value }]),
}

const FOLDS = 'folds and splits are drawn row by row within partitions, as in Spark'

const ORDER = 'sentences are learned from one after the other, as in Spark'
const TIES = "words of equal count have the order of Spark's hash tables, which partitions and collisions decide"

const NO_ROWS = 'the metadata tell the length of the vectors, and no row is read'

const SAMPLE_DEVIATIONS =
  'the penalty is for features of unit sample deviation, whose denominator n - 1 counts weights otherwise than rows, as in Spark'
/** What a single tree does otherwise. */
const tree: Partial<Example> = {
  exceptions: {
    'a weight of two is as the row twice':
      'nodes count rows without their weights, as in Spark; test/tree/growth.test.ts compares all else',
  },
}
const BAGS = 'the bag of each tree is drawn row by row within partitions, as in Spark'
/** What a forest does otherwise. */
const forest: Partial<Example> = {
  exceptions: {
    'the order of rows does not matter': BAGS,
    'logical partitions do not matter': BAGS,
    'a weight of two is as the row twice': BAGS,
  },
}

const HIDDEN_COLUMNS = 'the classifier inside sees other columns than the frame has, and its own outputs go nowhere'

const SKIPPED =
  'a StringIndexerModel leaves out columns that are missing, as in Spark; its estimator shares the example'

/** How each class can run. Models are tested with what their estimator makes. */
export const examples: Readonly<Record<string, (className: string) => Example>> = {
  Binarizer: example(['km', 'features'], { inputCols: ['km', 'features'], outputCols: ['far', 'signs'], threshold: 7 }),
  CalendarFeatures: example(['hour'], { inputCol: 'hour', outputCol: 'when', fields: ['hour', 'ispeakhour'] }),
  DCT: example(['features'], { inputCol: 'features', outputCol: 'waves' }),
  ElementwiseProduct: example(['features'], {
    inputCol: 'features',
    outputCol: 'product',
    scalingVec: { type: 1, values: [1, 0.5, -2] },
  }),
  ExpressionTransformer: example(['km', 'hour'], { expression: 'IF(hour > 12, km / hour, km + 1)', outputCol: 'made' }),
  Imputer: example(['km', 'hour'], {
    inputCols: ['km', 'hour'],
    outputCols: ['kmFilled', 'hourFilled'],
    strategy: 'median',
  }),
  Interaction: example(['km', 'hour'], { inputCols: ['km', 'hour'], outputCol: 'crossed' }),
  MaxAbsScaler: example(['features'], { inputCol: 'features', outputCol: 'scaled' }),
  MinMaxScaler: example(['features'], { inputCol: 'features', outputCol: 'scaled', max: 2 }),
  Normalizer: example(['features'], { inputCol: 'features', outputCol: 'unit', p: 1 }),
  PCA: example(['features'], { inputCol: 'features', outputCol: 'main', k: 2 }),
  PolynomialExpansion: example(['features'], { inputCol: 'features', outputCol: 'terms', degree: 3 }),
  QuantileDiscretizer: example(['km'], { inputCol: 'km', outputCol: 'bucket', numBuckets: 3 }),
  RobustScaler: example(['features'], { inputCol: 'features', outputCol: 'scaled', withCentering: true }),
  VarianceThresholdSelector: example(['features'], { outputCol: 'varied', varianceThreshold: 1 }),
  VectorSizeHint: example(['features'], { inputCol: 'features', size: 3 }),
  VectorSlicer: example(['features'], { inputCol: 'features', outputCol: 'slots', indices: [2, 0] }),
  BinaryClassificationEvaluator: example(['scores', 'far'], { rawPredictionCol: 'scores', labelCol: 'far' }),
  Bucketizer: example(['km'], { inputCol: 'km', outputCol: 'bucket', splits: ['-Infinity', 5, 10, 'Infinity'] }),
  BucketedRandomProjectionLSH: example(
    ['features'],
    { inputCol: 'features', outputCol: 'hashes', bucketLength: 2, numHashTables: 2, seed: 1 },
    { exceptions: { 'an abort during the work rejects with its reason and leaves nothing behind': NO_ROWS } },
  ),
  ChiSqSelector: example(['features', 'far'], { labelCol: 'far', numTopFeatures: 2, outputCol: 'selected' }),
  CountVectorizer: example(
    ['words'],
    { inputCol: 'words', outputCol: 'counts' },
    { exceptions: { 'logical partitions do not matter': TIES, 'the order of rows does not matter': TIES } },
  ),
  CrossValidator: example(
    ['features', 'price'],
    { ...search, numFolds: 2, seed: 1 },
    {
      exceptions: { 'the order of rows does not matter': FOLDS, 'logical partitions do not matter': FOLDS },
    },
  ),
  DecisionTreeClassifier: example(['features', 'zone'], { labelCol: 'zone', maxDepth: 3 }, tree),
  DecisionTreeRegressor: example(['features', 'price'], { labelCol: 'price', maxDepth: 3 }, tree),
  FeatureHasher: example(['city', 'km', 'hour'], {
    inputCols: ['city', 'km', 'hour'],
    outputCol: 'hashed',
    numFeatures: 32,
    categoricalCols: ['hour'],
  }),
  GBTClassifier: example(['features', 'far'], { labelCol: 'far', maxIter: 4, maxDepth: 2, seed: 1 }, tree),
  GBTRegressor: example(['features', 'price'], { labelCol: 'price', maxIter: 4, maxDepth: 2, seed: 1 }, tree),
  HashingTF: example(['words'], { inputCol: 'words', outputCol: 'counts', numFeatures: 16 }),
  IDF: example(['features'], { inputCol: 'features', outputCol: 'weighed' }),
  IndexToString: example(['zone'], { inputCol: 'zone', outputCol: 'name', labels: ['a', 'b', 'c', 'd'] }),
  LinearRegression: example(['features', 'price'], linear),
  LinearSVC: example(['features', 'far'], hinge, {
    exceptions: { 'a weight of two is as the row twice': SAMPLE_DEVIATIONS },
  }),
  LogisticRegression: example(['features', 'far'], logistic, {
    exceptions: { 'a weight of two is as the row twice': SAMPLE_DEVIATIONS },
  }),
  MinHashLSH: example(
    ['features'],
    { inputCol: 'features', outputCol: 'hashes', numHashTables: 2, seed: 1 },
    { exceptions: { 'an abort during the work rejects with its reason and leaves nothing behind': NO_ROWS } },
  ),
  MulticlassClassificationEvaluator: example(['zone', 'guess'], { labelCol: 'zone', predictionCol: 'guess' }),
  NGram: example(['words'], { inputCol: 'words', outputCol: 'grams' }),
  OneHotEncoder: example(['zone'], { inputCols: ['zone'], outputCols: ['slots'] }),
  OneVsRest: example(
    ['features', 'zone'],
    {
      featuresCol: 'features',
      labelCol: 'zone',
      classifier: { class: 'LogisticRegression', params: { regParam: 0.1 } },
    },
    {
      exceptions: {
        'a weight of two is as the row twice': SAMPLE_DEVIATIONS,
        'an output column that exists is refused': HIDDEN_COLUMNS,
      },
    },
  ),
  Pipeline: example(
    ['city', 'km'],
    { stages: steps },
    { modelExceptions: { 'a missing input column is refused, with the nearest name': SKIPPED } },
  ),
  RFormula: example(['city', 'km', 'price'], { formula: 'price ~ city + km + city:km', labelCol: 'y' }),
  RandomForestClassifier: example(
    ['features', 'zone'],
    { labelCol: 'zone', numTrees: 3, maxDepth: 3, seed: 1 },
    forest,
  ),
  RandomForestRegressor: example(
    ['features', 'price'],
    { labelCol: 'price', numTrees: 3, maxDepth: 3, seed: 1 },
    forest,
  ),
  RegexTokenizer: example(['note'], { inputCol: 'note', outputCol: 'tokens', pattern: '\\W+' }),
  RegressionEvaluator: example(['price', 'predicted'], { labelCol: 'price', predictionCol: 'predicted' }),
  SQLTransformer: example(['km', 'hour'], { statement: 'SELECT *, km * 2 AS twice FROM __THIS__' }),
  StandardScaler: example(['features'], { inputCol: 'features', outputCol: 'scaled', withMean: true }),
  StopWordsRemover: example(['words'], { inputCol: 'words', outputCol: 'rest', stopWords: ['LATE'] }),
  StringIndexer: example(
    ['city'],
    { inputCol: 'city', outputCol: 'cityIndex' },
    {
      modelExceptions: { 'a missing input column is refused, with the nearest name': SKIPPED },
    },
  ),
  TargetEncoder: example(['zone', 'price'], {
    inputCols: ['zone'],
    outputCols: ['encoded'],
    labelCol: 'price',
    targetType: 'continuous',
    smoothing: 2,
  }),
  Tokenizer: example(['note'], { inputCol: 'note', outputCol: 'tokens' }),
  TrainValidationSplit: example(
    ['features', 'price'],
    { ...search, trainRatio: 0.5, seed: 1 },
    {
      exceptions: { 'the order of rows does not matter': FOLDS, 'logical partitions do not matter': FOLDS },
    },
  ),
  UnivariateFeatureSelector: example(['features', 'price'], {
    labelCol: 'price',
    featureType: 'continuous',
    labelType: 'continuous',
    selectionThreshold: 2,
    outputCol: 'selected',
  }),
  VectorAssembler: example(
    ['km', 'hour', 'features'],
    { inputCols: ['km', 'hour', 'features'], outputCol: 'assembled' },
    {
      exceptions: {
        'transformSchema() gives the schema of transform(), and rows fit it':
          'the length of vectors without metadata, and so the attributes of the output, come from the data, as in Spark',
      },
    },
  ),
  VectorIndexer: example(['features'], { inputCol: 'features', outputCol: 'indexed', maxCategories: 3 }),
  Word2Vec: example(
    ['words'],
    { inputCol: 'words', outputCol: 'vector', vectorSize: 3, minCount: 1, seed: 1 },
    { exceptions: { 'logical partitions do not matter': TIES, 'the order of rows does not matter': ORDER } },
  ),
}

/** The model of an estimator as a subject of its own. */
export function estimatedModel({ stageClass, example, ...rest }: Subject): Subject {
  const { modelClass } = stageClass as unknown as { modelClass: PersistableClass }
  const exceptions = { ...example.exceptions, ...example.modelExceptions }
  return { ...rest, example: { ...example, exceptions }, stageClass: modelClass, estimatorClass: stageClass }
}

/** Every class of the registry that can be tested: those with an example, and the models of such. */
export function subjects(): Subject[] {
  return registry.flatMap((stageClass) => {
    const exampleOf = examples[shortClassName(stageClass.sparkClass)]
    if (!exampleOf) return []
    const subject = { stageClass, example: exampleOf(shortClassName(stageClass.sparkClass)) }
    return 'modelClass' in stageClass ? [subject, estimatedModel(subject)] : [subject]
  })
}
