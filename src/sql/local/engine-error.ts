import { DataError, EngineError, PersistenceError, RidgelineError } from '../../errors.js'

const CSV_HINT =
  'Look at the options sep, quote and escape (Spark escapes quotes by a backslash), or set mode to DROPMALFORMED'

/**
 * What the engine says, as one of our errors. Values that do not convert, and what compiled expressions raise themselves
 * (`[CONDITION] sentence`), are about the data; unreadable files about files; the rest is the engine's.
 */
export function engineError(cause: unknown, sql: string): RidgelineError {
  if (cause instanceof RidgelineError) return cause
  const message = cause instanceof Error ? cause.message : String(cause)
  const [problem, detail] = message.split('\n')
  const received = `SQL: ${sql.length > 500 ? `${sql.slice(0, 500)}…` : sql}`
  const [, kind = '', text = problem] = /^([A-Z]\w+(?: \w+)*) Error: (.*)/.exec(problem) ?? []
  if (kind === 'Invalid Input' && /^\[[A-Z_.]+\] /.test(text)) {
    const hint = text.startsWith('[MALFORMED_CSV]')
      ? CSV_HINT
      : 'Filter such values out, or use the try_ form of the function'
    return new DataError(text, { cause, received, hint })
  }
  if (kind === 'Conversion' || kind === 'Out of Range') {
    return new DataError(`a value does not fit: ${text}`, {
      cause,
      received,
      hint: 'Filter such values out, or use try_cast',
    })
  }
  if (/CSV Error/.test(problem)) {
    const hint = message.includes('quoted new lines')
      ? 'Cells hold line breaks: set the option multiLine to true'
      : CSV_HINT
    return new DataError(`${text}: ${detail?.trim()}`, { cause, received, hint })
  }
  if (kind === 'IO' || /Parquet file|magic bytes/i.test(problem)) {
    const hint = 'Look whether the files are there, may be read or written, and have this format'
    return new PersistenceError(`a file cannot be read or written: ${text}`, { cause, received, hint })
  }
  const hint =
    kind === 'Out of Memory'
      ? 'Raise memoryLimit of the session, or give it a tempDirectory to spill to'
      : 'If the files and expressions are right, this is a defect of ridgeline: report details.received'
  return new EngineError(`the relational engine failed: ${problem}`, { cause, received, hint })
}
