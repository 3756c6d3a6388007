import { DataError, ParamError } from '../errors.js'
import { dot, norm } from '../linalg/float-blas.js'
import type { Vector } from '../linalg/vector.js'
import { Vectors } from '../linalg/vectors.js'
import { accepts, double, int } from '../param/row.js'
import { maxIter, seed, singleColumn } from '../param/shared.js'
import { state } from '../param/state.js'
import { estimator, model } from '../pipeline/define.js'
import type { FitOptions } from '../pipeline/estimator.js'
import { AttributeGroup } from '../sql/attributes.js'
import type { ColumnData, VectorColumn } from '../sql/batch.js'
import { type ColumnOrigin, valueError } from '../sql/column-origin.js'
import { denseVectors } from '../sql/columns.js'
import type { DataFrame } from '../sql/dataframe.js'
import type { BatchTransform } from '../sql/plan.js'
import { printable, type ReadList, type WriteNumbers } from '../sql/row-form.js'
import { createDataFrame } from '../sql/session.js'
import { DoubleType, StringType, StructField, StructType, VectorUDT, withFields } from '../sql/types.js'
import { shortText } from '../util/names.js'
import { ProgressReporter } from '../util/progress.js'
import { XORShiftRandom } from '../util/random/xorshift.js'
import { TopK } from '../util/top-k.js'
import { TurnTaker } from '../util/turn-taker.js'
import { arraysOf } from './text-column.js'
import { WordCounts } from './word-counts.js'
import { word2VecLayout } from './word2vec-layout.js'
import { huffmanCodes, trainWord2Vec } from './word2vec-training.js'

const SPARK_CLASS = 'org.apache.spark.ml.feature.Word2Vec'

const params = {
  ...singleColumn(accepts.strings, VectorUDT),
  vectorSize: int({ default: 100, min: 1, doc: 'the dimension of the vectors of words (> 0)' }),
  windowSize: int({ default: 5, min: 1, doc: 'the window size: context words from [-window, window] (> 0)' }),
  numPartitions: int({
    default: 1,
    min: 1,
    doc: 'number of partitions for sentences, whose vectors are averaged in each iteration (> 0)',
  }),
  minCount: int({
    default: 5,
    min: 0,
    doc: 'the minimum number of times a word must appear to be in the vocabulary (>= 0)',
  }),
  maxSentenceLength: int({
    default: 1000,
    min: 1,
    doc: 'maximum length of a sentence in words; longer ones are divided (> 0)',
  }),
  maxIter: maxIter(1),
  stepSize: double({ default: 0.025, min: 0, open: 'left', doc: 'step size of the first updates (> 0)' }),
  seed: seed(SPARK_CLASS),
} as const

const SYNONYMS = StructType([StructField('word', StringType), StructField('similarity', DoubleType, false)])
const WORD_VECTORS = StructType([StructField('word', StringType), StructField('vector', VectorUDT)])

/** The mean of the vectors of the words of one row; words without one count. */
const meanVector = (read: ReadList<string>, known: readonly string[], vectors: Float32Array): WriteNumbers => {
  const size = vectors.length / known.length
  const starts = new Map(known.map((word, i) => [word, i * size]))
  return (row, into, at) => {
    const words = read(row)
    if (words === undefined) return false
    into.fill(0, at, at + size)
    for (const word of words) {
      const from = starts.get(word)
      if (from !== undefined) for (let k = 0; k < size; k++) into[at + k] += vectors[from + k]
    }
    const share = 1 / words.length
    if (words.length > 1) for (let k = at; k < at + size; k++) into[k] *= share
    return true
  }
}

/**
 * Vectors of words (Spark's `Word2VecModel`), as a {@link Word2Vec} learned them: a document becomes the mean of the vectors of its words.
 *
 * Input: arrays of strings. Output: vectors of length `vectorSize`, dense; an empty array gives a sparse vector of zeros. Words that are
 * not known, and **null** words, count as zeros. A null row is a DataError, as Spark fails. `findSynonyms` asks for the nearest words by
 * cosine similarity. **Errors**: SchemaError for a missing column, one that is no array of strings, or an output column that exists.
 * **Cost**: `vectorSize` additions a word. **Differs from Spark**: where fewer words are known than synonyms are asked for, those are given.
 */
