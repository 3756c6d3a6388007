import { describe, expect, it } from 'vitest'
import { classesOf, isRegistered } from './classes.js'
import { Corpus } from './corpus.js'
import { Frames } from './frames.js'
import { functionCaseDifferences } from './functions.js'
import * as gaps from './gaps.js'
import { randomDifferences } from './random.js'
import { stageCaseDifferences } from './stage-case.js'
import { complaint, expectedGap, outcomeOf, staleClasses } from './verdict.js'

const corpus = Corpus.open()
const frames = new Frames(corpus)
const cases = corpus.cases()

const title = (id: string, classes: readonly string[]): string => {
  const gap = expectedGap(id, classes, gaps)
  return gap === undefined ? id : `${id} (${gap})`
}

describe('recorded cases of Spark', () => {
  it('are there', () => {
    expect(cases.length).toBeGreaterThan(0)
  })

  for (const golden of cases) {
    const classes = classesOf(golden.class, golden.params)
    it(title(golden.id, classes), async () => {
      const outcome = await outcomeOf(() =>
        golden.kind === 'function'
          ? functionCaseDifferences(golden, frames)
          : stageCaseDifferences(golden, corpus, frames),
      )
      const problem = complaint(golden.id, classes, outcome, gaps)
      if (problem) expect.fail(problem)
    })
  }
})

// Another corpus may hold none of it, and a suite without tests fails.
const randomNames = corpus.randomNames()
describe.runIf(randomNames.length > 0)('recorded random machinery of Spark', () => {
  for (const name of randomNames) {
    const id = `random/${name}`
    it(title(id, [id]), async () => {
      const outcome = await outcomeOf(() => randomDifferences(name, corpus.random(name), frames))
      const problem = complaint(id, [id], outcome, gaps)
      if (problem) expect.fail(problem)
    })
  }
})

describe('known gaps', () => {
  it('name no class that exists', () => {
    expect(staleClasses(gaps, isRegistered)).toEqual([])
  })

  it('name only cases that were recorded', () => {
    const ids = cases.map(({ id }) => id)
    const unused = [...gaps.notYet, ...gaps.never].filter((gap) => !ids.some((id) => gap.id.test(id)))
    // Another corpus may hold a part of the cases.
    if (!process.env.RIDGELINE_GOLDEN) expect(unused).toEqual([])
  })
})
