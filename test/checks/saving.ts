import { strict as assert } from 'node:assert'
import { classLookup } from '../../src/persistence/classes.js'
import { fromDocument, toDocument } from '../../src/persistence/json.js'
import { loadSpark } from '../../src/persistence/spark/load.js'
import { saveSpark } from '../../src/persistence/spark/save.js'
import { stageDifferences } from '../helpers/equal.js'
import { memoryStore } from '../helpers/memory-store.js'
import { assertSameOutput, type Check, frameFor, instanceOf, run } from './subject.js'

export const savingChecks: readonly Check[] = [
  {
    name: 'what was saved and loaded is equal, and works alike',
    applies: () => true,
    async run(subject) {
      const saved = await instanceOf(subject)
      const text = toDocument(saved)
      const loaded = await fromDocument(text, 'saved.json', classLookup(subject.classes))
      assert.deepEqual(stageDifferences(loaded, saved), [])
      assert.deepEqual(loaded.inputSchema, saved.inputSchema)
      assert.deepEqual(loaded.outputSchema, saved.outputSchema)
      assert.equal(toDocument(loaded), text)
      const [before, after] = [await run(saved, frameFor(subject)), await run(loaded, frameFor(subject))]
      assertSameOutput(after.output, before.output)
    },
  },
  {
    name: "what Spark's format holds is the same when it is read again",
    // Spark cannot load what is not its own.
    applies: ({ stageClass }) => stageClass.sparkClass.startsWith('org.apache.spark.ml.'),
    async run(subject) {
      const saved = await instanceOf(subject)
      const store = memoryStore(new Map())
      await saveSpark(store, 'saved', saved)
      const loaded = await loadSpark(store, 'saved', classLookup(subject.classes))
      assert.deepEqual(stageDifferences(loaded, saved), [])
      const [before, after] = [await run(saved, frameFor(subject)), await run(loaded, frameFor(subject))]
      assertSameOutput(after.output, before.output)
    },
  },
]
