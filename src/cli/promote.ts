import type { Transformer } from '../pipeline/transformer.js'
import { Session } from '../sql/session.js'
import type { ModelVersion } from '../tracking/entities.js'
import type { Promotion } from '../tracking/promotion.js'
import { type Command, EXIT, UsageError } from './command.js'
import { FORMAT_NAMES, formatOfFile } from './formats.js'
import { reading } from './input-error.js'
import { daysOf, REGISTRY_OPTIONS, withRegistry } from './registry.js'
import { openRows } from './rows-in.js'

/** What was decided, for people. */
function promotionText(
  { model, version, to, promoted, changed, previous, checks, reasons }: Promotion,
  dry: boolean,
): string {
  const place = `"${to}" of ${model}`
  const outcome = !promoted
    ? `version ${version} is refused; ${previous === undefined ? 'nobody' : `version ${previous}`} stays ${place}`
    : changed
      ? `version ${version} is now ${place}${previous === undefined ? '' : `, after version ${previous}`}`
      : dry
        ? `version ${version} would become ${place}${previous === undefined ? '' : `, after version ${previous}`}`
        : `version ${version} is ${place} already`
  const lines = checks.map(({ name, candidate, champion, threshold, passed }) => {
    const beside = [
      ...(champion === undefined ? [] : [`champion ${champion}`]),
      ...(threshold === undefined ? [] : [`threshold ${threshold}`]),
    ]
    return `  ${passed ? 'passed' : 'failed'}  ${name} ${candidate}${beside.length === 0 ? '' : ` (${beside.join(', ')})`}`
  })
  return [outcome, ...lines, ...reasons.map((reason) => `  because ${reason}`), ''].join('\n')
}

/** `ridgeline promote NAME --data FILE --gate METRIC`. */
export const promote: Command = {
  name: 'promote',
  summary: 'makes a version of a registered model the champion when it passes the gates',
  positionals: ['NAME'],
  options: {
    data: { value: 'FILE', required: true, help: 'rows that no version was fitted on, with labels' },
    gate: {
      value: 'METRIC',
      required: true,
      multiple: true,
      help: 'what it must reach: rmse, rmse<=2.5, r2>=0.8; never worse than the champion',
    },
    from: { value: 'WHICH', help: 'the candidate: an alias, a stage, a number or latest; default: challenger' },
    to: { value: 'PLACE', help: 'the alias or stage that it is to hold; default: champion' },
    'min-change': { value: 'NUMBER', help: 'how much better than the champion; below 0 it may be worse; default 0' },
    'min-relative-change': { value: 'NUMBER', help: "the same as a part of the champion's metric, such as 0.01" },
    'max-age': { value: 'TIME', help: 'refuse a candidate that was trained longer ago, such as 30d or 12h' },
    label: { value: 'COLUMN', help: 'column of labels; default: label' },
    prediction: { value: 'COLUMN', help: 'column of predictions; default: prediction' },
    weight: { value: 'COLUMN', help: 'column of weights' },
    'data-format': { value: 'FORMAT', choices: FORMAT_NAMES, help: 'format of the data; default: by its extension' },
    schema: { value: 'DDL', help: "types of the data's columns; default: those that the candidate was fitted on" },
    by: { value: 'WHO', help: 'who decides, for the tags; default: the user of the pipeline or of this process' },
    'dry-run': { help: 'only tell what would be decided' },
    ...REGISTRY_OPTIONS,
  },
  details: `The decision is written as tags of the version: metrics, thresholds, time, who, the previous version. Exit code 0: it is the
champion now, or was already; 4: a gate refused it.`,
  async run(args, io) {
    const { gatesOf } = await import('./gates.js')
    const gate = gatesOf(args)
    const maxAgeDays = daysOf(args, 'promote')
    const path = args.text('data')!
    const format = formatOfFile(path, args.text('data-format'), '--data-format', 'promote')
    const from = args.text('from') ?? 'challenger'
    const [model] = args.positionals
    if (model.includes('/')) throw new UsageError(`"${model}" is no name of a registered model`, 'promote')
    const decision = await withRegistry(args, io, async (client) => {
      const { promote: decide } = await import('../tracking/promotion.js')
      const { loadModel } = await import('../tracking/load-model.js')
      const { versionAt } = await import('../tracking/slot.js')
      const loaded = new Map<string, Promise<Transformer>>()
      const load = (version: ModelVersion): Promise<Transformer> => {
        const uri = `models:/${version.name}/${version.version}`
        if (!loaded.has(uri)) loaded.set(uri, loadModel(uri))
        return loaded.get(uri)!
      }
      const candidate = await load(await versionAt(client, model, from))
      await using session = new Session()
      return reading(async () => {
        const request = { ...format, path, schema: args.text('schema'), keepCorrupt: false, signal: io.signal }
        const { frame: data } = await openRows(session, candidate, request)
        const dryRun = args.has('dry-run')
        return decide({
          model,
          from,
          to: args.text('to'),
          data,
          gate,
          maxAgeDays,
          by: args.text('by'),
          dryRun,
          client,
          load,
          signal: io.signal,
        })
      })
    })
    io.stdout.write(args.has('json') ? `${JSON.stringify(decision)}\n` : promotionText(decision, args.has('dry-run')))
    return decision.promoted ? EXIT.fine : EXIT.refused
  },
}
