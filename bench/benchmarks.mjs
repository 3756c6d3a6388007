// What is measured: the systems of a benchmark do the same work on the same rows.
import { fileURLToPath } from 'node:url'
import { installOnnx, onnxPython } from '../scripts/onnx.mjs'
import { python } from '../scripts/peers.mjs'
import { numericStages } from './numeric-stages.mjs'
import { serving } from './serving.mjs'
import { streaming } from './streaming.mjs'
import { textStages } from './text-stages.mjs'

/**
 * @typedef {object} Benchmark
 * @property {string} name
 * @property {string} what What the table calls it.
 * @property {Record<string, string[]>} systems Command by system; the first is what the others are compared with. The folder of the data is added.
 * @property {string[]} [data] Command that makes the data, which is run once.
 * @property {number} [threads] How many threads each system may use; all cores when left out.
 * @property {string[]} [once] Systems that run in the first round alone.
 * @property {() => unknown} [peers] Installs what only this benchmark needs.
 * @property {Record<string, { install: () => void, data: string[] }>} [needs] What a system needs beside the peers; where that fails, the run says so and goes on without it.
 */

const path = (/** @type {string} */ file) => fileURLToPath(new URL(file, import.meta.url))
const node = (/** @type {string} */ job, /** @type {(string | number)[]} */ ...args) => [
  process.execPath,
  path(`jobs/${job}.mjs`),
  ...args.map(String),
]
const py = (/** @type {string} */ peer, /** @type {(string | number)[]} */ ...args) => [
  python,
  path(`peers/${peer}.py`),
  ...args.map(String),
]
const counted = (/** @type {number} */ threads) => `${threads} ${threads === 1 ? 'thread' : 'threads'}`

/** @type {Benchmark[]} */
const machine = ['compute', 'memory'].flatMap((what) =>
  [1, 2].map((threads) => ({
    name: `machine-${what}-${threads}`,
    what: `this machine: ${what === 'compute' ? 'arithmetic' : 'sums over 64 MB'}, ${threads === 1 ? '1 worker' : 'shared by 2 workers'}`,
    systems: { 'independent workers': node('spin', what, threads) },
  })),
)

/** @type {Benchmark[]} */
const pipelines = [
  {
    name: 'rides-cv',
    what: 'rides cross-validation: 27 fits and the refit',
    systems: { Ridgeline: node('rides-cv'), Spark: py('spark_rides_cv') },
    once: ['Spark'],
  },
  {
    name: 'first-prediction',
    what: 'process start to first prediction of a saved rides model',
    systems: {
      'Ridgeline, transform': node('first-prediction'),
      'Ridgeline, scorer': node('first-score'),
      'Node that does nothing': node('bare-node'),
      'scikit-learn': py('sklearn_first_prediction'),
    },
  },
  ...['fit', 'transform'].flatMap((what) =>
    [100_000, 1_000_000].map((rows) => ({
      name: `price-${what}-${rows}`,
      what: `price pipeline, ${what === 'fit' ? 'fit on' : 'transform of'} ${rows.toLocaleString('en')} rows in memory`,
      data: node('price-data', rows),
      systems: {
        Ridgeline: node('price', what, rows),
        'scikit-learn': py('sklearn_price', what, rows),
        Spark: py('spark_price', what, rows),
      },
    })),
  ),
]

const million = 1_000_000

/** @type {Benchmark[]} */
const frames = [
  {
    name: `csv-${million}`,
    what: 'read of a csv file of 1,000,000 x 4 into columns',
    data: node('price-data', million),
    systems: { Ridgeline: node('csv', million), DuckDB: py('duckdb_csv', million) },
  },
  {
    name: `create-dataframe-${million}`,
    what: 'frame of 1,000,000 objects with 5 fields',
    systems: { Ridgeline: node('create-dataframe', million), pandas: py('pandas_create', million) },
  },
  ...[
    ['column', 'a column in memory'],
    ['strings', 'a list of strings'],
  ].map(([what, of]) => ({
    name: `string-indexer-${million}-${what}`,
    what: `labels and indices of 1,000,000 strings, 50 distinct, of ${of}`,
    data: node('price-data', million),
    systems: {
      Ridgeline: node('string-indexer', what, million),
      'pandas factorize': py('pandas_factorize', what, million),
    },
  })),
  {
    name: `memory-${million}x20`,
    what: 'memory: least squares on 1,000,000 x 20 doubles in columns, 168 MB',
    systems: {
      Ridgeline: node('fit-columns', 'columns', million, 20),
      'Ridgeline, vectors cached beside the columns': node('fit-columns', 'vectors', million, 20),
      'scikit-learn LinearRegression': py('fit_columns', million, 20),
    },
  },
  ...[
    ['ols', 'least squares'],
    ['scaler', 'StandardScaler'],
  ].map(([what, of]) => ({
    name: `large-file-512mb-${what}`,
    what: `${of} on a parquet file of 641 MB, 4,000,000 x 20, in a process of 512 MB`,
    data: node('linear-data', 4_000_000, 20),
    systems: { Ridgeline: node('large-file', what, 4_000_000) },
  })),
]

