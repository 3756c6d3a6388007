import { shortClassName } from '../param/params.js'
import type { ValueKind } from '../param/row.js'
import type { Persistable, PersistableClass } from '../persistence/persistable.js'
import { shortText } from '../util/names.js'
import { inputType, modelColumns } from './columns.js'
import { type Command, EXIT } from './command.js'
import { reading } from './input-error.js'
import { loadSaved, type SavedStage } from './model-file.js'
import {
  type ColumnFacts,
  factsOf,
  factsText,
  knownInputs,
  SCHEMA_FORMS,
  type SchemaForm,
  schemaText,
} from './schema-text.js'

/** Kinds of values that hold stages, which are told on their own. */
const STAGE_KINDS: ReadonlySet<ValueKind> = new Set(['stage', 'stageArray', 'stageArrayArray', 'paramMaps'])

interface StageReport {
  readonly class: string
  readonly sparkClass: string
  readonly uid: string
  /** Parameters that differ from their default, as text. */
  readonly params: Readonly<Record<string, string>>
  readonly learned: Readonly<Record<string, string>>
  /** The stages inside, each with the name of the parameter or learned value that holds it. */
  readonly stages: readonly (StageReport & { readonly held: string })[]
}

const valueIn = (stage: Persistable, name: string): unknown => (stage as unknown as Record<string, unknown>)[name]

/** Stages inside a value that holds stages, with the place of each. */
function placedStages(held: string, kind: ValueKind, value: unknown): [held: string, stage: Persistable][] {
  if (value === undefined || kind === 'paramMaps') return []
  if (!Array.isArray(value)) return [[held, value as Persistable]]
  return value.flatMap((item, i) => placedStages(`${held}[${i}]`, kind, item))
}

function stageReport(stage: Persistable): StageReport {
  const { params, state, sparkClass } = stage.constructor as unknown as PersistableClass
  const set = Object.entries(stage.explicitValues())
  const plain = set.filter(
    ([name, value]) =>
      !STAGE_KINDS.has(params[name].kind) && shortText(value, 1000) !== shortText(stage.getDefault(name), 1000),
  )
  const maps = set.filter(([name]) => params[name].kind === 'paramMaps')
  const fitted = Object.entries(state).filter(([name]) => valueIn(stage, name) !== undefined)
  const inner = [
    ...set.flatMap(([name, value]) =>
      STAGE_KINDS.has(params[name].kind) ? placedStages(name, params[name].kind, value) : [],
    ),
    ...fitted.flatMap(([name, { kind }]) =>
      STAGE_KINDS.has(kind) ? placedStages(name, kind, valueIn(stage, name)) : [],
    ),
  ]
  return {
    class: shortClassName(sparkClass),
    sparkClass,
    uid: stage.uid,
    params: Object.fromEntries([
      ...plain.map(([name, value]) => [name, shortText(value, 200)]),
      ...maps.map(([name, value]) => [name, `${(value as readonly unknown[]).length} parameter maps`]),
    ]),
    learned: Object.fromEntries(
      fitted
        .filter(([, { kind }]) => !STAGE_KINDS.has(kind))
        .map(([name]) => [name, learnedText(valueIn(stage, name))]),
    ),
    stages: inner.map(([held, child]) => ({ held, ...stageReport(child) })),
  }
}

/** A learned value in a few words: itself where it is short, else its size. */
function learnedText(value: unknown): string {
  const text = shortText(value, 60)
  if (!text.endsWith('…') && typeof value !== 'object') return text
  const { length, size, numRows, numCols } = value as Record<string, unknown>
  if (numRows !== undefined) return `${numRows} x ${numCols} matrix`
  const count = length ?? size
  if (count === undefined)
    return Object.entries(value as object)
      .map(([name, part]) => `${name} ${countText(part)}`)
      .join(', ')
  return text.endsWith('…') ? `${text.slice(0, 40)}… (${count})` : text
}
const countText = (part: unknown): string =>
  typeof part === 'number' ? String(part) : `(${(part as ArrayLike<number> | undefined)?.length ?? 0})`

const quantity = (bytes: number): string => {
  const units = ['bytes', 'kB', 'MB', 'GB']
  const power = bytes < 1000 ? 0 : Math.min(3, Math.floor(Math.log10(bytes) / 3))
  return `${power === 0 ? bytes : (bytes / 1000 ** power).toFixed(1)} ${units[power]}`
}

/** Everything that `inspect` tells, as data. */
function report({ path, info, stage }: SavedStage) {
  const columns = modelColumns(stage)
  const known = knownInputs(stage)
  return {
    path,
    format: info.format,
    formatVersion: info.formatVersion,
    writtenBy: `${info.format === 'spark' ? 'Spark' : 'Ridgeline'} ${info.version}`,
    bytes: info.bytes,
    ...stageReport(stage),
    inputs: columns.inputs.map((column) => ({
      name: column.name,
      type: inputType(column, stage.inputSchema),
      ...factsOf(known.get(column.name)),
    })),
    outputs: columns.outputs,
    ...(stage.inputSchema ? { fittedOn: stage.inputSchema.fields.map(({ name }) => name) } : {}),
  }
}

function* stageLines(stage: StageReport, indent: string, held = ''): Generator<string> {
  yield `${indent}${held}${stage.class}  ${stage.uid}`
  for (const [name, text] of Object.entries(stage.params)) yield `${indent}    ${name} = ${text}`
  for (const [name, text] of Object.entries(stage.learned)) yield `${indent}    ${name}: ${text}`
  for (const child of stage.stages) yield* stageLines(child, `${indent}  `, `${child.held} `)
}

function text(found: ReturnType<typeof report>): string {
  const layout = found.formatVersion === undefined ? '' : `, layout ${found.formatVersion}`
  const columns = (list: readonly (ColumnFacts & { readonly name: string; readonly type: string })[]): string[] =>
    list.length > 0
      ? list.map((column) => `  ${column.name}: ${column.type}${factsText(column)}`)
      : ['  (none is declared)']
  return [
    `${found.path}: ${found.format}${layout}, written by ${found.writtenBy}, ${quantity(found.bytes)}`,
    '',
    ...stageLines(found, ''),
    '',
    'reads',
    ...columns(found.inputs),
    'makes',
    ...columns(found.outputs),
    '',
  ].join('\n')
}

/** `ridgeline inspect MODEL`. */
export const inspect: Command = {
  name: 'inspect',
  summary: 'tells what a saved model is: stages, parameters, learned values, columns, size, version',
  positionals: ['MODEL'],
  options: {
    schema: {
      value: 'FORM',
      choices: SCHEMA_FORMS,
      help: 'print only the schema of the rows that the model reads and gives, in one of its forms',
    },
    types: { value: 'DDL', help: "types of the columns, where the model does not know them: 'city STRING, km DOUBLE'" },
  },
  details:
    "MODEL is a JSON file of Ridgeline, or a folder in Spark's format. Parameters that have their default are left out.",
  async run(args, io) {
    const saved = await loadSaved(args.positionals[0])
    const form = args.text('schema') as SchemaForm | undefined
    if (form !== undefined) {
      io.stdout.write(await reading(async () => schemaText(saved.stage, form, args.text('types'))))
      return EXIT.fine
    }
    const found = report(saved)
    io.stdout.write(args.has('json') ? `${JSON.stringify(found, null, 1)}\n` : text(found))
    return EXIT.fine
  },
}
