import { describe, expect, it } from 'vitest'
import { shortClassName } from '../../src/param/params.js'
import { registry } from '../helpers/registry.js'
import { examples, subjects } from './cases.js'
import { allChecks, checksOf } from './check-stage.js'

const all = subjects()
const nameOf = ({ sparkClass }: { sparkClass: string }): string => shortClassName(sparkClass)

describe('every class of the registry', () => {
  it('has an example under which it is checked', () => {
    const tested = new Set(all.map(({ stageClass }) => stageClass))
    expect(registry.filter((stageClass) => !tested.has(stageClass)).map(nameOf)).toEqual([])
  })

  it('names only checks that exist among its exceptions', () => {
    const known = new Set(allChecks.map(({ name }) => name))
    const exceptions = Object.entries(examples).flatMap(([name, example]) =>
      registry.some((c) => nameOf(c) === name) ? Object.keys(example(name).exceptions ?? {}) : [],
    )
    expect(exceptions.filter((name) => !known.has(name))).toEqual([])
  })
})

for (const subject of all) {
  describe(nameOf(subject.stageClass), () => {
    for (const check of checksOf(subject)) it(check.name, () => check.run(subject))
  })
}