const models = { rides: 'the rides model', forest: 'a forest of 100 trees of depth 12' }

/** @type {Benchmark[]} */
const loads = Object.entries(models).map(([name, what]) => ({
  name: `load-${name}`,
  what: `load of ${what}`,
  data: node('model-data'),
  systems: {
    "Ridgeline, Spark's format": node('load', name, 'spark', 4),
    'Ridgeline, JSON': node('load', name, 'json', 4),
    Spark: py('spark_load', name, 4),
  },
}))

/** Fits of one process after the first. */
const later = (/** @type {number} */ rows) => (rows > 100_000 ? 1 : 4)

/** @type {Benchmark[]} */
const boosting = [100_000, 1_000_000].flatMap((rows) =>
  [32, 255].flatMap((bins) =>
    [1, 2].map((threads) => {
      const args = ['boost', rows, bins]
      const peer = (/** @type {string} */ system) => py('trees', 'boost', system, rows, bins, later(rows))
      const withSpark = rows === 100_000 && bins === 32 && threads === 2
      return {
        name: `gbt-${rows}-${bins}-${threads}`,
        what: `GBT regressor, 50 trees of depth 5, ${rows.toLocaleString('en')} x 20, ${bins} bins, ${counted(threads)}; holdout RMSE`,
        data: node('tree-data', rows),
        threads,
        systems: {
          Ridgeline: node('trees', ...args, later(rows)),
          LightGBM: peer('LightGBM'),
          XGBoost: peer('XGBoost'),
          'scikit-learn': peer('scikit-learn'),
          ...(withSpark ? { Spark: py('spark_trees', ...args) } : {}),
        },
        once: ['Spark'],
      }
    }),
  ),
)

/** @type {Benchmark[]} */
const forests = [1, 2].map((threads) => ({
  name: `forest-100000-32-${threads}`,
  what: `random forest regressor, 50 trees of depth 8, 100,000 x 20, 32 bins, ${counted(threads)}; holdout RMSE`,
  data: node('tree-data', 100_000),
  threads,
  systems: {
    Ridgeline: node('trees', 'forest', 100_000, 32, 2),
    LightGBM: py('trees', 'forest', 'LightGBM', 100_000, 32, 2),
    'scikit-learn': py('trees', 'forest', 'scikit-learn', 100_000, 32, 0),
    ...(threads === 2 ? { Spark: py('spark_trees', 'forest', 100_000, 32) } : {}),
  },
  once: ['scikit-learn', 'Spark'],
}))

/** @type {Benchmark[]} */
const predictions = [1, 2].map((threads) => ({
  name: `forest-predict-1000000-${threads}`,
  what: `prediction of a forest of 50 trees of depth 8, 1,000,000 x 20, ${counted(threads)}`,
  data: node('tree-data', 1_000_000),
  threads,
  systems: {
    Ridgeline: node('trees', 'predict', 'holdout', 32, 2),
    XGBoost: py('trees', 'predict', 'XGBoost', 'holdout', 32, 2),
  },
}))

/** @type {Benchmark[]} */
const logistic = [1, 2].map((threads) => ({
  name: `logistic-500000-${threads}`,
  what: `logistic regression without penalty, 500,000 x 20, ${counted(threads)}; mean loss reached`,
  data: node('logistic-data', 500_000),
  threads,
  systems: {
    Ridgeline: node('logistic', 500_000, 2),
    'scikit-learn, scaled, lbfgs': py('logistic', 'lbfgs', 500_000, 2),
    'scikit-learn, newton-cholesky': py('logistic', 'newton-cholesky', 500_000, 2),
    ...(threads === 2 ? { Spark: py('spark_logistic', 500_000) } : {}),
  },
}))

