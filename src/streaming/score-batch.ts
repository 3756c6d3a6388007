import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { ParamError, SchemaError } from '../errors.js'
import { Transformer } from '../pipeline/transformer.js'
import { DataFrame } from '../sql/dataframe.js'
import type { Column } from '../sql/expression/column.js'
import { lit, max } from '../sql/expression/functions.js'
import { columnOf } from '../sql/names.js'
import type { PlanOf } from '../sql/plan.js'
import { rowCounter } from '../sql/row-counter.js'
import type { Session } from '../sql/session.js'
import { fieldOf } from '../sql/types.js'
import { knownNames, shortText } from '../util/names.js'
import { type ProgressListener, ProgressReporter } from '../util/progress.js'
import { BatchLedger, type ScoredPart } from './batch-ledger.js'

/** What {@link scoreBatch} is asked for. */
export interface ScoreBatchOptions {
  /** A fitted model, or any transformer. */
  readonly model: Transformer
  /** Rows to score. A frame that does nothing but read files (`await read.parquet('rides/')`) is scored file by file; with a watermark column it is a table as any other. */
  readonly input: DataFrame
  /** Folder of the scored rows; one of its own. */
  readonly output: string
  /** Format of the output; default `parquet`. */
  readonly format?: 'parquet' | 'csv' | 'json'
  /** Options of the writer; names are Spark's. */
  readonly options?: Readonly<Record<string, string | number | boolean>>
  /** Columns that are written, in this order, beside those of date and version; default: all. */
  readonly columns?: readonly string[]
  /** Column that grows with each new row, such as a number or a time: only rows beyond the highest value that was scored are. Rows with null or NaN in it are an error. */
  readonly watermarkCol?: string
  /** Rows of a part of a table with a watermark column, about; default 1,000,000. */
  readonly rowsPerPart?: number
  /** Column of the day on which a row was scored, in UTC; null: none. Default `prediction_date`. */
  readonly predictionDateCol?: string | null
  /** Column of the version of the model; null: none. Default `model_version`. */
  readonly modelVersionCol?: string | null
  /** Version of the model; default its `uid`. */
  readonly modelVersion?: string
  /** Stops after the rows that are under way; what was scored stays. */
  readonly signal?: AbortSignal
  /** Is told of each part. */
  readonly onProgress?: ProgressListener
}

/** What came of a run. */
export interface ScoreBatchReport {
  /** Parts that this run has scored, with their files and rows. */
  readonly scored: readonly ScoredPart[]
  /** Parts that were scored before. */
  readonly skipped: number
  /** Rows of the output that this run has written. */
  readonly rows: number
  /** Highest value of the watermark column so far, as text; null where there is none. */
  readonly watermark: string | null
}

const OPTIONS = [
  ...['model', 'input', 'output', 'format', 'options', 'columns', 'watermarkCol', 'rowsPerPart'],
  ...['predictionDateCol', 'modelVersionCol', 'modelVersion', 'signal', 'onProgress'],
]
const ROWS_PER_PART = 1_000_000

/** A part of the input that is to be scored. */
interface Part {
  readonly key: string
  readonly state: string
  readonly frame: DataFrame
  readonly watermark: string | null
}

/**
 * Scores files, or a table, into a folder, part by part: memory holds no more than the session's engine may take (`new Session({ memoryLimit, threads: 1 })`), however large the input is. A file is a part; of a
 * table those rows are that lie between two values of the watermark column, and without such a column all of it is one part.
 *
 * A part is written aside, takes its name and is then entered in a ledger (`_scored/`). A run that was killed is simply run again: what was entered is not scored twice, what was not is
 * removed and comes again. The next run scores new and changed files, or the rows beyond the watermark. While a changed file's rows are replaced, readers may see both versions for
 * a moment. Two runs into one folder at a time are not supported.
 *
 * Null, NaN and unseen labels: as in `model.transform`; an error ends the run, the parts before stay.
 * @throws ParamError for options; SchemaError for columns; PersistenceError for an output folder of something else; what `transform` raises.
 * @example
 * ```ts
 * import { Bucketizer, read } from 'ridgeline'
 * import { scoreBatch } from 'ridgeline/streaming'
 * import { createDataFrame } from 'ridgeline'
 * await createDataFrame([{ id: 1, hour: 8 }, { id: 2, hour: 19 }]).write.mode('overwrite').parquet('rides')
 * const model = new Bucketizer({ inputCol: 'hour', outputCol: 'part', splits: [0, 12, 24] })
 * const { rows } = await scoreBatch({ model, input: await read.parquet('rides'), output: 'scored', modelVersion: '3' })
 * console.log(rows) // 2
 * ```
 */
