import { shortClassName } from '../param/params.js'
import type { ValueKind } from '../param/row.js'
import type { Persistable, PersistableClass } from '../persistence/persistable.js'
import { shortText } from '../util/names.js'
import { type Command, EXIT, UsageError } from './command.js'
import { loadSaved } from './model-file.js'
import { distance, flatten } from './values.js'

/** One thing in which two models differ. */
interface Difference {
  /** Place in the model, such as `stages[1] StandardScalerModel.mean`. */
  readonly where: string
  readonly left: string
  readonly right: string
  /** For numbers: how many differ, and how far. */
  readonly numbers?: {
    readonly count: number
    readonly of: number
    readonly absolute: number
    readonly relative: number
  }
}

const STAGE_KINDS: ReadonlySet<ValueKind> = new Set(['stage', 'stageArray', 'stageArrayArray'])

const classOf = (stage: Persistable): PersistableClass => stage.constructor as unknown as PersistableClass
const className = (stage: Persistable): string => shortClassName(classOf(stage).sparkClass)

/** Texts without random uids: a stage is known by its class, in defaults such as `<uid>__output`, too. */
function namer(stages: ReadonlyMap<string, string>): (text: string) => string {
  return (text) => {
    const uid = text.endsWith('__output') ? text.slice(0, -'__output'.length) : text
    const known = stages.get(uid)
    return known === undefined ? text : `${known}${text.slice(uid.length)}`
  }
}

/** Two stages side by side. */
class Comparison {
  readonly differences: Difference[] = []
  private readonly names = new Map<string, string>()
  private readonly nameOf = namer(this.names)
  private readonly tolerance: number

  constructor(tolerance: number) {
    this.tolerance = tolerance
  }

  stages(where: string, left: Persistable, right: Persistable): void {
    const place = `${where}${where === '' ? '' : ' '}${className(left)}`
    if (classOf(left).sparkClass !== classOf(right).sparkClass) {
      this.differences.push({ where: where || 'class', left: className(left), right: className(right) })
      return
    }
    this.names.set(left.uid, className(left)).set(right.uid, className(right))
    const { params, state } = classOf(left)
    // Stages first, because parameter maps name them.
    const rows = [...Object.entries(params), ...Object.entries(state)].sort(
      ([, a], [, b]) => Number(STAGE_KINDS.has(b.kind)) - Number(STAGE_KINDS.has(a.kind)),
    )
    for (const [name, { kind }] of rows) {
      const [a, b] = [left, right].map((stage) => valueIn(stage, name, Object.hasOwn(params, name)))
      if (STAGE_KINDS.has(kind)) this.held(`${place}.${name}`, a, b)
      else this.values(`${place}.${name}`, a, b)
    }
  }

  /** Stages, or lists of stages, that a parameter or a learned value holds. */
  private held(where: string, left: unknown, right: unknown): void {
    if (left === undefined && right === undefined) return
    if (Array.isArray(left) && Array.isArray(right)) {
      if (left.length !== right.length) {
        this.differences.push({ where, left: `${left.length} stages`, right: `${right.length} stages` })
      }
      for (let i = 0; i < Math.min(left.length, right.length); i++) this.held(`${where}[${i}]`, left[i], right[i])
    } else if (left === undefined || right === undefined) {
      this.differences.push({ where, left: presence(left), right: presence(right) })
    } else this.stages(where, left as Persistable, right as Persistable)
  }

  private values(where: string, left: unknown, right: unknown): void {
    const [a, b] = [flatten(left, this.nameOf), flatten(right, this.nameOf)]
    const texts = { where, left: shortText(left), right: shortText(right) }
    if (a.frame !== b.frame) {
      this.differences.push(texts)
      return
    }
    const apart = distance(a.numbers, b.numbers)
    if (apart.relative > this.tolerance) {
      this.differences.push({ ...texts, numbers: { ...apart, of: a.numbers.length } })
    }
  }
}

const presence = (value: unknown): string => (value === undefined ? 'absent' : 'present')

/** The value in effect of a parameter, or a learned value; undefined where there is none. */
function valueIn(stage: Persistable, name: string, isParam: boolean): unknown {
  if (!isParam) return (stage as unknown as Record<string, unknown>)[name]
  return stage.isDefined(name) ? stage.getOrDefault(name) : undefined
}

function differenceText({ where, left, right, numbers }: Difference): string {
  const far = numbers
    ? `\n    ${numbers.count} of ${numbers.of} numbers differ, by at most ${numbers.absolute.toPrecision(3)} (relative ${numbers.relative.toPrecision(3)})`
    : ''
  return `${where}\n  - ${left}\n  + ${right}${far}\n`
}

/** JSON has no infinity: such a number is text. */
const jsonNumbers = (_key: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? String(value) : value

/** `ridgeline diff MODEL MODEL`. */
export const diff: Command = {
  name: 'diff',
  summary: 'tells in what two saved models differ: stages, parameters, learned values',
  positionals: ['MODEL', 'OTHER'],
  options: {
    tolerance: { value: 'NUMBER', help: 'largest relative difference of numbers that counts as none; default 0' },
  },
  details: `Values of parameters are those in effect, set or default. Names of stages (uids) and the schemas that models were
fitted on are not compared. Exit code 0: no difference, 1: some.`,
  async run(args, io) {
    const text = args.text('tolerance') ?? '0'
    const tolerance = Number(text)
    if (text.trim() === '' || !(tolerance >= 0)) {
      throw new UsageError(`--tolerance is "${text}". Allowed: a number of 0 or more`, 'diff')
    }
    const [left, right] = [await loadSaved(args.positionals[0]), await loadSaved(args.positionals[1])]
    const comparison = new Comparison(tolerance)
    comparison.stages('', left.stage, right.stage)
    const { differences } = comparison
    if (args.has('json')) {
      const found = { left: left.path, right: right.path, equal: differences.length === 0, differences }
      io.stdout.write(`${JSON.stringify(found, jsonNumbers, 1)}\n`)
    } else {
      io.stdout.write(differences.length === 0 ? 'no difference\n' : differences.map(differenceText).join(''))
    }
    return differences.length === 0 ? EXIT.fine : EXIT.failed
  },
}
