import { accepts, bool, int, string } from '../param/row.js'
import { singleColumn } from '../param/shared.js'
import { transformer } from '../pipeline/define.js'
import type { BatchTransform } from '../sql/plan.js'
import { allForms, printable } from '../sql/row-form.js'
import { StructField, type StructType } from '../sql/types.js'
import { translateJavaRegex } from '../util/java-regex.js'
import { splitForm, WORDS, wordsOfTexts } from './text-column.js'

const params = {
  ...singleColumn(accepts.string, WORDS),
  minTokenLength: int({ default: 1, min: 0, doc: 'minimum token length (>= 0)' }),
  gaps: bool({ default: true, doc: 'whether the pattern matches gaps (true) or tokens (false)' }),
  pattern: string({ default: '\\s+', doc: 'regex pattern used for tokenizing, in the grammar of java.util.regex' }),
  toLowercase: bool({ default: true, doc: 'whether to convert all characters to lowercase before tokenizing' }),
} as const

/** `Pattern.split` of Java: no empty part before a match of nothing at the start, and none at the end. */
const splitter = (source: string, plain: boolean): ((text: string) => readonly string[]) => {
  const gap = new RegExp(source, 'gv')
  // JavaScript's own split differs in matches of nothing, and gives groups as parts.
  const splitAt = (text: string): string[] => {
    const parts: string[] = []
    let start = 0
    for (const match of text.matchAll(gap)) {
      if (start === 0 && match.index === 0 && match[0] === '') continue
      parts.push(text.slice(start, match.index))
      start = match.index + match[0].length
    }
    if (parts.length === 0) return [text]
    parts.push(text.slice(start))
    return parts
  }
  return (text) => {
    const found = plain ? text.split(gap) : splitAt(text)
    if (found.length === 1) return found
    while (found.length > 0 && found[found.length - 1] === '') found.pop()
    return found
  }
}

const matcher = (source: string): ((text: string) => readonly string[]) => {
  const token = new RegExp(source, 'gv')
  return (text) => text.match(token) ?? []
}

const tokenizer =
  (tokens: (text: string) => readonly string[], lower: boolean, least: number) =>
  (text: string): readonly string[] => {
    const found = tokens(lower ? text.toLowerCase() : text)
    return least === 0 ? found : found.filter((token) => token.length >= least)
  }

/**
 * Turns text into tokens by a regular expression (Spark's `RegexTokenizer`): what lies between its matches, or with `gaps: false`
 * the matches themselves. Tokens shorter than `minTokenLength` are dropped.
 *
 * The pattern has the grammar and the meaning of java.util.regex, and is translated: `\b` knows all letters while `\w` is ASCII, `(?i)` folds
 * ASCII, `*+` gives nothing back. The text is put into lower case first unless `toLowercase` is off. Input: a string column. Output: an
 * array of strings a row. **Null** is a DataError, as Spark fails. **Errors**: ParseError for a pattern that Java refuses, UnsupportedError
 * naming what of a pattern JavaScript cannot express; SchemaError for a missing column, one that is no string, or an output column that
 * exists. **Cost**: one search a row. **Differs from Spark**: `\G`, `\X`, `\N{…}`, Unicode blocks, references to a group that may be
 * unset, and atomic groups inside of a look-behind are not supported; look-behinds may be of any length.
 *
 * @example
 * ```ts
 * import { createDataFrame, RegexTokenizer } from 'ridgeline'
 * const rides = createDataFrame([{ note: 'Late, at night!' }])
 * const words = new RegexTokenizer({ inputCol: 'note', outputCol: 'words', pattern: '\\W+' }).transform(rides)
 * console.log((await words.collect())[0].words) // ['late', 'at', 'night']
 * ```
 */
export class RegexTokenizer extends transformer('org.apache.spark.ml.feature.RegexTokenizer', params) {
  override transformSchema(schema: StructType): StructType {
    translateJavaRegex(this.getPattern(), this.uid)
    return super.transformSchema(schema)
  }

  override bind(_schema: StructType): BatchTransform {
    const column = this.getInputCol()
    const tokenize = this.tokenizer()
    return {
      name: this.uid,
      inputs: [column],
      outputs: [StructField(this.getOutputCol(), WORDS)],
      filters: false,
      run: ([texts], length, firstRow) => ({
        columns: [wordsOfTexts(texts, length, { stage: this.uid, column, firstRow }, tokenize)],
      }),
      forms: ([text]) => allForms([splitForm(text, tokenize)]),
    }
  }

  private tokenizer(): (text: string) => readonly string[] {
    const { source, matchesEmpty, captures } = translateJavaRegex(this.getPattern(), this.uid)
    const tokens = this.getGaps()
      ? printable(splitter, source, !(matchesEmpty || captures))
      : printable(matcher, source)
    return printable(tokenizer, tokens, this.getToLowercase(), this.getMinTokenLength())
  }

  /** Spark's text. */
  override toString(): string {
    return `RegexTokenizer: uid=${this.uid}, minTokenLength=${this.getMinTokenLength()}, gaps=${this.getGaps()}, pattern=${this.getPattern()}, toLowercase=${this.getToLowercase()}`
  }
}
