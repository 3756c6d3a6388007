import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newestPython, python } from '../../scripts/peers.mjs'
import { shortClassName } from '../../src/param/params.js'
import { load } from '../../src/persistence/load.js'
import type { Persistable } from '../../src/persistence/persistable.js'
import { schemaToJson } from '../../src/sql/schema-json.js'
import { subjects } from '../checks/cases.js'
import { frameFor, instanceOf, isEstimator, isEvaluator, run, type Subject } from '../checks/subject.js'
import { columnDifferences, plain, type Recorded } from '../helpers/compare.js'
import { stageDifferences } from '../helpers/equal.js'
import { type Finding, parityPage, steadyPart } from './parity.js'
import { askSpark } from './spark.js'

interface Answer {
  readonly error?: string
  readonly columns?: readonly string[]
  readonly output?: Recorded[][]
}
interface Answers {
  readonly version: string
  readonly cases: Readonly<Record<string, Answer>>
}

/** Predictions of the same numbers: rounding of a few operations. */
const TOLERANCE = 1e-12
/** Each side fits for itself: an optimizer stops where rounding leads it. */
const FIT_TOLERANCE = 1e-6
const STEPS = [0, 1e-16, 1e-15, 1e-14, 1e-13, 1e-12, 1e-11, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6]

const isSparks = (sparkClass: string): boolean => sparkClass.startsWith('org.apache.spark.ml.')
const all = subjects().filter(({ stageClass }) => isSparks(stageClass.sparkClass))
/** The class, and for a model that of its estimator: several may make the same. */
const nameOf = ({ stageClass, estimatorClass }: Subject): string =>
  [estimatorClass, stageClass].flatMap((each) => (each ? [shortClassName(each.sparkClass)] : [])).join('-')
const kindOf = (subject: Subject): string =>
  isEstimator(subject) ? 'estimator' : isEvaluator(subject) ? 'evaluator' : 'transformer'

/** What Spark changes when it saves what it loaded: stage, difference, how. */
const CHANGED_BY_SPARK: readonly [stage: RegExp, difference: RegExp, how: string][] = [
  [/^(CrossValidator|TrainValidationSplit|OneVsRest)/, /^set\.\w+: should not be there$/, 'Spark sets defaults'],
  [/^CrossValidator-/, /^state\.stdMetrics: is missing$/, 'stdMetrics, which pyspark alone has, is gone'],
  [/^Word2Vec-/, /^state\.(words|wordVectors)\[/, 'words stand in the order of their hash codes'],
]
const changeOf = (name: string, difference: string): string | undefined =>
  CHANGED_BY_SPARK.find(([stage, change]) => stage.test(name) && change.test(difference))?.[2]

const folder = mkdtempSync(join(tmpdir(), 'ridgeline-saved-'))
const stages = new Map<string, Persistable>()
const findings: Finding[] = []

beforeAll(async () => {
  const cases: Record<string, unknown> = {}
  for (const subject of all) {
    const stage = await instanceOf(subject)
    const name = nameOf(subject)
    await stage.write().format('spark').save(join(folder, name))
    stages.set(name, stage)
    cases[name] = {
      class: subject.stageClass.sparkClass,
      kind: kindOf(subject),
      schema: schemaToJson(subject.example.schema),
      rows: plain(subject.example.rows),
    }
  }
  const text = JSON.stringify(cases, (_, value) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
  )
  writeFileSync(join(folder, 'cases.json'), text)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Our answer against Spark's: the differences beyond a tolerance. */
async function compared(subject: Subject, { columns = [], output = [] }: Answer) {
  const result = await run(stages.get(nameOf(subject)) as Persistable, frameFor(subject))
  const ours = typeof result.output === 'number' ? [{ metric: result.output }] : result.output
  expect(ours).toHaveLength(output.length)
  if (ours.length > 0) expect(Object.keys(ours[0])).toEqual(columns)
  const cells = columns.map((column, k) => ({
    column,
    ours: ours.map((row) => plain(row[column])),
    sparks: output.map((row) => row[k]),
  }))
  return (tolerance: number): string[] =>
    cells.flatMap(({ column, ours, sparks }) => columnDifferences(column, ours, sparks, tolerance))
}

describe.each([
  ['the Spark that Ridgeline follows', 'followed', python],
  ['the newest Spark', 'newest', newestPython],
])('what was saved, with %s', (_, again, sparkPython) => {
  let answers: Answers

  beforeAll(() => {
    answers = askSpark<Answers>('saved.py', [folder, again], sparkPython)
  })

  it.each(all.map((subject) => [nameOf(subject), subject] as const))(
    '%s is loaded, works alike, and comes back',
    async (name, subject) => {
      const answer = answers.cases[name]
      const finding: Finding = {
        spark: answers.version,
        name: name.split('-')[0],
        isEstimator: isEstimator(subject),
        loads: answer.error === undefined,
        saves: false,
        changes: [],
      }
      findings.push(finding)
      expect(answer.error).toBeUndefined()

      const stage = stages.get(name) as Persistable
      const back = stageDifferences(await load(join(folder, again, name)), stage)
      const changes = back.map((difference) => changeOf(name, difference))
      expect(back.filter((_, i) => changes[i] === undefined)).toEqual([])
      finding.saves = true
      finding.changes = changes.filter((change) => change !== undefined)

      const beyond = await compared(subject, answer)
      expect(beyond(finding.isEstimator ? FIT_TOLERANCE : TOLERANCE).slice(0, 5)).toEqual([])
      finding.difference = STEPS.find((step) => beyond(step).length === 0)
    },
  )
})

it('docs/parity.md says what was found', async () => {
  const page = parityPage(findings)
  const path = new URL('../../docs/parity.md', import.meta.url)
  const written = existsSync(path) ? readFileSync(path, 'utf8') : ''
  if (steadyPart(page) !== steadyPart(written)) await expect(page).toMatchFileSnapshot(fileURLToPath(path))
})
