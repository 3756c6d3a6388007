import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Layout } from '../../src/kernels/layout.js'
import * as records from '../../src/kernels/records.js'
import { ROOT, readRepositoryFile } from '../helpers/sources.js'

/** Fields of a class; a number of 64 bits, which `x1` is, is two of 32, `x2` and `x3`. */
function fieldsOf(body: string): [string, 'u32' | 'f64'][] {
  return [...body.matchAll(/^ {2}(\w+?)(\d*): (\w+)$/gm)].flatMap(([, name, number, type]) =>
    type === 'u64'
      ? [0, 1].map((half): [string, 'u32'] => [`${name}${2 * Number(number) + half}`, 'u32'])
      : [[name + number, type === 'f64' ? 'f64' : 'u32']],
  )
}

const classes = new Map(
  readdirSync(join(ROOT, 'assembly'))
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => [...readRepositoryFile(`assembly/${file}`).matchAll(/^(?:export )?class (\w+) \{\n(.*?)^\}/gms)])
    .map(([, name, body]) => [name, fieldsOf(body)]),
)

describe('records of kernels', () => {
  it.each(Object.entries(records))('%s is laid out as the class of that name', (name, layout) => {
    const className = name.toLowerCase().replace(/(?:^|_)(\w)/g, (_, letter) => letter.toUpperCase())
    const fields = classes.get(className)
    expect(fields, className).toBeDefined()
    const expected = new Layout(Object.fromEntries(fields!))
    expect(layout.offsets).toEqual(expected.offsets)
    expect(Object.keys(layout.offsets)).toEqual(Object.keys(expected.offsets))
  })
})
