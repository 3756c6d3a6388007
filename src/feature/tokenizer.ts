import { accepts } from '../param/row.js'
import { singleColumn } from '../param/shared.js'
import { transformer } from '../pipeline/define.js'
import type { BatchTransform } from '../sql/plan.js'
import { allForms, printable } from '../sql/row-form.js'
import { StructField, type StructType } from '../sql/types.js'
import { splitForm, WORDS, wordsOfTexts } from './text-column.js'

const params = singleColumn(accepts.string, WORDS)

/** The text in lower case, cut at each white space as `String.split` of Java cuts: empty words stay, except at the end. */
export const splitWords = printable(() => {
  // What Java's `\s` matches beside the space, which is by far the most frequent.
  const otherSpace = /[\t-\r]/
  const space = /[ \t-\r]/
  return (text: string): string[] => {
    const lower = text.toLowerCase()
    const words = otherSpace.test(lower) ? lower.split(space) : lower.split(' ')
    if (words.length === 1) return words
    while (words.length > 0 && words[words.length - 1] === '') words.pop()
    return words
  }
})

/**
 * Turns text into words (Spark's `Tokenizer`): lower case, cut at each white space character (space, tab, line breaks).
 *
 * Input: a string column. Output: an array of strings a row. Two spaces in a row give an empty word between them, and spaces at the end
 * give none; the empty string gives one empty word, spaces alone give no word. {@link RegexTokenizer} cuts in other ways.
 * **Null** is a DataError, as Spark fails. **Errors**: SchemaError for a missing column, one that is no string, or an output column
 * that exists. **Cost**: one sweep over the characters. **Differs from Spark**: nothing.
 *
 * @example
 * ```ts
 * import { createDataFrame, Tokenizer } from 'ridgeline'
 * const rides = createDataFrame([{ note: 'Late  at Night' }])
 * const words = new Tokenizer({ inputCol: 'note', outputCol: 'words' }).transform(rides)
 * console.log((await words.collect())[0].words) // ['late', '', 'at', 'night']
 * ```
 */
export class Tokenizer extends transformer('org.apache.spark.ml.feature.Tokenizer', params) {
  override bind(_schema: StructType): BatchTransform {
    const column = this.getInputCol()
    return {
      name: this.uid,
      inputs: [column],
      outputs: [StructField(this.getOutputCol(), WORDS)],
      filters: false,
      run: ([texts], length, firstRow) => ({
        columns: [wordsOfTexts(texts, length, { stage: this.uid, column, firstRow }, splitWords)],
      }),
      forms: ([text]) => allForms([splitForm(text, splitWords)]),
    }
  }
}
