import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Binarizer, Bucketizer, PipelineModel, Tokenizer } from '../../src/index.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-unknown-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const pipeline = new PipelineModel({
  stages: [
    new Tokenizer({ inputCol: 'text', outputCol: 'words' }, 'first'),
    new Binarizer({ inputCol: 'x', outputCol: 'high' }, 'second'),
    new Bucketizer({ inputCol: 'x', outputCol: 'bucket', splits: [0, 1, 2] }, 'third'),
  ],
})

class Foreign extends Binarizer {
  static override readonly sparkClass = 'com.example.Foreign'
}

const foreign = (text: string): string => text.replace('org.apache.spark.ml.feature.Binarizer', 'com.example.Foreign')

it('a stage of a third party in Spark’s format is named with its place, and read by its own class', async () => {
  const path = join(folder, 'spark')
  await pipeline.write().format('spark').save(path)
  const metadata = join(path, 'stages', '1_second', 'metadata')
  const [part] = (await readdir(metadata)).filter((name) => name.startsWith('part-'))
  await writeFile(join(metadata, part), foreign(await readFile(join(metadata, part), 'utf8')))
  for (const name of await readdir(metadata)) if (name.endsWith('.crc')) await rm(join(metadata, name))
  await expect(PipelineModel.load(path)).rejects.toThrow(
    /1_second" holds a stage of class "com.example.Foreign", which is not known \(between 0_first and 2_third\).*classes: \[MyStage\]/,
  )
  expect((await PipelineModel.load(path, { classes: [Foreign] })).stages[1]).toBeInstanceOf(Foreign)
})

it('and so in JSON', async () => {
  const path = join(folder, 'model.json')
  await pipeline.save(path)
  await writeFile(path, foreign(await readFile(path, 'utf8')))
  await expect(PipelineModel.load(path, { verify: false })).rejects.toThrow(
    /stage "second" is of class "com.example.Foreign", which is not known \(between first and third\).*classes: \[MyStage\]/,
  )
  const loaded = await PipelineModel.load(path, { verify: false, classes: [Foreign] })
  expect(loaded.stages[1]).toBeInstanceOf(Foreign)
})
