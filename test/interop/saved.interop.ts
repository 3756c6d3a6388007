import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { shortClassName } from '../../src/param/params.js'
import { load } from '../../src/persistence/load.js'
import type { Persistable } from '../../src/persistence/persistable.js'
import { schemaToJson } from '../../src/sql/schema-json.js'
import { subjects } from '../checks/cases.js'
import { asTransformer, frameFor, instanceOf, isTransformer, type Subject } from '../checks/subject.js'
import { columnDifferences, plain, type Recorded } from '../helpers/compare.js'
import { stageDifferences } from '../helpers/equal.js'
import { askSpark } from './spark.js'

interface Answer {
  readonly error?: string
  readonly columns?: readonly string[]
  readonly output?: Recorded[][] | null
}

/** Predictions of the same numbers: rounding of a few operations. */
const TOLERANCE = 1e-12
const isSparks = (sparkClass: string): boolean => sparkClass.startsWith('org.apache.spark.ml.')
const all = subjects().filter(({ stageClass }) => isSparks(stageClass.sparkClass))
/** The class, and for a model that of its estimator: several may make the same. */
const nameOf = ({ stageClass, estimatorClass }: Subject): string =>
  [estimatorClass, stageClass].flatMap((each) => (each ? [shortClassName(each.sparkClass)] : [])).join('-')

/** What Spark changes when it saves what it loaded: stage, difference. */
const CHANGED_BY_SPARK: readonly [stage: RegExp, difference: RegExp][] = [
  // It writes defaults among the values that were set.
  [/^(CrossValidator|TrainValidationSplit|OneVsRest)/, /^set\.\w+: should not be there$/],
  // Only pyspark has them, and not in its files.
  [/^CrossValidator-/, /^state\.stdMetrics: is missing$/],
  // It holds words in a map, in the order of their hash codes.
  [/^Word2Vec-/, /^state\.(words|wordVectors)\[/],
]
const isChange = (name: string, difference: string): boolean =>
  CHANGED_BY_SPARK.some(([stage, change]) => stage.test(name) && change.test(difference))

describe('what was saved in the format of Spark', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ridgeline-saved-'))
  const stages = new Map<string, Persistable>()
  let answers: Readonly<Record<string, Answer>>

  beforeAll(async () => {
    const cases: Record<string, unknown> = {}
    for (const subject of all) {
      const stage = await instanceOf(subject)
      const name = nameOf(subject)
      await stage.write().format('spark').save(join(folder, name))
      stages.set(name, stage)
      const { rows, schema } = subject.example
      cases[name] = {
        class: subject.stageClass.sparkClass,
        schema: schemaToJson(schema),
        rows: isTransformer(subject) ? plain(rows) : null,
      }
    }
    const text = JSON.stringify(cases, (_, value) =>
      typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
    )
    writeFileSync(join(folder, 'cases.json'), text)
    answers = askSpark<Record<string, Answer>>('saved.py', [folder])
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it.each(all.map((subject) => [nameOf(subject), subject] as const))(
    '%s is loaded by real Spark, works alike, and comes back',
    async (name, subject) => {
      const { error, columns = [], output } = answers[name]
      expect(error).toBeUndefined()
      const stage = stages.get(name) as Persistable
      if (output) {
        const out = asTransformer(stage).transform(frameFor(subject))
        expect(out.columns).toEqual(columns)
        const rows = await out.collect()
        expect(rows).toHaveLength(output.length)
        const found = columns.flatMap((column, k) => {
          const ours = rows.map((row) => plain(row[column]))
          return columnDifferences(
            column,
            ours,
            output.map((row) => row[k]),
            TOLERANCE,
          )
        })
        expect(found.slice(0, 5)).toEqual([])
      }
      const again = await load(join(folder, `${name}-again`))
      expect(stageDifferences(again, stage).filter((difference) => !isChange(name, difference))).toEqual([])
    },
  )
})
