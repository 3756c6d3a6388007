import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { RidgelineError } from '../../src/errors.js'
import { Estimator } from '../../src/pipeline/estimator.js'
import type { Transformer } from '../../src/pipeline/transformer.js'
import type { DataFrame } from '../../src/sql/dataframe.js'
import { parseDataType } from '../../src/sql/ddl.js'
import { fieldOf, type Metadata, StructField, StructType, simpleString, VectorUDT } from '../../src/sql/types.js'
import { buildStage } from '../golden/classes.js'
import { decodeCell } from '../golden/decode.js'
import { columnDifferences, plain, type Recorded, type RecordedObject } from '../helpers/compare.js'
import { frameOf } from '../helpers/frame.js'

interface Recording {
  readonly stage: string
  readonly params: RecordedObject
  readonly schema: string
  readonly metadata?: Readonly<Record<string, Metadata>>
  readonly rows: Recorded[][]
  /** Rows to transform; those of the fit where absent. */
  readonly test?: Recorded[][]
  readonly spark: RecordedObject & {
    readonly error?: string
    readonly fields?: readonly { name: string; type: string; nullable: boolean; metadata: RecordedObject }[]
    readonly rows?: Recorded[][]
  }
}

/** What pyspark 4.0.1 did with values that the golden corpus does not have; made by data/record.py and data/record_numeric.py. */
const recordings = ['data/spark.json', 'data/numeric.json'].flatMap((file) =>
  Object.entries(JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as Record<string, Recording>),
)

function frame({ schema, metadata }: Recording, rows: Recorded[][]): DataFrame {
  const fields = schema
    .replace('(6,2)', '(6;2)')
    .split(', ')
    .map((column) => {
      const [name, type] = column.replace(';', ',').split(' ')
      return StructField(name, type === 'VECTOR' ? VectorUDT : parseDataType(type), true, metadata?.[name])
    })
  const decimals = fields.map(({ dataType }) => dataType.kind === 'decimal')
  const decoded = rows.map((row) =>
    Object.fromEntries(
      fields.map(({ name, dataType }, k) => [
        name,
        decimals[k] && row[k] !== null ? Number(row[k]) : decodeCell(dataType, row[k]),
      ]),
    ),
  )
  return frameOf(decoded, StructType(fields))
}

async function run(
  recording: Recording,
): Promise<{ model: Transformer; out: DataFrame; rows: Record<string, unknown>[] }> {
  const stage = buildStage(recording.stage, recording.params)
  const given = frame(recording, recording.rows)
  const model = (stage instanceof Estimator ? await stage.fit(given) : stage) as Transformer
  const out = model.transform(recording.test ? frame(recording, recording.test) : given)
  return { model, out, rows: await out.collect() }
}

/** Means and deviations are sums in the same order; a few last bits may differ by the order of products inside. */
const TOLERANCE = 1e-14

describe('what Spark does', () => {
  it.each(recordings)('%s', async (_, recording) => {
    const { error, fields = [], rows: expected = [], ...attributes } = recording.spark
    if (error !== undefined) {
      await expect(run(recording)).rejects.toThrow(RidgelineError)
      return
    }
    const { model, out, rows } = await run(recording)
    for (const [name, attribute] of Object.entries(attributes)) {
      if (name === 'count') continue
      const learned = plain((model as unknown as Record<string, unknown>)[name])
      expect(columnDifferences(name, [learned], [attribute], TOLERANCE)).toEqual([])
    }
    const ours = fields.map(({ name }) => fieldOf(out.schema, name))
    expect(ours.map((f) => ({ name: f.name, type: simpleString(f.dataType), metadata: f.metadata }))).toEqual(
      fields.map(({ name, type, metadata }) => ({ name, type, metadata })),
    )
    expect(ours.map(({ nullable }) => nullable)).toEqual(fields.map(({ nullable }) => nullable))
    expect(rows.length).toBe(expected.length)
    for (const [k, { name }] of fields.entries()) {
      const column = expected.map((row) => row[k])
      expect(
        columnDifferences(
          name,
          rows.map((row) => plain(row[name])),
          column,
          TOLERANCE,
        ),
      ).toEqual([])
    }
  })
})
