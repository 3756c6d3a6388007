import {
  Binarizer,
  Bucketizer,
  CalendarFeatures,
  ChiSqSelector,
  CountVectorizer,
  createDataFrame,
  type DataFrame,
  DCT,
  DecisionTreeClassifier,
  DecisionTreeRegressor,
  ElementwiseProduct,
  FeatureHasher,
  GBTClassifier,
  GBTRegressor,
  HashingTF,
  IDF,
  Imputer,
  IndexToString,
  LinearRegression,
  LinearSVC,
  LogisticRegression,
  MaxAbsScaler,
  MinMaxScaler,
  NGram,
  Normalizer,
  OneHotEncoder,
  OneVsRest,
  PCA,
  Pipeline,
  type PipelineStage,
  PolynomialExpansion,
  RandomForestClassifier,
  RandomForestRegressor,
  RegexTokenizer,
  RFormula,
  RobustScaler,
  StandardScaler,
  StopWordsRemover,
  StringIndexer,
  Tokenizer,
  VectorAssembler,
  VectorIndexer,
  VectorSlicer,
  Vectors,
  Word2Vec,
} from 'ridgeline'
import { describe, expect, it } from 'vitest'
import { Vector } from '../../src/linalg/vector.js'
import { plain } from '../helpers/compare.js'
import { needsNoColumns } from '../helpers/forms.js'

const schema = 'city STRING, km DOUBLE, hour INT, night BOOLEAN, note STRING, at TIMESTAMP, day DATE, label DOUBLE'
const cities = ['FR', 'US', 'DE', 'MG']
const words = ['late', 'ride', 'to', 'the', 'airport', 'Rain', 'café', 'and', 'rain']
const rows = Array.from({ length: 40 }, (_, i) => ({
  city: cities[(i * i + (i >> 2)) % 4],
  km: ((i * 37) % 23) / 3 + 0.1,
  hour: (i * 7) % 24,
  night: i % 3 === 0,
  note: Array.from({ length: i % 6 }, (_, k) => words[(i * 5 + k * k) % words.length]).join(k(i)),
  at: new Date(Date.UTC(2026, i % 12, 1 + i, i % 24, i, 5, 7)),
  day: new Date(Date.UTC(1969 + i, i % 12, 1 + i)),
  label: ((i * 13) % 7) + i / 10,
}))
function k(i: number): string {
  return i % 2 === 0 ? ' ' : '  '
}
const frame = createDataFrame(rows, schema) as DataFrame
const { schema: types } = frame

/** Rows as most are, and odd ones. */
const odd: readonly object[] = [
  ...rows.slice(0, 8),
  { ...rows[0], city: 'ZZ' },
  { ...rows[0], city: null },
  { ...rows[0], km: null },
  { ...rows[0], km: Number.NaN },
  { ...rows[0], km: 0 },
  { ...rows[0], km: Number.POSITIVE_INFINITY },
  { ...rows[0], hour: null },
  { ...rows[0], night: null },
  { ...rows[0], note: '' },
  { ...rows[0], note: null },
  { ...rows[0], note: 'nothing known' },
  { ...rows[0], at: null },
  { ...rows[0], day: null },
  ...rows.slice(20),
]

const city = [
  new StringIndexer({ inputCol: 'city', outputCol: 'cityIdx', handleInvalid: 'keep' }),
  new OneHotEncoder({ inputCol: 'cityIdx', outputCol: 'citySlots', dropLast: false }),
]
const mixed = [...city, new VectorAssembler({ inputCols: ['km', 'citySlots', 'night', 'hour'], outputCol: 'raw' })]
const text = [
  new Tokenizer({ inputCol: 'note', outputCol: 'words' }),
  new StopWordsRemover({ inputCol: 'words', outputCol: 'kept', stopWords: ['to', 'the'] }),
]
const of = (
  stage: PipelineStage,
  columns: readonly string[] = ['features'],
): readonly [PipelineStage[], readonly string[]] => [[...mixed, stage], columns]
const io = { inputCol: 'raw', outputCol: 'features' }

const scores = ['rawPrediction', 'probability', 'prediction']
const labelled = { labelCol: 'class' }
const several = { ...labelled, regParam: 0.1 }
const two = { labelCol: 'far', regParam: 0.1 }
/** A predictor over numbers and categories, with labels of two and of three classes. */
const classifier = (stage: PipelineStage, columns: readonly string[] = scores) =>
  [
    [
      ...mixed,
      new StandardScaler({ ...io, withMean: true }),
      new Bucketizer({ inputCol: 'label', outputCol: 'class', splits: [-1, 2, 5, 100] }),
      new Binarizer({ inputCol: 'label', outputCol: 'far', threshold: 3 }),
      stage,
    ],
    columns,
  ] as const

