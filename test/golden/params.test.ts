import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { PersistableClass } from '../../src/persistence/persistable.js'
import { plain, type Recorded } from '../helpers/compare.js'
import { registry } from '../helpers/registry.js'
import { decodeParam } from './decode.js'

interface SparkParam {
  readonly type: string
  /** null: Spark has none; absent: not recorded. */
  readonly default?: Recorded
}
const { classes } = JSON.parse(readFileSync(new URL('./data/params.json', import.meta.url), 'utf8')) as {
  classes: Readonly<Record<string, Readonly<Record<string, SparkParam>>>>
}

/** Kinds of our rows that hold each type of Spark's. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  any: ['stage', 'stageArray', 'paramMaps', 'vector', 'matrix'],
  'double[]': ['doubleArray'],
  'double[][]': ['doubleArrayArray'],
  'int[]': ['intArray'],
  'string[]': ['stringArray'],
}

/** The default of a parameter for a stage with the uid "<uid>", as Spark's introspection prints it. */
function defaultOf(stageClass: PersistableClass, name: string): unknown {
  const value = stageClass.params[name].default
  return plain(typeof value === 'function' ? (value as (uid: string) => unknown)('<uid>') : value)
}

for (const stageClass of registry) {
  const spark = classes[stageClass.sparkClass]
  if (!spark) continue
  describe(stageClass.sparkClass, () => {
    it("has Spark's parameters", () => {
      const shared = Object.keys(stageClass.params).filter((name) => !stageClass.params[name].beyondSpark)
      expect(shared.sort()).toEqual(Object.keys(spark).sort())
    })

    it('marks the others as not in Spark', () => {
      const marked = Object.keys(stageClass.params).filter((name) => stageClass.params[name].beyondSpark)
      expect(marked.filter((name) => Object.hasOwn(spark, name))).toEqual([])
    })

    it("has Spark's types and defaults", () => {
      for (const [name, row] of Object.entries(stageClass.params)) {
        if (row.beyondSpark) continue
        const { type, default: recorded } = spark[name] ?? { type: row.kind }
        expect(KINDS[type] ?? [type], name).toContain(row.kind)
        if (recorded === undefined) continue
        const expected = recorded === null ? null : plain(decodeParam(row.kind, recorded))
        // The recording replaces a uid up to a hyphen inside of it.
        const text = typeof expected === 'string' ? expected.replace(/^\w+-(?=<uid>)/, '') : expected
        expect(defaultOf(stageClass, name), name).toEqual(text)
      }
    })
  })
}

it('covers the registry', () => {
  const own = registry
    .map(({ sparkClass }) => sparkClass)
    .filter((sparkClass) => !(sparkClass in classes) && !sparkClass.startsWith('ridgeline.'))
  // pyspark's introspection has no Scala class for it.
  expect(own).toEqual(['org.apache.spark.ml.PipelineModel'])
})
