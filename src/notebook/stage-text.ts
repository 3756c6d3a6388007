import type { Matrix } from '../linalg/matrix.js'
import type { Vector } from '../linalg/vector.js'
import type { ParamMap } from '../param/param.js'
import { Params, shortClassName } from '../param/params.js'
import type { ValueKind } from '../param/row.js'
import type { StateTable } from '../param/state.js'
import { Estimator } from '../pipeline/estimator.js'
import { Evaluator } from '../pipeline/evaluator.js'
import { Model } from '../pipeline/model.js'
import { columnParams } from '../pipeline/schema.js'
import { shortText } from '../util/names.js'

/** Stages inside a stage. */
export interface InnerStages {
  /** Name of the parameter or learned value that holds them. */
  readonly name: string
  /** Whether data pass them one after the other. */
  readonly flow: boolean
  readonly stages: readonly StageText[]
}

/** What a diagram tells about a stage. */
export interface StageText {
  readonly title: string
  readonly role: 'estimator' | 'model' | 'transformer' | 'evaluator'
  /** Columns, parameters that are not at their default, learned values. */
  readonly lines: readonly string[]
  readonly inner: readonly InnerStages[]
}

/** Longest text of a line, and what a list in it may take, beside its name. */
const MAX_LINE = 64
const ROOM = 36
/** Of an ensemble of more stages than that only the first is drawn. */
const MAX_INNER = 8

const cut = (text: string): string => (text.length > MAX_LINE ? `${text.slice(0, MAX_LINE - 1)}…` : text)

/** As many texts as a line holds, and how many there are where that is not all. */
function list(texts: readonly string[]): string {
  let length = 0
  const fitting = texts.findIndex((text) => {
    length += text.length + 2
    return length > ROOM
  })
  if (fitting < 0) return texts.join(', ')
  return `${texts.slice(0, Math.max(1, fitting)).map(cut).join(', ')} … ${texts.length} in all`
}

/** A learned number, as short as it can be told from its neighbours by eye. */
const numberText = (value: number | bigint): string =>
  typeof value === 'bigint' || Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(5)))
const numbers = (values: ArrayLike<number>): string => `[${list(Array.from(values, numberText))}]`

/** Short text of a value that was learned; undefined for what holds stages. */
function learnedText(kind: ValueKind, value: unknown): string | undefined {
  switch (kind) {
    case 'stage':
    case 'stageArray':
    case 'stageArrayArray':
    case 'paramMaps':
      return undefined
    case 'double':
    case 'int':
    case 'long':
      return numberText(value as number | bigint)
    case 'vector':
      return numbers((value as Vector).toArray())
    case 'doubleArray':
    case 'intArray':
      return numbers(value as readonly number[])
    case 'stringArray':
      return `[${list(value as readonly string[])}]`
    case 'stringArrayArray':
      return (value as readonly (readonly string[])[]).map((texts) => `[${list(texts)}]`).join(', ')
    case 'doubleArrayArray':
      return (value as readonly (readonly number[])[]).map(numbers).join(', ')
    case 'matrix':
      return matrixText(value as Matrix)
    case 'categoryMaps':
      return `${(value as ReadonlyMap<number, unknown>).size} categorical`
    case 'arrays':
      return arraysText(value as Readonly<Record<string, unknown>>)
    default:
      return String(value)
  }
}

const matrixText = (matrix: Matrix): string =>
  matrix.numRows === 1 ? numbers(matrix.toArray()) : `${matrix.numRows} × ${matrix.numCols} matrix`

/** Parallel arrays are a table, such as the nodes of a tree. */
const arraysText = (value: Readonly<Record<string, unknown>>): string => {
  const array = Object.values(value).find(ArrayBuffer.isView) as unknown as ArrayLike<number> | undefined
  return array ? String(array.length) : 'numbers'
}

const roleOf = (stage: Params): StageText['role'] => {
  if (stage instanceof Estimator) return 'estimator'
  if (stage instanceof Evaluator) return 'evaluator'
  return stage instanceof Model ? 'model' : 'transformer'
}

