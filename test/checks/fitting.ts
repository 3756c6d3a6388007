import { strict as assert } from 'node:assert'
import type { DataFrame } from '../../src/sql/dataframe.js'
import type { Row } from '../../src/sql/row.js'
import { DoubleType, StructField, withFields } from '../../src/sql/types.js'
import { differences, plain, type Recorded } from '../helpers/compare.js'
import { stageDifferences } from '../helpers/equal.js'
import { frameOf } from '../helpers/frame.js'
import {
  asEstimator,
  assertSameOutput,
  type Check,
  frameFor,
  isEstimator,
  isEvaluator,
  newStage,
  run,
  type Subject,
} from './subject.js'

/** Sums are taken in another order: rounding of a few thousand operations. */
const SUMMATION = 1e-9

const learns = (subject: Subject): boolean => isEstimator(subject) || isEvaluator(subject)
const hasWeights = (subject: Subject): boolean =>
  learns(subject) && Object.hasOwn(subject.stageClass.params, 'weightCol')

/** Asserts that two frames teach the same: same model, same predictions of the example, same metric. */
async function assertSameLesson(
  subject: Subject,
  one: DataFrame,
  other: DataFrame,
  params: [object, object] = [{}, {}],
): Promise<void> {
  const tolerance = subject.example.tolerance ?? SUMMATION
  const scored = frameFor(subject)
  const first = await run(newStage(subject, params[0] as Record<string, unknown>), one, scored)
  const second = await run(newStage(subject, params[1] as Record<string, unknown>), other, scored)
  assertSameOutput(second.output, first.output, tolerance)
  if (!first.model || !second.model) return
  const state = Object.keys(stateOf(first.model))
  const found = state.flatMap((name) =>
    differences(name, stateOf(second.model!)[name], stateOf(first.model!)[name], { tolerance, scale: 0 }),
  )
  assert.deepEqual(found, [])
}

/** Fitted values of a model that are not stages, in plain form. */
function stateOf(model: object): Record<string, Recorded> {
  const { state } = model.constructor as unknown as { state: Readonly<Record<string, { kind: string }>> }
  const values = Object.entries(state).filter(([, row]) => !row.kind.startsWith('stage'))
  return Object.fromEntries(values.map(([name]) => [name, plain((model as Record<string, unknown>)[name]) as Recorded]))
}

const weighted = (subject: Subject, weightOf: (i: number) => number): DataFrame =>
  frameOf(
    subject.example.rows.map((row, i) => ({ ...row, w_: weightOf(i) })),
    withFields(subject.example.schema, [StructField('w_', DoubleType)]),
  )

/** A frame that calls `read` whenever rows are read from it. */
function watched(frame: DataFrame, read: () => void): DataFrame {
  return frame.withTransform({
    name: 'watch',
    inputs: [],
    outputs: [],
    filters: true,
    run() {
      read()
      return { columns: [], keep: null }
    },
  })
}

async function rejection(work: Promise<unknown>): Promise<unknown> {
  try {
    await work
  } catch (error) {
    return error
  }
  return assert.fail('was not stopped')
}

const activeTimers = (): number =>
  process.getActiveResourcesInfo().filter((kind) => /Timeout|Immediate/.test(kind)).length

export const fittingChecks: readonly Check[] = [
  {
    name: 'fitting twice gives equal models',
    applies: isEstimator,
    async run(subject) {
      const stage = asEstimator(newStage(subject))
      const first = await stage.fit(frameFor(subject))
      assert.deepEqual(stageDifferences(await stage.fit(frameFor(subject)), first), [])
    },
  },
  {
    name: 'a model has the uid, the parent and the parameters of its estimator',
    applies: isEstimator,
    async run(subject) {
      const stage = newStage(subject)
      const model = await asEstimator(stage).fit(frameFor(subject))
      assert.equal(model.uid, stage.uid)
      assert.equal((model as { parent?: unknown }).parent, stage)
      for (const [name, value] of Object.entries(stage.explicitValues())) {
        if (model.hasParam(name)) assert.deepEqual(plain(model.get(name)), plain(value), name)
      }
      assert.deepEqual(model.inputSchema, subject.example.schema)
    },
  },
  {
    name: 'the order of rows does not matter',
    applies: learns,
    run: (subject) =>
      assertSameLesson(subject, frameFor(subject), frameFor(subject, subject.example.rows.toReversed())),
  },
  {
    name: 'logical partitions do not matter',
    applies: learns,
    run: (subject) => assertSameLesson(subject, frameFor(subject), frameFor(subject, subject.example.rows, 3)),
  },
  {
    name: 'weights of one are as no weights',
    applies: hasWeights,
    run: (subject) =>
      assertSameLesson(
        subject,
        frameFor(subject),
        weighted(subject, () => 1),
        [{}, { weightCol: 'w_' }],
      ),
  },
  {
    name: 'a weight of two is as the row twice',
    applies: hasWeights,
    async run(subject) {
      const { rows } = subject.example
      const twice: readonly Row[] = rows.flatMap((row, i) => (i % 2 === 0 ? [row, row] : [row]))
      const two = weighted(subject, (i) => (i % 2 === 0 ? 2 : 1))
      await assertSameLesson(subject, frameFor(subject, twice), two, [{}, { weightCol: 'w_' }])
    },
  },
  {
    name: 'an abort before the work rejects with its reason',
    applies: learns,
    async run(subject) {
      const reason = new Error('stopped by the test')
      const signal = AbortSignal.abort(reason)
      assert.equal(await rejection(start(subject, frameFor(subject), signal)), reason)
    },
  },
  {
    name: 'an abort during the work rejects with its reason and leaves nothing behind',
    applies: learns,
    async run(subject) {
      const timers = activeTimers()
      const reason = new Error('stopped by the test')
      const controller = new AbortController()
      const frame = watched(frameFor(subject), () => controller.abort(reason))
      assert.equal(await rejection(start(subject, frame, controller.signal)), reason)
      assert.ok(activeTimers() <= timers, 'a timer is left')
    },
  },
]

function start(subject: Subject, frame: DataFrame, signal: AbortSignal): Promise<unknown> {
  const stage = newStage(subject)
  const options = { signal }
  return isEvaluator(subject)
    ? (stage as unknown as { evaluate(data: DataFrame, o: object): Promise<number> }).evaluate(frame, options)
    : asEstimator(stage).fit(frame, options)
}
