import { expect, it } from 'vitest'
import { RidgelineError } from '../../src/errors.js'
import { Vector } from '../../src/linalg/vector.js'
import { Vectors } from '../../src/linalg/vectors.js'
import { Estimator } from '../../src/pipeline/estimator.js'
import { Model } from '../../src/pipeline/model.js'
import type { Row } from '../../src/sql/row.js'
import { DoubleType, StructField as field, StringType, type StructField, StructType } from '../../src/sql/types.js'
import { shortText } from '../../src/util/names.js'
import { subjects } from '../checks/cases.js'
import { asEstimator, asTransformer, newStage, type Subject } from '../checks/subject.js'
import { frameOf } from '../helpers/frame.js'

/** A value that a column of some type should not hold, in words. */
type BadValue = readonly [what: string, value: unknown]

function badValues({ name, dataType }: StructField, row: Row): BadValue[] {
  const values: BadValue[] = [['null', null]]
  const good = row[name]
  if (dataType.kind === 'double' || dataType.kind === 'float')
    values.push(['NaN', Number.NaN], ['Infinity', Number.POSITIVE_INFINITY], ['-1', -1], ['1.5', 1.5])
  if (dataType.kind === 'string') values.push(['a text that fit has not seen', 'not seen'], ['the empty text', ''])
  if (dataType.kind === 'array') values.push(['no elements', []], ['an element that is null', [null]])
  if (good instanceof Vector) {
    const entries = (value: number, size = good.size) => Vectors.dense(new Array(size).fill(value))
    values.push(
      ['NaN in all slots', entries(Number.NaN)],
      ['-1 in all slots', entries(-1)],
      ['a vector that is longer', entries(1, good.size + 1)],
      ['a vector that is shorter', entries(1, good.size - 1)],
    )
  }
  return values
}

async function outcome(work: () => Promise<string>): Promise<string> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof RidgelineError) return error.name
    throw error
  }
}

/** Rounded, so that the last bits of no machine stand in the page. */
const rounded = (x: number): number => (Math.abs(x) < 1e-12 ? 0 : Number(x.toPrecision(4)))

function cell(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'number') return String(rounded(value))
  if (!(value instanceof Vector)) return shortText(value, 40).replaceAll('|', '\\|')
  const entries = Array.from(value.toArray(), rounded)
  return entries.length <= 8
    ? `[${entries.join(', ')}]`
    : `a vector with ${entries.filter((x) => x !== 0).length} entries that are not 0`
}

/** What a stage does with the example's rows, the last one with a bad value: `fit; transform`, or what it makes of that row. */
async function answer(
  subject: Subject,
  changes: Readonly<Record<string, unknown>>,
  rows: readonly Row[],
  schema = subject.example.schema,
): Promise<string> {
  const stage = newStage(subject, changes)
  const bad = frameOf(rows, schema)
  const transformed = (transformer: unknown) =>
    outcome(async () => {
      const made = asTransformer(transformer as never).transform(bad)
      const before = new Set(schema.fields.map(({ name }) => name))
      const fresh = made.columns.filter((name) => !before.has(name))
      const found = await made.collect()
      if (found.length < rows.length) return 'row dropped'
      const last = found[found.length - 1]
      return fresh.length === 0 ? 'passed on' : fresh.map((name) => cell(last[name])).join(', ')
    })
  if (!(stage instanceof Estimator)) return transformed(stage)
  const fit = await outcome(async () => {
    await asEstimator(stage).fit(bad)
    return 'learns'
  })
  const model = await asEstimator(newStage(subject, changes)).fit(frameOf(subject.example.rows, subject.example.schema))
  return `${fit}; ${await transformed(model)}`
}

async function section(subject: Subject): Promise<string> {
  const { stageClass, example } = subject
  const { handleInvalid } = stageClass.params
  // Models are asked with their estimators.
  const modes: readonly (string | undefined)[] = handleInvalid
    ? ['error', 'skip', 'keep', 'optimistic'].filter((mode) => handleInvalid.constraint.ok(mode))
    : [undefined]
  const changes = (mode: string | undefined) => (mode === undefined ? {} : { handleInvalid: mode })
  const lines: string[] = []
  const last = example.rows[example.rows.length - 1]
  for (const f of example.schema.fields) {
    const changed = (value: unknown): Row[] => [...example.rows.slice(0, -1), { ...last, [f.name]: value }]
    for (const [what, value] of badValues(f, last)) {
      const cells = await Promise.all(modes.map((mode) => answer(subject, changes(mode), changed(value))))
      lines.push(`| \`${f.name}\`: ${what} | ${cells.join(' | ')} |`)
    }
    const type = f.dataType.kind === 'string' ? DoubleType : StringType
    const schema = StructType(example.schema.fields.map((other) => (other === f ? field(f.name, type) : other)))
    const rows = example.rows.map((row) => ({ ...row, [f.name]: type === StringType ? 'a' : 1 }))
    const cells = await Promise.all(modes.map((mode) => answer(subject, changes(mode), rows, schema)))
    lines.push(`| \`${f.name}\`: a column of ${type.kind} | ${cells.join(' | ')} |`)
  }
  const head = modes.map((mode) => mode ?? 'answer')
  return `## ${stageClass.name}\n\n| value | ${head.join(' | ')} |\n|---|${head.map(() => '---').join('|')}|\n${lines.join('\n')}`
}

it('docs/bad-input.md says what feature stages do with bad input', async () => {
  const stages = subjects().filter(
    ({ stageClass }) => /\.feature\./.test(stageClass.sparkClass) && !(stageClass.prototype instanceof Model),
  )
  const seen = new Set<string>()
  const sections: string[] = []
  for (const subject of stages) {
    // A Bucketizer is also what QuantileDiscretizer learns.
    if (seen.has(subject.stageClass.sparkClass)) continue
    seen.add(subject.stageClass.sparkClass)
    sections.push(await section(subject))
  }
  const page = `<!-- Made by test/docs/bad-input.test.ts: npx vitest run test/docs/bad-input.test.ts -u -->

# Bad input of feature stages

What each stage does when the last row of an example holds a bad value, for each \`handleInvalid\` that it has. The examples are those of \`test/checks/cases.ts\`.

An estimator has two answers, \`fit; transform\`: what \`fit\` does with the rows (\`learns\`, or the error), and what a model that was fitted on good rows makes of the last row. A stage without
\`fit\` has the second one only: the value that it makes, \`row dropped\`, \`passed on\` where it changes no value, or the error. Errors name stage, column, row and value. Numbers are rounded to four digits.

${sections.join('\n\n')}
`
  await expect(page).toMatchFileSnapshot('../../docs/bad-input.md')
}, 60_000)
