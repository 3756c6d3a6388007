import type { DataFrame } from '../sql/dataframe.js'
import type { ActionOptions } from '../sql/engine.js'
import { fCdf } from '../util/distributions.js'
import { forEachNonZero, LabelCodes, type LabelledColumns, labelledVectors, untestable } from './labelled-vectors.js'
import { type FeatureTest, testFrame } from './test-frames.js'

/** Sums of a feature over all rows, and by class. */
interface Sums {
  total: number
  squares: number
  /** By code of the label; absent: 0. */
  readonly byClass: number[]
}

/** F tests of one-way analysis of variance. @throws as {@link ANOVATest.test}. */
export async function anovaTests(
  data: DataFrame,
  columns: LabelledColumns,
  options: ActionOptions = {},
): Promise<FeatureTest[]> {
  const labels = new LabelCodes()
  let features: Sums[] | undefined
  let count = 0
  for await (const rows of labelledVectors(data, columns, options)) {
    features ??= Array.from({ length: rows.size }, () => ({ total: 0, squares: 0, byClass: [] }))
    const sums = features
    const codes = Array.from(rows.labels, (label) => labels.add(label))
    forEachNonZero(rows, (row, feature, value) => {
      const ofFeature = sums[feature]
      ofFeature.total += value
      ofFeature.squares += value * value
      ofFeature.byClass[codes[row]] = (ofFeature.byClass[codes[row]] ?? 0) + value
    })
    count += rows.length
  }
  const classes = labels.counts.length
  if (classes < 2) throw untestable('all rows have the same label', columns, 'at least two classes')
  if (count <= classes) {
    throw untestable(`there are ${count} rows of ${classes} classes`, columns, 'more rows than classes')
  }
  const order = labels.ascending()
  return (features ?? []).map((sums) => analysed(sums, labels.counts, order, count))
}

/** @param order codes of the labels, ascending. */
function analysed(
  { total, squares, byClass }: Sums,
  counts: readonly number[],
  order: readonly number[],
  rows: number,
): FeatureTest {
  const ofMean = (total * total) / rows
  const ofClasses = order.reduce((sum, code) => sum + (byClass[code] ?? 0) ** 2 / counts[code], 0)
  const between = ofClasses - ofMean
  const within = squares - ofMean - between
  const [betweenFreedom, withinFreedom] = [counts.length - 1, rows - counts.length]
  const statistic = between / betweenFreedom / (within / withinFreedom)
  const pValue = 1 - fCdf(statistic, betweenFreedom, withinFreedom)
  return { pValue, degreesOfFreedom: betweenFreedom + withinFreedom, statistic }
}

/**
 * One-way analysis of variance: the F test of each continuous feature of a vector column against a categorical label (Spark's
 * `ml.stat.ANOVATest`). Small p values say that the mean of the feature differs between the classes.
 *
 * @example
 * ```ts
 * import { ANOVATest, createDataFrame, Vectors } from 'ridgeline'
 * const data = createDataFrame([
 *   { label: 1, features: Vectors.dense(3.3) }, { label: 2, features: Vectors.dense(2.5) },
 *   { label: 1, features: Vectors.dense(1) }, { label: 3, features: Vectors.dense(3) }, { label: 3, features: Vectors.dense(2) },
 * ])
 * await (await ANOVATest.test(data, 'features', 'label', true)).show() // featureIndex 0, degreesOfFreedom 4
 * ```
 */
export const ANOVATest = {
  /**
   * Tests every feature. One row: `pValues` (vector), `degreesOfFreedom` (array of long), `fValues` (vector). With `flatten` one row a
   * feature, in their order: `featureIndex`, `pValue`, `degreesOfFreedom`, `fValue`. A constant feature has NaN, and so has one with a NaN in it.
   *
   * **Null**, and a label that is NaN, are a DataError naming the row. **Errors**: DataError for vectors of different lengths, fewer than two classes, or not more
   * rows than classes; SchemaError for a column that is missing or of another type. **Cost**: one pass; memory for a sum of each feature
   * and class. **Differs from Spark**: rows of `flatten` are in the order of the features; a label that is NaN is refused.
   */
  async test(
    data: DataFrame,
    featuresCol: string,
    labelCol: string,
    flatten = false,
    options: ActionOptions = {},
  ): Promise<DataFrame> {
    const tests = await anovaTests(data, { stage: 'ANOVATest', featuresCol, labelCol }, options)
    return testFrame(data, tests, { statistic: 'fValue', statistics: 'fValues', long: true }, flatten)
  },
} as const
