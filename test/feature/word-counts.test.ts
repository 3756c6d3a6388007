import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { DataError, ParamError } from '../../src/errors.js'
import { CountVectorizer } from '../../src/feature/count-vectorizer.js'
import { Word2Vec, Word2VecModel } from '../../src/feature/word2vec.js'
import type { Vector } from '../../src/linalg/vector.js'
import { Vectors } from '../../src/linalg/vectors.js'
import { createDataFrame } from '../../src/sql/session.js'

/** Parameters of Word2Vec and the vectors that it learned. */
interface WordVectors {
  readonly params: Readonly<Record<string, number>>
  readonly rows: Readonly<Record<string, readonly number[]>>
}
interface Recording {
  readonly cases: readonly {
    readonly rows: readonly string[]
    readonly partitions: number
    readonly vocabSize: number | null
    readonly vocabulary: readonly string[]
    readonly words: readonly WordVectors[]
  }[]
  readonly decay: WordVectors
}
const { cases, decay } = JSON.parse(
  readFileSync(new URL('data/vocabularies.json', import.meta.url), 'utf8'),
) as Recording

const columns = { inputCol: 'x', outputCol: 'o' }
const frame = (rows: readonly string[], numPartitions = 1) =>
  createDataFrame(
    rows.map((row) => [row === '' ? [] : row.split(' ')]),
    'x ARRAY<STRING>',
    { numPartitions },
  )

/** Floats must be equal bit for bit: they are compared as floats, because the recording has no more digits than tell them apart. */
async function compareVectors(data: ReturnType<typeof frame>, { params, rows }: WordVectors): Promise<void> {
  const model = await new Word2Vec({ ...columns, ...params }).fit(data)
  expect([...model.words].sort()).toEqual(Object.keys(rows).sort())
  for (const row of await model.getVectors().collect()) {
    const word = row.word as string
    expect([...(row.vector as Vector).toArray()], word).toEqual(rows[word].map(Math.fround))
  }
}

describe('vocabularies of Spark', () => {
  cases.forEach(({ rows, partitions, vocabSize, vocabulary, words }, i) => {
    test(`words of equal count have its order (${i})`, async () => {
      const stage = new CountVectorizer({ ...columns, ...(vocabSize === null ? {} : { vocabSize }) })
      const model = await stage.fit(frame(rows, partitions))
      expect(model.vocabulary).toEqual(vocabulary)
    })

    for (const recorded of words) {
      test(`word vectors are its vectors (${i}, ${JSON.stringify(recorded.params)})`, () =>
        compareVectors(frame(rows, partitions), recorded))
    }
  })

  test('word vectors are its vectors where the learning rate falls', async () => {
    const rows = Array.from({ length: 700 }, (_, i) =>
      Array.from({ length: 40 }, (_, j) => `w${(i * i + 3 * j * j + i * j) % 30}`).join(' '),
    )
    await compareVectors(frame(rows), decay)
  })
})

describe('Word2Vec', () => {
  const fit = (rows: readonly string[], params: object = {}) =>
    new Word2Vec({ ...columns, minCount: 0, vectorSize: 2, seed: 1, ...params }).fit(frame(rows, 2))
  const vectorOf = async (model: Word2VecModel, word: string) =>
    (await model.getVectors().filter(`word = '${word}'`).collect())[0].vector as Vector

  test('is the mean of the vectors of all words, where unknown ones count as zeros', async () => {
    const model = await fit(['a b'])
    const rows = createDataFrame([[[]], [['zz']], [['a', 'zz']], [['a', null]]], 'x ARRAY<STRING>')
    const a = (await vectorOf(model, 'a')).toArray()
    const half = `[${a[0] / 2},${a[1] / 2}]`
    const found = (await model.transform(rows).collect()).map((row) => String(row.o))
    expect(found).toEqual(['(2,[],[])', '[0.0,0.0]', half, half])
  })

  test('finds synonyms', async () => {
    const model = await fit(['a b'])
    // The numbers of Spark, printed in full.
    expect(model.findSynonymsArray('a', 3)).toEqual([['b', -0.21171826124191284]])
    expect(model.findSynonymsArray(Vectors.dense(0, 0), 1)).toEqual([['b', 0]])
    expect(await model.findSynonyms(await vectorOf(model, 'b'), 1).collect()).toEqual([{ word: 'b', similarity: 1 }])
    for (const [word, num] of [
      ['zz', 3],
      ['a', 0],
      [Vectors.dense(1), 1],
    ] as const) {
      expect(() => model.findSynonymsArray(word, num)).toThrow(ParamError)
    }
  })

  test('refuses what it cannot learn from', async () => {
    await expect(fit(['a a'], { minCount: 3 })).rejects.toThrow(DataError)
    const nulls = createDataFrame([[['a', null]]], 'x ARRAY<STRING>')
    await expect(new Word2Vec(columns).fit(nulls)).rejects.toThrow(DataError)
    expect(() => new Word2VecModel({ words: ['a', 'b'], wordVectors: [1, 2, 3] })).toThrow(ParamError)
  })

  test('tells how far it is, and stops when it is told to', async () => {
    const events: number[] = []
    const rows = Array.from({ length: 20 }, () => 'a b c d')
    const onProgress = ({ done, total }: { done: number; total: number }) => events.push(done / total)
    await new Word2Vec({ ...columns, maxIter: 4 }).fit(frame(rows), { onProgress })
    expect(events.at(-1)).toBe(1)
    expect(events).toEqual([...events].sort((x, y) => x - y))
    const controller = new AbortController()
    const long = new Word2Vec({ ...columns, maxIter: 100_000 }).fit(frame(rows), { signal: controller.signal })
    setTimeout(() => controller.abort(new Error('enough')), 30)
    await expect(long).rejects.toThrow('enough')
  })
})
