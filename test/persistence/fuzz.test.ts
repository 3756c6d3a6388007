import { describe, expect, it } from 'vitest'
import { PersistenceError, RidgelineError } from '../../src/errors.js'
import { shortClassName } from '../../src/param/params.js'
import { classLookup } from '../../src/persistence/classes.js'
import { fromDocument, toDocument } from '../../src/persistence/json.js'
import type { Persistable } from '../../src/persistence/persistable.js'
import { murmur3String } from '../../src/util/murmur3.js'
import { XORShiftRandom } from '../../src/util/random/xorshift.js'
import { subjects } from '../checks/cases.js'
import { asTransformer, frameFor, instanceOf, isTransformer, type Subject } from '../checks/subject.js'
import { mutate, type Node } from './mutations.js'

/** Changed documents of each class. */
const MUTATIONS = Number(process.env.RIDGELINE_FUZZ ?? 8)
/** Another seed makes other changes. */
const SEED = Number(process.env.RIDGELINE_SEED ?? 1)
/** Milliseconds in which a changed document must be read and used. Nearly all take one; millions of categories, which may be, take seconds. */
const PATIENCE = 20_000

const lookup = classLookup()

/** The stage of a changed document; undefined where it is refused, which must be by a PersistenceError. */
async function read(text: string): Promise<Persistable | undefined> {
  try {
    return await fromDocument(text, 'fuzz.json', lookup, false)
  } catch (error) {
    if (error instanceof PersistenceError) return undefined
    throw error
  }
}

/** One character becomes another, or the end is lost: as the checksum tells, the content is whole or refused. */
async function damaged(text: string, random: XORShiftRandom): Promise<void> {
  const at = random.nextInt(text.length)
  const other = String.fromCharCode(32 + random.nextInt(95))
  const after = random.nextInt(4) === 0 ? text.slice(0, at) : text.slice(0, at) + other + text.slice(at + 1)
  try {
    const { stage } = JSON.parse(toDocument(await fromDocument(after, 'fuzz.json', lookup)))
    expect(stage).toEqual(JSON.parse(text).stage)
  } catch (error) {
    if (!(error instanceof PersistenceError)) throw error
  }
}

/** A stage that was read although its document was changed must work, or refuse with an error of the library. */
async function use(stage: Persistable, subject: Subject): Promise<void> {
  try {
    expect(toDocument(stage)).toContain('"ridgeline"')
    if (isTransformer(subject)) await asTransformer(stage).transform(frameFor(subject)).collect()
  } catch (error) {
    if (!(error instanceof RidgelineError)) throw error
  }
}

describe('changed documents are read, or refused by a typed error, and then used or refused', () => {
  const all = subjects()
  it.each(all.map((subject) => [shortClassName(subject.stageClass.sparkClass), subject] as const))(
    '%s',
    async (name, subject) => {
      // The seed of a class does not change when others join.
      const random = new XORShiftRandom(murmur3String(name, SEED))
      const text = toDocument(await instanceOf(subject))
      for (let n = 0; n < MUTATIONS; n++) await damaged(text, random)
      const document = JSON.parse(text) as { stage: Node }
      for (let n = 0; n < MUTATIONS; n++) {
        const stage = mutate(document.stage, random)
        const started = performance.now()
        try {
          const loaded = await read(JSON.stringify({ ...document, stage }))
          if (loaded && loaded.constructor === subject.stageClass) await use(loaded, subject)
        } catch (cause) {
          throw new Error(`mutation ${n}: ${difference(document.stage, stage)}`, { cause })
        }
        expect(performance.now() - started, difference(document.stage, stage)).toBeLessThan(PATIENCE)
      }
    },
  )
})

/** Where a document was changed, for the message of a failure. */
function difference(before: Node, after: Node, path = 'stage'): string {
  const isTree = (node: Node): node is { [key: string]: Node } => typeof node === 'object' && node !== null
  const told = (node: Node | undefined): string => JSON.stringify(node)?.slice(0, 100) ?? 'absent'
  if (isTree(before) && isTree(after) && Array.isArray(before) === Array.isArray(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)])
    for (const key of keys) {
      if (JSON.stringify(before[key]) !== JSON.stringify(after[key]))
        return difference(before[key], after[key], `${path}.${key}`)
    }
  }
  return `${path}: ${told(before)} became ${told(after)}`
}
