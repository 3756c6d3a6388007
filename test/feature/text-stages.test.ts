import { describe, expect, test } from 'vitest'
import { DataError, ParamError, SchemaError, UnsupportedError } from '../../src/errors.js'
import { CountVectorizer, CountVectorizerModel } from '../../src/feature/count-vectorizer.js'
import { FeatureHasher } from '../../src/feature/feature-hasher.js'
import { HashingTF } from '../../src/feature/hashing-tf.js'
import { IDF } from '../../src/feature/idf.js'
import { NGram } from '../../src/feature/ngram.js'
import { RegexTokenizer } from '../../src/feature/regex-tokenizer.js'
import { StopWordsRemover } from '../../src/feature/stop-words-remover.js'
import { Tokenizer } from '../../src/feature/tokenizer.js'
import { Vectors } from '../../src/linalg/vectors.js'
import type { DataFrame } from '../../src/sql/dataframe.js'
import { createDataFrame } from '../../src/sql/session.js'
import { fieldOf } from '../../src/sql/types.js'

// Expected values are those of Spark 4.0.1 on Java 17 unless a test says otherwise.

const frame = (type: string, ...values: unknown[]): DataFrame =>
  createDataFrame(
    values.map((x) => [x]),
    `x ${type}`,
  )
const words = (...rows: unknown[]): DataFrame => frame('ARRAY<STRING>', ...rows)
const columns = { inputCol: 'x', outputCol: 'o' }
const column = async (data: DataFrame): Promise<unknown[]> => (await data.collect()).map((row) => row.o)
const texts = async (data: DataFrame): Promise<string[]> => (await column(data)).map(String)

describe('Tokenizer', () => {
  test('cuts at each white space of ASCII; empty words stay, except at the end', async () => {
    const data = frame('STRING', '', ' ', 'A b', ' a  b  ', 'a\tb\nc\u000bd\fe\rf', 'a\u00a0b', 'ÉTÉ İ')
    // Java's documentation of String.split, and its toLowerCase.
    expect(await column(new Tokenizer(columns).transform(data))).toEqual([
      [''],
      [],
      ['a', 'b'],
      ['', 'a', '', 'b'],
      ['a', 'b', 'c', 'd', 'e', 'f'],
      ['a\u00a0b'],
      ['été', 'i̇'],
    ])
  })

  test('refuses null rows and columns of another type', async () => {
    const nulls = new Tokenizer(columns).transform(frame('STRING', 'a', null))
    await expect(nulls.collect()).rejects.toThrow(DataError)
    await expect(nulls.collect()).rejects.toThrow(/row 1/)
    expect(() => new Tokenizer(columns).transform(frame('INT', 1))).toThrow(SchemaError)
    const regex = new RegexTokenizer({ ...columns, toLowercase: false }).transform(frame('STRING', null))
    await expect(regex.collect()).rejects.toThrow(DataError)
  })
})

describe('NGram', () => {
  test('writes null words as text', async () => {
    const rows = await column(new NGram(columns).transform(words(['a', null, 'b'], ['a'], [])))
    expect(rows).toEqual([['a null', 'null b'], [], []])
    await expect(new NGram(columns).transform(words(null)).collect()).rejects.toThrow(DataError)
  })
})

describe('StopWordsRemover', () => {
  const removed = async (params: object, ...row: unknown[]) =>
    (await column(new StopWordsRemover({ ...columns, ...params }).transform(words(row))))[0]

  test('compares in lower case, by the rules of the language', async () => {
    expect(await removed({}, 'a', null, 'b')).toEqual([null, 'b'])
    expect(await removed({}, 'İ', 'I', 'THE')).toEqual(['İ'])
    expect(await removed({ stopWords: ['I'], locale: 'tr' }, 'İ', 'I', 'i', 'ı')).toEqual(['İ', 'i'])
    expect(await removed({ stopWords: ['I'], locale: 'tr_TR' }, 'İ', 'I', 'i', 'ı')).toEqual(['İ', 'ı'])
    expect(await removed({ stopWords: ['The'], caseSensitive: true }, 'the', 'The')).toEqual(['the'])
  })

  test('knows the languages of Spark only', () => {
    expect(() => StopWordsRemover.loadDefaultStopWords('klingon')).toThrow(ParamError)
    expect(() => StopWordsRemover.loadDefaultStopWords('toString')).toThrow(/Known languages: danish, dutch/)
  })

  test('takes the locales that Java lists', () => {
    for (const locale of [
      '',
      'fr',
      'af_ZA_#Latn',
      'ja_JP_JP_#u-ca-japanese',
      'zh__#Hans',
      'ar_001',
      'ca_ES_VALENCIA',
    ]) {
      expect(new StopWordsRemover({ locale }).getLocale()).toBe(locale)
    }
    for (const locale of ['en-US', 'EN', 'xx', 'english', 'en_us']) {
      expect(() => new StopWordsRemover({ locale })).toThrow(ParamError)
    }
  })
})