const shapes = [
  [1_000_000, 20],
  [200_000, 100],
]

/** @type {Benchmark[]} */
const leastSquares = shapes.flatMap(([rows, width]) =>
  [1, 2].map((threads) => ({
    name: `ols-${rows}x${width}-${threads}`,
    what: `least squares, ${rows.toLocaleString('en')} x ${width}, ${counted(threads)}; RMSE on the same rows`,
    data: node('linear-data', rows, width),
    threads,
    systems: {
      Ridgeline: node('linear', 'ols', rows, width, 8),
      'numpy, normal equations': py('linear', 'numpy', rows, width, 8),
      'scikit-learn Ridge': py('linear', 'ridge', rows, width, 4),
      'scikit-learn LinearRegression': py('linear', 'least squares', rows, width, 1),
      ...(threads === 2 ? { Spark: py('spark_linear', 'ols', rows, width) } : {}),
    },
    once: ['Spark', 'scikit-learn LinearRegression'],
  })),
)

/** @type {Benchmark[]} */
const elasticNet = [1, 2].map((threads) => ({
  name: `elastic-net-1000000x20-${threads}`,
  what: `elastic net, 1,000,000 x 20, ${counted(threads)}; RMSE on the same rows`,
  data: node('linear-data', 1_000_000, 20),
  threads,
  systems: {
    Ridgeline: node('linear', 'elastic-net', 1_000_000, 20, 8),
    'scikit-learn': py('linear', 'elastic net', 1_000_000, 20, 4),
    ...(threads === 2 ? { Spark: py('spark_linear', 'elastic-net', 1_000_000, 20) } : {}),
  },
  once: ['Spark'],
}))

/** @type {Benchmark[]} */
const crossValidation = [
  {
    name: 'cv-100000',
    what: 'cross-validation of the price pipeline, 3 folds x 9 points, 100,000 rows, 1 thread; RMSE of the best',
    data: node('price-data', 100_000),
    threads: 1,
    systems: { Ridgeline: node('cv', 100_000, 8), 'scikit-learn GridSearchCV': py('sklearn_cv', 100_000) },
    once: ['scikit-learn GridSearchCV'],
  },
]

const onnx = (/** @type {string} */ what) => ({
  'onnxruntime-node': { install: installOnnx, data: [onnxPython, path('peers/onnx_model.py'), what] },
})

/** One row a call; the jobs print p50, p99 and p99.9, the table has p50. @type {Benchmark[]} */
const scorers = [
  {
    name: 'scorer-price',
    what: 'one row through the price pipeline, p50',
    systems: {
      Ridgeline: node('scorer', 'price'),
      'Ridgeline module': node('scorer', 'price', 'module'),
      'onnxruntime-node': node('onnx', 'price'),
      'scikit-learn': py('scorer', 'price'),
    },
    needs: onnx('price'),
  },
  {
    name: 'scorer-forest',
    what: 'one row through a forest of 100 trees of depth 6, 20 numbers, p50',
    threads: 1,
    systems: {
      Ridgeline: node('scorer', 'forest'),
      'Ridgeline module': node('scorer', 'forest', 'module'),
      'onnxruntime-node': node('onnx', 'forest'),
      LightGBM: py('scorer', 'forest'),
    },
    needs: onnx('forest'),
  },
]

/** @type {Benchmark[]} */
const validators = [
  {
    name: 'validator',
    what: 'one row of four columns checked before it is scored, p50',
    threads: 1,
    systems: { Ridgeline: node('validator', 'ridgeline'), ajv: node('validator', 'ajv') },
  },
]

/** In the order of the table. */
export const benchmarks = [
  ...machine,
  ...boosting,
  ...forests,
  ...predictions,
  ...leastSquares,
  ...elasticNet,
  ...crossValidation,
  ...logistic,
  ...pipelines,
  ...frames,

  ...loads,
  ...textStages(node, py),
  ...numericStages(node, py),
  ...scorers,
  ...validators,
  ...serving(node),
  ...streaming(node),
]