export async function scoreBatch(options: ScoreBatchOptions): Promise<ScoreBatchReport> {
  requireScoreOptions(options)
  const { input, signal, watermarkCol } = options
  const output = resolve(options.output)
  if (watermarkCol !== undefined) fieldOf(input.schema, watermarkCol, 'scoreBatch')
  const day = new Date().toISOString().slice(0, 10)
  // What is wrong with the columns is told before anything is written.
  scoredFrame(input, options, day)
  const files = input.plan.kind === 'fileScan' && watermarkCol === undefined ? input.plan : undefined
  const source = files ? 'files' : watermarkCol === undefined ? 'table' : `ranges of ${watermarkCol}`
  const ledger = await BatchLedger.open(output, source)
  const { parts, skipped } = await (files ? fileParts(ledger, files, input.session) : tableParts(ledger, options))
  const scored: ScoredPart[] = []
  const progress = new ProgressReporter('scoreBatch', parts.length, options.onProgress)
  for (const { key, state, frame, watermark } of parts) {
    signal?.throwIfAborted()
    let rows = 0
    const counted = scoredFrame(frame, options, day).withTransform(
      rowCounter((count) => {
        rows += count
      }),
    )
    const { format = 'parquet' } = options
    await counted.write
      .format(format)
      .options(options.options ?? {})
      .save(await ledger.aside(), signal ? { signal } : {})
    const revision = (ledger.find(key)?.revision ?? -1) + 1
    const modelVersion = versionOf(options)
    const time = new Date().toISOString()
    scored.push(await ledger.commit({ source, key, state, revision, rows, watermark, modelVersion, time }))
    progress.report(scored.length, { message: key })
  }
  await ledger.finish()
  const rows = scored.reduce((sum, part) => sum + part.rows, 0)
  return { scored, skipped, rows, watermark: ledger.parts.at(-1)?.watermark ?? null }
}

const versionOf = ({ model, modelVersion = model.uid }: ScoreBatchOptions): string => modelVersion

/** The rows as they are written. */
function scoredFrame(frame: DataFrame, options: ScoreBatchOptions, day: string): DataFrame {
  const { model, columns, predictionDateCol = 'prediction_date', modelVersionCol = 'model_version' } = options
  const scored = model.transform(frame)
  const added: [string, Column][] = [
    ...(predictionDateCol === null ? [] : [[predictionDateCol, lit(day).cast('date')] as [string, Column]]),
    ...(modelVersionCol === null ? [] : [[modelVersionCol, lit(versionOf(options))] as [string, Column]]),
  ]
  const taken = added.find(([name]) => scored.columns.includes(name))
  if (taken) {
    throw new SchemaError(`the column "${taken[0]}" is there already`, {
      stage: 'scoreBatch',
      column: taken[0],
      hint: 'Give the columns of date and version other names, or null: predictionDateCol, modelVersionCol.',
    })
  }
  const chosen = columns ? scored.select(...columns.map(columnOf)) : scored
  return added.reduce((before, [name, value]) => before.withColumn(name, value), chosen)
}

/** What a part is made of, and how many others were scored before. */
interface Work {
  readonly parts: readonly Part[]
  readonly skipped: number
}

/** The files that are new or have changed. */
async function fileParts(ledger: BatchLedger, plan: PlanOf<'fileScan'>, session: Session): Promise<Work> {
  const parts: Part[] = []
  for (const path of plan.paths) {
    const { size, mtimeMs } = await stat(path)
    const state = `${size} bytes, ${new Date(mtimeMs).toISOString()}`
    if (ledger.find(path)?.state === state) continue
    const folders = plan.partitioned?.folders.flatMap(({ paths, values }) =>
      paths.includes(path) ? [{ paths: [path], values }] : [],
    )
    const partitioned = plan.partitioned && folders ? { partitioned: { ...plan.partitioned, folders } } : {}
    const frame = new DataFrame({ ...plan, paths: [path], ...partitioned }, session)
    parts.push({ key: path, state, frame, watermark: null })
  }
  return { parts, skipped: plan.paths.length - parts.length }
}

