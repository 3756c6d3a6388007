import { type Command, EXIT } from './command.js'
import { loadSaved } from './model-file.js'
import { requireFree } from './rows-out.js'

/** `ridgeline convert MODEL OUT --to FORMAT`. */
export const convert: Command = {
  name: 'convert',
  summary: "writes a saved model in another format: Ridgeline's JSON or Spark's folder",
  positionals: ['MODEL', 'OUT'],
  options: {
    to: { value: 'FORMAT', choices: ['json', 'spark'], required: true, help: 'the format of OUT' },
    overwrite: { help: 'replace what stands at OUT' },
  },
  details: 'OUT is written aside and renamed: what stood there stays whole until the new model is complete.',
  async run(args, io) {
    const [from, to] = args.positionals
    const format = args.text('to')!
    await requireFree(to, args.has('overwrite'))
    const { stage, info } = await loadSaved(from)
    io.signal?.throwIfAborted()
    const writer = stage.write().format(format)
    if (args.has('overwrite')) writer.overwrite()
    await writer.save(to)
    const done = { from, to, fromFormat: info.format, toFormat: format, class: stage.definition.sparkClass }
    io.stdout.write(
      args.has('json') ? `${JSON.stringify(done)}\n` : `${from} (${info.format}) is now ${to} (${format})\n`,
    )
    return EXIT.fine
  },
}
