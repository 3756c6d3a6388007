import type { VectorColumn } from '../sql/batch.js'
import { vectorStart } from '../sql/columns.js'
import type { DataFrame } from '../sql/dataframe.js'
import type { ActionOptions } from '../sql/engine.js'
import { SummarizerBuffer } from '../sql/summarizer-buffer.js'
import { fCdf } from '../util/distributions.js'
import { type LabelledColumns, labelledVectors, untestable } from './labelled-vectors.js'
import { type FeatureTest, testFrame } from './test-frames.js'

/** F tests of simple linear regressions. @throws as {@link FValueTest.test}. */
export async function fValueTests(
  data: DataFrame,
  columns: LabelledColumns,
  options: ActionOptions = {},
): Promise<FeatureTest[]> {
  const ofLabel = new SummarizerBuffer(1)
  let ofFeatures: SummarizerBuffer | undefined
  for await (const { vectors, labels, length, size } of labelledVectors(data, columns, options)) {
    ofFeatures ??= new SummarizerBuffer(size)
    ofFeatures.add({ ...vectors, size, sizes: null }, length)
    ofLabel.addRows(labels, length)
  }
  if (ofFeatures === undefined) return []
  const rows = ofLabel.count
  const degreesOfFreedom = rows - 2
  if (degreesOfFreedom < 1) throw untestable(`there are ${rows} rows`, columns, 'at least three rows')
  const means = ofFeatures.mean()
  const deviations = ofFeatures.std()
  const [labelMean, labelDeviation] = [ofLabel.mean()[0], ofLabel.std()[0]]
  // In a second pass, since sums of products less products of sums lose digits.
  const products = new Float64Array(means.length)
  for await (const { vectors, labels, length } of labelledVectors(data, columns, options)) {
    addProducts(products, vectors, labels, length, means, labelMean)
  }
  return Array.from(products, (product, i) => {
    const correlation = product / (rows - 1) / (labelDeviation * deviations[i])
    const statistic = ((correlation * correlation) / (1 - correlation * correlation)) * degreesOfFreedom
    return { pValue: 1 - fCdf(statistic, 1, degreesOfFreedom), degreesOfFreedom, statistic }
  })
}

/** Adds `(x - mean) (label - mean)` of each feature; elements that are not stored are 0. */
function addProducts(
  products: Float64Array,
  vectors: VectorColumn,
  labels: Float64Array,
  length: number,
  means: Float64Array,
  labelMean: number,
): void {
  const { indices, values } = vectors
  for (let row = 0; row < length; row++) {
    const difference = labels[row] - labelMean
    if (difference === 0) continue
    let e = vectorStart(vectors, row)
    const end = vectorStart(vectors, row + 1)
    for (let i = 0; i < products.length; i++) {
      const stored = e < end && (indices === null || indices[e] === i)
      products[i] += difference * ((stored ? values[e++] : 0) - means[i])
    }
  }
}

/**
 * The F test of each continuous feature of a vector column against a continuous label, which asks whether a straight line through them has a
 * slope (Spark's `ml.stat.FValueTest`). Small p values say that feature and label are correlated.
 *
 * @example
 * ```ts
 * import { createDataFrame, FValueTest, Vectors } from 'ridgeline'
 * const data = createDataFrame([[3.3, 0.85], [2.5, 4.2], [1, 1.9], [3, 2.4]].map(([label, x]) => ({ label, features: Vectors.dense(x) })))
 * await (await FValueTest.test(data, 'features', 'label', true)).show() // featureIndex 0, degreesOfFreedom 2
 * ```
 */
export const FValueTest = {
  /**
   * Tests every feature. One row: `pValues` (vector), `degreesOfFreedom` (array of long), `fValues` (vector). With `flatten` one row a
   * feature, in their order: `featureIndex`, `pValue`, `degreesOfFreedom`, `fValue`. A constant feature has NaN, and so has one with a NaN in it; with a constant label all have.
   *
   * **Null**, and a label that is NaN, are a DataError naming the row. **Errors**: DataError for vectors of different lengths, or fewer than three rows; SchemaError
   * for a column that is missing or of another type. **Cost**: two passes; memory for a few numbers a feature. **Differs from Spark**: rows of
   * `flatten` are in the order of the features; a label that is NaN is refused.
   */
  async test(
    data: DataFrame,
    featuresCol: string,
    labelCol: string,
    flatten = false,
    options: ActionOptions = {},
  ): Promise<DataFrame> {
    const tests = await fValueTests(data, { stage: 'FValueTest', featuresCol, labelCol }, options)
    return testFrame(data, tests, { statistic: 'fValue', statistics: 'fValues', long: true }, flatten)
  },
} as const
