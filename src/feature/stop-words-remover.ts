import { ParamError } from '../errors.js'
import { rule } from '../param/constraint.js'
import { accepts, bool, string, stringArray } from '../param/row.js'
import { multipleColumns, singleColumn } from '../param/shared.js'
import { transformer } from '../pipeline/define.js'
import type { BatchTransform } from '../sql/plan.js'
import { allForms, printable } from '../sql/row-form.js'
import { fieldOf, StructField, type StructType, withFields } from '../sql/types.js'
import { knownNames, shortText } from '../util/names.js'
import { columnPairRules, columnPairs } from './column-pairs.js'
import { STOP_WORDS } from './stop-words.js'
import { mapArrays, mappedForm, WORDS } from './text-column.js'

type Language = keyof typeof STOP_WORDS

/** Java's text of a locale: language, region, variant, and a script or an extension after `#`. */
const JAVA_LOCALE = /^([a-z]{2,3})(?:_([A-Z]{2}|\d{3})?(?:_[A-Z]*)?)?(?:_?#([A-Z][a-z]{3}|u-[a-z-]+))?$/

function isLocale(value: unknown): boolean {
  if (typeof value !== 'string') return false
  const [, language, region, script] = JAVA_LOCALE.exec(value) ?? []
  if (language === undefined) return value === ''
  const tag = [language, script?.startsWith('u-') ? undefined : script, region].filter(Boolean).join('-')
  return Intl.DateTimeFormat.supportedLocalesOf(tag).length > 0
}

/** Languages with rules of their own for lower case. Java reads the whole text as the language: `tr_TR` has none of Turkish. */
const LOWER_CASE_RULES: ReadonlySet<string> = new Set(['az', 'lt', 'tr'])

/** Stop words of a language, in the order of Spark. @throws ParamError naming the languages. */
function stopWordsOf(language: string): string[] {
  if (Object.hasOwn(STOP_WORDS, language)) return STOP_WORDS[language as Language].trim().split(/\s+/)
  throw new ParamError(`there are no stop words for ${shortText(language)}`, {
    stage: 'StopWordsRemover.loadDefaultStopWords',
    param: 'language',
    allowed: knownNames('languages', language, Object.keys(STOP_WORDS)),
    received: shortText(language),
  })
}

const params = {
  ...singleColumn(accepts.strings, WORDS),
  ...multipleColumns(accepts.strings, WORDS),
  stopWords: stringArray({ default: stopWordsOf('english'), doc: 'the words to be filtered out' }),
  caseSensitive: bool({
    default: false,
    doc: 'whether to do a case-sensitive comparison over the stop words',
  }),
  locale: string({
    default: 'en',
    constraint: rule('a locale as Java writes it, such as "en", "en_US" or "tr"', isLocale, ['?', 'en-US', 3]),
    doc: 'locale of the input for case insensitive matching; ignored when caseSensitive is true',
  }),
} as const

type KeepWords<T = string | null> = (words: readonly T[]) => readonly T[]

/** @param locale whose rules for lower case hold; empty: those of most. */
const keepWords = (stopWords: readonly string[], caseSensitive: boolean, locale: string): KeepWords => {
  const lower = (word: string): string => {
    if (caseSensitive) return word
    return locale === '' ? word.toLowerCase() : word.toLocaleLowerCase(locale)
  }
  const stopped = new Set(stopWords.map(lower))
  return (words) => words.filter((word) => word === null || !stopped.has(lower(word)))
}

/**
 * Removes stop words from arrays of words (Spark's `StopWordsRemover`). The default is Spark's English list;
 * `loadDefaultStopWords` gives those of the other languages.
 *
 * One column (`inputCol`, `outputCol`) or several (`inputCols`, `outputCols`) of arrays of strings. Words are compared in lower case unless
 * `caseSensitive`; the lower case of Turkish, Azerbaijani and Lithuanian applies with the locales `tr`, `az` and `lt`, not with `tr_TR`,
 * as in Spark. A **null** word stays; a null row is a DataError, as Spark fails. **Errors**: SchemaError for a missing column, one that
 * is no array of strings, or an output column that exists. **Cost**: one look-up a word. **Differs from Spark**: the default
 * locale is `en`, where Spark takes that of the machine; pairs of a language and a region count as known that Java does not list.
 *
 * @example
 * ```ts
 * import { createDataFrame, StopWordsRemover } from 'ridgeline'
 * const rides = createDataFrame([{ words: ['The', 'ride', 'was', 'late'] }])
 * const rest = new StopWordsRemover({ inputCol: 'words', outputCol: 'rest' }).transform(rides)
 * console.log((await rest.collect())[0].rest) // ['ride', 'late']
 * console.log(StopWordsRemover.loadDefaultStopWords('french').length) // 156
 * ```
 */
export class StopWordsRemover extends transformer(
  'org.apache.spark.ml.feature.StopWordsRemover',
  params,
  columnPairRules(),
) {
  /** Spark's stop words of a language, such as `german`. @throws ParamError naming the languages. */
  static loadDefaultStopWords(language: string): string[] {
    return stopWordsOf(language)
  }

  override transformSchema(schema: StructType): StructType {
    const derived = super.transformSchema(schema)
    return withFields(derived, this.outputs(schema))
  }

  override bind(schema: StructType): BatchTransform {
    const inputs = columnPairs(this).map(({ input }) => input)
    const keep = this.filter()
    return {
      name: this.uid,
      inputs,
      outputs: this.outputs(schema),
      filters: false,
      run: (columns, length, firstRow) => ({
        columns: columns.map((words, k) =>
          mapArrays(words, length, { stage: this.uid, column: inputs[k], firstRow }, keep),
        ),
      }),
      forms: (inputs) => allForms(inputs.map((words) => mappedForm(words, keep as KeepWords<string>))),
    }
  }

  /** Leaves the stop words of a row out. */
  private filter(): KeepWords {
    const locale = this.getLocale()
    const lower = LOWER_CASE_RULES.has(locale) ? locale : ''
    return printable(keepWords, this.getStopWords(), this.getCaseSensitive(), lower)
  }

  /** As in Spark, the output has the type of the input, whether its words may be null included. */
  private outputs(schema: StructType): StructField[] {
    return columnPairs(this).map(({ input, output }) => {
      const { dataType } = fieldOf(schema, input, this.uid)
      return StructField(output, dataType)
    })
  }

  /** Spark's text. */
  override toString(): string {
    return `StopWordsRemover: uid=${this.uid}, numStopWords=${this.getStopWords().length}, locale=${this.getLocale()}, caseSensitive=${this.getCaseSensitive()}`
  }
}
