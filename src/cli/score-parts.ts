import type { Transformer } from '../pipeline/transformer.js'
import { Session } from '../sql/session.js'
import { type ScoreBatchReport, scoreBatch } from '../streaming/score-batch.js'
import { ProgressBar } from '../util/progress.js'
import type { CliIo } from './command.js'
import type { RowFormat } from './formats.js'
import { reading } from './input-error.js'
import { loadSaved } from './model-file.js'
import { openRows } from './rows-in.js'
import { requireTransformer, scoringError } from './scoring.js'

/** What `score --parts` was asked for, after the checks of the command line. */
export interface PartsRequest {
  readonly model: string
  readonly input: string
  readonly inputFormat: RowFormat
  readonly output: string
  readonly outputFormat: RowFormat
  readonly columns?: readonly string[]
  readonly schema?: string
  readonly memory?: string
  readonly watermark?: string
  readonly modelVersion?: string
}

/** Scores what is new into a folder, see `scoreBatch`. */
export async function scoreParts(request: PartsRequest, { stderr, signal }: CliIo) {
  const started = performance.now()
  const saved = await loadSaved(request.model)
  const model: Transformer = requireTransformer(saved)
  // With one thread rows pass in their order and do not pile up.
  await using session = new Session({ memoryLimit: request.memory, threads: 1 })
  using bar = new ProgressBar({ stream: stderr })
  const { input, output, inputFormat, outputFormat, schema, columns, watermark, modelVersion } = request
  const { frame } = await reading(() =>
    openRows(session, model, { ...inputFormat, path: input, schema, keepCorrupt: false, signal }),
  )
  const report: ScoreBatchReport = await scoreBatch({
    model,
    input: frame,
    output,
    format: outputFormat.format,
    options: outputFormat.options,
    ...(columns ? { columns } : {}),
    ...(watermark === undefined ? {} : { watermarkCol: watermark }),
    ...(modelVersion === undefined ? {} : { modelVersion }),
    ...(signal ? { signal } : {}),
    onProgress: bar.listener,
  }).catch((error: unknown) => {
    throw scoringError(error)
  })
  const seconds = (performance.now() - started) / 1000
  const files = report.scored.flatMap((part) => part.files)
  return {
    ...request,
    parts: report.scored.length,
    skipped: report.skipped,
    rows: report.rows,
    watermark: report.watermark,
    files,
    seconds,
  }
}