/** Stages that come behind others in forms, and the columns to compare. */
const pipelines: Readonly<Record<string, readonly [stages: readonly PipelineStage[], columns: readonly string[]]>> = {
  Binarizer: of(new Binarizer({ ...io, threshold: 0.5 })),
  'Binarizer below 0': of(new Binarizer({ ...io, threshold: -0.5 })),
  'Binarizer of a number': [[new Binarizer({ inputCol: 'km', outputCol: 'far', threshold: 3 })], ['far']],
  MinMaxScaler: of(new MinMaxScaler(io)),
  'MinMaxScaler to other bounds': of(new MinMaxScaler({ ...io, min: -1, max: 3 })),
  MaxAbsScaler: of(new MaxAbsScaler(io)),
  RobustScaler: of(new RobustScaler({ ...io, withCentering: true })),
  ElementwiseProduct: of(new ElementwiseProduct({ ...io, scalingVec: Vectors.dense(2, 1, 0, -1, 3, 0.5, 0.1, 7) })),
  Normalizer: of(new Normalizer({ ...io, p: 3 })),
  DCT: of(new DCT(io)),
  'DCT undone': [
    [...mixed, new DCT(io), new DCT({ inputCol: 'features', outputCol: 'back', inverse: true })],
    ['back'],
  ],
  PolynomialExpansion: of(new PolynomialExpansion({ ...io, degree: 3 })),
  PCA: of(new PCA({ ...io, k: 3 })),
  VectorIndexer: of(new VectorIndexer({ ...io, maxCategories: 3, handleInvalid: 'keep' })),
  'VectorSlicer across parts': of(new VectorSlicer({ ...io, indices: [6, 2, 4, 0] })),
  ChiSqSelector: [
    [
      ...mixed,
      new Bucketizer({ inputCol: 'label', outputCol: 'class', splits: [-1, 3, 100] }),
      new ChiSqSelector({ featuresCol: 'raw', labelCol: 'class', outputCol: 'features', numTopFeatures: 3 }),
    ],
    ['features'],
  ],
  'scalers behind each other': [
    [
      ...mixed,
      new StandardScaler({ ...io, outputCol: 'a', withMean: true }),
      new MinMaxScaler({ inputCol: 'a', outputCol: 'b', max: 2 }),
      new MaxAbsScaler({ inputCol: 'b', outputCol: 'c' }),
      new RobustScaler({ inputCol: 'c', outputCol: 'd', withCentering: true }),
      new VectorSlicer({ inputCol: 'd', outputCol: 'e', indices: [5, 0, 1, 2, 3] }),
      new LinearRegression({ featuresCol: 'e' }),
    ],
    ['a', 'b', 'c', 'd', 'e', 'prediction'],
  ],
  'a forest over selected slots': [
    [
      ...mixed,
      new MinMaxScaler({ ...io, outputCol: 'b', min: -1 }),
      new VectorSlicer({ inputCol: 'b', outputCol: 'features', indices: [5, 0, 1, 2] }),
      new RandomForestRegressor({ numTrees: 3, maxDepth: 3, seed: 1 }),
    ],
    ['prediction'],
  ],
  Imputer: [
    [
      new Imputer({ inputCols: ['km', 'hour'], outputCols: ['a', 'b'] }),
      new Imputer({ inputCols: ['hour'], outputCols: ['c'], missingValue: 7 }),
    ],
    ['a', 'b', 'c'],
  ],
  Interaction: [
    [
      new RFormula({ formula: 'label ~ city:km + hour + city:hour:km + km:hour', labelCol: 'y' }),
      new LinearRegression({ labelCol: 'y', regParam: 0.1 }),
    ],
    ['features', 'y', 'prediction'],
  ],
  IndexToString: [
    [...city, new IndexToString({ inputCol: 'cityIdx', outputCol: 'again', labels: ['a', 'b', 'a', 'd', 'e'] })],
    ['again'],
  ],
  CalendarFeatures: [
    [
      new CalendarFeatures({
        inputCol: 'at',
        outputCol: 'a',
        fields: [
          'year',
          'quarter',
          'month',
          'dayofmonth',
          'dayofyear',
          'weekofyear',
          'dayofweek',
          'hour',
          'minute',
          'second',
          'ispeakhour',
          'isweekend',
        ],
      }),
      new CalendarFeatures({
        inputCol: 'day',
        outputCol: 'b',
        fields: ['year', 'month', 'weekday'],
        handleInvalid: 'keep',
      }),
      new CalendarFeatures({ inputCol: 'hour', outputCol: 'c', fields: ['hour', 'ispeakhour'], handleInvalid: 'skip' }),
    ],
    ['a', 'b', 'c', 'at', 'day'],
  ],
  'numbers that are labels': [
    [
      new StringIndexer({ inputCols: ['hour', 'km'], outputCols: ['a', 'b'], handleInvalid: 'keep' }),
      new Binarizer({ inputCol: 'km', outputCol: 'far', threshold: 3 }),
      new StringIndexer({ inputCol: 'far', outputCol: 'c', handleInvalid: 'skip' }),
    ],
    ['a', 'b', 'c'],
  ],
  'words, counted, weighed and normed': [
    [
      ...text,
      new CountVectorizer({ inputCol: 'kept', outputCol: 'tf' }),
      new IDF({ inputCol: 'tf', outputCol: 'tfidf' }),
      new Normalizer({ inputCol: 'tfidf', outputCol: 'unit' }),
      new VectorAssembler({ inputCols: ['km', 'unit', 'night'], outputCol: 'features' }),
      new LinearRegression({ regParam: 0.1 }),
    ],
    ['words', 'kept', 'tf', 'tfidf', 'unit', 'features', 'prediction'],
  ],
  'a share of the words, as bits': [
    [...text, new CountVectorizer({ inputCol: 'kept', outputCol: 'tf', minTF: 0.4, binary: true })],
    ['tf'],
  ],
  'words, hashed and centred': [
    [
      ...text,
      new NGram({ inputCol: 'kept', outputCol: 'pairs' }),
      new HashingTF({ inputCol: 'pairs', outputCol: 'tf', numFeatures: 64 }),
      new StandardScaler({ inputCol: 'tf', outputCol: 'features', withMean: true }),
      new LinearRegression({ regParam: 0.1 }),
    ],
    ['pairs', 'tf', 'features', 'prediction'],
  ],
  'a selector of words': [
    [
      ...text,
      new HashingTF({ inputCol: 'kept', outputCol: 'tf', numFeatures: 100 }),
      new VectorSlicer({ inputCol: 'tf', outputCol: 'some', indices: [90, 3, 5, 70, 42] }),
      new MinMaxScaler({ inputCol: 'tf', outputCol: 'between', min: 1, max: 2 }),
    ],
    ['some', 'between'],
  ],
  'words by a pattern, and their vectors': [
    [
      new RegexTokenizer({ inputCol: 'note', outputCol: 'words', pattern: '[aeiou ]', minTokenLength: 2 }),
      new RegexTokenizer({ inputCol: 'note', outputCol: 'found', pattern: '\\w+', gaps: false, toLowercase: false }),
      new Word2Vec({ inputCol: 'words', outputCol: 'features', vectorSize: 4, minCount: 1, seed: 1 }),
    ],
    ['words', 'found', 'features'],
  ],
  FeatureHasher: [
    [
      new FeatureHasher({
        inputCols: ['km', 'city', 'hour', 'night'],
        categoricalCols: ['hour'],
        outputCol: 'features',
        numFeatures: 16,
      }),
      new LinearRegression({ regParam: 0.1 }),
    ],
    ['features', 'prediction'],
  ],
  'logistic regression of two classes': classifier(new LogisticRegression({ ...two, threshold: 0.3 })),
  'logistic regression by probabilities': classifier(
    new LogisticRegression({ ...two, threshold: 0.3, rawPredictionCol: '' }),
    ['probability', 'prediction'],
  ),
  'logistic regression of several classes': classifier(new LogisticRegression(several)),
  'logistic regression with thresholds': classifier(
    new LogisticRegression({ ...several, thresholds: [0.5, 0.2, 0.3] }),
  ),
  'predictions alone': classifier(new LogisticRegression({ ...several, probabilityCol: '', rawPredictionCol: '' }), [
    'prediction',
  ]),
  LinearSVC: classifier(new LinearSVC({ ...two, threshold: 0.1 }), ['rawPrediction', 'prediction']),
  OneVsRest: classifier(new OneVsRest({ ...labelled, classifier: new LogisticRegression({ regParam: 0.1 }) }), [
    'rawPrediction',
    'prediction',
  ]),
  'a tree of classes': classifier(new DecisionTreeClassifier({ ...labelled, maxDepth: 3, leafCol: 'leaf' }), [
    ...scores,
    'leaf',
  ]),
  'a forest of classes': classifier(
    new RandomForestClassifier({
      ...labelled,
      numTrees: 6,
      maxDepth: 4,
      seed: 1,
      leafCol: 'leaves',
      thresholds: [0.5, 0.2, 0.3],
    }),
    [...scores, 'leaves'],
  ),
  'boosted trees of two classes': classifier(new GBTClassifier({ labelCol: 'far', maxIter: 5, maxDepth: 3, seed: 1 })),
  'boosted trees of several classes': classifier(
    new GBTClassifier({ ...labelled, multiclass: true, maxIter: 3, maxDepth: 3, seed: 1 }),
  ),
  'a tree with variances and leaves': classifier(
    new DecisionTreeRegressor({ maxDepth: 3, varianceCol: 'variance', leafCol: 'leaf' }),
    ['prediction', 'variance', 'leaf'],
  ),
  'an interval': classifier(
    new GBTRegressor({ maxIter: 4, maxDepth: 3, seed: 1, quantile: 0.5, intervalCol: 'between', intervalLevel: 0.8 }),
    ['prediction', 'between'],
  ),
  'splits by categories': [
    [
      ...mixed,
      new VectorIndexer({ ...io, maxCategories: 6, handleInvalid: 'keep' }),
      new RandomForestRegressor({ numTrees: 5, maxDepth: 4, seed: 1, leafCol: 'leaves' }),
    ],
    ['prediction', 'leaves'],
  ],
  'what several stages read': [
    [
      ...text,
      new HashingTF({ inputCol: 'kept', outputCol: 'tf', numFeatures: 64 }),
      new CountVectorizer({ inputCol: 'kept', outputCol: 'counts' }),
      new VectorAssembler({ inputCols: ['tf', 'counts', 'km'], outputCol: 'features' }),
      new Bucketizer({ inputCol: 'label', outputCol: 'class', splits: [-1, 2, 5, 100] }),
      new LogisticRegression(several),
      new IndexToString({ inputCol: 'prediction', outputCol: 'guess', labels: ['low', 'middle', 'high'] }),
    ],
    [...scores, 'guess', 'tf'],
  ],
}