/** The columns that a stage reads and makes: `distanceKm, hour → features`. */
function columnsLine(stage: Params, role: StageText['role']): string[] {
  const params = columnParams(stage, role === 'estimator' || role === 'evaluator' ? 'fit' : 'transform')
  const names = (io: 'input' | 'output'): string[] =>
    params.flatMap((param) => (param.role.io === io ? param.columns : []))
  const sides = [names('input'), names('output')]
  const line = (text: (texts: readonly string[]) => string): string =>
    sides
      .map((side, i) => (i === 1 && side.length > 0 ? `→ ${text(side)}` : text(side)))
      .join(' ')
      .trim()
  const whole = line((texts) => texts.join(', '))
  if (whole === '') return []
  return [whole.length <= MAX_LINE ? whole : line(list)]
}

/** Parameters that were set to something else than their default, but columns and what holds stages. */
function paramLines(stage: Params): string[] {
  return Object.entries(stage.explicitValues()).flatMap(([name, value]) => {
    const { row } = stage.getParam(name)
    if (row.kind === 'paramMaps') return gridLines(value as readonly ParamMap[])
    if (row.role || row.kind.startsWith('stage')) return []
    if (shortText(value, 10_000) === shortText(stage.getDefault(name), 10_000)) return []
    return [`${name} = ${Array.isArray(value) ? `[${list(value.map(String))}]` : String(value)}`]
  })
}

/** The values that a grid tries, parameter by parameter. */
function gridLines(maps: readonly ParamMap[]): string[] {
  const values = new Map<string, Set<string>>()
  for (const { param, value } of maps.flatMap((map) => map.toArray())) {
    const text = value instanceof Params ? shortClassName(value.definition.sparkClass) : shortText(value, MAX_LINE)
    values.set(param.name, (values.get(param.name) ?? new Set()).add(text))
  }
  const lines = [...values].map(([name, texts]) => `  ${name}: ${list([...texts])}`)
  return [`${maps.length} ${maps.length === 1 ? 'map' : 'maps'} of parameters`, ...lines]
}

function innerStages(name: string, kind: ValueKind, value: unknown): { lines: string[]; inner: InnerStages[] } {
  if (kind === 'stageArrayArray') {
    const rows = value as readonly (readonly Params[])[]
    return { lines: [`${name}: ${rows.length} × ${rows[0]?.length ?? 0}`], inner: [] }
  }
  const stages = kind === 'stage' ? [value as Params] : (value as readonly Params[])
  const many = name !== 'stages' && stages.length > MAX_INNER
  return {
    lines: many ? [`${name}: ${stages.length}, of which the first is`] : [],
    inner: [{ name, flow: name === 'stages', stages: (many ? stages.slice(0, 1) : stages).map(stageText) }],
  }
}

/** What is to be told about a stage, and about the stages inside it. */
export function stageText(stage: Params): StageText {
  const { sparkClass, state = {} } = stage.definition as Params['definition'] & { readonly state?: StateTable }
  const role = roleOf(stage)
  const lines = [...columnsLine(stage, role), ...paramLines(stage)]
  const inner: InnerStages[] = []
  const isFitted = Object.keys(state).length > 0
  const held = isFitted
    ? Object.entries(state).map(([name, { kind }]) => ({ name, kind, value: Reflect.get(stage, name) as unknown }))
    : stage.params.map(({ name, row: { kind } }) => ({ name, kind, value: stage.get(name) }))
  for (const { name, kind, value } of held) {
    if (value === undefined) continue
    if (kind.startsWith('stage')) {
      const found = innerStages(name, kind, value)
      lines.push(...found.lines)
      inner.push(...found.inner)
    } else if (isFitted) {
      lines.push(`${name}: ${learnedText(kind, value)}`)
    }
  }
  return { title: shortClassName(sparkClass), role, lines: lines.map(cut), inner }
}
