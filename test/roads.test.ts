import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { PipelineModel } from '../src/pipeline/pipeline.js'
import type { Transformer } from '../src/pipeline/transformer.js'
import type { DataFrame } from '../src/sql/dataframe.js'
import type { Row } from '../src/sql/row.js'
import { buildStage } from './golden/classes.js'
import { Corpus } from './golden/corpus.js'
import { Frames } from './golden/frames.js'
import { plain } from './helpers/compare.js'
import { frameOf } from './helpers/frame.js'

/** One way from rows to predictions. All must give the same bits. */
type Road = (model: PipelineModel, rows: readonly Row[]) => Promise<readonly Row[]>

const corpus = new Frames(Corpus.open())
const { rows, schema } = corpus.dataset('rides')
const score = (model: Transformer, frame: DataFrame) => model.transform(frame).collect()

const roads: Readonly<Record<string, Road>> = {
  'several partitions': (model, input) => score(model, frameOf(input, schema, 4)),
  'one row at a time': async (model, input) =>
    (await Promise.all(input.map((row) => score(model, frameOf([row], schema))))).flat(),
  'stage by stage': async (model, input) => {
    const frame = model.stages.reduce((data, stage) => stage.transform(data), frameOf(input, schema))
    return frame.collect()
  },
  'a copy of the model': (model, input) => score(model.copy(), frameOf(input, schema)),
  'saved as JSON and loaded': async (model, input) => {
    const folder = await mkdtemp(join(tmpdir(), 'ridgeline-'))
    try {
      await model.save(join(folder, 'model.json'))
      return await score(await PipelineModel.load(join(folder, 'model.json')), frameOf(input, schema))
    } finally {
      await rm(folder, { recursive: true })
    }
  },
}

const assembled = [
  buildStage('StringIndexer', { inputCol: 'city', outputCol: 'cityIndex', handleInvalid: 'keep' }),
  buildStage('OneHotEncoder', { inputCols: ['cityIndex'], outputCols: ['citySlots'] }),
  buildStage('Bucketizer', { inputCol: 'hour', outputCol: 'part', splits: ['-Infinity', 6, 12, 18, 'Infinity'] }),
  buildStage('VectorAssembler', { inputCols: ['distanceKm', 'part', 'citySlots'], outputCol: 'raw' }),
  buildStage('StandardScaler', { inputCol: 'raw', outputCol: 'features', withMean: true }),
  buildStage('LinearRegression', { labelCol: 'price', regParam: 0.01, elasticNetParam: 0.5 }),
]

describe('every road gives the prediction of the batch', () => {
  let model: PipelineModel
  let expected: unknown
  beforeAll(async () => {
    const pipeline = buildStage('Pipeline', {}).set('stages', assembled)
    model = (await (pipeline as unknown as { fit(data: DataFrame): Promise<unknown> }).fit(
      frameOf(rows, schema),
    )) as PipelineModel
    expected = plain(await score(model, frameOf(rows, schema)))
  })

  for (const [name, road] of Object.entries(roads)) {
    it(name, async () => {
      expect(plain(await road(model, rows))).toEqual(expected)
    })
  }
})
