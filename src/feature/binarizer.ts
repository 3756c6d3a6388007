import { arrayOf, interval } from '../param/constraint.js'
import { accepts, double, doubleArray } from '../param/row.js'
import { multipleColumns, singleColumn } from '../param/shared.js'
import { transformer } from '../pipeline/define.js'
import { changedSlots } from '../scoring/slot-forms.js'
import { Attribute, BinaryAttribute } from '../sql/attributes.js'
import { type ColumnData, type F64Column, isValid, type VectorColumn } from '../sql/batch.js'
import { vectorSize, vectorStart } from '../sql/columns.js'
import type { BatchTransform } from '../sql/plan.js'
import { allForms, printable, type ReadAnyNumber, type ReadNumber, type RowForm } from '../sql/row-form.js'
import { DoubleType, fieldOf, isVector, StructField, type StructType, withFields } from '../sql/types.js'
import { requireVectors } from '../sql/vector-checks.js'
import { uninitialized } from '../util/uninitialized.js'
import { columnCounts, columnPairs, commonOrEachRules, isMultiple } from './column-pairs.js'
import { compressRows, isSparser } from './compress-rows.js'
import { likeSizedField } from './vector-field.js'

const params = {
  ...singleColumn(accepts.doubleOrVector, DoubleType),
  ...multipleColumns(accepts.doubleOrVector, DoubleType),
  threshold: double({ default: 0, doc: 'numbers above it become 1, all others 0' }),
  thresholds: doubleArray({
    doc: 'the threshold of each column, for several columns; not set: threshold for all',
    constraint: arrayOf(interval('number', {}), 'an array of numbers'),
  }),
} as const

/**
 * Makes 1 of numbers above a threshold, and 0 of all others (Spark's `Binarizer`), in columns of doubles and in each slot of vectors.
 *
 * One column (`inputCol`, `outputCol`, `threshold`) or several (`inputCols`, `outputCols`, and `threshold` for all or `thresholds`). A column of
 * doubles becomes one of doubles, never null, with a binary ML attribute; a column of vectors becomes one of vectors, each dense or
 * sparse, whichever takes less memory. A threshold below 0 makes ones of the zeros.
 *
 * **Null** counts as 0 in a column of doubles, and is a DataError in one of vectors. **NaN** becomes 0, but 1 in vectors where the threshold
 * is below 0. **Errors**: SchemaError for a missing column, one of another type (integers must be cast), or an output column that
 * exists. **Cost**: one sweep. **Differs from Spark**: a threshold of NaN is refused.
 *
 * @example
 * ```ts
 * import { Binarizer, createDataFrame } from 'ridgeline'
 * const rides = createDataFrame([{ km: 7.5 }, { km: 12 }])
 * await new Binarizer({ inputCol: 'km', outputCol: 'far', threshold: 10 }).transform(rides).show() // 0.0, 1.0
 * ```
 */
export class Binarizer extends transformer(
  'org.apache.spark.ml.feature.Binarizer',
  params,
  commonOrEachRules('threshold', 'thresholds'),
) {
  override get keepsSlots(): boolean {
    return !isMultiple(this)
  }

  override transformSchema(schema: StructType): StructType {
    return withFields(super.transformSchema(schema), this.outputs(schema))
  }

  override bind(schema: StructType): BatchTransform {
    const inputs = columnPairs(this).map(({ input }) => input)
    const each = isMultiple(this) && this.isSet('thresholds') ? this.getThresholds() : undefined
    return {
      name: this.uid,
      inputs,
      outputs: this.outputs(schema),
      filters: false,
      run: (columns, length, firstRow) => ({
        columns: columns.map((column, k): ColumnData => {
          const threshold = each?.[k] ?? this.getThreshold()
          if (column.kind !== 'vector') return binarizeNumbers(column as F64Column, length, threshold)
          requireVectors(column, length, { stage: this.uid, column: inputs[k], firstRow })
          return column.offsets === null
            ? compressRows(ones(column.values, length * column.size, threshold), length, column.size)
            : binarizeRows(column, length, threshold)
        }),
      }),
      forms: (inputs) => allForms(inputs.map((input, k) => binaryForm(input, each?.[k] ?? this.getThreshold()))),
    }
  }

  private outputs(schema: StructType): StructField[] {
    return columnPairs(this).map(({ input, output }) =>
      isVector(fieldOf(schema, input, this.uid).dataType)
        ? likeSizedField(output, schema, input, this.uid)
        : StructField(output, DoubleType, false, Attribute.toMetadata(BinaryAttribute())),
    )
  }

  /** Spark's text. */
  override toString(): string {
    return `Binarizer: uid=${this.uid}${columnCounts(this)}`
  }
}

