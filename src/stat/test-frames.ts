import { Vectors } from '../linalg/vectors.js'
import type { DataFrame } from '../sql/dataframe.js'
import { ArrayType, DoubleType, IntegerType, LongType, StructField, StructType, VectorUDT } from '../sql/types.js'

/** The result of one feature. */
export interface FeatureTest {
  readonly pValue: number
  readonly degreesOfFreedom: number
  /** The value of the statistic: chi-squared, or F. */
  readonly statistic: number
}

/** How a test names its statistic, and whether Spark counts its degrees of freedom in 64 bits. */
export interface TestNames {
  readonly statistic: string
  readonly statistics: string
  readonly long: boolean
}

/**
 * The results in Spark's shape: one row of vectors, or with `flatten` one row a feature.
 * @param data the frame that was tested; the result belongs to its session.
 */
export function testFrame(
  data: DataFrame,
  tests: readonly FeatureTest[],
  names: TestNames,
  flatten: boolean,
): DataFrame {
  const whole = names.long ? LongType : IntegerType
  if (flatten) {
    const schema = StructType([
      StructField('featureIndex', IntegerType, false),
      StructField('pValue', DoubleType, false),
      StructField('degreesOfFreedom', whole, false),
      StructField(names.statistic, DoubleType, false),
    ])
    const rows = tests.map((test, i) => [i, test.pValue, test.degreesOfFreedom, test.statistic])
    return data.session.createDataFrame(rows, schema, { numPartitions: 1 })
  }
  const schema = StructType([
    StructField('pValues', VectorUDT),
    StructField('degreesOfFreedom', ArrayType(whole, false)),
    StructField(names.statistics, VectorUDT),
  ])
  const row = [
    Vectors.dense(tests.map((test) => test.pValue)),
    tests.map((test) => test.degreesOfFreedom),
    Vectors.dense(tests.map((test) => test.statistic)),
  ]
  return data.session.createDataFrame([row], schema, { numPartitions: 1 })
}
