import { DataError } from '../errors.js'
import type { Vector } from '../linalg/vector.js'
import { Vectors } from '../linalg/vectors.js'
import { noRows } from '../optim/training-errors.js'
import { accepts, bool, double } from '../param/row.js'
import { isBelow } from '../param/rules.js'
import { relativeError, singleColumn } from '../param/shared.js'
import { state } from '../param/state.js'
import { estimator, model } from '../pipeline/define.js'
import type { FitOptions } from '../pipeline/estimator.js'
import { scaledSlots } from '../scoring/slot-forms.js'
import type { VectorColumn } from '../sql/batch.js'
import { vectorStart } from '../sql/columns.js'
import type { DataFrame } from '../sql/dataframe.js'
import type { BatchTransform } from '../sql/plan.js'
import { type StructType, VectorUDT, withFields } from '../sql/types.js'
import { vectorBatches } from '../stat/vector-summary.js'
import { type Mergeable, PartitionFold } from '../util/partition-fold.js'
import { QuantileSummaries } from '../util/quantile-summaries.js'
import { requireOneLength } from './one-length.js'
import { centred, scaled } from './standard-scaler.js'
import { sizedField } from './vector-field.js'
import { vectorTransform } from './vector-transform.js'

const params = {
  ...singleColumn(accepts.vector, VectorUDT),
  lower: double({
    default: 0.25,
    min: 0,
    max: 1,
    open: 'both',
    doc: 'lower quantile of the range, in (0, 1)',
  }),
  upper: double({
    default: 0.75,
    min: 0,
    max: 1,
    open: 'both',
    doc: 'upper quantile of the range, in (0, 1)',
  }),
  withCentering: bool({ default: false, doc: 'whether to subtract the median; makes sparse vectors dense' }),
  withScaling: bool({ default: true, doc: 'whether to divide by the range between the quantiles' }),
  relativeError,
} as const

const ordered = isBelow('lower', 'upper')

/**
 * Centres and scales vectors with the quantiles that a {@link RobustScaler} learned (Spark's `RobustScalerModel`):
 * `(x - median) / range` in each slot, either half by choice.
 *
 * A slot with range 0 becomes 0 when it is scaled. Sparse vectors stay sparse unless they are centred. **Null** is a DataError, **NaN** stays
 * NaN (but for range 0: a product with 0 is NaN too). **Errors**: DataError naming the row for a vector of another length; SchemaError for a missing
 * column, one that is no vector, or an output column that exists. **Cost**: one sweep. **Differs from Spark**: a vector of another
 * length is always an error.
 */
export class RobustScalerModel extends model(
  'org.apache.spark.ml.feature.RobustScalerModel',
  params,
  {
    range: state.vector('difference of the two quantiles of each feature'),
    median: state.vector('median of each feature'),
  },
  [ordered],
) {
  /** @throws ParamError unless both vectors have the same length. */
  constructor(learned: { readonly range: Vector; readonly median: Vector }, uid?: string) {
    super(learned, uid)
    requireOneLength(this.uid, { range: this.range, median: this.median })
  }

  override get keepsSlots(): boolean {
    return true
  }

  override transformSchema(schema: StructType): StructType {
    return withFields(super.transformSchema(schema), [this.output()])
  }

  override bind(_schema: StructType): BatchTransform {
    const size = this.median.size
    const shift = this.getWithCentering() ? this.median.toArray() : null
    const scale = this.getWithScaling() ? this.range.toArray().map((range) => (range === 0 ? 0 : 1 / range)) : null
    const factors = scale ?? new Float64Array(size).fill(1)
    return vectorTransform({
      stage: this.uid,
      column: this.getInputCol(),
      output: this.output(),
      size,
      run: (vectors, length) => {
        if (shift !== null) return centred(vectors, length, shift, factors)
        return scale === null ? vectors : scaled(vectors, length, scale)
      },
      form: (vectors) => (shift === null && scale === null ? vectors : scaledSlots(vectors, shift, factors)),
    })
  }

  private output() {
    return sizedField(this.getOutputCol(), this.median.size)
  }

  /** Spark's text. */
  override toString(): string {
    return `RobustScalerModel: uid=${this.uid}, numFeatures=${this.median.size}, withCentering=${this.getWithCentering()}, withScaling=${this.getWithScaling()}`
  }
}

