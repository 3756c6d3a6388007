import { type DataError, ParamError, SchemaError } from '../errors.js'
import { noRows } from '../optim/training-errors.js'
import { accepts, int } from '../param/row.js'
import { handleInvalid, singleColumn } from '../param/shared.js'
import { type CategoryMaps, state } from '../param/state.js'
import { estimator, model } from '../pipeline/define.js'
import type { FitOptions } from '../pipeline/estimator.js'
import { changedSlots, type SlotChange } from '../scoring/slot-forms.js'
import {
  type Attribute,
  AttributeGroup,
  BinaryAttribute,
  NominalAttribute,
  NumericAttribute,
} from '../sql/attributes.js'
import type { VectorColumn } from '../sql/batch.js'
import { type ColumnOrigin, valueError } from '../sql/column-origin.js'
import { vectorStart } from '../sql/columns.js'
import type { DataFrame } from '../sql/dataframe.js'
import type { BatchTransform } from '../sql/plan.js'
import { printable } from '../sql/row-form.js'
import { fieldOf, StructField, type StructType, VectorUDT, withFields } from '../sql/types.js'
import { firstWidth, requireVectors, requireWidth } from '../sql/vector-checks.js'
import { javaDoubleText } from '../util/java-text.js'
import { DistinctValues } from './distinct-values.js'

const params = {
  ...singleColumn(accepts.vector, VectorUDT),
  maxCategories: int({
    default: 20,
    min: 2,
    doc: 'most values of a categorical feature (>= 2). A feature with more is continuous',
  }),
  handleInvalid: handleInvalid(
    ['skip', 'error', 'keep'],
    'error',
    'how to handle values of categorical features that fit did not see: skip (drop the row), error, or keep (one more index)',
  ),
} as const

/**
 * Replaces the values of categorical features by their indices (Spark's `VectorIndexerModel`); {@link VectorIndexer} chose them.
 *
 * | value of a categorical feature | error | skip | keep |
 * | --- | --- | --- | --- |
 * | not seen by fit | DataError | the row is dropped | number of categories |
 * | NaN, seen or not | DataError | the row is dropped | number of categories |
 * | 0 not seen, and left out by a sparse vector | index 0 | index 0 | index 0 |
 * | null vector | DataError | DataError | DataError |
 *
 * Continuous features stay as they are, NaN included; sparse vectors stay sparse. The attribute of each slot in the metadata says
 * whether it is categorical, which is how tree learners know: binary for two values, nominal for another number, with the values as text;
 * names of the slots stay, and so do the attributes of continuous slots. As in Spark, the values in an attribute ascend, while their indices begin with
 * that of 0, and the index that `keep` adds is not counted.
 *
 * **Errors**: DataError naming the row, also for a vector of another length; SchemaError for a missing column, one that is no vector or
 * whose metadata tell another length, or an output column that exists. **Cost**: one sweep. **Differs from Spark**: nothing.
 */
