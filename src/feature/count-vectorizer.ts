import { ParamError } from '../errors.js'
import { accepts, bool, double, int } from '../param/row.js'
import { singleColumn } from '../param/shared.js'
import { state } from '../param/state.js'
import { estimator, model } from '../pipeline/define.js'
import type { FitOptions } from '../pipeline/estimator.js'
import { AttributeGroup, NumericAttribute } from '../sql/attributes.js'
import type { ColumnData, VectorColumn } from '../sql/batch.js'
import { type ColumnOrigin, valueError } from '../sql/column-origin.js'
import type { DataFrame } from '../sql/dataframe.js'
import type { BatchTransform } from '../sql/plan.js'
import { allForms, printable } from '../sql/row-form.js'
import { StructField, type StructType, VectorUDT, withFields } from '../sql/types.js'
import { shortText } from '../util/names.js'
import { mergeSorted, TopK } from '../util/top-k.js'
import { countForm } from './count-form.js'
import { CountRows } from './sparse-rows.js'
import { arraysOf } from './text-column.js'
import { WordCounts } from './word-counts.js'

const params = {
  ...singleColumn(accepts.strings, VectorUDT),
  vocabSize: int({ default: 2 ** 18, min: 1, doc: 'max size of the vocabulary' }),
  minDF: double({
    default: 1,
    min: 0,
    doc: 'minimum number of documents a term must appear in to be in the vocabulary; below 1 it is a fraction of the documents',
  }),
  maxDF: double({
    default: 2 ** 63,
    min: 0,
    doc: 'maximum number of documents a term may appear in to be in the vocabulary; below 1 it is a fraction of the documents',
  }),
  minTF: double({
    default: 1,
    min: 0,
    doc: 'counts of a term in a document that are less are ignored; below 1 it is a fraction of the terms of the document. Used by transform only',
  }),
  binary: bool({ default: false, doc: 'whether all counts that are not zero are set to 1' }),
} as const

/** Finds the slot of a word; -1: it has none. */
const wordSlot = (vocabulary: readonly string[]): ((word: string) => number) => {
  const slots = new Map(vocabulary.map((word, slot) => [word, slot]))
  return (word) => slots.get(word) ?? -1
}

/**
 * Counts the terms of a vocabulary (Spark's `CountVectorizerModel`), which a {@link CountVectorizer} learned or which is given:
 * `CountVectorizerModel.fromVocabulary`.
 *
 * Input: arrays of strings. Output: sparse vectors with a slot for each term of `vocabulary`; terms that are not in it are left out, and so
 * are **null** terms. A null row is a DataError, as Spark fails. **Errors**: SchemaError for a missing column, one that is no array of
 * strings, or an output column that exists; ParamError for a term that comes twice in the vocabulary. **Cost**: one look-up a term.
 * **Differs from Spark**: nothing but that error, which Spark raises when it counts the term.
 *
 * @example
 * ```ts
 * import { CountVectorizerModel, createDataFrame } from 'ridgeline'
 * const model = CountVectorizerModel.fromVocabulary(['late', 'night'], { inputCol: 'words', outputCol: 'counts' })
 * await model.transform(createDataFrame([{ words: ['late', 'at', 'night', 'late'] }])).show() // (2,[0,1],[2.0,1.0])
 * ```
 */
export class CountVectorizerModel extends model('org.apache.spark.ml.feature.CountVectorizerModel', params, {
  vocabulary: state.strings('the terms, in the order of their slots'),
}) {
  /** @throws ParamError for a term that comes twice. */
  constructor(learned: { readonly vocabulary: readonly string[] }, uid?: string) {
    super(learned, uid)
    const { vocabulary } = this
    const seen = new Set<string>()
    for (const term of vocabulary) {
      if (seen.has(term)) {
        throw new ParamError(`the vocabulary has ${shortText(term)} twice`, {
          stage: this.uid,
          param: 'vocabulary',
          allowed: 'Allowed: each term once',
          received: shortText(term),
        })
      }
      seen.add(term)
    }
  }

  /** Model of a given vocabulary. @throws ParamError. */
  static fromVocabulary(
    vocabulary: readonly string[],
    options: {
      readonly inputCol: string
      readonly outputCol?: string
      readonly minTF?: number
      readonly binary?: boolean
    },
  ): CountVectorizerModel {
    const vocabSize = vocabulary.length
    return new CountVectorizerModel({ vocabulary }).set(vocabSize > 0 ? { ...options, vocabSize } : options)
  }

  override transformSchema(schema: StructType): StructType {
    return withFields(super.transformSchema(schema), [this.output()])
  }

  override bind(_schema: StructType): BatchTransform {
    const column = this.getInputCol()
    const slots = new Map(this.vocabulary.map((term, slot) => [term, slot]))
    return {
      name: this.uid,
      inputs: [column],
      outputs: [this.output()],
      filters: false,
      run: ([words], length, firstRow) => ({
        columns: [this.count(words, length, slots, { stage: this.uid, column, firstRow })],
      }),
      forms: ([words]) => {
        const slotOf = printable(wordSlot, this.vocabulary)
        const size = this.vocabulary.length
        return allForms([countForm(words, { size, slotOf, least: this.getMinTF(), binary: this.getBinary() })])
      },
    }
  }

  private count(
    column: ColumnData,
    length: number,
    slots: ReadonlyMap<string, number>,
    origin: ColumnOrigin,
  ): VectorColumn {
    const documents = arraysOf<string>(column, length, origin)
    const minTF = this.getMinTF()
    const binary = this.getBinary()
    const rows = new CountRows(length, this.vocabulary.length)
    for (let i = 0; i < length; i++) {
      const words = documents[i]
      rows.reserve(words.length)
      for (let k = 0; k < words.length; k++) {
        const slot = slots.get(words[k])
        if (slot !== undefined) rows.push(slot)
      }
      rows.endRow(minTF >= 1 ? minTF : words.length * minTF, binary)
    }
    return rows.column()
  }

  private output(): StructField {
    const name = this.getOutputCol()
    const attribute = NumericAttribute({})
    const group = new AttributeGroup(
      name,
      this.vocabulary.map(() => attribute),
    )
    return StructField(name, VectorUDT, true, group.toMetadata())
  }

  /** Spark's text. */
  override toString(): string {
    return `CountVectorizerModel: uid=${this.uid}, vocabularySize=${this.vocabulary.length}`
  }
}

