import { DataError, ParamError, UnsupportedError } from '../errors.js'
import { accepts, oneOf } from '../param/row.js'
import { handleInvalid, multipleColumns, singleColumn } from '../param/shared.js'
import { state } from '../param/state.js'
import { estimator, model } from '../pipeline/define.js'
import type { FitOptions } from '../pipeline/estimator.js'
import type { TypeHint } from '../pipeline/read-fields.js'
import { requireColumn, requireNewColumn } from '../pipeline/schema.js'
import { Attribute, NominalAttribute } from '../sql/attributes.js'
import type { ColumnData } from '../sql/batch.js'
import { columnReader } from '../sql/column-reader.js'
import type { DataFrame } from '../sql/dataframe.js'
import type { BatchTransform } from '../sql/plan.js'
import { allForms } from '../sql/row-form.js'
import { DoubleType, fieldIndex, fieldOf, StringType, StructField, StructType, withFields } from '../sql/types.js'
import { shortText } from '../util/names.js'
import { columnCounts, columnPairRules, columnPairs, isMultiple } from './column-pairs.js'
import { completeRows } from './complete-rows.js'
import { LabelCounts } from './label-counts.js'
import { labelForm, labelLookup, labelValues } from './label-lookup.js'
import { numberText } from './number-text.js'

/** Label that stands in the metadata for all invalid values, with `handleInvalid = "keep"`. */
const UNKNOWN = '__unknown'
const SHOWN_LABELS = 10

const params = {
  ...singleColumn(accepts.numericOrString, DoubleType),
  ...multipleColumns(accepts.numericOrString, DoubleType),
  handleInvalid: handleInvalid(
    ['skip', 'error', 'keep'],
    'error',
    'how to handle invalid data (unseen labels or null): skip (drop the row), error, or keep (index numLabels)',
  ),
  stringOrderType: oneOf(['frequencyDesc', 'frequencyAsc', 'alphabetDesc', 'alphabetAsc'], {
    default: 'frequencyDesc',
    doc: 'how to order labels of string column; the first label gets index 0',
  }),
} as const
const rules = columnPairRules()

/** One column that is indexed. */
interface Indexing {
  readonly input: StructField
  readonly output: StructField
  readonly labels: readonly string[]
}

/**
 * Replaces labels by their indices, as a {@link StringIndexer} learned them (Spark's `StringIndexerModel`).
 *
 * `labelsArray` has the labels of each column, in the order of their indices. The output columns are doubles, never null,
 * with a nominal ML attribute that holds the labels.
 *
 * | value | error | skip | keep |
 * | --- | --- | --- | --- |
 * | known label | its index | its index | its index |
 * | unseen label, null | DataError | the row is dropped | number of labels |
 * | NaN | as the unseen label `NaN` | the row is dropped | number of labels |
 *
 * **Errors**: SchemaError when an output column exists or an input column is neither numeric nor string. An input column that does
 * not exist is passed over, as in Spark, so that a label indexer can stay in a pipeline that scores rows without a label; with
 * `skip` it is a SchemaError. **Cost**: one look-up a row; strings are looked up once a dictionary. **Differs from Spark**: nothing.
 *
 * @example
 * ```ts
 * import { createDataFrame, StringIndexerModel } from 'ridgeline'
 * const model = StringIndexerModel.fromLabels(['FR', 'US'], 'city', 'cityIdx', 'keep')
 * await model.transform(createDataFrame([{ city: 'US' }, { city: 'DE' }])).show() // 1.0, 2.0
 * ```
 */