const above =
  (threshold: number) =>
  (x: number): number =>
    Number(x > threshold)

/** 0 for null and NaN. */
const readAbove =
  (readAny: ReadAnyNumber, threshold: number): ReadNumber =>
  (row) => {
    const x = readAny(row)
    return x === undefined ? Number.NaN : Number(x !== null && x > threshold)
  }

/** A bit for a number, or for each slot, of one row. */
function binaryForm(input: RowForm, threshold: number): RowForm | undefined {
  if (input.kind === 'vector') {
    return { ...changedSlots(input, printable(above, threshold)), storage: 'compressed' }
  }
  if (input.kind !== 'number' || !input.readAny) return undefined
  return { kind: 'number', read: printable(readAbove, input.readAny, threshold) }
}

function binarizeNumbers({ data, valid }: F64Column, length: number, threshold: number): F64Column {
  const bits = new Float64Array(length)
  for (let i = 0; i < length; i++) bits[i] = Number(data[i] > threshold)
  for (let i = 0; valid !== null && i < length; i++) if (!isValid(valid, i)) bits[i] = 0
  return { kind: 'f64', data: bits, valid: null }
}

/** 1 for each number above the threshold. Below 0, a threshold makes ones of all that is not at most it. */
function ones(values: Float64Array, count: number, threshold: number): Float64Array {
  const bits = uninitialized(count)
  if (threshold >= 0) for (let e = 0; e < count; e++) bits[e] = Number(values[e] > threshold)
  else for (let e = 0; e < count; e++) bits[e] = 1 - Number(values[e] <= threshold)
  return bits
}

/** Rows in compressed form, which may differ in length. */
function binarizeRows(column: VectorColumn, length: number, threshold: number): VectorColumn {
  const { values, indices } = column
  const bits = ones(values, vectorStart(column, length), threshold)
  const zeroBit = threshold < 0 ? 1 : 0
  const offsets = new Int32Array(length + 1)
  const dense = new Uint8Array(length)
  for (let i = 0; i < length; i++) {
    const [start, end, size] = [vectorStart(column, i), vectorStart(column, i + 1), vectorSize(column, i)]
    let count = zeroBit * (size - (end - start))
    for (let e = start; e < end; e++) count += bits[e]
    dense[i] = isSparser(count, size) ? 0 : 1
    offsets[i + 1] = offsets[i] + (dense[i] === 1 ? size : count)
  }
  const made = { indices: new Int32Array(offsets[length]), values: new Float64Array(offsets[length]) }
  for (let i = 0; i < length; i++) {
    let at = offsets[i]
    let next = 0
    const upTo = (j: number) => {
      for (; next < j; next++) {
        made.indices[at] = next
        made.values[at++] = zeroBit
      }
    }
    const gaps = zeroBit === 1 || dense[i] === 1
    const end = vectorStart(column, i + 1)
    for (let e = vectorStart(column, i); e < end; e++) {
      if (gaps) upTo(indices![e])
      next = indices![e] + 1
      if (bits[e] === 0 && dense[i] === 0) continue
      made.indices[at] = indices![e]
      made.values[at++] = bits[e]
    }
    if (gaps) upTo(vectorSize(column, i))
  }
  return { ...column, offsets, ...made, dense: dense.includes(1) ? dense : null }
}
