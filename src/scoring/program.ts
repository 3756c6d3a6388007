import { SchemaError, UnsupportedError } from '../errors.js'
import type { ColumnData } from '../sql/batch.js'
import { keptRows, takeColumn } from '../sql/columns.js'
import type { Expression } from '../sql/expression/nodes.js'
import { passedColumn } from '../sql/expression/references.js'
import { type RowProgram, rowFunctions, rowProgram } from '../sql/expression/row-program.js'
import { conditionStep, expressionStep } from '../sql/expression/row-step.js'
import { title } from '../sql/expression/title.js'
import { type } from '../sql/expression/typed.js'
import type { BatchTransform, Plan, PlanKind, PlanOf } from '../sql/plan.js'
import { fieldIndex, type StructField, type StructType, unknownColumn } from '../sql/types.js'

/** A value that a row has on its way through a program: a column of the input, or one that a step makes. */
type Place = number

/** A row-wise step, with the places that it reads and fills. */
export interface Step {
  readonly transform: BatchTransform
  readonly inputs: readonly Place[]
  readonly outputs: readonly Place[]
}

/** A column of the input or of the output, and its place. */
export interface PlacedField {
  readonly field: StructField
  readonly place: Place
}

/** What a plan does with one row: the steps that the outputs need, in order, and the columns of the input that these read. */
export interface Program {
  readonly inputs: readonly PlacedField[]
  readonly steps: readonly Step[]
  readonly outputs: readonly PlacedField[]
  readonly places: number
}

/** Columns by name; a text instead of a place says why the column cannot be computed from one row. */
type Scope = ReadonlyMap<string, Place | string>

/** All that a plan does, before it is known what somebody wants of it. */
interface Trace {
  readonly scope: Scope
  readonly steps: readonly Step[]
  readonly places: number
}

const acrossRows = (what: string) => (): never => {
  throw new UnsupportedError(`${what}, which a single row does not tell`, {
    allowed: 'A row scorer runs stages that treat each row for itself',
    hint: 'Transform a frame instead, or leave the stage out of the model that is scored.',
  })
}

const tracers: { readonly [K in PlanKind]: (plan: PlanOf<K>) => Trace } = {
  localScan: ({ schema }) => ({
    scope: new Map(schema.fields.map(({ name }, k) => [name, k])),
    steps: [],
    places: schema.fields.length,
  }),
  mlSegment: ({ input, transforms }) => transforms.reduce(withTransform, trace(input)),
  project({ input, schema, expressions }) {
    const before = trace(input)
    const steps = [...before.steps]
    let { places } = before
    const source = (expression: Expression, field: StructField): Place | string => {
      const passed = passedColumn(expression, input.schema)
      if (passed >= 0) return before.scope.get(input.schema.fields[passed].name) as Place | string
      const step = computed(expression, before.scope, input.schema, (name, program) =>
        expressionStep(name, program, field),
      )
      if (typeof step === 'string') return step
      steps.push({ ...step, outputs: [places] })
      return places++
    }
    const scope = new Map(schema.fields.map((field, k) => [field.name, source(expressions[k], field)]))
    return { scope, steps, places }
  },
  filter({ input, condition }) {
    const before = trace(input)
    const step = computed(condition, before.scope, input.schema, conditionStep)
    if (typeof step === 'string') return acrossRows(`the model keeps rows by the SQL condition ${step}`)()
    return { ...before, steps: [...before.steps, { ...step, outputs: [] }] }
  },
  cache: ({ input }) => trace(input),
  repartition: ({ input }) => trace(input),
  fileScan: acrossRows('the model reads a file'),
  streamScan: acrossRows('the model reads a stream'),
  expand: acrossRows('the model makes several rows of one'),
  generate: acrossRows('the model makes several rows of one'),
  aggregate: acrossRows('the model groups rows'),
  join: acrossRows('the model joins rows'),
  union: acrossRows('the model adds other rows'),
  setOperation: acrossRows('the model compares rows'),
  sort: acrossRows('the model sorts rows'),
  limit: acrossRows('the model counts rows'),
  sample: acrossRows('the model draws rows at random'),
  draw: acrossRows('the model numbers rows, or draws numbers at random'),
}

/** SQL as a step over one row; a text that says why there is none. */
function computed(
  expression: Expression,
  scope: Scope,
  schema: StructType,
  stepOf: (name: string, program: RowProgram) => BatchTransform,
): Omit<Step, 'outputs'> | string {
  const name = title(expression)
  const program = rowProgram(type(expression, schema))
  if (typeof program === 'string') return `${name}, where only the relational engine knows ${program}`
  const inputs: Place[] = []
  for (const field of program.inputs) {
    const place = scope.get(field.name)
    if (typeof place !== 'number') return place ?? name
    inputs.push(place)
  }
  return { transform: stepOf(name, program), inputs }
}

const trace = (plan: Plan): Trace => (tracers[plan.kind] as (plan: Plan) => Trace)(plan)

