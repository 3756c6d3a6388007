// Usage: numeric-stages.mjs STAGE LATER FOLDER: the transform of a fitted stage over the rows trees-100000, which lie in memory.
import * as ridgeline from 'ridgeline'
import { measure } from './measure.mjs'
import { rows } from './rows.mjs'

const [name, later, folder] = process.argv.slice(2)
const { Vectors, functions } = ridgeline
const vector = { inputCol: 'features', outputCol: 'made' }
const column = { inputCol: 'label', outputCol: 'made' }
/** @type {Record<string, object>} */
const PARAMS = {
  Binarizer: { ...vector, threshold: 0.5 },
  DCT: vector,
  ElementwiseProduct: { ...vector, scalingVec: Vectors.dense(Array.from({ length: 20 }, (_, i) => i + 1)) },
  Imputer: column,
  Interaction: { inputCols: ['label', 'features'], outputCol: 'made' },
  MaxAbsScaler: vector,
  MinMaxScaler: vector,
  Normalizer: vector,
  PCA: { ...vector, k: 5 },
  PolynomialExpansion: { ...vector, degree: 2 },
  QuantileDiscretizer: { ...column, numBuckets: 10 },
  RobustScaler: { ...vector, withCentering: true },
  VarianceThresholdSelector: { outputCol: 'made', varianceThreshold: 0.5 },
  VectorSlicer: { ...vector, indices: Array.from({ length: 10 }, (_, i) => 2 * i) },
}

/** @type {import('ridgeline').DataFrame} */
let frame = await rows(folder, 'trees-100000')
if (name === 'Imputer') {
  const { col, lit, when } = functions
  frame = frame.withColumn('label', when(col('label').gt(10), col('label')).otherwise(lit(Number.NaN))).cache()
  await frame.count()
}
const stage = new /** @type {any} */ (ridgeline)[name](PARAMS[name])
const transformer = 'fit' in stage ? await stage.fit(frame) : stage
await measure(async () => {
  let count = 0
  for await (const { length } of transformer.transform(frame).batches(['made'])) count += length
  if (count !== 100_000) throw new Error(`${count} rows`)
}, Number(later))
