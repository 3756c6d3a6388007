import { DataError } from '../errors.js'
import { arrayOf, rule } from '../param/constraint.js'
import { accepts, doubleArray, doubleArrayArray } from '../param/row.js'
import { handleInvalid, multipleColumns, singleColumn } from '../param/shared.js'
import { transformer } from '../pipeline/define.js'
import { Attribute, NominalAttribute } from '../sql/attributes.js'
import { type ColumnData, isValid } from '../sql/batch.js'
import { castToDoubles } from '../sql/doubles.js'
import type { BatchTransform } from '../sql/plan.js'
import {
  allForms,
  type NumberForm,
  numberForm,
  printable,
  type ReadAnyNumber,
  type ReadNumber,
  type RowForm,
} from '../sql/row-form.js'
import { DoubleType, StructField, type StructType, withFields } from '../sql/types.js'
import { javaDoubleText } from '../util/java-text.js'
import { columnCounts, columnPairRules, columnPairs, isMultiple } from './column-pairs.js'
import { completeRows, hasMissing } from './complete-rows.js'

const isSplits = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.length >= 3 &&
  value.every((split, i) => (i === 0 ? !Number.isNaN(split) : split > value[i - 1]))

const SPLITS = 'at least 3 strictly increasing numbers without NaN'
const splitsConstraint = arrayOf(
  rule('a number', (v) => typeof v === 'number', ['?']),
  `an array of ${SPLITS}`,
  isSplits,
)

const params = {
  ...singleColumn(accepts.numeric, DoubleType),
  ...multipleColumns(accepts.numeric, DoubleType),
  splits: doubleArray({
    doc: 'split points for mapping continuous features into buckets: n + 1 splits make n buckets [x, y), the last one [x, y]',
    constraint: { ...splitsConstraint, bad: [...splitsConstraint.bad, [0, 1], [0, 1, 1], [0, Number.NaN, 1]] },
  }),
  splitsArray: doubleArrayArray({
    doc: 'the split points of each column, for several columns',
    constraint: arrayOf(rule(SPLITS, isSplits, [[0, 1]]), `an array of arrays of ${SPLITS}`),
  }),
  handleInvalid: handleInvalid(
    ['skip', 'error', 'keep'],
    'error',
    'how to handle NaN: skip (drop the row), error, or keep (a special additional bucket); values outside the splits are always errors',
  ),
} as const

/**
 * Maps numbers to the index of the bucket that they lie in (Spark's `Bucketizer`). With n + 1 splits there are n buckets [x, y); the last
 * one includes y. To cover all numbers, begin with -Infinity and end with Infinity.
 *
 * One column (`inputCol`, `outputCol`, `splits`) or several (`inputCols`, `outputCols`, `splitsArray`). The output is double, with an
 * ordinal nominal ML attribute that names the buckets.
 *
 * | value | error | skip | keep |
 * | --- | --- | --- | --- |
 * | inside the splits | its bucket | its bucket | its bucket |
 * | outside the splits | DataError | DataError | DataError |
 * | NaN | DataError | the row is dropped | n |
 * | null | null | the row is dropped | null |
 *
 * As in Java -0.0 is less than 0.0, so that it lies below a split at 0.0 (at the last split it does not). **Errors**: SchemaError for a
 * missing or not numeric column, or an output column that exists. **Cost**: a comparison a split, or for many splits a binary search, a value. **Differs from Spark**: nothing.
 *
 * @example
 * ```ts
 * import { Bucketizer, createDataFrame } from 'ridgeline'
 * const hours = createDataFrame([{ hour: 7 }, { hour: 12 }, { hour: 24 }])
 * const bucketizer = new Bucketizer({ inputCol: 'hour', outputCol: 'part', splits: [0, 6, 12, 18, 24] })
 * await bucketizer.transform(hours).show() // 1.0, 2.0, 3.0
 * ```
 */