export class StringIndexerModel extends model(
  'org.apache.spark.ml.feature.StringIndexerModel',
  params,
  {
    labelsArray: {
      ...state.stringLists('the labels of each column, in the order of their indices'),
      // Before 3.0 there is one column.
      sparkOlder: (row) => row.labels && [row.labels],
    },
  },
  rules,
) {
  /** Model of one column from its labels. @throws ParamError. */
  static fromLabels(
    labels: readonly string[],
    inputCol: string,
    outputCol?: string,
    handleInvalid?: 'skip' | 'error' | 'keep',
  ): StringIndexerModel {
    return new StringIndexerModel({ labelsArray: [labels] }).set({ inputCol, outputCol, handleInvalid })
  }

  /** Model of several columns from the labels of each. @throws ParamError. */
  static fromArraysOfLabels(
    arraysOfLabels: readonly (readonly string[])[],
    inputCols: readonly string[],
    outputCols?: readonly string[],
    handleInvalid?: 'skip' | 'error' | 'keep',
  ): StringIndexerModel {
    return new StringIndexerModel({ labelsArray: arraysOfLabels }).set({ inputCols, outputCols, handleInvalid })
  }

  /** The labels of the one column. @throws UnsupportedError when the model has several. */
  get labels(): readonly string[] {
    if (this.labelsArray.length === 1) return this.labelsArray[0]
    throw new UnsupportedError(`the model has labels for ${this.labelsArray.length} columns`, {
      stage: this.uid,
      hint: 'Use labelsArray.',
    })
  }

  override transformSchema(schema: StructType): StructType {
    this.checkRules()
    return withFields(
      schema,
      this.indexings(schema).map((indexing) => indexing.output),
    )
  }

  /** Labels that are no numbers are those of strings. */
  override readFields(known: StructType, hint: TypeHint): readonly StructField[] | undefined {
    const pairs = columnPairs(this)
    const labelsOf = (column: string): readonly string[] =>
      this.labelsArray[pairs.findIndex(({ input }) => input === column)] ?? []
    const isText = (column: string): boolean =>
      labelsOf(column).some((label) => label.trim() === '' || Number.isNaN(Number(label)))
    return super.readFields(known, (column) => hint(column) ?? (isText(column) ? StringType : undefined))
  }

  override bind(schema: StructType): BatchTransform {
    const mode = this.getHandleInvalid()
    const indexings = this.indexings(schema)
    const lookups = indexings.map(({ input, labels }) =>
      labelLookup(input.dataType, labels, mode === 'keep' ? labels.length : -1),
    )
    return {
      name: this.uid,
      inputs: indexings.map(({ input }) => input.name),
      outputs: indexings.map(({ output }) => output),
      filters: mode === 'skip',
      run: (columns, length, firstRow) => {
        const keep = mode === 'skip' ? completeRows(columns, length) : null
        const index = (column: ColumnData, k: number): ColumnData => {
          const { column: indices, allKnown } = lookups[k](column, length)
          if (mode === 'keep' || allKnown) return indices
          const { data } = indices
          for (let i = nextUnknown(data, 0); i < length; i = nextUnknown(data, i + 1)) {
            if (keep === null) throw this.invalid(indexings[k], column, i, firstRow)
            keep[i] = 0
          }
          return indices
        }
        return { columns: columns.map(index), keep }
      },
      // What has no index is null or unseen.
      ...(mode === 'skip' && { drops: () => true }),
      forms: (inputs) =>
        allForms(
          inputs.map((input, k) => {
            const { labels } = indexings[k]
            return labelForm(input, indexings[k].input.dataType, labels, mode === 'keep' ? labels.length : Number.NaN)
          }),
        ),
      expects: () =>
        indexings.map(({ input, labels }) => ({ categories: labelValues(input.dataType, labels), unseen: mode })),
    }
  }

  private invalid({ input, labels }: Indexing, column: ColumnData, i: number, firstRow: number): DataError {
    const value = columnReader(column, input.dataType)(i)
    const label = typeof value === 'number' ? numberText(input.dataType).text(value) : String(value)
    const more = labels.length > SHOWN_LABELS ? ` and ${labels.length - SHOWN_LABELS} more` : ''
    return new DataError(
      value === null ? `null in column "${input.name}"` : `unseen label ${shortText(label)} in column "${input.name}"`,
      {
        stage: this.uid,
        column: input.name,
        row: firstRow + i,
        received: value === null ? 'null' : label,
        allowed: `Known labels: ${labels.slice(0, SHOWN_LABELS).join(', ') || '(none)'}${more}`,
        hint: 'Set handleInvalid to "keep" or "skip".',
      },
    )
  }

  /** The columns of the schema that are indexed; those that do not exist are left out. */
  private indexings(schema: StructType): Indexing[] {
    const [inputParam, outputParam] = isMultiple(this) ? ['inputCols', 'outputCols'] : ['inputCol', 'outputCol']
    const pairs = columnPairs(this)
    if (pairs.length > this.labelsArray.length) {
      throw new ParamError(`"${inputParam}" has ${pairs.length} columns`, {
        stage: this.uid,
        param: inputParam,
        allowed: `The model has labels for ${this.labelsArray.length}`,
      })
    }
    const extra = this.getHandleInvalid() === 'keep' ? [UNKNOWN] : []
    const found: Indexing[] = []
    pairs.forEach(({ input, output }, k) => {
      if (fieldIndex(schema, input) < 0 && this.getHandleInvalid() !== 'skip') return
      requireNewColumn(this, StructType([...schema.fields, ...found.map((f) => f.output)]), output, outputParam)
      const labels = this.labelsArray[k]
      const attribute = NominalAttribute({ name: output, values: [...labels, ...extra] })
      found.push({
        input: requireColumn(this, schema, input, accepts.numericOrString, inputParam),
        output: StructField(output, DoubleType, false, Attribute.toMetadata(attribute)),
        labels,
      })
    })
    return found
  }

  /** Spark's text. */
  override toString(): string {
    const order = this.isSet('stringOrderType') ? `, stringOrderType=${this.getStringOrderType()}` : ''
    return `StringIndexerModel: uid=${this.uid}, handleInvalid=${this.getHandleInvalid()}${order}${columnCounts(this)}`
  }
}

