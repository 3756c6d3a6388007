import { DataError, EngineError, PersistenceError, RidgelineError } from '../../errors.js'
import { fileReason } from '../../util/file-error.js'

/**
 * What the engine says, as one of our errors. Values that do not convert, and what compiled expressions raise themselves
 * (`[CONDITION] sentence`), are about the data; unreadable files about files; the rest is the engine's.
 */
export function engineError(cause: unknown, sql: string): RidgelineError {
  if (cause instanceof RidgelineError) return cause
  const message = cause instanceof Error ? cause.message : String(cause)
  const [problem] = message.split('\n')
  const received = `SQL: ${sql.length > 500 ? `${sql.slice(0, 500)}…` : sql}`
  const [, kind = '', text = problem] = /^([A-Z]\w+(?: \w+)*) Error: (.*)/.exec(problem) ?? []
  if (kind === 'Invalid Input' && /^\[[A-Z_.]+\] /.test(text)) {
    return new DataError(text, {
      cause,
      received,
      hint: 'Filter such values out, or use the try_ form of the function',
    })
  }
  if (kind === 'Conversion' || kind === 'Out of Range') {
    return new DataError(`a value does not fit: ${text}`, {
      cause,
      received,
      hint: 'Filter such values out, or use try_cast',
    })
  }
  const mismatch = /Failed to read file "(.*?)".*(column ".*)$/.exec(text)
  if (mismatch) {
    return new DataError(`the files do not fit together: ${mismatch[2]}`, {
      cause,
      file: mismatch[1],
      hint: 'Read them one by one, and put them together by unionByName',
    })
  }
  if (kind === 'IO' || /Parquet file|magic bytes/i.test(problem)) {
    const known = fileReason(cause)
    const hint = known?.hint ?? 'Look whether the files are there, may be read or written, and have this format'
    const [, quoted, plain] = /["']([^"']+)["']|: (\/\S+)$/.exec(text) ?? []
    const file = quoted ?? plain
    return new PersistenceError(`a file cannot be read or written: ${known ? `${known.reason}: ` : ''}${text}`, {
      cause,
      received,
      ...(file ? { file } : {}),
      hint,
    })
  }
  const [, parquet] = /read_parquet\(\['([^']*)'/.exec(sql) ?? []
  if (parquet !== undefined && kind === 'Invalid') {
    return new PersistenceError(`a parquet file is damaged: ${text}`, {
      cause,
      received,
      file: parquet,
      hint: 'Write it anew; of several files, read them one by one to find it',
    })
  }
  const hint =
    kind === 'Out of Memory'
      ? 'Raise memoryLimit of the session, or give it a tempDirectory to spill to'
      : 'If the files and expressions are right, this is a defect of ridgeline: report details.received'
  return new EngineError(`the relational engine failed: ${problem}`, { cause, received, hint })
}
