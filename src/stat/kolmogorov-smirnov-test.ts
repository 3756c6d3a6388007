import { ParamError, SchemaError } from '../errors.js'
import { noRows } from '../optim/training-errors.js'
import type { DataFrame } from '../sql/dataframe.js'
import { numbersOf } from '../sql/doubles.js'
import { DoubleType, fieldOf, isNumeric, StructField, StructType, simpleString } from '../sql/types.js'
import { normalCdf } from '../util/distributions.js'
import { kolmogorovCdf } from '../util/kolmogorov.js'
import { shortText } from '../util/names.js'

const STAGE = 'KolmogorovSmirnovTest'
const schema = StructType([StructField('pValue', DoubleType, false), StructField('statistic', DoubleType, false)])

/** The probability of at most `x` under the distribution that a sample is compared with. */
export type CumulativeDistribution = (x: number) => number

/**
 * The Kolmogorov-Smirnov test: do the values of a column come from a given continuous distribution (Spark's
 * `ml.stat.KolmogorovSmirnovTest`)? Small p values say that they do not.
 *
 * @example
 * ```ts
 * import { createDataFrame, KolmogorovSmirnovTest } from 'ridgeline'
 * const data = createDataFrame({ sample: Float64Array.of(0.1, 0.15, 0.2, 0.3, 0.25) })
 * await (await KolmogorovSmirnovTest.test(data, 'sample', 'norm', 0, 1)).show() // pValue 0.068…, statistic 0.539…
 * ```
 */
export const KolmogorovSmirnovTest = {
  /**
   * The two-sided test of one sample. One row: `pValue` and `statistic`, the largest distance between the two distributions.
   *
   * **Null, NaN** are a DataError naming the row. **Errors**: DataError without rows; SchemaError for a column that is missing or not numeric;
   * ParamError for another distribution or its parameters. **Cost**: one pass and a sort; memory for the values. **Differs from Spark**: NaN and a
   * frame without rows are refused.
   *
   * @param distribution `norm`, or a function that gives the probability of at most `x`.
   * @param params of the normal distribution: mean and standard deviation; none: 0 and 1.
   */
  async test(
    data: DataFrame,
    sampleCol: string,
    distribution: 'norm' | CumulativeDistribution,
    ...params: number[]
  ): Promise<DataFrame> {
    const cdf = cumulative(distribution, params)
    const values = await sample(data, sampleCol)
    const statistic = largestDistance(values.sort(), cdf)
    const pValue = 1 - kolmogorovCdf(statistic, values.length)
    return data.session.createDataFrame([[pValue, statistic]], schema, { numPartitions: 1 })
  },
} as const

function cumulative(distribution: unknown, params: readonly number[]): CumulativeDistribution {
  if (typeof distribution === 'function') return distribution as CumulativeDistribution
  if (distribution !== 'norm') {
    throw new ParamError(`distribution ${shortText(distribution)} is not known`, {
      stage: STAGE,
      param: 'distribution',
      allowed: 'Allowed: "norm", or a function that gives the probability of at most x',
      received: shortText(distribution),
    })
  }
  const [mean, deviation] = params.length === 0 ? [0, 1] : params
  if (![0, 2].includes(params.length) || !Number.isFinite(mean) || !(deviation > 0)) {
    throw new ParamError(`the parameters of the normal distribution are ${shortText(params)}`, {
      stage: STAGE,
      param: 'params',
      allowed: 'Allowed: a mean and a standard deviation above 0, or neither',
      received: shortText(params),
    })
  }
  return (x) => normalCdf((x - mean) / deviation)
}

async function sample(data: DataFrame, column: string): Promise<Float64Array> {
  const { dataType } = fieldOf(data.schema, column, STAGE)
  if (!isNumeric(dataType)) {
    const received = simpleString(dataType)
    throw new SchemaError(`column "${column}" has type ${received}`, {
      stage: STAGE,
      column,
      allowed: 'Allowed: a numeric type',
      received,
    })
  }
  const parts: Float64Array[] = []
  let length = 0
  for await (const batch of data.batches([column])) {
    parts.push(numbersOf(batch.columns[0], batch.length, { stage: STAGE, column, firstRow: length }))
    length += batch.length
  }
  if (length === 0) throw noRows(STAGE, column)
  const all = new Float64Array(length)
  let start = 0
  for (const part of parts) {
    all.set(part, start)
    start += part.length
  }
  return all
}

/** Largest distance between the steps of the sorted values and a distribution. */
function largestDistance(sorted: Float64Array, cdf: CumulativeDistribution): number {
  const n = sorted.length
  let largest = 0
  for (let i = 0; i < n; i++) {
    const p = cdf(sorted[i])
    largest = Math.max(largest, p - i / n, (i + 1) / n - p)
  }
  return largest
}
