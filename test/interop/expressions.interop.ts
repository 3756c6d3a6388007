import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { python } from '../../scripts/peers.mjs'

// The unit tests compare our answers with the recorded ones, so that this closes the circle.
it.each([
  ['expressions', '../sql/expression/data/record.py', '../sql/expression/data/spark.jsonl', 1300],
  ['draws', '../sql/data/draws.py', '../sql/data/draws.json', 200],
])('the recorded answers to all %s are those of real Spark', (_name, script, answers, least) => {
  const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
  const { status, stdout, stderr } = spawnSync(python, [path(script)], { encoding: 'utf8', maxBuffer: 2 ** 26 })
  expect(status, stderr.slice(-4000)).toBe(0)
  const given = stdout.trim().split('\n')
  expect(given.length).toBeGreaterThan(least)
  expect(given).toEqual(readFileSync(path(answers), 'utf8').trim().split('\n'))
})