const answer = async (work: () => unknown): Promise<unknown> => {
  try {
    return (await work()) ?? null
  } catch (error) {
    return String(error)
  }
}

/** Vectors as lists. Whether a zero has a sign depends on whether it is stored. */
const listed = (row: unknown): unknown =>
  typeof row !== 'object' || row === null
    ? row
    : Object.fromEntries(
        Object.entries(row).map(([name, v]) => [
          name,
          v instanceof Vector
            ? Array.from(v.toArray(), (x) => x + 0)
            : Array.isArray(v)
              ? v.map((x) => (typeof x === 'number' ? x + 0 : x))
              : v,
        ]),
      )

/** Numbers that only the order of additions sets apart: of centred slots, those that nobody writes are summed up beforehand. */
function expectNear(actual: unknown, expected: unknown): void {
  if (typeof expected === 'number' && Number.isFinite(expected)) {
    expect(Math.abs((actual as number) - expected)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(expected)))
  } else if (expected !== null && typeof expected === 'object' && !(expected instanceof Date)) {
    expect(Object.keys(actual as object)).toEqual(Object.keys(expected))
    for (const [key, value] of Object.entries(expected)) expectNear((actual as Record<string, unknown>)[key], value)
  } else expect(actual).toEqual(expected)
}

describe('forms behind forms answer as transform does', () => {
  for (const [name, [stages, columns]] of Object.entries(pipelines)) {
    it(name, async () => {
      const model = await new Pipeline({ stages }).fit(frame)
      const lists = model.scorer({ outputCols: columns })
      const vectors = model.scorer({ outputCols: columns, vectors: 'vector' })
      expect(rows.filter(needsNoColumns(model, types, columns))).toEqual(rows)
      for (const row of odd) {
        const expected = await answer(async () => {
          const [found] = await model
            .transform(createDataFrame([row], schema) as DataFrame)
            .select(...columns)
            .collect()
          return found
        })
        expectNear(listed(await answer(() => lists(row))), listed(expected))
        expectNear(plain(await answer(() => vectors(row))), plain(expected))
      }
    })
  }
})