describe('HashingTF', () => {
  const hashed = async (type: string, ...terms: unknown[]) =>
    (await texts(new HashingTF({ ...columns, numFeatures: 100 }).transform(frame(`ARRAY<${type}>`, terms))))[0]

  test('hashes terms of each type as Spark does', async () => {
    expect(await hashed('STRING', 'a', null, 'b')).toBe('(100,[42,65,67],[1.0,1.0,1.0])')
    expect(await hashed('INT', 1, 2)).toBe('(100,[43,74],[1.0,1.0])')
    expect(await hashed('DOUBLE', 1.5, -0, Number.NaN, 0)).toBe('(100,[5,15,49],[1.0,2.0,1.0])')
    expect(await hashed('BOOLEAN', true, false)).toBe('(100,[43,91],[1.0,1.0])')
    expect(await hashed('BIGINT', 3, -5, 2n ** 60n)).toBe('(100,[7,63,97],[1.0,1.0,1.0])')
    expect(await hashed('FLOAT', 3.5, -0)).toBe('(100,[1,42],[1.0,1.0])')
    expect(await hashed('SMALLINT', 3, -5)).toBe('(100,[51,61],[1.0,1.0])')
    const stage = new HashingTF({ numFeatures: 100 })
    const terms = ['a', 'été!', 5, 1.5, true, '', 2 ** 40]
    expect(terms.map((term) => stage.indexOf(term))).toEqual([67, 44, 66, 49, 43, 72, 13])
    expect(() => stage.indexOf({})).toThrow(UnsupportedError)
  })

  test('counts long rows as short ones', async () => {
    const terms = Array.from({ length: 500 }, (_, i) => `t${i % 7}`)
    const [counts] = await column(new HashingTF(columns).transform(words(terms)))
    const expected = Array.from({ length: 7 }, (_, i) => [new HashingTF().indexOf(`t${i}`), i < 3 ? 72 : 71])
    expected.sort((a, b) => a[0] - b[0])
    expect(String(counts)).toBe(
      String(
        Vectors.sparse(
          2 ** 18,
          expected.map(([i]) => i),
          expected.map(([, n]) => n),
        ),
      ),
    )
  })

  test('refuses other types, and null rows', async () => {
    const stage = new HashingTF(columns)
    expect(() => stage.transform(frame('ARRAY<DATE>', [new Date(0)]))).toThrow(SchemaError)
    expect(() => stage.transform(frame('STRING', 'a'))).toThrow(SchemaError)
    await expect(stage.transform(words(null)).collect()).rejects.toThrow(DataError)
  })
})

describe('FeatureHasher', () => {
  const hashed = (data: DataFrame, params: object = {}) =>
    texts(new FeatureHasher({ inputCols: ['x'], outputCol: 'o', numFeatures: 1000, ...params }).transform(data))

  test('writes decimals as Java does', async () => {
    const data = createDataFrame([[1e-8], [1.5], [0]], 'a DECIMAL(10,8)')
    expect(await hashed(data, { inputCols: ['a'], categoricalCols: ['a'] })).toEqual([
      '(1000,[291],[1.0])',
      '(1000,[518],[1.0])',
      '(1000,[807],[1.0])',
    ])
  })

  test('keeps zeros and NaN of numbers, adds nothing for null, and counts a column that is named twice', async () => {
    const data = createDataFrame([['x', 0]], 'a STRING, b DOUBLE')
    expect(await hashed(data, { inputCols: ['a', 'a', 'b', 'b'] })).toEqual(['(1000,[107,165],[2.0,0.0])'])
    const numbers = createDataFrame([[Number.NaN], [null], [1.5]], 'b DOUBLE')
    const params = { inputCols: ['b'], categoricalCols: ['unknown'] }
    expect(await hashed(numbers, params)).toEqual(['(1000,[165],[NaN])', '(1000,[],[])', '(1000,[165],[1.5])'])
  })

  test('adds what falls on one place, at any order of places', async () => {
    const data = createDataFrame([[1, 2, 'u', 4, true]], 'a INT, b BIGINT, c STRING, d DOUBLE, e BOOLEAN')
    const inputCols = ['a', 'b', 'c', 'd', 'e']
    const slot = (term: string, numFeatures: number) => new HashingTF({ numFeatures }).indexOf(term)
    for (const numFeatures of [1, 2, 3, 5, 7]) {
      // The definition: numbers at the hash of their name, others as 1 at that of `name=value`.
      const sums = new Array<number>(numFeatures).fill(0)
      for (const [term, value] of [
        ['a', 1],
        ['b', 2],
        ['c=u', 1],
        ['d', 4],
        ['e=true', 1],
      ] as const) {
        sums[slot(term, numFeatures)] += value
      }
      const stage = new FeatureHasher({ inputCols, outputCol: 'o', numFeatures })
      const [vector] = (await column(stage.transform(data))) as { toArray(): Float64Array }[]
      expect([...vector.toArray()]).toEqual(sums)
    }
  })

  test('refuses other types', () => {
    expect(() => hashed(frame('DATE', new Date(0)))).toThrow(SchemaError)
  })
})

