import { strict as assert } from 'node:assert'
import { RidgelineError } from '../../src/errors.js'
import type { ColumnRole, ParamTable } from '../../src/param/row.js'
import type { Persistable, PersistableClass } from '../../src/persistence/persistable.js'
import { Estimator } from '../../src/pipeline/estimator.js'
import { Evaluator } from '../../src/pipeline/evaluator.js'
import { Model } from '../../src/pipeline/model.js'
import { Transformer } from '../../src/pipeline/transformer.js'
import type { DataFrame } from '../../src/sql/dataframe.js'
import type { Row } from '../../src/sql/row.js'
import type { StructType } from '../../src/sql/types.js'
import { differences, plain, type Recorded } from '../helpers/compare.js'
import { frameOf } from '../helpers/frame.js'

/** A frame and parameters under which a class can run: data, not code. */
export interface Example {
  readonly rows: readonly Row[]
  readonly schema: StructType
  /** Values of parameters; made anew for each stage, because some are stages. */
  readonly params: () => Readonly<Record<string, unknown>>
  /** What the class does otherwise than most, each with its reason: the check of that name then does not apply. */
  readonly exceptions?: Readonly<Record<string, string>>
  /** The same, of the model that the class makes. */
  readonly modelExceptions?: Readonly<Record<string, string>>
  /** How near results must be where only the order of additions differs, relative to the largest number beside. */
  readonly tolerance?: number
}

/** A class under test. A model is tested by what its estimator makes of the estimator's example. */
export interface Subject {
  readonly stageClass: PersistableClass
  readonly example: Example
  readonly estimatorClass?: PersistableClass
  /** Classes that a loader must know beside those of the registry. */
  readonly classes?: readonly PersistableClass[]
}

/** One property that every class of some kind has. `run` throws when the class does not have it. */
export interface Check {
  readonly name: string
  applies(subject: Subject): boolean
  run(subject: Subject): Promise<void>
}

const is = (base: abstract new (...args: never[]) => object) => (subject: Subject) =>
  subject.stageClass.prototype instanceof base

export const isEstimator = is(Estimator)
export const isEvaluator = is(Evaluator)
export const isModel = is(Model)
export const isTransformer = is(Transformer)

export const frameFor = ({ example }: Subject, rows = example.rows, partitions = 1): DataFrame =>
  frameOf(rows, example.schema, partitions)

/** The class whose parameters the example sets. */
const exampleClass = (subject: Subject): PersistableClass => subject.estimatorClass ?? subject.stageClass

/** A stage with the example's parameters: what `fit`, `transform` or `evaluate` is called on. */
export const newStage = (subject: Subject, changes: Readonly<Record<string, unknown>> = {}): Persistable =>
  new (exampleClass(subject))({ ...subject.example.params(), ...changes })

/** An instance of the class under test; a model is fitted first. */
export async function instanceOf(subject: Subject): Promise<Persistable> {
  const stage = newStage(subject)
  return subject.estimatorClass ? asEstimator(stage).fit(frameFor(subject)) : stage
}

export const asEstimator = (stage: Persistable) => stage as unknown as Estimator<Transformer>
export const asTransformer = (stage: Persistable) => stage as unknown as Transformer

/** What came of running a stage: rows, or a number. A fitted model is kept to be compared. */
export interface Result {
  readonly model?: Persistable
  readonly output: readonly Row[] | number
}

/** Runs a stage over a frame: fits, transforms or evaluates, and collects. */
export async function run(stage: Persistable, frame: DataFrame, scored = frame): Promise<Result> {
  if (stage instanceof Evaluator) return { output: await stage.evaluate(frame) }
  if (stage instanceof Estimator) {
    const model = await (stage as Estimator<Transformer>).fit(frame)
    return { model, output: await model.transform(scored).collect() }
  }
  return { output: await asTransformer(stage).transform(scored).collect() }
}

/** Asserts that two outputs agree, up to a tolerance relative to the largest number of a row. */
export function assertSameOutput(actual: Result['output'], expected: Result['output'], tolerance = 0): void {
  const found = differences('output', plain(actual), plain(expected) as Recorded, { tolerance, scale: 0 })
  assert.deepEqual(found.slice(0, 5), [])
}

/** The work succeeds, or raises an error of the library; anything else is a crash. @returns the error. */
export async function succeedsOrRefuses(work: () => Promise<unknown>): Promise<RidgelineError | undefined> {
  try {
    await work()
    return undefined
  } catch (error) {
    if (error instanceof RidgelineError) return error
    throw new assert.AssertionError({ message: `crashed with ${String(error)}, not with an error of the library` })
  }
}

/** The error of the library that the work raises; it must raise one. */
export async function refusal(work: () => unknown): Promise<RidgelineError> {
  const error = await succeedsOrRefuses(async () => work())
  assert.ok(error, 'was accepted')
  return error
}

export interface ColumnParam {
  readonly param: string
  readonly role: ColumnRole
  /** Names of columns that the example gives it. */
  readonly columns: readonly string[]
}

/** Parameters of a stage that name columns, with the columns that they name now; a group that is not in use names none. */
export function columnParams(stage: Persistable, io: ColumnRole['io']): ColumnParam[] {
  const table: ParamTable = stage.definition.params
  return Object.entries(table).flatMap(([param, { role }]) => {
    if (role?.io !== io || !stage.isDefined(param)) return []
    if (param === 'outputCol' && stage.hasParam('inputCols') && stage.hasParam('inputCol') && stage.isSet('inputCols'))
      return []
    const columns = [stage.getOrDefault(param)].flat().filter((name) => name !== '') as string[]
    return columns.length > 0 ? [{ param, role, columns }] : []
  })
}
