import { DataError, SchemaError } from '../errors.js'
import { accepts, stringArray } from '../param/row.js'
import { singleColumn } from '../param/shared.js'
import { transformer } from '../pipeline/define.js'
import { Attribute } from '../sql/attributes.js'
import { type ColumnData, isValid } from '../sql/batch.js'
import { castToDoubles } from '../sql/doubles.js'
import type { BatchTransform } from '../sql/plan.js'
import { printable, type ReadNumber, type ReadText } from '../sql/row-form.js'
import { fieldOf, StringType, StructField, type StructType } from '../sql/types.js'
import { javaDoubleText } from '../util/java-text.js'

const params = {
  ...singleColumn(accepts.numeric, StringType),
  labels: stringArray({
    doc: 'optional array of labels specifying index-string mapping; if it is not set or empty, the metadata of inputCol is used',
  }),
} as const

/** The label of one row. */
const readLabel =
  (read: ReadNumber, labels: readonly string[]): ReadText =>
  (row) =>
    labels[Math.trunc(read(row))]

/**
 * Turns indices back into labels (Spark's `IndexToString`), the reverse of {@link StringIndexer}: with `labels`, or with those in the
 * metadata of the input column.
 *
 * The input is numeric; fractions are cut off, as in Spark. **Null** gives null. **Errors**: DataError naming the row for an index without
 * a label; SchemaError when there are no labels, the input column is not numeric, or the output column exists. **Cost**: one
 * look-up a row. **Differs from Spark**: NaN is a DataError, where Spark takes it for index 0.
 *
 * @example
 * ```ts
 * import { createDataFrame, IndexToString } from 'ridgeline'
 * const back = new IndexToString({ inputCol: 'prediction', outputCol: 'city', labels: ['FR', 'US'] })
 * await back.transform(createDataFrame([{ prediction: 1 }])).show() // US
 * ```
 */
export class IndexToString extends transformer('org.apache.spark.ml.feature.IndexToString', params) {
  override bind(schema: StructType): BatchTransform {
    const input = fieldOf(schema, this.getInputCol(), this.uid)
    const labels = this.labelsFor(input)
    // Labels may come twice, the strings of a dictionary must not.
    const dictionary = [...new Set(labels)]
    const place = new Map(dictionary.map((label, code) => [label, code]))
    const codeOf = Int32Array.from(labels, (label) => place.get(label)!)
    return {
      name: this.uid,
      inputs: [input.name],
      outputs: [StructField(this.getOutputCol(), StringType)],
      filters: false,
      run: ([column], length, firstRow) => {
        const codes = this.decode(column, codeOf, length, firstRow)
        return { columns: [{ kind: 'dict', codes, dictionary, valid: column.valid }] }
      },
      forms: ([input]) =>
        input.kind === 'number' ? [{ kind: 'text', read: printable(readLabel, input.read, labels) }] : undefined,
    }
  }

  private labelsFor(input: StructField): readonly string[] {
    if (this.isSet('labels') && this.getLabels().length > 0) return this.getLabels()
    const attribute = Attribute.fromStructField(input)
    if (attribute.type === 'nominal' && attribute.values) return attribute.values
    throw new SchemaError(`the metadata of column "${input.name}" has no labels`, {
      stage: this.uid,
      column: input.name,
      param: 'labels',
      hint: 'Set labels, for example to those of the StringIndexerModel.',
    })
  }

  private decode(column: ColumnData, codeOf: Int32Array, length: number, firstRow: number): Int32Array {
    const indices = castToDoubles(column, length)
    const codes = new Int32Array(length)
    for (let i = 0; i < length; i++) {
      if (!isValid(column.valid, i)) continue
      const index = Math.trunc(indices[i])
      if (!(index >= 0 && index < codeOf.length)) throw this.unseen(indices[i], codeOf.length, firstRow + i)
      codes[i] = codeOf[index]
    }
    return codes
  }

  private unseen(index: number, count: number, row: number): DataError {
    const column = this.getInputCol()
    return new DataError(`unseen index ${javaDoubleText(index)} in column "${column}"`, {
      stage: this.uid,
      column,
      row,
      received: javaDoubleText(index),
      allowed: `Allowed: indices below ${count}, the number of labels`,
      hint: 'Give all labels, or drop the row.',
    })
  }
}