export class Word2VecModel extends model('org.apache.spark.ml.feature.Word2VecModel', params, {
  words: state.strings('the words, most frequent first'),
  wordVectors: state.doubles('the vectors of the words, one after the other; floats'),
}) {
  static readonly sparkLayout = word2VecLayout

  readonly #index: ReadonlyMap<string, number>
  readonly #vectors: Float32Array
  readonly #size: number

  /** @throws ParamError unless each word has a vector of the same length. */
  constructor(learned: { readonly words: readonly string[]; readonly wordVectors: readonly number[] }, uid?: string) {
    super(learned, uid)
    this.#size = this.wordVectors.length / this.words.length
    if (!Number.isInteger(this.#size) || this.#size < 1) {
      throw new ParamError(`there are ${this.words.length} words and ${this.wordVectors.length} numbers`, {
        stage: this.uid,
        param: 'wordVectors',
        allowed: 'Allowed: equally many numbers for each word',
      })
    }
    this.#index = new Map(this.words.map((word, i) => [word, i]))
    this.#vectors = Float32Array.from(this.wordVectors)
  }

  /** Frame of all words with their vectors: columns `word` and `vector`. */
  getVectors(): DataFrame {
    const rows = this.words.map((word, i) => [word, Vectors.dense(this.#vector(i))])
    return createDataFrame(rows, WORD_VECTORS)
  }

  /**
   * Frame of the `num` words nearest to a word or a vector by cosine similarity: columns `word` and `similarity`. The word itself is left out.
   * @throws ParamError for a word that is not known, a vector of another length, or a number below 1.
   */
  findSynonyms(word: string | Vector, num: number): DataFrame {
    return createDataFrame(this.findSynonymsArray(word, num), SYNONYMS)
  }

  /** As `findSynonyms`, as pairs of word and similarity. */
  findSynonymsArray(word: string | Vector, num: number): [word: string, similarity: number][] {
    if (!Number.isInteger(num) || num < 1) throw this.#refused('num', 'Allowed: a whole number of 1 or more', num)
    const vector = this.#query(word)
    const length = norm(this.#size, vector, 0)
    const [numWords, own] = [this.words.length, typeof word === 'string' ? word : undefined]
    let nearest: [number, number][]
    if (length === 0) nearest = this.words.slice(0, num + 1).map((_, i) => [i, 0])
    else {
      const scale = Math.fround(1 / length)
      for (let i = 0; i < vector.length; i++) vector[i] *= scale
      const cosines = new Float32Array(numWords)
      for (let i = 0; i < numWords; i++) {
        const wordLength = norm(this.#size, this.#vectors, i * this.#size)
        const inverse = wordLength === 0 ? 0 : Math.fround(1 / wordLength)
        cosines[i] = dot(this.#size, this.#vectors, i * this.#size, vector, 0) * inverse
      }
      const top = new TopK(num + 1, (a, b) => cosines[b] - cosines[a])
      for (let i = 0; i < numWords; i++) top.add(i)
      nearest = top.keys().map((i) => [i, cosines[i]])
    }
    const named = nearest.map(([i, similarity]): [string, number] => [this.words[i], similarity])
    return named.filter(([text]) => text !== own).slice(0, num)
  }

  override transformSchema(schema: StructType): StructType {
    return withFields(super.transformSchema(schema), [this.output()])
  }

  override bind(_schema: StructType): BatchTransform {
    const column = this.getInputCol()
    return {
      name: this.uid,
      inputs: [column],
      outputs: [this.output()],
      filters: false,
      run: ([words], length, firstRow) => ({
        columns: [this.#mean(words, length, { stage: this.uid, column, firstRow })],
      }),
      forms: ([words]) => {
        if (words.kind !== 'list') return undefined
        const size = this.#size
        const write = printable(meanVector, words.read as ReadList<string>, this.words, this.#vectors)
        return [{ kind: 'vector', size, parts: [{ kind: 'numbers', size, write }] }]
      },
    }
  }

  #mean(column: ColumnData, length: number, origin: ColumnOrigin): VectorColumn {
    const documents = arraysOf<string>(column, length, origin)
    const size = this.#size
    const vectors = this.#vectors
    const values = new Float64Array(length * size)
    let isEmpty = false
    for (let i = 0; i < length; i++) {
      const words = documents[i]
      const at = i * size
      isEmpty ||= words.length === 0
      for (const word of words) {
        const from = (this.#index.get(word) ?? -1) * size
        if (from >= 0) for (let k = 0; k < size; k++) values[at + k] += vectors[from + k]
      }
      const share = 1 / words.length
      if (words.length > 1) for (let k = at; k < at + size; k++) values[k] *= share
    }
    return isEmpty ? withEmptyRows(values, size, documents, length) : denseVectors(values, size)
  }

  #vector(i: number): Float64Array {
    return Float64Array.from(this.#vectors.subarray(i * this.#size, (i + 1) * this.#size))
  }

  #query(word: string | Vector): Float32Array {
    if (typeof word !== 'string') {
      if (word.size === this.#size) return Float32Array.from(word.toArray())
      throw this.#refused('word', `Allowed: a vector of length ${this.#size}`, word)
    }
    const i = this.#index.get(word)
    if (i !== undefined) return Float32Array.from(this.#vector(i))
    throw this.#refused('word', 'Allowed: a word of the vocabulary', word)
  }

  #refused(param: string, allowed: string, received: unknown): ParamError {
    const text = shortText(received)
    return new ParamError(`"${param}" is ${text}`, { stage: this.uid, param, allowed, received: text })
  }

  private output(): StructField {
    const name = this.getOutputCol()
    return StructField(name, VectorUDT, true, new AttributeGroup(name, this.#size).toMetadata())
  }

  /** Spark's text. */
  override toString(): string {
    return `Word2VecModel: uid=${this.uid}, numWords=${this.words.length}, vectorSize=${this.#size}`
  }
}

/** Dense rows, where those of empty documents become sparse ones without entries, as in Spark. */
function withEmptyRows(
  values: Float64Array,
  size: number,
  documents: readonly (readonly string[])[],
  length: number,
): VectorColumn {
  const offsets = new Int32Array(length + 1)
  const dense = new Uint8Array(length)
  for (let i = 0; i < length; i++) {
    dense[i] = documents[i].length > 0 ? 1 : 0
    const from = i * size
    if (dense[i] === 1) values.copyWithin(offsets[i], from, from + size)
    offsets[i + 1] = offsets[i] + dense[i] * size
  }
  const indices = Int32Array.from({ length: offsets[length] }, (_, e) => e % size)
  const shared = { kind: 'vector', size, sizes: null, offsets, indices, dense, valid: null } as const
  return { ...shared, values: values.subarray(0, offsets[length]) }
}

/**
 * Learns vectors of words from the words around them (Spark's `Word2Vec`): skip-gram with hierarchical softmax. Words that come fewer than
 * `minCount` times are left out.
 *
 * Input: arrays of strings, one a sentence. Draws, the order of updates and the arithmetic in floats are Spark's, so that for one partition of
 * sentences (`numPartitions`) the vocabulary and the vectors are those of Spark. **Null** rows and words are DataErrors. **Errors**:
 * DataError when no word comes often enough; ParamError when words times `vectorSize` pass 2^31; SchemaError for a missing column, one
 * that is no array of strings, or an output column that exists. **Cost**: words x `windowSize` x depth of the tree x `vectorSize` an
 * iteration. **Differs from Spark**: Spark counts null as a word; with several partitions its vectors vary from run to run where tasks
 * of one process write into the same arrays at the same time. Here the partitions follow each other, as on one core (`local[1]`).
 *
 * Source: T. Mikolov et al., Efficient estimation of word representations in vector space, https://doi.org/10.48550/arXiv.1301.3781
 *
 * @example
 * ```ts
 * import { createDataFrame, Word2Vec } from 'ridgeline'
 * const rides = createDataFrame([{ words: ['late', 'at', 'night'] }, { words: ['late', 'again'] }])
 * const word2vec = new Word2Vec({ inputCol: 'words', outputCol: 'vector', vectorSize: 3, minCount: 1, seed: 7 })
 * const model = await word2vec.fit(rides)
 * console.log(model.findSynonymsArray('late', 2))
 * ```
 */
export class Word2Vec extends estimator(SPARK_CLASS, params, Word2VecModel) {
  protected override async train(data: DataFrame, { signal, onProgress }: FitOptions): Promise<Word2VecModel> {
    const column = this.getInputCol()
    const partitions = data.getNumPartitions()
    const counts = new WordCounts(partitions)
    const documents: (readonly string[])[][] = Array.from({ length: partitions }, () => [])
    let firstRow = 0
    for await (const { columns, length, partition } of data.batches([column], { signal })) {
      const origin = { stage: this.uid, column, firstRow }
      const rows = arraysOf<string>(columns[0], length, origin)
      for (let i = 0; i < length; i++) {
        if (rows[i].includes(null as never)) throw valueError('an array with null', i, origin, 'arrays of strings')
        counts.add(rows[i], partition)
        documents[partition].push(rows[i])
      }
      firstRow += length
    }
    const vocabulary = this.#vocabulary(counts)
    const trainWords = vocabulary.reduce((sum, word) => sum + counts.counts[word], 0)
    const progress = new ProgressReporter(this.uid, Math.max(1, this.getMaxIter() * trainWords), onProgress)
    const words = vocabulary.map((word) => counts.words[word])
    const vectors = await trainWord2Vec(
      this.#sentences(documents, new Map(words.map((word, i) => [word, i]))),
      huffmanCodes(vocabulary.map((word) => counts.counts[word])),
      trainWords,
      {
        vectorSize: this.getVectorSize(),
        windowSize: this.getWindowSize(),
        maxIter: this.getMaxIter(),
        stepSize: this.getStepSize(),
        numPartitions: this.getNumPartitions(),
        seed: this.getSeed(),
      },
      new TurnTaker(signal),
      progress,
    )
    return new Word2VecModel({ words, wordVectors: Array.from(vectors) })
  }

  /** Numbers of the words that come often enough, most frequent first. */
  #vocabulary(counts: WordCounts): number[] {
    const least = this.getMinCount()
    const words = counts.partitions().flatMap((part) => [...part].filter((word) => counts.counts[word] >= least))
    if (words.length === 0) {
      throw new DataError(`no word comes ${least} times or more`, {
        stage: this.uid,
        column: this.getInputCol(),
        hint: 'Lower minCount.',
      })
    }
    if (words.length * this.getVectorSize() >= 2 ** 31 - 1) {
      throw new ParamError(`${words.length} words of ${this.getVectorSize()} numbers are too many`, {
        stage: this.uid,
        param: 'vectorSize',
        allowed: 'Allowed: less than 2^31 - 1 numbers in all',
        hint: 'Raise minCount or lower vectorSize.',
      })
    }
    return words.sort((a, b) => counts.counts[b] - counts.counts[a])
  }

  /** Sentences of known words, dealt out to the partitions as Spark's `repartition` does. */
  #sentences(
    documents: readonly (readonly (readonly string[])[])[],
    index: ReadonlyMap<string, number>,
  ): Int32Array[][] {
    const longest = this.getMaxSentenceLength()
    const parts: Int32Array[][] = Array.from({ length: this.getNumPartitions() }, () => [])
    documents.forEach((rows, partition) => {
      let position = new XORShiftRandom(partition).nextInt(parts.length)
      for (const row of rows) {
        const known = Int32Array.from(row.flatMap((word) => index.get(word) ?? []))
        for (let start = 0; start < known.length; start += longest) {
          parts[++position % parts.length].push(known.subarray(start, start + longest))
        }
      }
    })
    return parts
  }
}
