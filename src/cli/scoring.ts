import { open, stat } from 'node:fs/promises'
import { DataError, SchemaError, UnsupportedError } from '../errors.js'
import { Transformer } from '../pipeline/transformer.js'
import type { DataFrame } from '../sql/dataframe.js'
import { columnOf } from '../sql/names.js'
import { rowCounter } from '../sql/row-counter.js'
import { Session } from '../sql/session.js'
import { fieldNames, fieldOf } from '../sql/types.js'
import { ProgressBar } from '../util/progress.js'
import { modelColumns } from './columns.js'
import type { CliIo } from './command.js'
import type { RowFormat } from './formats.js'
import { guarded } from './guard.js'
import { BadInputError, reading } from './input-error.js'
import { loadSaved, type SavedStage } from './model-file.js'
import { NOT_IN_CSV, openRows, type RowsIn } from './rows-in.js'
import { moveInPlace, requireFile, writeAside } from './rows-out.js'
import { SideFile } from './side-file.js'

/** What was asked for, after the checks of the command line. */
export interface ScoreRequest {
  readonly model: string
  readonly input: string
  readonly inputFormat: RowFormat
  readonly output: string
  readonly outputFormat: RowFormat
  readonly policy: 'fail' | 'skip' | 'side'
  readonly side?: string
  readonly columns?: readonly string[]
  readonly schema?: string
  readonly overwrite: boolean
  readonly memory?: string
}

/** Rows so far. */
interface Counts {
  /** Rows of the input; those that the model's own handling of invalid rows removed are among them. */
  read: number
  scored: number
  bad: number
}

/** One run under way. */
interface Run {
  readonly request: ScoreRequest
  readonly counts: Counts
  readonly side?: SideFile
  tick(): void
}

/** The model as something that transforms frames. */
export function requireTransformer({ path, stage }: SavedStage): Transformer {
  if (stage instanceof Transformer) return stage
  throw new BadInputError(
    new UnsupportedError(`"${path}" holds ${stage.uid}, which does not transform rows`, {
      allowed: 'Allowed: a fitted model, or a transformer',
      hint: 'Fit it first, and save the model.',
    }),
  )
}

/** Rows through the model; bad ones are left out, and told, unless they are to be errors. */
function scoredFrame(model: Transformer, { frame, corrupt }: RowsIn, { request, counts, side, tick }: Run): DataFrame {
  if (request.policy === 'fail') {
    const read = rowCounter((count) => {
      counts.read += count
      tick()
    })
    const scored = rowCounter((count) => {
      counts.scored += count
    })
    return model.transform(frame.withTransform(read)).withTransform(scored)
  }
  const { plan } = model.transform(frame)
  if (plan.kind !== 'mlSegment' || plan.input !== frame.plan) {
    throw new UnsupportedError('a stage of the model looks at the whole frame, so that its errors belong to no row', {
      stage: model.uid,
      param: 'bad-rows',
      allowed: 'Allowed: --bad-rows fail',
      hint: 'Models with an SQLTransformer are such.',
    })
  }
  return frame.withTransform(
    guarded(plan.transforms, {
      schema: frame.schema,
      corrupt,
      withValues: side !== undefined,
      listener: {
        rows(read, scored) {
          counts.read += read
          counts.scored += scored
          tick()
        },
        bad(row) {
          counts.bad++
          side?.add(row)
        },
      },
    }),
  )
}

/** Columns that the model reads and the input has not, as a sentence: a stage may pass over one that a later stage needs. */
function missingColumns(model: Transformer, { columns }: DataFrame): string {
  const missing = modelColumns(model).inputs.filter(({ name }) => !columns.includes(name))
  return missing.length === 0
    ? ''
    : `The model reads columns that the input has not: ${missing.map(({ name }) => name).join(', ')}.`
}

