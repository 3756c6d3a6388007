import { DataError, SchemaError } from '../errors.js'
import { accepts, inputColumns } from '../param/row.js'
import { handleInvalid, singleColumn } from '../param/shared.js'
import { transformer } from '../pipeline/define.js'
import { Attribute, AttributeGroup, NumericAttribute } from '../sql/attributes.js'
import { type ColumnData, isValid, type Validity } from '../sql/batch.js'
import type { DataFrame } from '../sql/dataframe.js'
import { castToDoubles } from '../sql/doubles.js'
import type { BatchTransform } from '../sql/plan.js'
import { fieldOf, isVector, StructField, type StructType, VectorUDT, withFields } from '../sql/types.js'
import { firstWidth, requireWidth } from '../sql/vector-checks.js'
import { numberPart } from '../sql/vector-parts.js'
import { knownVectorSize } from '../sql/vector-size.js'
import { allFinite } from '../util/all-finite.js'
import { assemble, type Part } from './assemble.js'
import { assembledForm } from './assembled-form.js'
import { columnCounts } from './column-pairs.js'
import { completeRows, hasMissing } from './complete-rows.js'

const { outputCol } = singleColumn(accepts.any, VectorUDT)
const params = {
  inputCols: inputColumns({ accepts: accepts.numericBooleanOrVector, doc: 'input column names' }),
  outputCol,
  handleInvalid: handleInvalid(
    ['skip', 'error', 'keep'],
    'error',
    'how to handle invalid data (null and NaN): skip (drop the row), error, or keep (NaN in the output)',
  ),
} as const

/** An input column and its number of slots, undefined where only the data tell it. */
interface Source {
  readonly field: StructField
  readonly width: number | undefined
}

const sourceOf = (field: StructField): Source => {
  if (!isVector(field.dataType)) return { field, width: 1 }
  const { size } = AttributeGroup.fromStructField(field)
  return { field, width: size < 0 ? undefined : size }
}

/**
 * Puts numeric, boolean and vector columns side by side into one vector column (Spark's `VectorAssembler`), in the order of `inputCols`.
 *
 * Each output row is dense or sparse, whichever needs less memory. The ML attributes of the slots are those of the inputs, named
 * `<column>` for a number and `<column>_<name or index of the slot>` for a slot of a vector.
 *
 * | value | error | skip | keep |
 * | --- | --- | --- | --- |
 * | null | DataError | the row is dropped | NaN in each slot of the column |
 * | NaN in a numeric column | DataError | the row is dropped | NaN |
 * | NaN inside a vector | NaN | NaN | NaN |
 *
 * **Errors**: DataError when a vector has another length than its column says; SchemaError for a missing column or one of another type,
 * an output column that exists, and with `keep` for a vector column whose metadata do not tell its length. **Cost**: two sweeps over
 * the columns. **Differs from Spark**: vectors of one column must have one length. Where the metadata do not tell it, Spark reads
 * the first row; here it is taken from frames in memory, and for others the slots have no names.
 *
 * @example
 * ```ts
 * import { createDataFrame, VectorAssembler, Vectors } from 'ridgeline'
 * const rides = createDataFrame([{ km: 7.5, night: true, city: Vectors.dense(0, 1) }])
 * const assembler = new VectorAssembler({ inputCols: ['km', 'night', 'city'], outputCol: 'features' })
 * await assembler.transform(rides).select('features').show() // [7.5,1.0,0.0,1.0]
 * ```
 */
export class VectorAssembler extends transformer('org.apache.spark.ml.feature.VectorAssembler', params) {
  override transformSchema(schema: StructType): StructType {
    return withFields(super.transformSchema(schema), [this.output(this.sources(schema))])
  }

  /** Adds what the data in memory tell about the lengths of vectors to the schema, which is what `bind` goes by. */
  protected override apply(data: DataFrame): DataFrame {
    const sized: StructField[] = []
    for (const { field, width } of this.getHandleInvalid() === 'keep' ? [] : this.sources(data.schema)) {
      const known = width === undefined ? knownVectorSize(data.plan, field.name) : undefined
      if (known === undefined) continue
      const group = new AttributeGroup(field.name, known)
      sized.push(StructField(field.name, field.dataType, field.nullable, group.toMetadata(field.metadata)))
    }
    return data.withTransform(this.bind(withFields(data.schema, sized)))
  }

