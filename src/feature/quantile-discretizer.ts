import { DataError } from '../errors.js'
import { arrayOf, interval } from '../param/constraint.js'
import { accepts, int, intArray } from '../param/row.js'
import { handleInvalid, multipleColumns, relativeError, singleColumn } from '../param/shared.js'
import { estimator } from '../pipeline/define.js'
import type { FitOptions } from '../pipeline/estimator.js'
import { Attribute, NominalAttribute } from '../sql/attributes.js'
import type { DataFrame } from '../sql/dataframe.js'
import { DoubleType, StructField, type StructType, withFields } from '../sql/types.js'
import { Bucketizer } from './bucketizer.js'
import { columnPairs, commonOrEachRules, isMultiple } from './column-pairs.js'

const params = {
  ...singleColumn(accepts.numeric, DoubleType),
  ...multipleColumns(accepts.numeric, DoubleType),
  numBuckets: int({ default: 2, min: 2, doc: 'number of buckets, of about as many rows each (>= 2)' }),
  numBucketsArray: intArray({
    doc: 'the number of buckets of each column, for several columns; not set: numBuckets for all',
    constraint: arrayOf(interval('integer', { min: 2 }), 'an array of integers of 2 or more'),
  }),
  handleInvalid: handleInvalid(
    ['skip', 'error', 'keep'],
    'error',
    'how the Bucketizer handles NaN: skip (drop the row), error, or keep (a special additional bucket)',
  ),
  relativeError,
} as const

/**
 * Cuts numbers into buckets that hold about as many rows each (Spark's `QuantileDiscretizer`): the splits of the {@link Bucketizer} that `fit`
 * gives are quantiles, and -Infinity and Infinity at the ends.
 *
 * One column (`inputCol`, `outputCol`, `numBuckets`) or several (`inputCols`, `outputCols`, and `numBuckets` for all or `numBucketsArray`).
 * Quantiles are values of the column, by Spark's sketch with the error `relativeError` (see `approxQuantile`); equal ones make one
 * split, so that there may be fewer buckets.
 *
 * | value | error | skip | keep |
 * | --- | --- | --- | --- |
 * | NaN or null in `fit` | does not count | does not count | does not count |
 * | NaN | DataError | the row is dropped | a bucket of its own, the last |
 * | null | null | the row is dropped | null |
 *
 * **Errors**: DataError when a column has no number; SchemaError for a missing or not numeric column, or an output column that exists; ParamError when all quantiles
 * between the ends are infinite. **Cost**: one pass; memory for a sketch a column. **Differs from Spark**: nothing; with several partitions
 * Spark merges sketches in the order in which they are ready, here it is theirs.
 *
 * @example
 * ```ts
 * import { createDataFrame, QuantileDiscretizer } from 'ridgeline'
 * const rides = createDataFrame([1, 2, 3, 4, 5, 60].map((km) => ({ km })))
 * const discretizer = new QuantileDiscretizer({ inputCol: 'km', outputCol: 'distance', numBuckets: 3 })
 * const bucketizer = await discretizer.fit(rides)
 * console.log(bucketizer.getSplits()) // [ -Infinity, 2, 4, Infinity ]
 * ```
 */
export class QuantileDiscretizer extends estimator(
  'org.apache.spark.ml.feature.QuantileDiscretizer',
  params,
  Bucketizer,
  commonOrEachRules('numBuckets', 'numBucketsArray'),
) {
  override transformSchema(schema: StructType): StructType {
    const metadata = Attribute.toMetadata(NominalAttribute())
    const made = columnPairs(this).map(({ output }) => StructField(output, DoubleType, true, metadata))
    return withFields(super.transformSchema(schema), made)
  }

  protected override async train(data: DataFrame, options: FitOptions): Promise<Bucketizer> {
    const columns = columnPairs(this).map(({ input }) => input)
    const each = isMultiple(this) && this.isSet('numBucketsArray') ? this.getNumBucketsArray() : undefined
    const shares = columns.map((_, k) => sharesOf(each?.[k] ?? this.getNumBuckets()))
    // All columns are asked for all shares: an answer depends on the shares beside it.
    const asked = [...new Set(shares.flat())].sort((a, b) => a - b)
    const answers = await data.stat.approxQuantile(columns, asked, this.getRelativeError(), { signal: options.signal })
    const splits = columns.map((column, k) => {
      if (answers[k].length === 0) throw this.noNumbers(column)
      const own = new Set(shares[k])
      return splitsOf(answers[k].filter((_, i) => own.has(asked[i])))
    })
    return new Bucketizer(isMultiple(this) ? { splitsArray: splits } : { splits: splits[0] })
  }

  private noNumbers(column: string): DataError {
    return new DataError(`column "${column}" holds no number`, {
      stage: this.uid,
      column,
      allowed: 'Allowed: at least one row that is not null or NaN',
      hint: 'An empty part of the data, such as an empty fold, is the usual cause.',
    })
  }
}

/** Shares of the rows below the ends of the buckets: 0, 1/n, ..., 1. */
const sharesOf = (buckets: number): number[] => Array.from({ length: buckets + 1 }, (_, i) => i / buckets)

/** Different ascending splits of ascending quantiles. */
function splitsOf(quantiles: readonly number[]): number[] {
  const inner = quantiles.slice(1, -1)
  return [...new Set([Number.NEGATIVE_INFINITY, ...inner, Number.POSITIVE_INFINITY])].sort((a, b) => a - b)
}