export class Bucketizer extends transformer(
  'org.apache.spark.ml.feature.Bucketizer',
  params,
  columnPairRules('splits', 'splitsArray'),
) {
  override transformSchema(schema: StructType): StructType {
    return withFields(super.transformSchema(schema), this.outputs())
  }

  override bind(_schema: StructType): BatchTransform {
    const mode = this.getHandleInvalid()
    const inputs = columnPairs(this).map(({ input }) => input)
    const splits = this.allSplits().map((list) => Float64Array.from(list))
    return {
      name: this.uid,
      inputs,
      outputs: this.outputs(),
      filters: mode === 'skip',
      run: (columns, length, firstRow) => {
        const keep = mode === 'skip' ? completeRows(columns, length) : null
        const bucketize = (column: ColumnData, k: number): ColumnData => {
          const { valid } = column
          const values = castToDoubles(column, length)
          const buckets = new Float64Array(length)
          const nanBucket = mode === 'keep' ? splits[k].length - 1 : -1
          for (let i = 0; i < length; i++) {
            if (!isValid(valid, i) || keep?.[i] === 0) continue
            const bucket = Number.isNaN(values[i]) ? nanBucket : bucketOf(splits[k], values[i])
            if (bucket < 0) throw this.invalid(values[i], inputs[k], splits[k], firstRow + i)
            buckets[i] = bucket
          }
          return { kind: 'f64', data: buckets, valid }
        }
        return { columns: columns.map(bucketize), keep }
      },
      ...(mode === 'skip' && { drops: hasMissing }),
      forms: (inputs) => allForms(inputs.map((input, k) => bucketForm(input, splits[k], mode === 'keep'))),
    }
  }

  private allSplits(): readonly (readonly number[])[] {
    return isMultiple(this) ? this.getSplitsArray() : [this.getSplits()]
  }

  private outputs(): StructField[] {
    const splits = this.allSplits()
    return columnPairs(this).map(({ output }, k) => {
      const texts = splits[k].map(javaDoubleText)
      const values = texts.slice(1).map((end, i) => `${texts[i]}, ${end}`)
      return StructField(output, DoubleType, true, Attribute.toMetadata(NominalAttribute({ isOrdinal: true, values })))
    })
  }

  private invalid(value: number, column: string, splits: Float64Array, row: number): DataError {
    const received = javaDoubleText(value)
    const bounds = `${javaDoubleText(splits[0])} to ${javaDoubleText(splits[splits.length - 1])}`
    const nan = Number.isNaN(value)
    return new DataError(`column "${column}" holds ${received}${nan ? '' : ', which is outside the splits'}`, {
      stage: this.uid,
      column,
      row,
      received,
      allowed: `Allowed: ${bounds}`,
      hint: nan
        ? 'Set handleInvalid to "keep" or "skip".'
        : 'Begin the splits with -Infinity and end them with Infinity.',
    })
  }

  /** Spark's text. */
  override toString(): string {
    return `Bucketizer: uid=${this.uid}${columnCounts(this)}`
  }
}

/** Bucket of a number in one row; NaN has one where it is kept. */
function bucketForm(input: RowForm, splits: Float64Array, keep: boolean): NumberForm | undefined {
  if (!keep || input.kind !== 'number' || !input.readAny)
    return numberForm(input, printable(bucketOfNumber, splits, bucketOf))
  return { kind: 'number', read: printable(bucketOfAny, input.readAny, splits, bucketOf) }
}

type BucketOf = (splits: Float64Array, value: number) => number

const bucketOfNumber =
  (splits: Float64Array, find: BucketOf): ((x: number) => number) =>
  (x) => {
    const bucket = Number.isNaN(x) ? -1 : find(splits, x)
    return bucket < 0 ? Number.NaN : bucket
  }

const bucketOfAny =
  (read: ReadAnyNumber, splits: Float64Array, find: BucketOf): ReadNumber =>
  (row) => {
    const x = read(row)
    if (x === null || x === undefined) return Number.NaN
    const bucket = Number.isNaN(x) ? splits.length - 1 : find(splits, x)
    return bucket < 0 ? Number.NaN : bucket
  }

/** Bucket of a number that is not NaN, or -1 outside the splits. */
function bucketOf(splits: Float64Array, value: number): number {
  const last = splits.length - 1
  // Few splits are faster compared one by one, which no branch has to guess, than searched.
  if (splits.length <= 20 && value !== 0) {
    if (value < splits[0] || value > splits[last]) return -1
    let bucket = 0
    for (let k = 1; k < last; k++) bucket += Number(value >= splits[k])
    return bucket
  }
  if (value === splits[last]) return last - 1
  let low = 0
  let high = splits.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (splits[middle] <= value) low = middle + 1
    else high = middle
  }
  if (low > last) return -1
  const below = low > 0 && Object.is(value, -0) && Object.is(splits[low - 1], 0)
  return below ? low - 2 : low - 1
}
