import { UnsupportedError } from '../errors.js'
import { typesPath } from '../module/module.js'
import type { Persistable } from '../persistence/persistable.js'
import { Transformer } from '../pipeline/transformer.js'
import { type CliArguments, type Command, EXIT, UsageError } from './command.js'
import { loadSaved } from './model-file.js'
import { requireFree } from './rows-out.js'

/** `ridgeline convert MODEL OUT --to FORMAT`. */
export const convert: Command = {
  name: 'convert',
  summary: "writes a saved model in another format: Ridgeline's JSON, Spark's folder, or a JavaScript module",
  positionals: ['MODEL', 'OUT'],
  options: {
    to: { value: 'FORMAT', choices: ['json', 'spark', 'module'], required: true, help: 'the format of OUT' },
    columns: { value: 'A,B', help: 'with --to module: columns that it gives; default: predictions' },
    schema: {
      value: 'DDL',
      help: "with --to module: types of its columns, such as 'city STRING, km DOUBLE'; default: those that the model knows",
    },
    overwrite: { help: 'replace what stands at OUT' },
  },
  details:
    'OUT is written aside and renamed: what stood there stays whole until the new model is complete. A module is a file that ends with .js or .mjs; its types stand beside it.',
  async run(args, io) {
    const [from, to] = args.positionals
    const format = args.text('to')!
    const isModule = format === 'module'
    const misplaced = ['columns', 'schema'].find((option) => !isModule && args.text(option) !== undefined)
    if (misplaced !== undefined) throw new UsageError(`--${misplaced} goes with --to module`, 'convert')
    const path = isModule ? typesPath(to) : undefined
    if (isModule && path === undefined)
      throw new UsageError(`OUT is "${to}". Allowed: a name that ends with .js or .mjs`, 'convert')
    for (const file of [to, path]) if (file !== undefined) await requireFree(file, args.has('overwrite'))
    const { stage, info } = await loadSaved(from)
    io.signal?.throwIfAborted()
    if (isModule) await saveModule(stage, to, args)
    else {
      const writer = stage.write().format(format)
      if (args.has('overwrite')) writer.overwrite()
      await writer.save(to)
    }
    const done = { from, to, fromFormat: info.format, toFormat: format, class: stage.definition.sparkClass }
    io.stdout.write(
      args.has('json') ? `${JSON.stringify(done)}\n` : `${from} (${info.format}) is now ${to} (${format})\n`,
    )
    return EXIT.fine
  },
}

async function saveModule(stage: Persistable, path: string, args: CliArguments): Promise<void> {
  if (!(stage instanceof Transformer)) {
    throw new UnsupportedError('what does not transform rows cannot be a module', {
      stage: stage.uid,
      hint: 'Fit the estimator and save its model.',
    })
  }
  const outputCols = args
    .text('columns')
    ?.split(',')
    .map((name) => name.trim())
  const schema = args.text('schema')
  await stage.toModule({ outputCols, schema }).save(path, { overwrite: args.has('overwrite') })
}