/**
 * Learns a vocabulary from documents (Spark's `CountVectorizer`): the `vocabSize` terms that come most often, of those that are in at
 * least `minDF` and at most `maxDF` documents (both below 1: fractions of the documents). Its model counts them.
 *
 * Input: arrays of strings. The most frequent term has slot 0; terms of equal count have the order of Spark's hash tables, for the same
 * logical partitions. **Null** rows and terms are DataErrors. **Errors**: ParamError when `maxDF` is below `minDF`; SchemaError for a
 * missing column, one that is no array of strings, or an output column that exists. **Cost**: one pass; memory for the distinct terms.
 * **Differs from Spark**: Spark counts null as a term.
 *
 * @example
 * ```ts
 * import { CountVectorizer, createDataFrame } from 'ridgeline'
 * const rides = createDataFrame([{ words: ['late', 'night'] }, { words: ['late', 'again'] }])
 * const model = await new CountVectorizer({ inputCol: 'words', outputCol: 'counts', minDF: 2 }).fit(rides)
 * console.log(model.vocabulary) // ['late']
 * ```
 */
export class CountVectorizer extends estimator(
  'org.apache.spark.ml.feature.CountVectorizer',
  params,
  CountVectorizerModel,
) {
  protected override async train(data: DataFrame, options: FitOptions): Promise<CountVectorizerModel> {
    const [minDF, maxDF] = [this.getMinDF(), this.getMaxDF()]
    if (minDF >= 1 === maxDF >= 1) this.requireOrder(minDF, maxDF)
    const column = this.getInputCol()
    const counts = new WordCounts(data.getNumPartitions())
    let documents = 0
    for await (const batch of data.batches([column], { signal: options.signal })) {
      const origin = { stage: this.uid, column, firstRow: documents }
      const rows = arraysOf<string>(batch.columns[0], batch.length, origin)
      for (let i = 0; i < batch.length; i++) {
        if (rows[i].includes(null as never)) throw valueError('an array with null', i, origin, 'arrays of strings')
        counts.add(rows[i], batch.partition)
      }
      documents += batch.length
    }
    const least = minDF >= 1 ? minDF : minDF * documents
    const most = maxDF >= 1 ? maxDF : maxDF * documents
    this.requireOrder(least, most)
    const filtered = this.isSet('minDF') || this.isSet('maxDF')
    const isKept = (term: number): boolean =>
      !filtered || (counts.documents[term] >= least && counts.documents[term] <= most)
    const kept = counts.partitions().map((terms) => terms.filter(isKept))
    const size = Math.min(
      kept.reduce((sum, terms) => sum + terms.length, 0),
      this.getVocabSize(),
    )
    const byCount = (a: number, b: number): number => counts.counts[b] - counts.counts[a]
    let vocabulary: number[] = []
    for (const terms of kept) {
      const top = new TopK(size, byCount)
      for (const term of terms) top.add(term)
      vocabulary = mergeSorted(vocabulary, top.keys(), byCount).slice(0, size)
    }
    return new CountVectorizerModel({ vocabulary: vocabulary.map((term) => counts.words[term]) })
  }

  private requireOrder(minDF: number, maxDF: number): void {
    if (maxDF >= minDF) return
    throw new ParamError(`"maxDF" is ${maxDF} documents and "minDF" is ${minDF}`, {
      stage: this.uid,
      param: 'maxDF',
      allowed: 'Allowed: maxDF of at least minDF',
      received: shortText(this.getMaxDF()),
    })
  }
}