export class VectorIndexerModel extends model('org.apache.spark.ml.feature.VectorIndexerModel', params, {
  numFeatures: state.int('number of features'),
  categoryMaps: state.categoryMaps('index of each value, by categorical feature; other features are continuous'),
}) {
  /** @throws ParamError when a categorical feature is none of the features. */
  constructor(learned: { readonly numFeatures: number; readonly categoryMaps: CategoryMaps }, uid?: string) {
    super(learned, uid)
    for (const feature of this.categoryMaps.keys()) {
      if (Number.isInteger(feature) && feature >= 0 && feature < this.numFeatures) continue
      throw new ParamError(`"categoryMaps" names the feature ${feature}`, {
        stage: this.uid,
        param: 'categoryMaps',
        allowed: `Features are 0 to ${this.numFeatures - 1}`,
        received: String(feature),
        hint: 'Give the maps of the features that numFeatures counts.',
      })
    }
  }

  override transformSchema(schema: StructType): StructType {
    const output = this.output(schema)
    return withFields(super.transformSchema(schema), [output])
  }

  override bind(schema: StructType): BatchTransform {
    const column = this.getInputCol()
    const mode = this.getHandleInvalid()
    const maps = Array.from({ length: this.numFeatures }, (_, feature) => this.categoryMaps.get(feature))
    return {
      name: this.uid,
      inputs: [column],
      outputs: [this.output(schema)],
      filters: mode === 'skip',
      run: ([input], length, firstRow) => {
        const vectors = input as VectorColumn
        const origin = { stage: this.uid, column, firstRow }
        requireVectors(vectors, length, origin)
        requireWidth(vectors, length, this.numFeatures, origin)
        const keep = mode === 'skip' ? new Uint8Array(length).fill(1) : null
        const values = indexed(vectors, length, maps, (row, feature, value) => {
          if (mode === 'error') throw unseen(value, feature, row, origin)
          if (keep) keep[row] = 0
        })
        return { columns: [{ ...vectors, size: this.numFeatures, sizes: null, values }], keep }
      },
      ...(mode === 'skip' && { drops: isUnseen }),
      forms: ([input]) => {
        if (input.kind !== 'vector' || input.size !== this.numFeatures) return undefined
        const changed = changedSlots(
          input,
          printable(
            indexSlot,
            maps.map((map) => map ?? null),
            mode === 'keep',
          ),
        )
        return [input.storage === 'dense' ? { ...changed, storage: 'dense' } : changed]
      },
      expects: () => [{ size: this.numFeatures }],
    }
  }

  /** @throws SchemaError when the metadata of the input tell another length. */
  private output(schema: StructType): StructField {
    const input = fieldOf(schema, this.getInputCol(), this.uid)
    const name = this.getOutputCol()
    if (!accepts.vector.ok(input.dataType)) return StructField(name, VectorUDT)
    const { size, attributes } = AttributeGroup.fromStructField(input)
    if (size >= 0 && size !== this.numFeatures) {
      throw new SchemaError(`column "${input.name}" has ${size} features by its metadata`, {
        stage: this.uid,
        column: input.name,
        allowed: `Allowed: ${this.numFeatures} features, as in fit`,
        received: String(size),
        hint: 'Assemble the same features as for fit.',
      })
    }
    const slots = Array.from({ length: this.numFeatures }, (_, i) => this.attribute(i, attributes?.[i]))
    return StructField(name, VectorUDT, true, new AttributeGroup(name, slots).toMetadata())
  }

  /** @param original what the input column says of the slot. */
  private attribute(feature: number, original: Attribute | undefined): Attribute {
    const map = this.categoryMaps.get(feature)
    if (!map) return original ?? NumericAttribute()
    const values = Array.from(Float64Array.from(map.keys()).sort(), javaDoubleText)
    const name = original?.name
    return values.length === 2
      ? BinaryAttribute({ name, values })
      : NominalAttribute({ name, isOrdinal: false, values })
  }

  /** Spark's text. */
  override toString(): string {
    return `VectorIndexerModel: uid=${this.uid}, numFeatures=${this.numFeatures}, handleInvalid=${this.getHandleInvalid()}`
  }
}

const unseen = (value: number, feature: number, row: number, origin: ColumnOrigin): DataError =>
  valueError(
    `${value} in feature ${feature}`,
    row,
    origin,
    'values of categorical features that fit has seen',
    'Set handleInvalid to "keep" or "skip"',
  )

/** For modules: what is not known of a list without NaN is a category that nobody has seen. Of a vector that was made, it may be a 0 that is left out. */
const isUnseen = ([vector]: readonly unknown[]): boolean =>
  (Array.isArray(vector) || vector instanceof Float64Array) && !vector.some(Number.isNaN)

/** The index of one value. A 0 that the map does not have is unseen or left out, as the vector is stored. */
const indexSlot =
  (maps: readonly (ReadonlyMap<number, number> | null)[], keep: boolean): SlotChange =>
  (x, slot) => {
    const map = maps[slot]
    return map === null ? x : (map.get(x) ?? (keep && x !== 0 ? map.size : Number.NaN))
  }

/**
 * The entries of a column with the indices of categorical values; those without one become the number of categories.
 * @param onUnseen told of each value without an index.
 */
