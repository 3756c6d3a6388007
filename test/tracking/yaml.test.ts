import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { PersistenceError } from '../../src/errors.js'
import { parseYaml } from '../../src/tracking/yaml.js'

/** What `yaml.safe_dump` of PyYAML 6 writes, as MLflow calls it, and of what. */
const written = JSON.parse(readFileSync(new URL('yaml.json', import.meta.url), 'utf8')) as [
  text: string,
  value: unknown,
][]

it.each(written.map(([text, value], i) => [i, text, value] as const))(
  'reads what Python writes, %i',
  (_, text, value) => {
    expect(parseYaml(text, 'MLmodel')).toEqual(value)
  },
)

it('reads JSON', () => {
  expect(parseYaml('{"a": [1]}\n', 'MLmodel')).toEqual({ a: [1] })
})

it.each([
  ['{"a": ', 1],
  ['a: &x 1', 1],
  ['a: {b: c}', 1],
  ['a: 1\n  b: 2\nc', 3],
  ["a: 'no end", 1],
  ['a:\n    b: 1\n  c: 2', 3],
])('says in which line %j is wrong', (text, line) => {
  expect(() => parseYaml(text, 'MLmodel')).toThrow(PersistenceError)
  expect(() => parseYaml(text, 'MLmodel')).toThrow(`(MLmodel, line ${line})`)
})
