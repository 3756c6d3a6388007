import { Estimator } from '../../src/pipeline/estimator.js'
import type { Transformer } from '../../src/pipeline/transformer.js'
import type { DataFrame } from '../../src/sql/dataframe.js'
import { fieldOf, type StructField, simpleString } from '../../src/sql/types.js'
import { columnDifferences, differences, plain, type RecordedObject } from '../helpers/compare.js'
import { attributeDifferences } from './attributes.js'
import { buildStage, classNamed } from './classes.js'
import type { Corpus, GoldenCase, RecordedColumn } from './corpus.js'
import { extraDifferences } from './extras.js'
import type { Frames } from './frames.js'
import { preparationOf } from './preparations.js'
import { refused } from './refused.js'
import { scorerDifferences } from './scored.js'
import { toleranceAt } from './tolerances.js'

/** Stages whose output has no order of its own (a join in Spark): rows are compared by their id. */
const UNORDERED: ReadonlySet<string> = new Set(['ALS'])

/** Differences between what a recorded transformer or estimator did in Spark and what ours does. */
export async function stageCaseDifferences(golden: GoldenCase, corpus: Corpus, frames: Frames): Promise<string[]> {
  const preparation = preparationOf(golden)
  const params = preparation?.params?.(golden.params ?? {}) ?? golden.params ?? {}
  const recordedStages = Array.isArray(golden.model?.stages) ? (golden.model.stages as RecordedObject[]) : []
  const uids = recordedStages.map((stage) => String(stage.uid))
  const start = async () => {
    const stage = buildStage(golden.class, params, golden.uid, uids)
    const raw = frames.frame(golden.input, preparation?.data)
    const input = preparation?.frame ? await preparation.frame(raw) : raw
    const model = stage instanceof Estimator ? await stage.fit(input) : (stage as unknown as Transformer)
    return { stage, input, model: model as Transformer }
  }
  // An unknown parameter would raise the error that Spark raised for another reason.
  const unknown = Object.keys(params).filter((name) => !Object.hasOwn(classNamed(golden.class).params, name))
  if (unknown.length > 0) return [`parameters ${unknown.join(', ')} do not exist`]
  if (golden.error) return refused(golden.error, start)
  const { stage, input, model } = await start()
  const found: string[] = []
  if (golden.scalaClass !== undefined && stage.definition.sparkClass !== golden.scalaClass) {
    found.push(`class: ${stage.definition.sparkClass}, expected ${golden.scalaClass}`)
  }
  found.push(...(await extraDifferences(golden.id, model, input, golden.extra ?? {}, frames)))
  if (golden.modelUid === golden.uid && golden.uid !== undefined && model.uid !== golden.uid) {
    found.push(`uid: ${model.uid}, expected ${golden.uid}`)
  }
  found.push(...(await attributeDifferences(golden.id, model, golden.model ?? {}, 'model')))
  const test = golden.test ? frames.frame(golden.test) : input
  if (golden.transformError) {
    return [...found, ...(await refused(golden.transformError, () => model.transform(test).collect()))]
  }
  const rows = corpus.output(golden.id)
  if (golden.output && rows) {
    found.push(
      ...(await outputDifferences(golden, model.transform(test), rows)),
      ...(await scorerDifferences(model, test)),
    )
  }
  return found
}

/**
 * Differences between a frame and the recorded output of a case: columns, metadata, rows.
 * @param nearness how near numbers of a column must be; that of the case when not given.
 */
export async function outputDifferences(
  golden: GoldenCase,
  out: DataFrame,
  rows: RecordedObject[],
  nearness = (column: string) => toleranceAt(golden.id, `output.${column}`),
): Promise<string[]> {
  const { columns, rows: count } = golden.output as NonNullable<GoldenCase['output']>
  const names = columns.map(({ name }) => name)
  const missing = names.filter((name) => !out.columns.includes(name))
  if (missing.length > 0) return [`output: no column ${missing.join(', ')}; there are ${out.columns.join(', ')}`]
  const found = columns.flatMap((column) => fieldDifferences(fieldOf(out.schema, column.name), column))
  const collected = await out.select(...names).collect()
  if (collected.length !== count) return [...found, `output: ${collected.length} rows, expected ${count}`]
  if (UNORDERED.has(golden.class)) collected.sort((a, b) => Number(a.id) - Number(b.id))
  for (const name of names) {
    const ours = collected.slice(0, rows.length).map((row) => plain(row[name]))
    const theirs = rows.map((row) => row[name])
    found.push(...columnDifferences(name, ours, theirs, nearness(name)).slice(0, 3))
  }
  return found
}

/** Spark's name of a type, as the generator writes it. */
const typeText = (field: StructField): string => simpleString(field.dataType).replaceAll('bigint', 'long')

function fieldDifferences(field: StructField, recorded: RecordedColumn): string[] {
  const found: string[] = []
  const at = `schema of ${recorded.name}`
  if (typeText(field) !== recorded.type) found.push(`${at}: type ${typeText(field)}, expected ${recorded.type}`)
  if (field.nullable !== recorded.nullable)
    found.push(`${at}: nullable ${field.nullable}, expected ${recorded.nullable}`)
  // The generator cuts metadata that are too long.
  if (!('_truncated' in recorded.metadata)) {
    found.push(...differences(`${at}: metadata`, plain(field.metadata), recorded.metadata, { tolerance: 0, scale: 0 }))
  }
  return found
}