function indexed(
  column: VectorColumn,
  length: number,
  maps: readonly (ReadonlyMap<number, number> | undefined)[],
  onUnseen: (row: number, feature: number, value: number) => void,
): Float64Array {
  const { indices } = column
  const values = column.values.slice(0, vectorStart(column, length))
  for (let row = 0; row < length; row++) {
    const start = vectorStart(column, row)
    const end = vectorStart(column, row + 1)
    for (let e = start; e < end; e++) {
      const feature = indices === null ? e - start : indices[e]
      const map = maps[feature]
      if (map === undefined) continue
      const value = values[e]
      // A map of Spark's finds no NaN, not even one that is in it.
      const index = Number.isNaN(value) ? undefined : map.get(value)
      if (index === undefined) onUnseen(row, feature, value)
      values[e] = index ?? map.size
    }
  }
  return values
}

/**
 * Decides which features of a vector column are categorical: those with at most `maxCategories` distinct values (Spark's
 * `VectorIndexer`). Its model replaces their values by indices and marks them in the metadata, so that tree learners treat them as
 * categories. Indices ascend with the values, but 0 always has index 0, so that sparse vectors stay sparse.
 *
 * **Null** is a DataError. **NaN** is a value like any other when values are counted, and unseen when they are replaced.
 * **Errors**: DataError naming the row for a vector of another length, and when there are no rows; SchemaError for a missing column, one that
 * is no vector, or an output column that exists. **Cost**: one pass; memory for `maxCategories` values a feature. **Differs from Spark**: 0 and -0 are one value (there,
 * a column with both has no index for either).
 *
 * @example
 * ```ts
 * import { createDataFrame, VectorIndexer, Vectors } from 'ridgeline'
 * const data = createDataFrame([[-1, 0.5], [3, 0.7], [0, 0.9]].map((x) => ({ x: Vectors.dense(x) })))
 * const model = await new VectorIndexer({ inputCol: 'x', outputCol: 'indexed', maxCategories: 3 }).fit(data)
 * console.log(model.categoryMaps.get(0)) // Map(3) { 0 => 0, -1 => 1, 3 => 2 }
 * const few = await new VectorIndexer({ inputCol: 'x', outputCol: 'indexed', maxCategories: 2 }).fit(data)
 * console.log(few.categoryMaps.size) // 0
 * ```
 */
export class VectorIndexer extends estimator('org.apache.spark.ml.feature.VectorIndexer', params, VectorIndexerModel) {
  protected override async train(data: DataFrame, options: FitOptions): Promise<VectorIndexerModel> {
    const column = this.getInputCol()
    const { size } = AttributeGroup.fromStructField(fieldOf(data.schema, column))
    let seen = size < 0 ? undefined : new DistinctValues(size, this.getMaxCategories())
    let firstRow = 0
    for await (const batch of data.batches([column], { signal: options.signal })) {
      const { length } = batch
      const vectors = batch.columns[0] as VectorColumn
      const origin = { stage: this.uid, column, firstRow }
      requireVectors(vectors, length, origin)
      seen ??= new DistinctValues(firstWidth(vectors, length) ?? 0, this.getMaxCategories())
      requireWidth(vectors, length, seen.size, origin)
      seen.add(vectors, length)
      firstRow += length
    }
    if (!seen || firstRow === 0) throw noRows(this.uid, column)
    return new VectorIndexerModel({ numFeatures: seen.size, categoryMaps: categoryMapsOf(seen) })
  }
}

/** The categorical features; 0 comes first, then the other values in ascending order. */
function categoryMapsOf(seen: DistinctValues): CategoryMaps {
  const maps = new Map<number, ReadonlyMap<number, number>>()
  for (let feature = 0; feature < seen.size; feature++) {
    const values = seen.of(feature)
    if (!values) continue
    const ascending = Float64Array.from(values).sort()
    const ordered = values.has(0) ? [0, ...ascending.filter((value) => value !== 0)] : [...ascending]
    maps.set(feature, new Map(ordered.map((value, index) => [value, index])))
  }
  return maps
}
