import { ParamError } from '../../errors.js'
import { knownNames } from '../../util/names.js'
import type { FileFormat } from '../plan.js'

/** Options of a reader or writer: Spark's names in lower case, values as text. */
export type FileOptions = Readonly<Record<string, string>>

const EVERY_FORMAT = ['recursiveFileLookup', 'pathGlobFilter']
const READ_OPTIONS: Record<FileFormat, readonly string[]> = {
  csv: [
    'header',
    'inferSchema',
    'sep',
    'delimiter',
    'quote',
    'escape',
    'comment',
    'nullValue',
    'mode',
    'encoding',
    'multiLine',
    'timestampFormat',
    'dateFormat',
    'columnNameOfCorruptRecord',
    'emptyValue',
    'ignoreLeadingWhiteSpace',
    'ignoreTrailingWhiteSpace',
    'charset',
    ...EVERY_FORMAT,
  ],
  json: [
    'mode',
    'encoding',
    'charset',
    'multiLine',
    'timestampFormat',
    'dateFormat',
    'columnNameOfCorruptRecord',
    ...EVERY_FORMAT,
  ],
  parquet: ['mergeSchema', ...EVERY_FORMAT],
  text: ['wholetext', 'encoding', 'charset', ...EVERY_FORMAT],
}
const WRITE_OPTIONS: Record<FileFormat, readonly string[]> = {
  csv: ['header', 'sep', 'delimiter', 'quote', 'escape', 'nullValue', 'compression', 'timestampFormat', 'dateFormat'],
  json: ['compression', 'timestampFormat', 'dateFormat'],
  parquet: ['compression'],
  text: ['compression'],
}

/**
 * Options by lower-case name, as Spark compares them.
 * @throws ParamError naming the options that the format has.
 */
export function checkOptions(
  format: FileFormat,
  use: 'read' | 'write',
  options: ReadonlyMap<string, string>,
): FileOptions {
  const known = (use === 'read' ? READ_OPTIONS : WRITE_OPTIONS)[format]
  for (const name of options.keys()) {
    if (known.some((option) => option.toLowerCase() === name.toLowerCase())) continue
    throw new ParamError(`option "${name}" is not supported when ${format} is ${use === 'read' ? 'read' : 'written'}`, {
      param: name,
      allowed: knownNames('options', name, known),
    })
  }
  const given = Object.fromEntries([...options].map(([name, value]) => [name.toLowerCase(), value]))
  for (const [name, value] of Object.entries(given)) {
    const [least, most] = LENGTHS[name] ?? [0, Number.POSITIVE_INFINITY]
    if (value.length >= least && value.length <= most) continue
    throw new ParamError(`option "${name}" is "${value}"`, {
      param: name,
      allowed: `Allowed: ${least} to ${most} characters`,
      received: value,
    })
  }
  const encoding = given.encoding ?? given.charset
  return encoding === undefined ? given : { ...given, encoding: encodingOf(encoding) }
}

/** Lengths of texts with a meaning in csv. */
const LENGTHS: Readonly<Record<string, readonly [least: number, most: number]>> = {
  sep: [1, 4],
  delimiter: [1, 4],
  quote: [0, 1],
  escape: [0, 1],
  comment: [0, 1],
}

/** Java's names of character sets, and the engine's. */
const ENCODINGS: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/^utf-?8$/i, 'utf-8'],
  [/^utf-?16([bl]e)?$/i, 'utf-16'],
  [/^(iso-?8859-?1|latin-?1|us-ascii)$/i, 'latin-1'],
]

/** @throws ParamError for a character set that the engine does not have. */
function encodingOf(name: string): string {
  const found = ENCODINGS.find(([pattern]) => pattern.test(name))
  if (found) return found[1]
  throw new ParamError(`option "encoding" is "${name}"`, {
    param: 'encoding',
    allowed: 'Allowed: UTF-8, UTF-16, ISO-8859-1',
    received: name,
    hint: 'Turn the file into UTF-8 first',
  })
}

/** A boolean option. @throws ParamError unless the text is true or false. */
export function flag(options: FileOptions, name: string): boolean {
  const text = options[name]?.toLowerCase() ?? 'false'
  if (text === 'true' || text === 'false') return text === 'true'
  throw new ParamError(`option "${name}" is "${text}"`, {
    param: name,
    allowed: 'Allowed: true, false',
    received: text,
  })
}

/** What to do with lines and cells that do not fit. */
export type ReadMode = 'permissive' | 'dropmalformed' | 'failfast'

/** The option `mode`. @throws ParamError for an unknown one. */
export function readMode(options: FileOptions): ReadMode {
  const mode = (options.mode ?? 'permissive').toLowerCase()
  if (mode === 'permissive' || mode === 'dropmalformed' || mode === 'failfast') return mode
  throw new ParamError(`option "mode" is "${options.mode}"`, {
    param: 'mode',
    allowed: 'Allowed: PERMISSIVE, DROPMALFORMED, FAILFAST',
    received: options.mode,
  })
}

const TEXT_CODECS = { none: 'none', uncompressed: 'none', gzip: 'gzip', zstd: 'zstd' }
/** Codecs of a format by Spark's names, and the engine's names of them. */
const CODECS: Readonly<Record<FileFormat, Readonly<Record<string, string>>>> = {
  csv: TEXT_CODECS,
  json: TEXT_CODECS,
  text: TEXT_CODECS,
  parquet: {
    none: 'uncompressed',
    uncompressed: 'uncompressed',
    snappy: 'snappy',
    gzip: 'gzip',
    zstd: 'zstd',
    lz4: 'lz4',
    lz4_raw: 'lz4_raw',
    brotli: 'brotli',
  },
}

/** The engine's name of the codec that the option `compression` names. @throws ParamError naming those of the format. */
export function codecOf(format: FileFormat, { compression }: FileOptions): string {
  const name = compression?.toLowerCase() ?? (format === 'parquet' ? 'snappy' : 'none')
  const codec = CODECS[format][name]
  if (codec !== undefined) return codec
  throw new ParamError(`option "compression" is "${compression}"`, {
    param: 'compression',
    allowed: knownNames('codecs', name, Object.keys(CODECS[format])),
    received: compression,
  })
}
