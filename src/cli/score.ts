import { resolve } from 'node:path'
import { type CliArguments, type Command, EXIT, UsageError } from './command.js'
import { compressionOf, FORMAT_NAMES, formatOfFile, type RowFormat } from './formats.js'
import { type PartsRequest, scoreParts } from './score-parts.js'
import { type ScoreRequest, scoreFile } from './scoring.js'

/** Options of readers and writers as they stand on the command line. */
function pairs(texts: readonly string[], option: string): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=')
      if (at < 1) throw new UsageError(`--${option} is "${text}". Allowed: NAME=VALUE`, 'score')
      return [text.slice(0, at), text.slice(at + 1)]
    }),
  )
}

/** What both ways to score have in common. */
function commonOf(args: CliArguments, outputFormat: RowFormat) {
  const input = args.text('input')!
  const memory = args.text('memory')
  if (memory !== undefined && !/^\d+([.]\d+)? ?[KMGT]i?B$/i.test(memory)) {
    throw new UsageError(`--memory is "${memory}". Allowed: a size such as 512MB or 2GB`, 'score')
  }
  const inputFormat = formatOfFile(input, args.text('input-format'), '--input-format')
  const given = {
    read: pairs(args.texts('read-option'), 'read-option'),
    write: pairs(args.texts('write-option'), 'write-option'),
  }
  return {
    model: args.positionals[0],
    input,
    inputFormat: { ...inputFormat, options: { ...inputFormat.options, ...given.read } },
    outputFormat: { ...outputFormat, options: { ...outputFormat.options, ...given.write } },
    columns: args
      .text('columns')
      ?.split(',')
      .map((name) => name.trim()),
    schema: args.text('schema'),
    memory,
  }
}

/** @throws UsageError for options that parts do not have. */
function partsRequestOf(args: CliArguments): PartsRequest {
  const other = ['bad-rows', 'side', 'overwrite'].find((name) => args.has(name))
  if (other) throw new UsageError(`--parts and --${other} do not go together`, 'score')
  const named = args.text('output-format') ?? 'parquet'
  return {
    ...commonOf(args, formatOfFile(args.text('output')!, named, '--output-format')),
    output: args.text('output')!,
    watermark: args.text('watermark'),
    modelVersion: args.text('model-version'),
  }
}

function requestOf(args: CliArguments): ScoreRequest {
  const lonely = ['watermark', 'model-version'].find((name) => args.has(name))
  if (lonely) throw new UsageError(`--${lonely} goes with --parts`, 'score')
  const output = args.text('output')!
  const policy = (args.text('bad-rows') ?? 'fail') as ScoreRequest['policy']
  const side = args.text('side')
  if ((policy === 'side') !== (side !== undefined)) {
    throw new UsageError('--bad-rows side and --side FILE go together', 'score')
  }
  if (side !== undefined && resolve(side) === resolve(output)) {
    throw new UsageError('--side and --output name the same file', 'score')
  }
  const named = formatOfFile(output, args.text('output-format'), '--output-format')
  const outputFormat = { ...named, options: { ...named.options, ...compressionOf(output) } }
  return { ...commonOf(args, outputFormat), output, policy, side, overwrite: args.has('overwrite') }
}

/** What came of it, as a sentence. */
function summary({ output, read, scored, bad, side, leftOut, seconds }: Awaited<ReturnType<typeof scoreFile>>): string {
  const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`
  const removed = read - scored - bad
  const parts = [
    `scored ${count(scored, 'row')} into ${output} in ${seconds.toFixed(1)} s`,
    ...(bad > 0 ? [`${count(bad, 'bad row')} ${side === undefined ? 'left out' : `in ${side}`}`] : []),
    ...(removed > 0 ? [`${count(removed, 'row')} removed by the model`] : []),
    ...(leftOut.length > 0 ? [`columns that csv cannot hold are left out: ${leftOut.join(', ')}`] : []),
  ]
  return `${parts.join('; ')}\n`
}

/** `ridgeline score MODEL --input FILE --output FILE`. */
export const score: Command = {
  name: 'score',
  summary: 'runs the rows of a file through a saved model',
  positionals: ['MODEL'],
  options: {
    input: { value: 'FILE', required: true, help: 'rows to score: a file, a folder of files or a pattern' },
    output: {
      value: 'FILE',
      required: true,
      help: 'the file that is written: the columns of the input and those of the model',
    },
    'input-format': { value: 'FORMAT', choices: FORMAT_NAMES, help: 'format of the input; default: by its extension' },
    'output-format': {
      value: 'FORMAT',
      choices: FORMAT_NAMES,
      help: 'format of the output; default: by its extension',
    },
    columns: { value: 'A,B', help: 'columns that are written, in this order; default: all' },
    schema: { value: 'DDL', help: "types of the input's columns, such as 'city STRING, km DOUBLE'" },
    'bad-rows': {
      value: 'POLICY',
      choices: ['fail', 'skip', 'side'],
      help: 'rows that do not fit or that the model refuses end the run (default), are left out, or go to a file',
    },
    side: { value: 'FILE', help: 'with --bad-rows side: where bad rows go, one JSON object a line' },
    'read-option': { value: 'NAME=VALUE', multiple: true, help: "an option of Spark's reader, such as sep=;" },
    'write-option': { value: 'NAME=VALUE', multiple: true, help: "an option of Spark's writer" },
    memory: { value: 'SIZE', help: 'upper bound of the memory of the engine that reads and writes, such as 1GB' },
    overwrite: { help: 'replace the output and the side file' },
    parts: { help: 'score what is new into a folder, part by part; a run that was ended goes on where it was' },
    watermark: {
      value: 'COLUMN',
      help: 'with --parts: a column that grows; only rows beyond its highest value so far',
    },
    'model-version': {
      value: 'TEXT',
      help: "with --parts: what the column model_version says; default: the model's uid",
    },
  },
  details: `Formats are csv and tsv (with a header), json (an object a line: .json, .jsonl, .ndjson) and parquet; csv and json may be
compressed (.gz, .zst). Types of columns are those of the schema that the model was fitted on, else they are found in
the file. Rows stream through, so memory does not grow with the file. Files are written aside and renamed at the end:
an error or ctrl-C leaves nothing half-written.
With --parts the output is a folder: each file of the input becomes a part of it, parquet unless --output-format says otherwise, with the columns
prediction_date and model_version; files that were scored are passed over unless they have changed.`,
  async run(args, io) {
    if (args.has('parts')) {
      const { output, parts, skipped, rows, watermark, files, seconds } = await scoreParts(partsRequestOf(args), io)
      const told = { output, parts, skipped, rows, watermark, files, seconds }
      const text = `scored ${rows} rows in ${parts} new parts into ${output} in ${seconds.toFixed(1)} s; ${skipped} parts were scored before\n`
      io.stdout.write(args.has('json') ? `${JSON.stringify(told)}\n` : text)
      return EXIT.fine
    }
    const result = await scoreFile(requestOf(args), io)
    const { model, input, output, side, columns, leftOut, read, scored, bad, seconds } = result
    const told = { model, input, output, side, columns, leftOut, read, scored, bad, seconds }
    io.stdout.write(args.has('json') ? `${JSON.stringify(told)}\n` : summary(result))
    return EXIT.fine
  },
}
