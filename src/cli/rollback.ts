import { type Command, EXIT } from './command.js'
import { REGISTRY_OPTIONS, withRegistry } from './registry.js'

/** `ridgeline rollback NAME`. */
export const rollback: Command = {
  name: 'rollback',
  summary: 'makes the version that was the champion before the last promotion the champion again',
  positionals: ['NAME'],
  options: {
    to: { value: 'PLACE', help: 'the alias or stage; default: champion' },
    by: { value: 'WHO', help: 'who decides, for the tags; default: the user of the pipeline or of this process' },
    ...REGISTRY_OPTIONS,
  },
  details: 'What was rolled back already stays as it is: the command may be given again.',
  async run(args, io) {
    const [model] = args.positionals
    const done = await withRegistry(args, io, async (client) => {
      const { rollback: takeBack } = await import('../tracking/rollback.js')
      return takeBack(model, { to: args.text('to'), by: args.text('by'), client })
    })
    const { version, from, to, changed } = done
    const text = changed
      ? `version ${version} is "${to}" of ${model} again, after version ${from} was taken back\n`
      : `version ${version} is "${to}" of ${model} already, since version ${from} was taken back\n`
    io.stdout.write(args.has('json') ? `${JSON.stringify(done)}\n` : text)
    return EXIT.fine
  },
}
