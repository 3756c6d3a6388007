import { describe, expect, it } from 'vitest'
import { shortClassName } from '../../src/param/params.js'
import { classLookup } from '../../src/persistence/classes.js'
import { toDocument } from '../../src/persistence/json.js'
import type { Persistable } from '../../src/persistence/persistable.js'
import { loadSpark } from '../../src/persistence/spark/load.js'
import { saveSpark } from '../../src/persistence/spark/save.js'
import { Transformer } from '../../src/pipeline/transformer.js'
import type { RecordedObject } from '../helpers/compare.js'
import { memoryStore } from '../helpers/memory-store.js'
import { attributeDifferences } from './attributes.js'
import { buildStage, isRegistered } from './classes.js'
import { Corpus, type GoldenCase } from './corpus.js'
import { Frames } from './frames.js'
import { preparationOf } from './preparations.js'
import { outputDifferences } from './stage-case.js'

const corpus = Corpus.open()
const frames = new Frames(corpus)
const cases = new Map(corpus.cases().map((golden) => [golden.id, golden]))
const { saved } = corpus
const store = memoryStore(new Map(saved))

/** Folders that hold a saved stage that is not inside another one, and the class of each stage in it. */
const roots = new Map<string, string[]>()
for (const [path, content] of saved) {
  const root = /^(cases\/.*?\/(?:model|estimator|saved\/[^/]+))\/(?:.*\/)?metadata\/part-/.exec(path)?.[1]
  const found = root && /^\{"class":"([^"]+)"/.exec(new TextDecoder().decode(content))?.[1]
  if (root && found) roots.set(root, [...(roots.get(root) ?? []), shortClassName(found)])
}

const load = async (path: string) => loadSpark(store, path, classLookup())
/** All that a stage is, as our own format has it; uids and defaults included. */
const contentOf = (stage: Persistable): unknown => JSON.parse(toDocument(stage)).stage

/** What a model that was loaded does, against what it did when it was recorded; learned numbers are those of the file. */
async function modelDifferences(golden: GoldenCase, model: Persistable): Promise<string[]> {
  const { summary: _, ...attributes } = golden.model ?? {}
  const withoutSummaries = (recorded: RecordedObject): RecordedObject =>
    Array.isArray(recorded.stages)
      ? {
          ...recorded,
          stages: (recorded.stages as RecordedObject[]).map(({ attrs, ...stage }) => {
            const { summary: _inner, ...rest } = attrs as RecordedObject
            return { ...stage, attrs: rest }
          }),
        }
      : recorded
  const found = await attributeDifferences(golden.id, model, withoutSummaries(attributes), 'model')
  const rows = corpus.output(golden.id)
  if (!(model instanceof Transformer) || !golden.output || !rows) return found
  const preparation = preparationOf(golden)
  const raw = frames.frame(golden.test ?? golden.input, preparation?.data)
  const data = preparation?.frame && !golden.test ? await preparation.frame(raw) : raw
  // Predictions of the same numbers: rounding of a few operations.
  return [...found, ...(await outputDifferences(golden, model.transform(data), rows, () => 1e-12))]
}

describe.runIf(roots.size > 0)('stages that Spark saved', () => {
  it.each([...roots])('%s', async (path, classes) => {
    const missing = classes.find(
      (name) => !isRegistered(name) && !/^(ColumnPruner|VectorAttributeRewriter)$/.test(name),
    )
    if (missing !== undefined) {
      await expect(load(path)).rejects.toThrow(`${missing}", which is not known`)
      return
    }
    const stage = await load(path)
    const golden = cases.get(/^cases\/(.*)\/(model|estimator)$/.exec(path)?.[1] ?? '')
    if (golden && path.endsWith('/model')) expect(await modelDifferences(golden, stage)).toEqual([])
    if (golden?.params && path.endsWith('/estimator') && golden.class !== 'Pipeline' && golden.class !== 'OneVsRest') {
      expect(stage.explicitValues()).toEqual(buildStage(golden.class, golden.params).explicitValues())
    }

    // Written again it is the same.
    const files = new Map<string, Uint8Array>()
    await saveSpark(memoryStore(files), 'again', stage)
    expect(contentOf(await loadSpark(memoryStore(files), 'again', classLookup()))).toEqual(contentOf(stage))
  })
})
