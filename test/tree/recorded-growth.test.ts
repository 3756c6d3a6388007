import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Vector } from '../../src/linalg/vector.js'
import { Vectors } from '../../src/linalg/vectors.js'
import type { Estimator } from '../../src/pipeline/estimator.js'
import { DoubleType, type Metadata, StructField, StructType, VectorUDT } from '../../src/sql/types.js'
import { buildStage } from '../golden/classes.js'
import type { RecordedObject } from '../helpers/compare.js'
import { frameOf } from '../helpers/frame.js'

/** A row of a data set: features, several labels and several weights. */
type Values = Readonly<Record<string, number>> & { readonly features: readonly number[] }

interface Case {
  readonly data: string
  readonly label: string
  readonly weight: string
  readonly partitions: number
  readonly class: string
  readonly params: RecordedObject
  readonly text: string
  readonly importances: readonly number[]
}

/** What pyspark 4.0.1 grew where ties, weights, rounds and samples decide; made by data/record.py. */
const recorded: { arity: number[]; data: Record<string, Values[]>; cases: Case[] } = JSON.parse(
  readFileSync(new URL('data/spark.json', import.meta.url), 'utf8'),
)

const longRows = (): Values[] =>
  Array.from({ length: 12_000 }, (_, i) => ({
    features: [(i * 7919) % 30_011, ((i * 104_729) % 1009) / 8 - 20],
    number: (i * 31) % 7,
    real: (i % 13) + 0.1,
  })) as unknown as Values[]

function frameFor({ data, label, weight, partitions }: Case) {
  const attributes = recorded.arity.map((arity, idx) => ({ idx, num_vals: arity }))
  const attrs = { nominal: attributes, numeric: [4, 5, 6].map((idx) => ({ idx })) }
  const metadata: Metadata = data === 'long' ? {} : { ml_attr: { num_attrs: 7, attrs } }
  const schema = StructType([
    StructField('features', VectorUDT, true, metadata),
    StructField('label', DoubleType),
    StructField('weight', DoubleType),
  ])
  const rows = (recorded.data[data] ?? longRows()).map((row) => ({
    features: Vectors.dense(row.features),
    label: row[label],
    weight: row[weight] ?? 1,
  }))
  return frameOf(rows, schema, partitions)
}

interface Trees {
  toDebugString(): string
  readonly featureImportances: Vector
}

describe('trees as Spark grows them', () => {
  it.each(recorded.cases.map((c, i) => [`${i} ${c.class} of ${c.data}, ${c.label}, weight ${c.weight}`, c] as const))(
    '%s',
    async (_, recordedCase) => {
      const { weight, params, text, importances } = recordedCase
      const weightCol: RecordedObject = weight === 'one' ? {} : { weightCol: 'weight' }
      const learner = buildStage(recordedCase.class, { ...params, ...weightCol }) as unknown as Estimator<never>
      const model = (await learner.fit(frameFor(recordedCase))) as unknown as Trees
      const lines = model.toDebugString().split('\n')
      expect(lines.slice(1)).toEqual(text.split('\n'))
      model.featureImportances.toArray().forEach((importance, f) => {
        expect(importance).toBeCloseTo(importances[f], 12)
      })
    },
  )
})