/** The rows beyond the watermark, in ranges. */
async function tableParts(ledger: BatchLedger, options: ScoreBatchOptions): Promise<Work> {
  const { input, watermarkCol, rowsPerPart = ROWS_PER_PART, signal } = options
  const done = ledger.parts.length
  if (watermarkCol === undefined) {
    return done > 0
      ? { parts: [], skipped: done }
      : { parts: [{ key: 'table', state: 'whole', frame: input, watermark: null }], skipped: 0 }
  }
  const { name, dataType } = fieldOf(input.schema, watermarkCol, 'scoreBatch')
  const column = columnOf(name)
  const isNumber = ['double', 'float'].includes(dataType.kind)
  await requireOrdered(input, isNumber ? column.isNull().or(column.isNaN()) : column.isNull(), name, signal)
  const value = (text: string): Column => lit(text).cast(dataType)
  const highest = async (frame: DataFrame): Promise<string | null> => {
    const row = await frame.agg(max(column).cast('string').as('highest')).first()
    return (row?.highest ?? null) as string | null
  }
  let from = ledger.parts.at(-1)?.watermark ?? null
  // Rows that come while this run goes on are left to the next one.
  const last = await highest(input)
  const parts: Part[] = []
  while (last !== null && from !== last) {
    const rest: DataFrame = from === null ? input : input.filter(column.gt(value(from)))
    const bound = await highest(rest.select(column.as(name)).orderBy(column).limit(rowsPerPart))
    // Nothing lies beyond the watermark: values that are smaller came late, and are not scored.
    if (bound === null) break
    const frame = rest.filter(column.leq(value(bound)))
    parts.push({ key: `${name} <= ${bound}`, state: `beyond ${from ?? 'the beginning'}`, frame, watermark: bound })
    from = bound
  }
  return { parts, skipped: done }
}

/** @throws SchemaError where the watermark column has values that have no place in the order. */
async function requireOrdered(input: DataFrame, isOdd: Column, name: string, signal?: AbortSignal): Promise<void> {
  const odd = await input
    .filter(isOdd)
    .limit(1)
    .collect(signal ? { signal } : {})
  if (odd.length === 0) return
  throw new SchemaError(`the watermark column "${name}" holds null or NaN`, {
    stage: 'scoreBatch',
    column: name,
    allowed: 'Allowed: values that grow with each new row',
    hint: 'Fill them, or drop those rows: df.na.drop().',
  })
}

/** @throws ParamError for unknown and wrong options. */
function requireScoreOptions(options: ScoreBatchOptions): void {
  const refuse = (param: string, value: unknown, allowed: string): never => {
    throw new ParamError(`${param} is ${shortText(value)}`, {
      stage: 'scoreBatch',
      param,
      allowed: `Allowed: ${allowed}`,
      received: shortText(value),
    })
  }
  if (typeof options !== 'object' || options === null) refuse('options', options, '{ model, input, output, … }')
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name))
  if (unknown !== undefined)
    refuse(unknown, options[unknown as keyof ScoreBatchOptions], knownNames('options', unknown, OPTIONS))
  const { model, input, output, format, rowsPerPart } = options
  if (!(model instanceof Transformer)) refuse('model', model, 'a fitted model, or another transformer')
  if (!(input instanceof DataFrame)) refuse('input', input, 'a DataFrame')
  if (typeof output !== 'string' || output === '') refuse('output', output, 'the path of a folder')
  if (format !== undefined && !['parquet', 'csv', 'json'].includes(format))
    refuse('format', format, 'parquet, csv, json')
  if (rowsPerPart !== undefined && !(Number.isInteger(rowsPerPart) && rowsPerPart > 0))
    refuse('rowsPerPart', rowsPerPart, 'a whole number of 1 or more')
}
