import { DataError, ParamError } from '../errors.js'
import type { Vector } from '../linalg/vector.js'
import { Vectors } from '../linalg/vectors.js'
import { accepts, bool } from '../param/row.js'
import { singleColumn } from '../param/shared.js'
import { state } from '../param/state.js'
import { estimator, model } from '../pipeline/define.js'
import type { FitOptions } from '../pipeline/estimator.js'
import { scaledSlots } from '../scoring/slot-forms.js'
import { AttributeGroup } from '../sql/attributes.js'
import type { VectorColumn } from '../sql/batch.js'
import { denseVectors, vectorStart } from '../sql/columns.js'
import type { DataFrame } from '../sql/dataframe.js'
import type { BatchTransform } from '../sql/plan.js'
import { SummarizerBuffer } from '../sql/summarizer-buffer.js'
import { StructField, type StructType, VectorUDT, withFields } from '../sql/types.js'
import { firstWidth, requireVectors, requireWidth } from '../sql/vector-checks.js'
import { partsOf, partWidth, slotNumbers, type VectorPart, vectorsOfParts } from '../sql/vector-parts.js'
import { PartitionFold } from '../util/partition-fold.js'
import { uninitialized } from '../util/uninitialized.js'
import { multiplyRows, shiftRows } from './row-arithmetic.js'

const params = {
  ...singleColumn(accepts.vector, VectorUDT),
  withMean: bool({ default: false, doc: 'whether to center data with mean; makes sparse vectors dense' }),
  withStd: bool({ default: true, doc: 'whether to scale the data to unit standard deviation' }),
} as const

/**
 * Centres and scales vectors with the statistics that a {@link StandardScaler} learned (Spark's `StandardScalerModel`):
 * `(x - mean) / std` in each slot, either half by choice.
 *
 * `mean` and `std` are in the units of the features. A slot with std 0 becomes 0. Sparse vectors stay sparse unless they are centred;
 * with neither half, all vectors pass as they are. **Null** is a DataError, **NaN** stays NaN. **Errors**: DataError naming the row for a vector of another length; SchemaError for a missing
 * column, one that is no vector, or an output column that exists. **Cost**: one sweep. **Differs from Spark**: a vector of another
 * length is always an error.
 */
export class StandardScalerModel extends model('org.apache.spark.ml.feature.StandardScalerModel', params, {
  std: state.vector('unbiased sample standard deviation of each feature, in its units'),
  mean: state.vector('mean of each feature, in its units'),
}) {
  /** @throws ParamError unless both vectors have the same length. */
  constructor(learned: { readonly std: Vector; readonly mean: Vector }, uid?: string) {
    super(learned, uid)
    if (this.std.size !== this.mean.size) {
      throw new ParamError(`"std" has length ${this.std.size} and "mean" has length ${this.mean.size}`, {
        stage: this.uid,
        param: 'std',
        allowed: 'Both have one entry a feature',
        received: `${this.std.size} and ${this.mean.size}`,
        hint: 'Give the statistics of the same features.',
      })
    }
  }

  override get keepsSlots(): boolean {
    return true
  }

  override transformSchema(schema: StructType): StructType {
    return withFields(super.transformSchema(schema), [this.output()])
  }

  override bind(_schema: StructType): BatchTransform {
    const column = this.getInputCol()
    const size = this.mean.size
    const scale = this.getWithStd() ? this.std.toArray().map((std) => (std === 0 ? 0 : 1 / std)) : null
    const factors = scale ?? new Float64Array(size).fill(1)
    const shift = this.getWithMean() ? this.mean.toArray() : null
    return {
      name: this.uid,
      inputs: [column],
      outputs: [this.output()],
      filters: false,
      run: ([input], length, firstRow) => {
        if (shift === null && scale === null) return { columns: [input] }
        const vectors = input as VectorColumn
        const origin = { stage: this.uid, column, firstRow }
        requireVectors(vectors, length, origin)
        requireWidth(vectors, length, size, origin)
        const entries = (): VectorColumn =>
          shift === null ? scaled(vectors, length, factors) : centred(vectors, length, shift, factors)
        const parts = scaledParts(partsOf(vectors), shift, factors)
        return { columns: [parts ? vectorsOfParts(parts, entries) : entries()] }
      },
      forms: ([input]) => {
        if (input.kind !== 'vector' || input.size !== size) return undefined
        return [shift === null && scale === null ? input : scaledSlots(input, shift, factors)]
      },
      expects: () => [{ size }],
    }
  }

  private output(): StructField {
    const name = this.getOutputCol()
    return StructField(name, VectorUDT, true, new AttributeGroup(name, this.mean.size).toMetadata())
  }

  /** Spark's text. */
  override toString(): string {
    return `StandardScalerModel: uid=${this.uid}, numFeatures=${this.mean.size}, withMean=${this.getWithMean()}, withStd=${this.getWithStd()}`
  }
}

/**
 * `(x - shift) * scale` of each part, the numbers of a one-hot part once instead of row by row. Undefined where there is none: rows of
 * mere numbers take as much either way. Also where a 0 would not stay one.
 */