  override bind(schema: StructType): BatchTransform {
    const sources = this.sources(schema)
    const mode = this.getHandleInvalid()
    const unknown = sources.find(({ width }) => width === undefined)
    if (mode === 'keep' && unknown) {
      throw new SchemaError(`the metadata of column "${unknown.field.name}" do not tell the length of its vectors`, {
        stage: this.uid,
        column: unknown.field.name,
        allowed: 'With handleInvalid "keep" the length must be known',
        hint: 'Add it to the metadata (num_attrs), or set handleInvalid to "error" or "skip".',
      })
    }
    return {
      name: this.uid,
      inputs: this.getInputCols(),
      outputs: [this.output(sources)],
      filters: mode === 'skip',
      run: (columns, length, firstRow) => {
        const parts = columns.map((column, k) => {
          if (mode === 'error') this.requireValues(column, sources[k].field.name, length, firstRow)
          return this.part(column, sources[k], length, firstRow)
        })
        return { columns: [assemble(parts, length)], keep: mode === 'skip' ? completeRows(columns, length) : null }
      },
      ...(mode === 'skip' && { drops: hasMissing }),
      forms: (inputs) => {
        const form = assembledForm(inputs, mode === 'keep')
        return form && [form]
      },
    }
  }

  private sources(schema: StructType): Source[] {
    return this.getInputCols().map((name) => sourceOf(fieldOf(schema, name, this.uid)))
  }

  private output(sources: readonly Source[]): StructField {
    const name = this.getOutputCol()
    if (sources.some(({ width }) => width === undefined)) return StructField(name, VectorUDT)
    const group = new AttributeGroup(
      name,
      sources.flatMap(({ field }) => slotAttributes(field)),
    )
    return StructField(name, VectorUDT, true, group.toMetadata())
  }

  private part(column: ColumnData, { field, width }: Source, length: number, firstRow: number): Part {
    if (column.kind !== 'vector') return { kind: 'numbers', slot: numberPart(numbersOrNaN(column, length)), width: 1 }
    const known = width ?? firstWidth(column, length) ?? 0
    requireWidth(column, length, known, { stage: this.uid, column: field.name, firstRow })
    return { kind: 'vectors', column, width: known }
  }

  private requireValues(column: ColumnData, name: string, length: number, firstRow: number): void {
    const nullRow = column.valid === null ? length : firstNull(column.valid, length)
    const nanRow = column.kind === 'f64' && !allFinite(column.data) ? firstNaN(column.data, nullRow) : nullRow
    if (nanRow === length) return
    const received = nanRow < nullRow ? 'NaN' : 'null'
    throw new DataError(`column "${name}" holds ${received}`, {
      stage: this.uid,
      column: name,
      row: firstRow + nanRow,
      received,
      hint: 'Drop or fill such rows, or set handleInvalid to "keep" or "skip".',
    })
  }

  /** Spark's text. */
  override toString(): string {
    return `VectorAssembler: uid=${this.uid}, handleInvalid=${this.getHandleInvalid()}${columnCounts(this)}`
  }
}

/** The first null row, or `length`. */
function firstNull(valid: Validity, length: number): number {
  let i = 0
  while (i < length && isValid(valid, i)) i++
  return i
}

/** The first row before `length` that holds NaN, or `length`. */
function firstNaN(data: Float64Array, length: number): number {
  let i = 0
  while (i < length && !Number.isNaN(data[i])) i++
  return i
}

/** The numbers of a column, NaN for null. */
function numbersOrNaN(column: ColumnData, length: number): Float64Array | Int32Array {
  if (column.kind === 'i32' && column.valid === null) return column.data.subarray(0, length)
  const numbers = castToDoubles(column, length)
  return column.valid === null ? numbers : numbers.map((x, i) => (isValid(column.valid, i) ? x : Number.NaN))
}

/** Attributes of the slots that a column becomes; its number of slots is known. */
function slotAttributes(field: StructField): Attribute[] {
  const { name, dataType } = field
  if (isVector(dataType)) {
    const group = AttributeGroup.fromStructField(field)
    return Array.from({ length: group.size }, (_, i) => {
      const attribute = group.attributes?.[i]
      return named(attribute, `${name}_${attribute?.name ?? i}`)
    })
  }
  return [named(dataType.kind === 'double' ? Attribute.fromStructField(field) : undefined, name)]
}

const named = (attribute: Attribute | undefined, name: string): Attribute =>
  attribute === undefined || attribute.type === 'unresolved' ? NumericAttribute({ name }) : { ...attribute, name }