/** Summaries of the slots of vectors. */
class SlotSummaries implements Mergeable<SlotSummaries> {
  readonly slots: readonly QuantileSummaries[]

  constructor(size: number, error: number) {
    this.slots = Array.from({ length: size }, () => new QuantileSummaries(error))
  }

  add(vectors: VectorColumn, length: number): void {
    const { size, offsets, indices, values } = vectors
    if (offsets === null || indices === null) {
      for (let j = 0; j < size; j++) {
        const summaries = this.slots[j]
        for (let e = j; e < length * size; e += size) if (!Number.isNaN(values[e])) summaries.insert(values[e])
      }
      return
    }
    for (let i = 0; i < length; i++) {
      const end = vectorStart(vectors, i + 1)
      for (let j = 0, e = vectorStart(vectors, i); j < size; j++) {
        const value = e < end && indices[e] === j ? values[e++] : 0
        if (!Number.isNaN(value)) this.slots[j].insert(value)
      }
    }
  }

  merge(other: SlotSummaries): this {
    for (const [j, summaries] of this.slots.entries()) summaries.merge(other.slots[j])
    return this
  }
}

/**
 * Learns median and range between two quantiles of each slot of vectors, with which its model centres and scales (Spark's `RobustScaler`):
 * unlike mean and deviation they do not follow outliers.
 *
 * Quantiles are values of the column, by Spark's sketch with the error `relativeError` (see `approxQuantile`). **Null** is a DataError. **NaN**
 * does not count. **Errors**: DataError naming the row for a vector of another length, when there are no rows, and for a slot of NaN alone; SchemaError
 * as for the model; ParamError when `lower` is not below `upper`. **Cost**: one pass; memory for a sketch a slot. **Differs from Spark**: nothing; with several
 * partitions Spark merges sketches in the order in which they are ready, here it is theirs.
 *
 * @example
 * ```ts
 * import { createDataFrame, RobustScaler, Vectors } from 'ridgeline'
 * const data = createDataFrame([1, 2, 3, 4, 1000].map((x) => ({ x: Vectors.dense(x) })))
 * const scaler = new RobustScaler({ inputCol: 'x', outputCol: 'scaled', withCentering: true })
 * const model = await scaler.fit(data)
 * console.log(String(model.median), String(model.range)) // [3.0] [2.0]
 * ```
 */
export class RobustScaler extends estimator('org.apache.spark.ml.feature.RobustScaler', params, RobustScalerModel, [
  ordered,
]) {
  protected override async train(data: DataFrame, options: FitOptions): Promise<RobustScalerModel> {
    const column = this.getInputCol()
    let size = 0
    const fold = new PartitionFold(() => new SlotSummaries(size, this.getRelativeError()))
    for await (const { vectors, length, partition } of vectorBatches(data, column, this.uid, options)) {
      size = vectors.size
      fold.of(partition).add(vectors, length)
    }
    const summaries = fold.result()
    if (!summaries) throw noRows(this.uid, column)
    const quantile = (p: number) => summaries.slots.map((slot, j) => slot.query([p])?.[0] ?? this.onlyNaN(column, j))
    const [lower, middle, upper] = [this.getLower(), 0.5, this.getUpper()].map(quantile)
    return new RobustScalerModel({
      range: Vectors.dense(upper.map((value, j) => value - lower[j])).compressed(),
      median: Vectors.dense(middle).compressed(),
    })
  }

  private onlyNaN(column: string, slot: number): never {
    throw new DataError(`slot ${slot} of column "${column}" holds NaN alone`, {
      stage: this.uid,
      column,
      received: 'NaN',
      allowed: 'Allowed: at least one number in each slot',
      hint: 'Leave the slot out, or fill it with an Imputer before the vectors are assembled.',
    })
  }
}
