import { strict as assert } from 'node:assert'
import { Vectors } from '../../src/linalg/vectors.js'
import type { DataFrame } from '../../src/sql/dataframe.js'
import type { Row } from '../../src/sql/row.js'
import { frameOf } from '../helpers/frame.js'
import {
  assertSameOutput,
  type Check,
  frameFor,
  instanceOf,
  isTransformer,
  newStage,
  run,
  type Subject,
  succeedsOrRefuses,
} from './subject.js'

const always = (): boolean => true

/** Runs the class over other rows: an estimator (also that of a model) is fitted on them, and what was fitted well reads them. */
async function survives(subject: Subject, rows: readonly Row[]): Promise<void> {
  await succeedsOrRefuses(() => run(newStage(subject), frameFor(subject, rows)))
  if (isTransformer(subject)) {
    const instance = await instanceOf(subject)
    await succeedsOrRefuses(() => run(instance, frameFor(subject, rows)))
  }
}

/** The example's rows, the last one with another value in one column. */
const lastChanged = ({ example }: Subject, column: string, value: unknown): Row[] =>
  example.rows.map((row, i) => (i === example.rows.length - 1 ? { ...row, [column]: value } : row))

/** A text of all that a frame's arrays hold. */
async function contentOf(frame: DataFrame): Promise<string> {
  const { columns } = await frame.toTable()
  return JSON.stringify(columns, (_, value) => {
    if (typeof value === 'bigint') return `${value}n`
    return ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<number | bigint>, String) : value
  })
}

export const rowChecks: readonly Check[] = [
  {
    name: 'an empty frame is answered or refused, and a fitted stage makes no rows of it',
    applies: always,
    async run(subject) {
      await survives(subject, [])
      if (!isTransformer(subject)) return
      const { output } = await run(await instanceOf(subject), frameFor(subject, []))
      assert.deepEqual(output, [])
    },
  },
  {
    name: 'one row is answered or refused',
    applies: always,
    run: (subject) => survives(subject, subject.example.rows.slice(0, 1)),
  },
  {
    name: 'null in any column is answered or refused',
    applies: always,
    async run(subject) {
      for (const { name, nullable } of subject.example.schema.fields) {
        if (nullable) await survives(subject, lastChanged(subject, name, null))
      }
    },
  },
  {
    name: 'NaN in any column is answered or refused',
    applies: always,
    async run(subject) {
      for (const { name, dataType } of subject.example.schema.fields) {
        if (dataType.kind === 'double' || dataType.kind === 'float')
          await survives(subject, lastChanged(subject, name, Number.NaN))
        if (dataType.kind === 'vector') {
          const { size } = subject.example.rows[0][name] as { size: number }
          await survives(subject, lastChanged(subject, name, Vectors.dense(new Array(size).fill(Number.NaN))))
        }
      }
    },
  },
  {
    name: 'vectors of no features, or of another size, are answered or refused',
    applies: ({ example }) => example.schema.fields.some((f) => f.dataType.kind === 'vector'),
    async run(subject) {
      for (const { name, dataType } of subject.example.schema.fields) {
        if (dataType.kind !== 'vector') continue
        const { size } = subject.example.rows[0][name] as { size: number }
        await survives(
          subject,
          subject.example.rows.map((row) => ({ ...row, [name]: Vectors.dense([]) })),
        )
        await survives(subject, lastChanged(subject, name, Vectors.dense(new Array(size + 1).fill(1))))
      }
    },
  },
  {
    name: 'the input frame is not changed',
    applies: always,
    async run(subject) {
      const frame = frameFor(subject)
      const before = await contentOf(frame)
      await run(newStage(subject), frame)
      assert.equal(await contentOf(frame), before)
    },
  },
  {
    name: 'rows come out alike however they are cut into batches',
    applies: isTransformer,
    async run(subject) {
      const instance = await instanceOf(subject)
      const { rows, schema } = subject.example
      const whole = await run(instance, frameOf(rows, schema, 1))
      for (const size of [1, 3]) {
        // Batches do not cross the border of a logical partition.
        const cut = await run(instance, frameOf(rows, schema, Math.ceil(rows.length / size)))
        assertSameOutput(cut.output, whole.output)
      }
    },
  },
]