function withTransform({ scope, steps, places }: Trace, transform: BatchTransform): Trace {
  const inputs = transform.inputs.map((name) => placeOf(scope, name))
  const outputs = transform.outputs.map((_, k) => places + k)
  return {
    scope: new Map([...scope, ...transform.outputs.map(({ name }, k) => [name, outputs[k]] as const)]),
    steps: [...steps, { transform, inputs, outputs }],
    places: places + outputs.length,
  }
}

/** @throws UnsupportedError when the column is computed by SQL. */
function placeOf(scope: Scope, name: string): Place {
  const place = scope.get(name)
  if (typeof place === 'number') return place
  throw new UnsupportedError(`column "${name}" is computed by the SQL expression ${place}`, {
    column: name,
    allowed: `A row scorer runs stages, and SQL with ${rowFunctions.join(', ')}`,
    hint: 'Compute the column before the model, or choose output columns that do not need it.',
  })
}

/** Which columns a scorer gives when nobody chooses: what the predictors make, and all stages after the last of them. */
function scoredColumns(all: Trace, schema: StructType, input: StructType, predictors: ReadonlySet<string>): string[] {
  const last = all.steps.findLastIndex(({ transform }) => predictors.has(transform.name))
  const made = all.steps.flatMap(({ transform, outputs }, i) =>
    predictors.has(transform.name) || (last >= 0 && i > last) ? outputs : [],
  )
  const names = schema.fields.map(({ name }) => name)
  if (made.length > 0) return names.filter((name) => made.includes(all.scope.get(name) as Place))
  const added = names.filter((name) => fieldIndex(input, name) < 0)
  return added.length > 0 ? added : names
}

/** What a program is made for. */
export interface Wanted {
  /** `uid` of the model, for errors. */
  readonly stage: string
  /** Columns that are wanted, in order; undefined: the predictions. */
  readonly columns: readonly string[] | undefined
  /** `uid` of each stage that predicts. */
  readonly predictors: ReadonlySet<string>
}

/**
 * The program of a plan over rows of a schema.
 * @throws SchemaError for a column that the model does not make; UnsupportedError where a row alone does not tell the answer.
 */
export function programOf(plan: Plan, input: StructType, { stage, columns, predictors }: Wanted): Program {
  const all = trace(plan)
  const names = columns ?? scoredColumns(all, plan.schema, input, predictors)
  const outputs = names.map((name) => {
    const index = fieldIndex(plan.schema, name)
    if (index < 0) throw unknownColumn(plan.schema, name, stage)
    return { field: plan.schema.fields[index], place: placeOf(all.scope, name) }
  })
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) {
    throw new SchemaError(`output column "${twice}" is chosen twice`, {
      stage,
      column: twice,
      allowed: 'Allowed: each column once',
      received: names.join(', '),
    })
  }
  const live = new Set(outputs.map(({ place }) => place))
  const steps: Step[] = []
  for (const step of all.steps.toReversed()) {
    if (!step.transform.filters && !step.outputs.some((place) => live.has(place))) continue
    for (const place of step.inputs) live.add(place)
    steps.unshift(step)
  }
  const inputs = input.fields.map((field, place) => ({ field, place })).filter(({ place }) => live.has(place))
  return { inputs, steps, outputs, places: all.places }
}

/** How often each place is read, by steps and as an output. */
export function readCounts({ steps, outputs }: Program): ReadonlyMap<number, number> {
  const reads = new Map<number, number>()
  for (const place of [...steps.flatMap((step) => step.inputs), ...outputs.map((output) => output.place)]) {
    reads.set(place, (reads.get(place) ?? 0) + 1)
  }
  return reads
}

/** Rows after the steps of a program: fewer where a step has dropped some. */
export interface Scored {
  /** The outputs, in order. */
  readonly columns: readonly ColumnData[]
  readonly length: number
  /** Which rows of the input are left; null: all. */
  readonly rows: Int32Array | null
}

/**
 * Runs the steps over rows in columns. @param columns the inputs of the program, in order.
 * @throws DataError, as the stages do.
 */
export function runProgram(
  { inputs, steps, outputs, places }: Program,
  columns: readonly ColumnData[],
  count: number,
): Scored {
  const values = new Array<ColumnData | undefined>(places)
  let length = count
  let rows: Int32Array | null = null
  inputs.forEach(({ place }, k) => {
    values[place] = columns[k]
  })
  for (const { transform, inputs: from, outputs: to } of steps) {
    const made = transform.run(
      from.map((place) => values[place] as ColumnData),
      length,
      0,
    )
    to.forEach((place, k) => {
      values[place] = made.columns[k]
    })
    if (!made.keep?.subarray(0, length).includes(0)) continue
    const kept = keptRows(made.keep, length)
    values.forEach((column, place) => {
      if (column) values[place] = takeColumn(column, kept)
    })
    const before: Int32Array | null = rows
    rows = before === null ? kept : kept.map((row) => before[row])
    length = kept.length
  }
  return { columns: outputs.map(({ place }) => values[place] as ColumnData), length, rows }
}
