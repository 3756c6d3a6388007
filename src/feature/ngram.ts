import { accepts, int } from '../param/row.js'
import { singleColumn } from '../param/shared.js'
import { transformer } from '../pipeline/define.js'
import type { BatchTransform } from '../sql/plan.js'
import { allForms, printable } from '../sql/row-form.js'
import { StructField, type StructType } from '../sql/types.js'
import { mapArrays, mappedForm, WORDS, type Words } from './text-column.js'

const params = {
  ...singleColumn(accepts.strings, WORDS),
  n: int({ default: 2, min: 1, doc: 'number of elements per n-gram (>= 1)' }),
} as const

/** Each run of `n` words, joined by spaces. A null word is written `null`, as in Spark. */
const ngrams =
  (n: number) =>
  (words: Words): string[] => {
    const grams: string[] = []
    for (let i = 0; i + n <= words.length; i++) {
      let gram = String(words[i])
      for (let k = 1; k < n; k++) gram += ` ${words[i + k]}`
      grams.push(gram)
    }
    return grams
  }

/**
 * Makes n-grams of words (Spark's `NGram`): each run of `n` words of a row, joined by spaces.
 *
 * Input and output: arrays of strings. Rows with fewer than `n` words give an empty array. A **null** word becomes the text `null`, as in
 * Spark; a null row is a DataError, as Spark fails. **Errors**: SchemaError for a missing column, one that is no array of strings, or
 * an output column that exists. **Cost**: one string for each n-gram. **Differs from Spark**: nothing.
 *
 * @example
 * ```ts
 * import { createDataFrame, NGram } from 'ridgeline'
 * const rides = createDataFrame([{ words: ['late', 'at', 'night'] }])
 * const grams = new NGram({ inputCol: 'words', outputCol: 'grams', n: 2 }).transform(rides)
 * console.log((await grams.collect())[0].grams) // ['late at', 'at night']
 * ```
 */
export class NGram extends transformer('org.apache.spark.ml.feature.NGram', params) {
  override bind(_schema: StructType): BatchTransform {
    const column = this.getInputCol()
    const gramsOf = printable(ngrams, this.getN())
    return {
      name: this.uid,
      inputs: [column],
      outputs: [StructField(this.getOutputCol(), WORDS)],
      filters: false,
      run: ([words], length, firstRow) => ({
        columns: [mapArrays<string | null>(words, length, { stage: this.uid, column, firstRow }, gramsOf)],
      }),
      forms: ([words]) => allForms([mappedForm(words, gramsOf)]),
    }
  }

  /** Spark's text. */
  override toString(): string {
    return `NGram: uid=${this.uid}, n=${this.getN()}`
  }
}
