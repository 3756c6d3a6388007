import { strict as assert } from 'node:assert'
import { classLookup } from '../../src/persistence/classes.js'
import { fromDocument, toDocument } from '../../src/persistence/json.js'
import { stageDifferences } from '../helpers/equal.js'
import { assertSameOutput, type Check, frameFor, instanceOf, run } from './subject.js'

export const savingChecks: readonly Check[] = [
  {
    name: 'what was saved and loaded is equal, and works alike',
    applies: () => true,
    async run(subject) {
      const saved = await instanceOf(subject)
      const text = toDocument(saved)
      const loaded = fromDocument(text, 'saved.json', await classLookup(subject.classes))
      assert.deepEqual(stageDifferences(loaded, saved), [])
      assert.deepEqual(loaded.inputSchema, saved.inputSchema)
      assert.deepEqual(loaded.outputSchema, saved.outputSchema)
      assert.equal(toDocument(loaded), text)
      const [before, after] = [await run(saved, frameFor(subject)), await run(loaded, frameFor(subject))]
      assertSameOutput(after.output, before.output)
    },
  },
]
