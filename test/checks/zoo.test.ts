import { describe, expect, it } from 'vitest'
import { estimatedModel } from './cases.js'
import { allChecks, checkStage } from './check-stage.js'
import { centerWith, type Fault, faults } from './zoo.js'

/** Faults that show in the model, not in the estimator. */
const OF_THE_MODEL: ReadonlySet<string> = new Set<Fault>([
  'centres each batch',
  'promises another type',
  'keeps undeclared state',
  "loses its state in Spark's format",
])

describe('the check suite', () => {
  it('passes a sound estimator and its model', async () => {
    const sound = centerWith()
    expect(await checkStage(sound)).toEqual(new Map())
    expect(await checkStage(estimatedModel(sound))).toEqual(new Map())
  })

  for (const [fault, check] of Object.entries(faults)) {
    it(`catches a stage that ${fault}`, async () => {
      const subject = centerWith(fault as Fault)
      const failures = await checkStage(OF_THE_MODEL.has(fault) ? estimatedModel(subject) : subject)
      expect([...failures.keys()]).toContain(check)
    })
  }

  it('has a broken stage for every check', () => {
    const caught = new Set<string>(Object.values(faults))
    const unproven = allChecks.map(({ name }) => name).filter((name) => !caught.has(name))
    expect(unproven).toEqual([])
  })
})
