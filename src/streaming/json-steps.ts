import { DataError } from '../errors.js'
import type { ColumnData } from '../sql/batch.js'
import { buildColumn } from '../sql/column-builder.js'
import { columnReader } from '../sql/column-reader.js'
import { validityOf } from '../sql/columns.js'
import { children } from '../sql/expression/children.js'
import type { Expression } from '../sql/expression/nodes.js'
import { columnIndex } from '../sql/expression/references.js'
import { resolve } from '../sql/expression/resolve.js'
import { attribute } from '../sql/names.js'
import type { BatchTransform, Plan, PlanOf } from '../sql/plan.js'
import { type DataType, fieldIndex, StructField, StructType } from '../sql/types.js'
import { isReadable, jsonReader, jsonWriter, misfitTeller, utf8Text } from './json-cells.js'
import { ROW } from './row-plan.js'

/** Is told of a row of the micro-batch that does not fit. */
export type Report = (row: number, reason: string) => void

/** Where steps report to; set anew for each run. */
export interface Reporting {
  /** Undefined: values that do not fit are null, as in Spark. */
  readonly strict: boolean
  report: Report
}

type Cell = (row: number) => unknown
/** A value computed row by row, from the columns of a batch. */
interface Compiled {
  readonly dataType: DataType
  /** @param problem is called where a text does not fit. */
  bind(columns: ReadonlyMap<number, ColumnData>, problem: (reason: string) => void): Cell
}

/** An expression of JSON as a function of a row; undefined where only the engine computes it. @param used gets the columns that it reads. */
function compile(node: Expression, schema: StructType, strict: boolean, used: Set<number>): Compiled | undefined {
  const inner = (child: Expression): Compiled | undefined => compile(child, schema, strict, used)
  switch (node.kind) {
    case 'alias':
      return inner(node.child)
    case 'attribute': {
      const at = node.qualifier === undefined ? columnIndex(schema, node.name) : -1
      if (at < 0) return undefined
      const { dataType } = schema.fields[at]
      used.add(at)
      return { dataType, bind: (columns) => columnReader(columns.get(at)!, dataType) }
    }
    case 'literal': {
      const { value, dataType } = node
      return value instanceof Date ? undefined : { dataType, bind: () => () => value }
    }
    case 'cast': {
      const child = inner(node.child)
      if (!child || node.dataType.kind !== 'string' || node.safe) return undefined
      if (child.dataType.kind === 'string') return child
      if (child.dataType.kind !== 'binary') return undefined
      return mapped(child, node.dataType, (value) => utf8Text(value as Uint8Array))
    }
    case 'call':
      return compileCall(node, schema, strict, used)
    default:
      return undefined
  }
}

/** A function of a value that is not null. */
const mapped = (child: Compiled, dataType: DataType, change: (value: unknown) => unknown): Compiled => ({
  dataType,
  bind: (columns, problem) => {
    const read = child.bind(columns, problem)
    return (row) => {
      const value = read(row)
      return value === null || value === undefined ? null : change(value)
    }
  },
})

function compileCall(
  node: Extract<Expression, { kind: 'call' }>,
  schema: StructType,
  strict: boolean,
  used: Set<number>,
): Compiled | undefined {
  const name = node.name.toLowerCase()
  if (!['.', 'from_json', 'to_json', 'struct'].includes(name)) return undefined
  const { dataType } = resolve(node, schema).field
  if (name === 'struct') {
    const parts = node.args.map((arg) => compile(arg, schema, strict, used))
    if (parts.includes(undefined) || dataType.kind !== 'struct') return undefined
    const names = dataType.fields.map((field) => field.name)
    return {
      dataType,
      bind: (columns, problem) => {
        const reads = parts.map((part) => part!.bind(columns, problem))
        return (row) => {
          const value: Record<string, unknown> = {}
          for (let k = 0; k < names.length; k++) value[names[k]] = reads[k](row) ?? null
          return value
        }
      },
    }
  }
  const child = compile(node.args[0], schema, strict, used)
  const literal = node.args[1]?.kind === 'literal' ? node.args[1].value : undefined
  if (!child) return undefined
  if (name === '.') {
    if (child.dataType.kind !== 'struct' || typeof literal !== 'string') return undefined
    const { fields } = child.dataType
    const field =
      fields[fieldIndex(child.dataType, literal)] ??
      fields.find((other) => other.name.toLowerCase() === literal.toLowerCase())
    return mapped(child, dataType, (value) => (value as Record<string, unknown>)[field.name] ?? null)
  }
  if (name === 'to_json') {
    const write = jsonWriter(child.dataType)
    return write && mapped(child, dataType, write as (value: unknown) => string)
  }
  if (typeof literal !== 'string' || dataType.kind !== 'struct' || !isReadable(dataType)) return undefined
  const read = jsonReader(literal, dataType, strict)
  return {
    dataType,
    bind: (columns, problem) => {
      const text = child.bind(columns, problem)
      return (row) => {
        const json = text(row)
        if (json === null || json === undefined) {
          if (strict) problem('there is no value')
          return null
        }
        const { value, problem: reason } = read(json as string)
        if (reason !== undefined) problem(reason)
        return value
      }
    },
  }
}