function scaledParts(
  parts: readonly VectorPart[] | undefined,
  shift: Float64Array | null,
  scale: Float64Array,
): VectorPart[] | undefined {
  if (!parts?.some((part) => part.kind === 'oneHot') || !scale.every(Number.isFinite)) return undefined
  let slot = 0
  return parts.map((part) => {
    const first = slot
    slot += partWidth(part)
    const at = (k: number, value: number): number =>
      shift === null ? value * scale[first + k] : (value - shift[first + k]) * scale[first + k]
    if (part.kind === 'numbers') {
      return { kind: 'numbers', data: slotNumbers(part), shift: shift?.[first] ?? 0, scale: scale[first] }
    }
    const off = part.off?.map((value, k) => at(k, value))
    return {
      ...part,
      on: part.on.map((value, k) => at(k, value)),
      off: off ?? (shift === null ? null : part.on.map((_, k) => at(k, 0))),
    }
  })
}

/** `x * scale`; the form of each vector stays. */
export function scaled(column: VectorColumn, length: number, scale: Float64Array): VectorColumn {
  const { indices } = column
  const size = scale.length
  const count = vectorStart(column, length)
  if (indices === null) return { ...column, size, sizes: null, values: multiplyRows(column.values, count, scale) }
  const values = uninitialized(count)
  for (let e = 0; e < count; e++) values[e] = column.values[e] * scale[indices[e]]
  return { ...column, size, sizes: null, values }
}

/** `(x - shift) * scale`; every vector becomes dense. */
export function centred(column: VectorColumn, length: number, shift: Float64Array, scale: Float64Array): VectorColumn {
  const size = shift.length
  const { offsets, indices } = column
  if (offsets === null || indices === null) {
    return denseVectors(shiftRows(column.values, length * size, shift, scale), size)
  }
  const values = uninitialized(length * size)
  fillRows(
    values,
    shift.map((mean, j) => (0 - mean) * scale[j]),
  )
  centreEntries(column.values, offsets, indices, shift, scale, values)
  return denseVectors(values, size)
}

/** Writes one row over and over, by copies of copies. */
function fillRows(values: Float64Array, row: Float64Array): void {
  if (values.length === 0) return
  values.set(row)
  for (let done = row.length; done < values.length; done *= 2) values.copyWithin(done, 0, done)
}

/** The entries of sparse rows; the zeros around them are written already. */
function centreEntries(
  from: Float64Array,
  offsets: Int32Array,
  indices: Int32Array,
  shift: Float64Array,
  scale: Float64Array,
  values: Float64Array,
): void {
  for (let i = 0, at = 0; at < values.length; i++, at += shift.length) {
    const end = offsets[i + 1]
    for (let e = offsets[i]; e < end; e++) {
      const j = indices[e]
      values[at + j] = (from[e] - shift[j]) * scale[j]
    }
  }
}

/**
 * Learns the mean and the standard deviation of each feature (Spark's `StandardScaler`); its model makes them 0 (`withMean`) and
 * 1 (`withStd`). The standard deviation is the unbiased sample estimate `sqrt(sum((x - mean)^2) / (n - 1))`, 0 for a single row.
 *
 * **Null** is a DataError; a **NaN** makes mean and std of its feature NaN. **Errors**: DataError naming the row for vectors of different
 * lengths, and when there are no rows or no features; SchemaError for a missing column, one that is no vector, or an output column that
 * exists. **Cost**: one pass; memory for a few numbers a feature. **Differs from Spark**: partitions are always merged in order.
 * **References**: B. P. Welford (1962), doi:10.1080/00401706.1962.10490022; T. F. Chan, G. H. Golub, R. J. LeVeque (1983),
 * doi:10.1080/00031305.1983.10483115, for merging.
 *
 * @example
 * ```ts
 * import { createDataFrame, StandardScaler, Vectors } from 'ridgeline'
 * const data = createDataFrame([{ x: Vectors.dense(1, 10) }, { x: Vectors.dense(3, 10) }])
 * const model = await new StandardScaler({ inputCol: 'x', outputCol: 'z', withMean: true }).fit(data)
 * console.log(String(model.mean)) // [2.0,10.0]
 * ```
 */
export class StandardScaler extends estimator(
  'org.apache.spark.ml.feature.StandardScaler',
  params,
  StandardScalerModel,
) {
  protected override async train(data: DataFrame, options: FitOptions): Promise<StandardScalerModel> {
    const column = this.getInputCol()
    let size: number | undefined
    let firstRow = 0
    const fold = new PartitionFold(() => new SummarizerBuffer(size ?? 0))
    for await (const batch of data.batches([column], { signal: options.signal })) {
      const { length, partition } = batch
      const vectors = batch.columns[0] as VectorColumn
      const origin = { stage: this.uid, column, firstRow }
      requireVectors(vectors, length, origin)
      size ??= firstWidth(vectors, length)
      if (size === undefined) continue
      requireWidth(vectors, length, size, origin)
      fold.of(partition).add(vectors.size === size ? vectors : { ...vectors, size, sizes: null }, length)
      firstRow += length
    }
    const total = fold.result()
    if (!total || total.size === 0) {
      throw new DataError(`column "${column}" holds ${total ? 'vectors of length 0' : 'no rows'}`, {
        stage: this.uid,
        column,
        allowed: 'Allowed: at least one row with at least one feature',
      })
    }
    return new StandardScalerModel({
      std: Vectors.dense(total.std()).compressed(),
      mean: Vectors.dense(total.mean()).compressed(),
    })
  }
}
