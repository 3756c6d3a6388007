import { DataError } from '../errors.js'
import type { DataFrame } from '../sql/dataframe.js'
import type { ActionOptions } from '../sql/engine.js'
import { chiSquaredCdf } from '../util/distributions.js'
import { forEachNonZero, LabelCodes, type LabelledColumns, labelledVectors } from './labelled-vectors.js'
import { type FeatureTest, testFrame } from './test-frames.js'

/** More values of a feature, or labels, are no categories. */
const MAX_CATEGORIES = 10_000

/** Rows of one value of a feature, by code of the label. */
type CountsOfValue = number[]

/** Pearson's test of independence between each feature and the label. @throws as {@link ChiSquareTest.test}. */
export async function chiSquaredTests(
  data: DataFrame,
  columns: LabelledColumns,
  options: ActionOptions = {},
): Promise<FeatureTest[]> {
  const labels = new LabelCodes()
  let features: Map<number, CountsOfValue>[] | undefined
  for await (const rows of labelledVectors(data, { ...columns, refuseNaN: true }, options)) {
    features ??= Array.from({ length: rows.size }, () => new Map())
    const counts = features
    const codes = Array.from(rows.labels, (label) => labels.add(label))
    requireFew(labels.counts.length, `labels in column "${columns.labelCol}"`, columns.stage)
    forEachNonZero(rows, (row, feature, value) => {
      let ofValue = counts[feature].get(value)
      if (ofValue === undefined) {
        ofValue = []
        counts[feature].set(value, ofValue)
        requireFew(counts[feature].size, `values in feature ${feature}`, columns.stage)
      }
      ofValue[codes[row]] = (ofValue[codes[row]] ?? 0) + 1
    })
  }
  const order = labels.ascending()
  return (features ?? []).map((counts, feature) => {
    const table = contingency(counts, labels, order)
    requireFew(table.length, `values in feature ${feature}`, columns.stage)
    return chiSquared(table)
  })
}

function requireFew(count: number, what: string, stage: string): void {
  if (count <= MAX_CATEGORIES) return
  throw new DataError(`there are more than ${MAX_CATEGORIES} distinct ${what}`, {
    stage,
    allowed: 'Allowed: categories, as a chi-squared test compares them',
    hint: 'Put the values into buckets first, or test continuous features with ANOVATest or FValueTest.',
  })
}

/** Rows of counts by value, ascending, of columns by label, ascending. Values that were not stored are zeros. */
function contingency(counts: ReadonlyMap<number, CountsOfValue>, labels: LabelCodes, order: number[]): number[][] {
  const zeros = labels.counts.map((count, code) => {
    let stored = 0
    for (const ofValue of counts.values()) stored += ofValue[code] ?? 0
    return count - stored
  })
  const all = [...counts]
  if (zeros.some((count) => count > 0)) all.push([0, zeros])
  all.sort((a, b) => a[0] - b[0])
  return all.map(([, ofValue]) => order.map((code) => ofValue[code] ?? 0))
}

/** Of a table of counts without empty rows and columns; sums go label by label, as Spark takes them. */
function chiSquared(table: readonly (readonly number[])[]): FeatureTest {
  const [rows, columns] = [table.length, table[0].length]
  const degreesOfFreedom = (rows - 1) * (columns - 1)
  // What is constant depends on nothing.
  if (degreesOfFreedom === 0) return { pValue: 1, degreesOfFreedom, statistic: 0 }
  const rowSums = table.map((row) => row.reduce((sum, count) => sum + count, 0))
  const columnSums = table[0].map((_, j) => table.reduce((sum, row) => sum + row[j], 0))
  const total = columnSums.reduce((sum, count) => sum + count, 0)
  let statistic = 0
  for (let j = 0; j < columns; j++) {
    for (let i = 0; i < rows; i++) {
      const expected = (columnSums[j] * rowSums[i]) / total
      statistic += (table[i][j] - expected) ** 2 / expected
    }
  }
  return { pValue: 1 - chiSquaredCdf(statistic, degreesOfFreedom), degreesOfFreedom, statistic }
}

/**
 * Pearson's chi-squared test of independence between a categorical label and each feature of a vector column (Spark's
 * `ml.stat.ChiSquareTest`): small p values say that the feature and the label depend on each other.
 *
 * @example
 * ```ts
 * import { ChiSquareTest, createDataFrame, Vectors } from 'ridgeline'
 * const data = createDataFrame([
 *   { label: 0, features: Vectors.dense(0.5, 10) }, { label: 0, features: Vectors.dense(1.5, 20) },
 *   { label: 1, features: Vectors.dense(1.5, 30) }, { label: 0, features: Vectors.dense(3.5, 30) },
 *   { label: 0, features: Vectors.dense(3.5, 40) }, { label: 1, features: Vectors.dense(3.5, 40) },
 * ])
 * await (await ChiSquareTest.test(data, 'features', 'label')).show() // pValues [0.687…,0.682…]
 * ```
 */
export const ChiSquareTest = {
  /**
   * Tests every feature. One row: `pValues` (vector), `degreesOfFreedom` (array of int), `statistics` (vector). With `flatten` one row a
   * feature, in their order: `featureIndex`, `pValue`, `degreesOfFreedom`, `statistic`. A feature, or label, of one value has p value 1.
   *
   * **Null, NaN** are a DataError naming the row. **Errors**: DataError for vectors of different lengths, more than 10,000 distinct values
   * of a feature, or no rows; SchemaError for a column that is missing or of another type. **Cost**: one pass; memory for the counts of each
   * value and label. **Differs from Spark**: rows of `flatten` are in the order of the features; NaN is refused.
   */
  async test(
    data: DataFrame,
    featuresCol: string,
    labelCol: string,
    flatten = false,
    options: ActionOptions = {},
  ): Promise<DataFrame> {
    const tests = await chiSquaredTests(data, { stage: 'ChiSquareTest', featuresCol, labelCol }, options)
    return testFrame(data, tests, { statistic: 'statistic', statistics: 'statistics', long: false }, flatten)
  },
} as const
