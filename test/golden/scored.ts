import { UnsupportedError } from '../../src/errors.js'
import { Vector } from '../../src/linalg/vector.js'
import type { Transformer } from '../../src/pipeline/transformer.js'
import type { DataFrame } from '../../src/sql/dataframe.js'
import type { Row } from '../../src/sql/row.js'
import { differences, plain } from '../helpers/compare.js'
import { frameOf } from '../helpers/frame.js'

/** Rows of each case that are scored. */
const SCORED = 10
/** Sums of centred slots come in another order. */
const NEARNESS = { tolerance: 1e-12, scale: 1 }

/** Lists where vectors are, in which no zero has a sign: whether it has one depends on whether it is stored. */
const listed = (value: unknown): unknown => {
  if (value instanceof Vector) return Array.from(value.toArray(), (x) => x + 0)
  return Array.isArray(value) ? value.map((x) => (typeof x === 'number' ? x + 0 : listed(x))) : value
}

/** Differences between the rows of a frame as `transform` and as a scorer of single rows makes them. */
export async function scorerDifferences(model: Transformer, input: DataFrame): Promise<string[]> {
  const { schema } = input
  const given = (await input.collect()).slice(0, SCORED) as Row[]
  const out = model.transform(frameOf(given, schema))
  const rows = (await out.collect()) as Row[]
  // Rows are dropped, or made several of.
  if (rows.length !== given.length) return []
  const made = out.columns.filter((name) => !input.columns.includes(name))
  const outputCols = made.length > 0 ? made : out.columns
  const scores = (['vector', 'array'] as const).flatMap((vectors) => {
    try {
      return [{ vectors, score: model.scorer<Row>({ schema, outputCols, vectors }) }]
    } catch (error) {
      if (error instanceof UnsupportedError) return []
      throw error
    }
  })
  return scores.flatMap(({ vectors, score }) =>
    given.flatMap((row, i) => {
      const shape = (one: Row | null) =>
        one &&
        Object.fromEntries(outputCols.map((name) => [name, plain(vectors === 'array' ? listed(one[name]) : one[name])]))
      return differences(
        `row ${i}, scored with ${vectors}s`,
        shape(score(row)),
        shape(rows[i]) as never,
        NEARNESS,
      ).slice(0, 2)
    }),
  )
}
