// Usage: text-stages.mjs STAGE ROWS FOLDER. Transforms documents (or columns) that are in memory; all rows are made, none is kept.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CountVectorizer, createDataFrame, FeatureHasher, HashingTF, IDF, PipelineModel, Tokenizer } from 'ridgeline'
import { measure } from './measure.mjs'

const [stage, rows, folder] = process.argv.slice(2)
const lines = readFileSync(join(folder, `text-${rows}.txt`), 'utf8').split('\n')
const texts = createDataFrame({ text: lines })
const tokenizer = new Tokenizer({ inputCol: 'text', outputCol: 'words' })
const hashing = new HashingTF({ inputCol: 'words', outputCol: 'counts', numFeatures: 2 ** 18 })

/**
 * What is timed: rows of a column that a stage makes of a frame, or a fit.
 * @type {Record<string, () => Promise<() => Promise<number>>>}
 */
const work = {
  tokenizer: async () => made(tokenizer, texts, 'words'),
  'hashing-tf': async () => made(new PipelineModel({ stages: [tokenizer, hashing] }), texts, 'counts'),
  'count-vectorizer': async () => {
    const model = await vectorizer().fit(await words())
    return made(new PipelineModel({ stages: [tokenizer, model] }), texts, 'counts')
  },
  'count-vectorizer-fit': async () => {
    const frame = tokenizer.transform(texts)
    return async () => (await vectorizer().fit(frame)).vocabulary.length
  },
  idf: async () => {
    const counts = hashing
      .transform(await words())
      .select('counts')
      .cache()
    await counts.count()
    return made(await new IDF({ inputCol: 'counts', outputCol: 'weights' }).fit(counts), counts, 'weights')
  },
  'feature-hasher': async () => {
    const table = lines.map((line) => line.split(' '))
    const frame = createDataFrame({
      a: table.map((row) => row[0]),
      b: table.map((row) => row[1]),
      c: Int32Array.from(table, (row) => row[2].length),
      d: Float64Array.from(table, (row) => row[3].length / 7),
    })
    return made(new FeatureHasher({ inputCols: ['a', 'b', 'c', 'd'], outputCol: 'hashed' }), frame, 'hashed')
  },
}

const vectorizer = () => new CountVectorizer({ inputCol: 'words', outputCol: 'counts' })

async function words() {
  const frame = tokenizer.transform(texts).select('words').cache()
  await frame.count()
  return frame
}

function made(
  /** @type {import('ridgeline').Transformer} */ stage,
  /** @type {import('ridgeline').DataFrame} */ frame,
  /** @type {string} */ column,
) {
  return async () => {
    let sum = 0
    for await (const batch of stage.transform(frame).batches([column])) {
      const [made] = batch.columns
      sum += made.kind === 'vector' ? made.values.length : batch.length
    }
    return sum
  }
}

await measure(await work[stage](), 6)
