import { basename } from 'node:path'
import type { FileFormat } from '../sql/plan.js'
import { knownNames } from '../util/names.js'
import { UsageError } from './command.js'

/** How a file of rows is read or written. */
export interface RowFormat {
  readonly format: Exclude<FileFormat, 'text'>
  /** Options of the reader or writer that the name tells. */
  readonly options: Readonly<Record<string, string>>
}

/** Names of formats, as `--input-format` takes them. */
export const FORMAT_NAMES = ['csv', 'tsv', 'json', 'parquet'] as const
type FormatName = (typeof FORMAT_NAMES)[number]

const EXTENSIONS: Readonly<Record<string, FormatName>> = {
  csv: 'csv',
  tsv: 'tsv',
  json: 'json',
  jsonl: 'json',
  ndjson: 'json',
  parquet: 'parquet',
}
const COMPRESSIONS: Readonly<Record<string, string>> = { gz: 'gzip', zst: 'zstd' }

/**
 * Format of a file, by name or by the extension of its path, where `.gz` and `.zst` say that it is compressed.
 * @param option the option that names the format, and `command` the command that has it, for the message.
 * @throws UsageError when neither tells.
 */
export function formatOfFile(path: string, named: string | undefined, option: string, command = 'score'): RowFormat {
  const parts = basename(path).toLowerCase().split('.').slice(1)
  const compression = COMPRESSIONS[parts.at(-1) ?? '']
  const extension = parts.at(compression ? -2 : -1) ?? ''
  const name =
    (named as FormatName | undefined) ?? (Object.hasOwn(EXTENSIONS, extension) ? EXTENSIONS[extension] : undefined)
  if (name === undefined) {
    const known = Object.keys(EXTENSIONS).map((one) => `.${one}`)
    const hint = `${knownNames('extensions', `.${extension}`, known)} Or name the format: ${option} ${FORMAT_NAMES.join('|')}`
    throw new UsageError(`the format of "${path}" cannot be told by its name. ${hint}`, command)
  }
  const options = {
    ...(name === 'csv' || name === 'tsv' ? { header: 'true' } : {}),
    ...(name === 'tsv' ? { sep: '\t' } : {}),
  }
  return { format: name === 'tsv' ? 'csv' : name, options }
}

/** The compression that the name of a file to be written tells, as the writer's option. */
export function compressionOf(path: string): Readonly<Record<string, string>> {
  const compression = COMPRESSIONS[path.toLowerCase().split('.').at(-1) ?? '']
  return compression ? { compression } : {}
}