/** The columns that are written, and those that csv cannot hold and are left out for that reason. */
function chosenColumns({ schema }: DataFrame, corrupt: string | undefined, { columns, outputFormat }: ScoreRequest) {
  if (columns) return { columns: columns.map((name) => fieldOf(schema, name, 'score').name), leftOut: [] }
  const all = fieldNames(schema).filter((name) => name !== corrupt)
  if (outputFormat.format !== 'csv') return { columns: all, leftOut: [] }
  const held = (name: string): boolean => !NOT_IN_CSV.has(fieldOf(schema, name).dataType.kind)
  return { columns: all.filter(held), leftOut: all.filter((name) => !held(name)) }
}

/** Bytes that tell how long the rows of a text file are. */
const SAMPLE = 1 << 18

/** About how many rows the input has, for the bar: parquet knows, the lines of one plain file are estimated; else undefined. */
async function estimatedRows({ frame }: RowsIn, { input, inputFormat }: ScoreRequest): Promise<number | undefined> {
  if (inputFormat.format === 'parquet') return frame.count()
  const info = await stat(input).catch(() => undefined)
  if (!info?.isFile() || /[.](gz|zst)$/i.test(input)) return undefined
  const file = await open(input)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SAMPLE), 0, SAMPLE, 0)
    let lines = inputFormat.options.header === 'true' ? -1 : 0
    for (let i = 0; i < bytesRead; i++) if (buffer[i] === 10) lines++
    return lines <= 0 ? undefined : Math.round((info.size / bytesRead) * lines)
  } finally {
    await file.close()
  }
}

/** What the engine raises while rows run through it: errors about rows are bad input. */
export function scoringError(error: unknown): unknown {
  if (error instanceof DataError) {
    return new BadInputError(
      error,
      'Or leave such rows out: --bad-rows skip, or keep them apart: --bad-rows side --side FILE.',
    )
  }
  return error instanceof SchemaError ? new BadInputError(error) : error
}

/** Scores a file, see the command `score`. @returns what was asked for and what came of it. */
export async function scoreFile(request: ScoreRequest, io: CliIo) {
  const started = performance.now()
  const { signal } = io
  await requireFile(request.output, request.overwrite)
  if (request.side !== undefined) await requireFile(request.side, request.overwrite)
  const saved = await loadSaved(request.model)
  const model = requireTransformer(saved)
  // One thread: rows come in order, so that their numbers are right and equal runs give equal files.
  await using session = new Session({ memoryLimit: request.memory, threads: 1 })
  using bar = new ProgressBar({ stream: io.stderr })
  const rowsIn = await reading(() =>
    openRows(session, model, {
      ...request.inputFormat,
      path: request.input,
      schema: request.schema,
      keepCorrupt: request.policy !== 'fail',
      signal,
    }),
  )
  const total = io.stderr.isTTY ? await estimatedRows(rowsIn, request) : undefined
  const counts: Counts = { read: 0, scored: 0, bad: 0 }
  const tick = (): void => {
    if (total !== undefined)
      bar.listener({ stage: 'score', done: Math.min(counts.read, total), total, message: 'rows' })
  }
  const side = request.side === undefined ? undefined : new SideFile(request.side)
  try {
    const scored = await reading(
      async () => scoredFrame(model, rowsIn, { request, counts, side, tick }),
      () => missingColumns(model, rowsIn.frame),
    )
    const { columns, leftOut } = await reading(async () => chosenColumns(scored, rowsIn.corrupt, request))
    const out = await writeAside(
      scored.select(...columns.map(columnOf)),
      request.output,
      request.outputFormat,
      signal,
    ).catch((error: unknown) => {
      throw scoringError(error)
    })
    try {
      signal?.throwIfAborted()
      await side?.finish()
      await moveInPlace(out.file, request.output)
    } finally {
      await out.discard()
    }
    const seconds = (performance.now() - started) / 1000
    return { ...request, ...counts, columns, leftOut, seconds }
  } catch (error) {
    await side?.discard()
    throw error
  }
}
