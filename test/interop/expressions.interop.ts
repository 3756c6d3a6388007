import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { python } from '../../scripts/peers.mjs'

const data = (name: string): string => fileURLToPath(new URL(`../sql/expression/data/${name}`, import.meta.url))

// The unit tests compare our answers with the recorded ones, so that this closes the circle.
it('the recorded answers to all expressions are those of real Spark', () => {
  const { status, stdout, stderr } = spawnSync(python, [data('record.py')], { encoding: 'utf8', maxBuffer: 2 ** 26 })
  expect(status, stderr.slice(-4000)).toBe(0)
  const recorded = readFileSync(data('spark.jsonl'), 'utf8').trim().split('\n')
  const answers = stdout.trim().split('\n')
  expect(answers.length).toBeGreaterThan(600)
  expect(answers).toEqual(recorded)
})
