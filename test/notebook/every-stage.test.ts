import { diagram } from 'ridgeline/notebook'
import { expect, it } from 'vitest'
import { shortClassName } from '../../src/param/params.js'
import { subjects } from '../checks/cases.js'
import { instanceOf } from '../checks/subject.js'

it.each(subjects().map((subject) => [shortClassName(subject.stageClass.sparkClass), subject] as const))(
  '%s has a diagram with texts that fit their box',
  async (name, subject) => {
    const svg = diagram(await instanceOf(subject))
    const texts = [...svg.matchAll(/<text x="(\S+)"[^>]*>(.*?)<\/text>/g)].map(([, x, text]) => ({
      x: Number(x),
      text,
    }))
    expect(texts[0].text).toBe(name)
    for (const { text } of texts) expect(text).not.toMatch(/undefined|\[object|function|=>/)
    const width = Number(/width="(\d+)"/.exec(svg)?.[1])
    // Entities are one character each.
    const lengths = texts.map(({ x, text }) => x + 6 * text.replace(/&#?\w+;/g, '.').length)
    expect(
      Math.max(...lengths.filter((_, i) => !/^(estimator|model|transformer|evaluator)$/.test(texts[i].text))),
    ).toBeLessThan(width + 1)
  },
)