const isPlain = (node: Expression): boolean =>
  node.kind === 'attribute' || node.kind === 'literal' || (node.kind === 'alias' && isPlain(node.child))

const jsonCalls = (node: Expression): Expression[] => [
  ...(node.kind === 'call' && node.name.toLowerCase() === 'from_json' ? [node] : []),
  ...children(node).flatMap(jsonCalls),
]

interface Computed extends Compiled {
  readonly name: string
}

/** The JSON texts that a projection reads by the engine, which are looked through before it reads them. */
function checks(node: Expression, schema: StructType, used: Set<number>): Compiled[] {
  return jsonCalls(node).flatMap((call) => {
    const [text, literal] = children(call)
    const child = compile(text, schema, true, used)
    const ddl = literal.kind === 'literal' ? literal.value : undefined
    if (!child || typeof ddl !== 'string') return []
    const tell = misfitTeller(ddl)
    return [
      {
        dataType: child.dataType,
        bind: (columns: ReadonlyMap<number, ColumnData>, problem: (reason: string) => void): Cell => {
          const read = child.bind(columns, problem)
          return (row) => {
            const value = read(row)
            const reason = value === null ? 'there is no value' : tell(value as string)
            if (reason !== undefined) problem(reason)
            return null
          }
        },
      },
    ]
  })
}

/** A projection whose JSON is read and written in JavaScript, row by row, as a step before the rest of it. */
function projectInSteps(plan: PlanOf<'project'>, input: Plan, reporting: Reporting): Plan {
  const { schema } = input
  const used = new Set<number>()
  const computed: Computed[] = []
  const checked: Compiled[] = []
  const expressions = plan.expressions.map((node, k): Expression => {
    if (isPlain(node)) return node
    const own = new Set<number>()
    const compiled = compile(node, schema, reporting.strict, own)
    if (!compiled) {
      if (reporting.strict) checked.push(...checks(node, schema, used))
      return node
    }
    for (const at of own) used.add(at)
    const name = `__json${k}`
    computed.push({ ...compiled, name })
    return { kind: 'alias', child: attribute(name), name: plan.schema.fields[k].name }
  })
  if (computed.length + checked.length === 0) return { ...plan, input }
  const step = jsonStep([...used], schema, computed, checked, reporting)
  const fields = StructType([...schema.fields, ...step.outputs])
  const segment: Plan = { kind: 'mlSegment', schema: fields, input, transforms: [step] }
  return { ...plan, input: segment, expressions }
}

function jsonStep(
  used: readonly number[],
  schema: StructType,
  computed: readonly Computed[],
  checked: readonly Compiled[],
  reporting: Reporting,
): BatchTransform {
  return {
    name: 'json',
    inputs: [...used.map((at) => schema.fields[at].name), ROW],
    outputs: computed.map(({ name, dataType }) => StructField(name, dataType)),
    filters: reporting.strict,
    run(columns, length) {
      const byPlace = new Map(used.map((at, k) => [at, columns[k]]))
      const rowOf = columnReader(columns[used.length], { kind: 'integer' })
      const keep = new Uint8Array(length).fill(1)
      let current = 0
      const problem = (reason: string): void => {
        if (keep[current] === 1) reporting.report(rowOf(current) as number, reason)
        keep[current] = 0
      }
      const evaluate = (cell: Cell): unknown[] => {
        const values: unknown[] = new Array(length)
        for (current = 0; current < length; current++) {
          try {
            values[current] = cell(current)
          } catch (error) {
            if (!reporting.strict || !(error instanceof DataError)) throw error
            problem(error.message)
            values[current] = null
          }
        }
        return values
      }
      for (const check of checked) evaluate(check.bind(byPlace, problem))
      const made = computed.map(({ bind, dataType, name }) =>
        columnOf(dataType, evaluate(bind(byPlace, problem)), name),
      )
      return { columns: made, keep: keep.includes(0) ? keep : null }
    },
  }
}

/** A column of values that were made for it; what is no number or text needs no second look. */
function columnOf(type: DataType, values: readonly unknown[], name: string): ColumnData {
  if (!['struct', 'array', 'binary'].includes(type.kind)) return buildColumn(type, values, name)
  return { kind: 'object', data: values, valid: validityOf(values.length, (row) => values[row] !== null) }
}

/** The plan with `from_json`, `to_json` and fields of structs computed in JavaScript, where it can. @param plan with the column `ROW`. */
export function withJsonSteps(plan: Plan, reporting: Reporting): Plan {
  if ('left' in plan) {
    return { ...plan, left: withJsonSteps(plan.left, reporting), right: withJsonSteps(plan.right, reporting) }
  }
  if (!('input' in plan)) return plan
  const input = withJsonSteps(plan.input, reporting)
  return plan.kind === 'project' ? projectInSteps(plan, input, reporting) : ({ ...plan, input } as Plan)
}
