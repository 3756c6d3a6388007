import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { LogisticRegression } from '../../src/classification/logistic-regression.js'
import { RidgelineError } from '../../src/errors.js'
import type { Estimator } from '../../src/pipeline/estimator.js'
import type { Transformer } from '../../src/pipeline/transformer.js'
import type { Row } from '../../src/sql/row.js'
import { schemaFromJson } from '../../src/sql/schema-json.js'
import type { Json, StructType } from '../../src/sql/types.js'
import { classNamed } from '../golden/classes.js'
import { decodeCell, decodeVector } from '../golden/decode.js'
import { differences, plain, type Recorded, type RecordedObject } from '../helpers/compare.js'
import { frameOf } from '../helpers/frame.js'

interface Input {
  readonly rows: readonly Recorded[][]
  readonly schema: Json
  readonly params: RecordedObject
  /** Vectors to predict; absent: the rows. */
  readonly predict?: readonly Recorded[]
}
type Answer = 'fit fails' | 'transform fails' | Recorded[][]

const { learners, inputs, answers } = JSON.parse(
  readFileSync(new URL('./data/bad-input.json', import.meta.url), 'utf8'),
) as {
  learners: Readonly<Record<string, RecordedObject>>
  inputs: Readonly<Record<string, Input>>
  answers: Readonly<Record<string, Readonly<Record<string, Answer>>>>
}

/** Where Ridgeline differs on purpose: input, learner, our answer. */
const DIFFERENT: readonly [input: RegExp, learner: RegExp, ours: Answer][] = [
  // Spark cuts it down to a whole number when it learns, and not when it predicts.
  [/^a category that is fractional/, /./, 'fit fails'],
  // Spark looks at the elements that a tree asks for.
  [/^a vector to predict that is (longer|shorter)/, /./, 'transform fails'],
  // Spark counts the row to no class.
  [/^a label (that is (fractional|negative|NaN|null)|beyond the declared classes)/, /OneVsRest/, 'fit fails'],
  // Spark is certain of a class that no row has.
  [/^a constant label of 1/, /OneVsRest/, Array(8).fill([{ type: 1, values: ['-Infinity', 'Infinity'] }, 1])],
  [/^one row of label 1/, /OneVsRest/, [[{ type: 1, values: ['-Infinity', 'Infinity'] }, 1]]],
]

function frame(rows: readonly Recorded[][], schema: StructType) {
  const { fields } = schema
  const decoded = rows.map(
    (row): Row => Object.fromEntries(fields.map((f, i) => [f.name, decodeCell(f.dataType, row[i])])),
  )
  return frameOf(decoded, schema)
}

async function answerOf(learner: string, { rows, schema, params, predict }: Input): Promise<[Answer, unknown?]> {
  const stage = new (classNamed(learner))({ ...learners[learner], ...params }) as Estimator<Transformer>
  if (learner === 'OneVsRest') stage.set('classifier', new LogisticRegression())
  const fields = schemaFromJson(schema)
  const data = frame(rows, fields)
  let model: Transformer
  try {
    model = await stage.fit(data)
  } catch (error) {
    return ['fit fails', error]
  }
  try {
    const asked = predict?.map((features) => ({ features: features === null ? null : decodeVector(features) }))
    const features = schemaFromJson({
      ...(schema as object),
      fields: [(schema as { fields: Json[] }).fields[0]],
    } as Json)
    const out = model.transform(asked ? frameOf(asked, features) : data)
    const names = ['rawPrediction', 'probability', 'prediction'].filter((name) => out.columns.includes(name))
    const found = await out.select(...names).collect()
    return [found.map((row) => names.map((name) => plain(row[name]) as Recorded))]
  } catch (error) {
    return ['transform fails', error]
  }
}

/** What is iterative comes as near as its steps are long. */
const tolerance = (learner: string): number => (/^(Log|One|LinearSVC)/.test(learner) ? 1e-6 : 1e-12)

describe.each(Object.keys(learners))('%s answers as Spark', (learner) => {
  const asked = Object.keys(inputs).filter((name) => learner in answers[name])
  it.each(asked)('%s', async (name) => {
    const different = DIFFERENT.find(([input, who]) => input.test(name) && who.test(learner))
    const expected = different?.[2] ?? answers[name][learner]
    const [found, error] = await answerOf(learner, inputs[name])
    if (typeof expected === 'string') {
      expect(found).toBe(expected)
      expect(error).toBeInstanceOf(RidgelineError)
      expect((error as RidgelineError).details.stage).toMatch(
        learner === 'OneVsRest' ? /^(OneVsRest|LogisticRegression)_/ : learner,
      )
    } else {
      if (error) throw error
      expect(differences('rows', found, expected, { tolerance: tolerance(learner), scale: 1e-3 })).toEqual([])
    }
  })
})
