import { UnsupportedError } from '../errors.js'
import { load } from '../persistence/load.js'
import { Transformer } from '../pipeline/transformer.js'
import type { ModelVersion, Tags } from '../tracking/entities.js'
import { type Command, EXIT, UsageError } from './command.js'
import { BadInputError, reading } from './input-error.js'
import { REGISTRY_OPTIONS, withRegistry } from './registry.js'

/** Addresses that MLflow knows; all others are saved models. */
const LOGGED = /^(runs|models|mlflow-artifacts|https?):/

function tagsOf(texts: readonly string[]): Tags {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=')
      if (at < 1) throw new UsageError(`--tag is "${text}". Allowed: NAME=VALUE`, 'register')
      return [text.slice(0, at), text.slice(at + 1)]
    }),
  )
}

/** Logs a saved model, and registers it. */
async function logAndRegister(path: string, name: string, tags: Tags): Promise<ModelVersion> {
  const model = await reading(() => load(path))
  if (!(model instanceof Transformer)) {
    const hint = 'Fit it first, and save the model.'
    throw new BadInputError(new UnsupportedError(`"${path}" holds ${model.uid}, which is no fitted model`, { hint }))
  }
  const { logModel } = await import('../tracking/log-model.js')
  const { startRun } = await import('../tracking/active-run.js')
  const info = await startRun(() => logModel(model, name, { registeredModelName: name, tags }), {
    runName: `register ${name}`,
  })
  return info.registeredModelVersion!
}

/** `ridgeline register MODEL NAME`. */
export const register: Command = {
  name: 'register',
  summary: "makes a version of a registered model in MLflow's registry",
  positionals: ['MODEL', 'NAME'],
  options: {
    alias: { value: 'ALIAS', multiple: true, help: 'give the version this alias, such as challenger' },
    tag: { value: 'NAME=VALUE', multiple: true, help: 'a tag of the version' },
    description: { value: 'TEXT', help: 'what the version is' },
    ...REGISTRY_OPTIONS,
  },
  details: `MODEL is what was logged, runs:/RUN_ID/name or models:/m-ID, or a saved model, on disk or in a bucket, which is logged
in a run of its own. The registered model is made when there is none of that name.`,
  async run(args, io) {
    const [source, name] = args.positionals
    const tags = tagsOf(args.texts('tag'))
    const version = await withRegistry(args, io, async (client) => {
      const { registerModel } = await import('../tracking/register-model.js')
      const made = LOGGED.test(source)
        ? await registerModel(source, name, { tags })
        : await logAndRegister(source, name, tags)
      const description = args.text('description')
      if (description !== undefined) await client.updateModelVersion(name, made.version, { description })
      for (const alias of args.texts('alias')) await client.setRegisteredModelAlias(name, alias, made.version)
      return made
    })
    const aliases = args.texts('alias')
    const told = { model: name, version: version.version, source: version.source, runId: version.runId, aliases }
    const named = aliases.length === 0 ? '' : ` (${aliases.join(', ')})`
    io.stdout.write(
      args.has('json')
        ? `${JSON.stringify(told)}\n`
        : `${source} is now version ${version.version} of ${name}${named}\n`,
    )
    return EXIT.fine
  },
}
