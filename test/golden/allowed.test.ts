import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { RidgelineError } from '../../src/errors.js'
import type { Recorded } from '../helpers/compare.js'
import { registry } from '../helpers/registry.js'
import { decodeNumber } from './decode.js'

/** Of each parameter its type in Spark, and "y" or "n" for each value of that type. */
type Allowed = Readonly<Record<string, readonly [type: string, answers: string]>>
const { values, allowed } = JSON.parse(readFileSync(new URL('./data/allowed.json', import.meta.url), 'utf8')) as {
  values: Readonly<Record<string, readonly Recorded[]>>
  allowed: Readonly<Record<string, Allowed>>
}

/** Values that Spark allows and Ridgeline refuses. */
const refused = (className: string, name: string): readonly Recorded[] => {
  // Suffixes of Java's number literals.
  if (name === 'featureSubsetStrategy') return ['1d', '0.5f']
  // Nothing is above it, and nothing at it or below.
  if (name === 'threshold' || name === 'selectionThreshold') return ['NaN']
  if (name === 'thresholds' && className.endsWith('.Binarizer')) return [['NaN', 1]]
  // No range ends at it; Spark says so when the stage is used.
  if (className.endsWith('.MinMaxScaler')) return ['NaN']
  // Spark takes it, and then `fit` fails: there is no boosted model without a tree.
  return name === 'maxIter' && /\.GBT/.test(className) ? [0] : []
}

const same = (a: Recorded, b: Recorded): boolean => JSON.stringify(a) === JSON.stringify(b)

function decode(type: string, value: Recorded): unknown {
  if (Array.isArray(value)) return value.map(decodeNumber)
  return type === 'Param' ? value : decodeNumber(value)
}

describe('values of parameters that Spark allows', () => {
  for (const stageClass of registry) {
    const recorded = allowed[stageClass.sparkClass]
    if (!recorded) continue
    it(`are those of ${stageClass.sparkClass}`, () => {
      for (const [name, [type, answers]] of Object.entries(recorded)) {
        values[type].forEach((value, i) => {
          const at = `${name}: ${JSON.stringify(value)}`
          const set = () => new stageClass({}).set(name, decode(type, value))
          const isRefused = answers[i] === 'n' || refused(stageClass.sparkClass, name).some((bad) => same(bad, value))
          if (isRefused) expect(set, at).toThrow(RidgelineError)
          else expect(set, at).not.toThrow()
        })
      }
    })
  }
})
