import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { python } from '../../scripts/peers.mjs'

const data = (name: string): string => fileURLToPath(new URL(`../sql/frames/data/${name}`, import.meta.url))

// The unit tests compare our answers with the recorded ones, so that this closes the circle.
it('the recorded answers to operations on frames are those of real Spark', () => {
  const { status, stdout, stderr } = spawnSync(python, [data('record.py')], { encoding: 'utf8', maxBuffer: 2 ** 26 })
  expect(status, stderr.slice(-4000)).toBe(0)
  /** One line a case; rows without a defined order come as Spark's tasks finish. */
  const answers = (text: string): unknown[] =>
    text
      .trim()
      .split('\n')
      .map((line) => {
        const answer = JSON.parse(line)
        if (answer.ordered === false)
          answer.rows?.sort((a: unknown, b: unknown) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
        return answer
      })
  expect(answers(stdout)).toEqual(answers(readFileSync(data('spark.jsonl'), 'utf8')))
})

it('the recorded answers to files are those of real Spark', () => {
  const { status, stdout, stderr } = spawnSync(python, [data('record-files.py')], { encoding: 'utf8' })
  expect(status, stderr.slice(-4000)).toBe(0)
  const sorted = (answers: { rows?: unknown[] }[]): unknown[] =>
    answers.map((answer) => ({ ...answer, rows: answer.rows?.map((row) => JSON.stringify(row)).sort() }))
  expect(sorted(JSON.parse(stdout))).toEqual(sorted(JSON.parse(readFileSync(data('files-spark.json'), 'utf8'))))
})