/** The first row from `start` on without an index; the number of rows where all have one. */
function nextUnknown(indices: Float64Array, start: number): number {
  let i = start
  while (i < indices.length && indices[i] >= 0) i++
  return i
}

/**
 * Encodes labels, strings or numbers, as indices 0, 1, … (Spark's `StringIndexer`); the labels are ordered by `stringOrderType`:
 * the most frequent first by default, labels of equal frequency in the order of their UTF-8 bytes.
 *
 * One column (`inputCol`, `outputCol`) or several (`inputCols`, `outputCols`). Numbers count as Spark writes them: the label of
 * the double 1 is `1.0`.
 *
 * **Null, NaN**: not counted by `fit`; what the model does with them and with unseen labels says the table of
 * {@link StringIndexerModel}. **Errors**: SchemaError for a missing column, one that is neither numeric nor string (boolean is not),
 * or an output column that exists. **Cost**: one pass; memory for the distinct labels. **Differs from Spark**: nothing.
 *
 * @example
 * ```ts
 * import { createDataFrame, StringIndexer } from 'ridgeline'
 * const rides = createDataFrame([{ city: 'US' }, { city: 'FR' }, { city: 'FR' }])
 * const model = await new StringIndexer({ inputCol: 'city', outputCol: 'cityIdx', handleInvalid: 'keep' }).fit(rides)
 * console.log(model.labels) // ['FR', 'US']
 * ```
 */
export class StringIndexer extends estimator(
  'org.apache.spark.ml.feature.StringIndexer',
  params,
  StringIndexerModel,
  rules,
) {
  protected override async train(data: DataFrame, options: FitOptions): Promise<StringIndexerModel> {
    const inputs = columnPairs(this).map(({ input }) => input)
    const counts = new Map(inputs.map((name) => [name, new LabelCounts(fieldOf(data.schema, name).dataType)]))
    const columns = [...counts]
    for await (const batch of data.batches([...counts.keys()], { signal: options.signal })) {
      columns.forEach(([, count], k) => {
        count.add(batch.columns[k], batch.length)
      })
    }
    const order = this.getStringOrderType()
    const sorted = new Map(columns.map(([name, count]) => [name, count.sorted(order)]))
    return new StringIndexerModel({ labelsArray: inputs.map((name) => sorted.get(name)!) })
  }
}
