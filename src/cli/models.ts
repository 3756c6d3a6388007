import type { ModelVersion } from '../tracking/entities.js'
import type { MlflowClient } from '../tracking/mlflow-client.js'
import { type Command, EXIT, UsageError } from './command.js'
import { daysOf, REGISTRY_OPTIONS, withRegistry } from './registry.js'

/** Rows as columns that are as wide as they must be. */
function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)))
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, i) => cell.padEnd(widths[i]))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}

const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10)

/** All pages of a list. */
async function all<T>(next: (token?: string) => Promise<T[] & { readonly token?: string }>): Promise<T[]> {
  const found: T[] = []
  let token: string | undefined
  do {
    const page = await next(token)
    for (const item of page) found.push(item)
    token = page.token
  } while (token !== undefined)
  return found
}

async function versionsOf(client: MlflowClient, name: string): Promise<ModelVersion[]> {
  // A version in a list has no aliases on every server; the model has them all.
  const { aliases } = await client.getRegisteredModel(name)
  const filterString = `name = '${name.replaceAll("'", "''")}'`
  const versions = await all((pageToken) => client.searchModelVersions({ filterString, pageToken }))
  return versions
    .map((version) => ({
      ...version,
      aliases: Object.keys(aliases).filter((alias) => aliases[alias] === version.version),
    }))
    .sort((a, b) => Number(b.version) - Number(a.version))
}

/** `ridgeline models [NAME]`. */
export const models: Command = {
  name: 'models',
  summary: 'lists registered models, or the versions of one, and checks how old the champion is',
  positionals: ['[NAME]'],
  options: {
    'max-age': { value: 'TIME', help: 'exit code 4 when the version was trained longer ago, such as 30d or 12h' },
    at: { value: 'WHICH', help: 'with --max-age: an alias, a stage, a number or latest; default: champion' },
    ...REGISTRY_OPTIONS,
  },
  details: 'With NAME: the versions, the newest first. With --max-age only the age is told: 0 fine, 4 too old.',
  async run(args, io) {
    const [name] = args.positionals
    const maxAge = daysOf(args, 'models')
    if (maxAge !== undefined && name === undefined)
      throw new UsageError('--max-age needs the NAME of a model', 'models')
    if (args.has('at') && maxAge === undefined) throw new UsageError('--at goes with --max-age', 'models')
    return withRegistry(args, io, async (client) => {
      const tell = (json: unknown, text: string): void => {
        io.stdout.write(args.has('json') ? `${JSON.stringify(json, null, 1)}\n` : text)
      }
      if (name === undefined) {
        const found = await all((pageToken) => client.searchRegisteredModels({ pageToken }))
        const rows = found.map((model) => [
          model.name,
          Object.entries(model.aliases)
            .map(([alias, version]) => `${alias}=${version}`)
            .join(' '),
          dayOf(model.lastUpdatedTimestamp),
        ])
        tell(found, columns([['model', 'aliases', 'updated'], ...rows]))
        return EXIT.fine
      }
      if (maxAge !== undefined) {
        const { modelAge } = await import('../tracking/model-age.js')
        const { version, trainedAt, days } = await modelAge(name, { at: args.text('at'), client })
        const tooOld = days > maxAge
        const text = `version ${version} of ${name} was trained ${days.toFixed(1)} days ago${tooOld ? `, more than ${maxAge}` : ''}\n`
        tell({ model: name, version, trainedAt, days, maxAge, tooOld }, text)
        return tooOld ? EXIT.refused : EXIT.fine
      }
      const found = await versionsOf(client, name)
      const rows = found.map(({ version, aliases, currentStage, creationTimestamp, tags }) => [
        version,
        aliases.join(' '),
        currentStage === 'None' ? '' : currentStage,
        dayOf(creationTimestamp),
        tags.validation_status ?? '',
        tags['promotion.decision'] ?? '',
      ])
      tell(found, columns([['version', 'aliases', 'stage', 'made', 'validation', 'decision'], ...rows]))
      return EXIT.fine
    })
  },
}
