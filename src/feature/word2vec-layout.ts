import type { Params } from '../param/params.js'
import type { SparkLayout } from '../persistence/spark/layout.js'
import { readColumn } from '../persistence/spark/state-columns.js'
import { ArrayType, FloatType, StringType, StructField, StructType } from '../sql/types.js'

const schema = StructType([StructField('word', StringType), StructField('vector', ArrayType(FloatType, false))])

/** One row a word, with its vector of floats. */
export const word2VecLayout: SparkLayout = {
  async read(source) {
    const rows = await source.rows()
    const where = `"${source.path}"`
    const words = rows.map(({ word }) => readColumn('string', word, `column "word" of ${where}`))
    const vectors = rows.map(({ vector }) => readColumn('doubleArray', vector, `column "vector" of ${where}`))
    return { state: { words, wordVectors: (vectors as number[][]).flat() } }
  },
  async write(stage, sink) {
    const { words, wordVectors } = stage as Params & { words: readonly string[]; wordVectors: readonly number[] }
    const size = wordVectors.length / words.length
    const vector = (i: number): number[] => Array.from(wordVectors.slice(i * size, (i + 1) * size))
    await sink.rows(
      schema,
      words.map((word, i) => ({ word, vector: vector(i) })),
    )
    return {}
  },
}