describe('CountVectorizer', () => {
  test('refuses null in documents, and terms that come twice in a vocabulary', async () => {
    await expect(new CountVectorizer(columns).fit(words(['a', null]))).rejects.toThrow(DataError)
    await expect(new CountVectorizer(columns).fit(words(null))).rejects.toThrow(DataError)
    expect(() => CountVectorizerModel.fromVocabulary(['a', 'b', 'a'], columns)).toThrow(ParamError)
  })

  test('refuses bounds that cross, as numbers or as fractions', async () => {
    for (const params of [
      { minDF: 3, maxDF: 2 },
      { minDF: 0.9, maxDF: 0.1 },
      { minDF: 3, maxDF: 0.5 },
    ]) {
      const fit = new CountVectorizer({ ...columns, ...params }).fit(words(['a'], ['b']))
      await expect(fit).rejects.toThrow(ParamError)
    }
  })

  test('counts a given vocabulary, without null', async () => {
    const model = CountVectorizerModel.fromVocabulary(['a'], { ...columns, binary: true })
    expect([model.getVocabSize(), model.getBinary()]).toEqual([1, true])
    const counted = model.transform(words(['a', null, 'b'], ['a', 'a'], []))
    expect(await texts(counted)).toEqual(['(1,[0],[1.0])', '(1,[0],[1.0])', '(1,[],[])'])
    expect(fieldOf(counted.schema, 'o').metadata).toEqual({ ml_attr: { num_attrs: 1, attrs: {} } })
    const fraction = CountVectorizerModel.fromVocabulary(['a', 'b'], { ...columns, minTF: 0.5 })
    expect(await texts(fraction.transform(words(['a', 'a', 'b'])))).toEqual(['(2,[0],[2.0])'])
  })

  test('may find no term at all', async () => {
    const model = await new CountVectorizer({ ...columns, minDF: 5 }).fit(words(['a']))
    expect(model.vocabulary).toEqual([])
    expect(await texts(model.transform(words(['a'])))).toEqual(['(0,[],[])'])
  })
})

describe('IDF', () => {
  test('counts entries above 0 only', async () => {
    const data = frame('VECTOR', Vectors.dense(1, -2, Number.NaN), Vectors.dense(0, 2, 0))
    const model = await new IDF(columns).fit(data)
    expect([model.docFreq, model.numDocs]).toEqual([[1, 1, 0], 2])
    expect(String(model.idf)).toBe(`[${Math.log(1.5)},${Math.log(1.5)},${Math.log(3)}]`)
    expect((await texts(model.transform(data)))[0]).toBe(`[${Math.log(1.5)},${-2 * Math.log(1.5)},NaN]`)
  })

  test('refuses vectors of other lengths, null, and no rows', async () => {
    const [short, long] = [Vectors.dense(1), Vectors.sparse(2, [0], [1])]
    await expect(new IDF(columns).fit(frame('VECTOR', short, long))).rejects.toThrow(DataError)
    await expect(new IDF(columns).fit(frame('VECTOR', short, null))).rejects.toThrow(DataError)
    await expect(new IDF(columns).fit(frame('VECTOR'))).rejects.toThrow(DataError)
    const model = await new IDF(columns).fit(frame('VECTOR', short))
    await expect(model.transform(frame('VECTOR', long)).collect()).rejects.toThrow(DataError)
  })
})
