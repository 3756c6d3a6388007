import { SchemaError } from '../errors.js'
import { children } from './expression/children.js'
import { mapChildren } from './expression/map-children.js'
import type { Expression } from './expression/nodes.js'
import { columnIndex } from './expression/references.js'
import { resolve } from './expression/resolve.js'
import { outputName } from './expression/title.js'
import { sameName } from './names.js'
import type { Plan } from './plan.js'
import { fieldIndex, numbered, type StructType } from './types.js'

// Frames whose columns share names, as after a join on a condition, are told apart by where their columns come from: `df.col('id')`
// means the column of that frame, `col('a.id')` the one of the frame that was called `a` by `alias`.

interface ColumnAt {
  readonly plan: Plan
  readonly index: number
}

/** Where the columns come from that `df.col` made. */
const origins = new WeakMap<Expression, ColumnAt>()
/** Names that `df.alias` gave, and the first column that has each; columns before it keep the names of their frames. */
const aliases = new WeakMap<Plan, { readonly name: string; readonly from: number }>()
/** Aliases that nobody wrote: they only give back to a column the name that it shares. */
const sharedNames = new WeakSet<Expression>()

function underSharedName(child: Expression, name: string): Expression {
  const alias: Expression = { kind: 'alias', child, name }
  sharedNames.add(alias)
  return alias
}

/** A column as one of the columns of a plan, whatever other columns share its name. */
export function markOrigin(expression: Expression, plan: Plan): void {
  if (expression.kind === 'attribute') {
    origins.set(expression, { plan, index: columnIndex(plan.schema, expression.name) })
  }
  for (const child of children(expression)) markOrigin(child, plan)
}

/** The expressions with every `*` replaced by all columns of a plan, and `j.*` by the fields of a struct, or the columns of a frame of that name. */
export const allColumns = (expressions: readonly Expression[], plan: Plan): Expression[] =>
  expressions.flatMap((expression) => {
    if (expression.kind === 'star') return columnsOf(plan)
    return starred(expression, plan) ?? [expression]
  })

/** What `a.*` stands for; undefined for other expressions. */
function starred(expression: Expression, plan: Plan): Expression[] | undefined {
  if (expression.kind !== 'call' || expression.name !== '.') return undefined
  const [owner, member] = expression.args
  if (member.kind !== 'literal' || member.value !== '*') return undefined
  if (owner.kind === 'attribute' && isTableName(plan, owner.name)) return tableColumns(plan, owner.name)
  const { dataType } = resolve(owner, plan.schema, 'select').field
  if (dataType.kind !== 'struct') return undefined
  return dataType.fields.map(({ name }): Expression => {
    return { ...expression, args: [owner, { ...member, value: name }] }
  })
}

/** All columns of a plan, whatever names they share. */
export const columnsOf = (plan: Plan): Expression[] => plan.schema.fields.map((_, index) => columnAt(plan, index))

function columnAt(plan: Plan, index: number): Expression {
  const column: Expression = { kind: 'attribute', name: plan.schema.fields[index].name }
  origins.set(column, { plan, index })
  return column
}

/** The condition of a join of a frame with itself: `df.col('k').equalTo(df.col('k'))` compares the left with the right side, as in Spark. */
export function splitSelfJoin(condition: Expression, join: Plan): Expression {
  if (condition.kind !== 'call') return condition
  const columns = condition.args.map((arg) => originated(arg, join))
  const same =
    columns.length === 2 && columns.every((found) => found.length === 2 && found.join() === columns[0].join())
  if (same && (condition.name === '=' || condition.name === '<=>')) {
    return { ...condition, args: columns[0].map((index) => columnAt(join, index)) }
  }
  return mapChildren(condition, (child) => splitSelfJoin(child, join))
}

/** The plan under a name, by which `name.column` means its columns. @param from the first column that the name is for. */
export function aliased(plan: Plan, name: string, from = 0): Plan {
  const copy = { ...plan }
  aliases.set(copy, { name, from })
  return copy
}

/** A projection that gives all columns other names, and is not seen by what looks for the origin of columns. */
export function renamed(plan: Plan, names: readonly string[]): Plan {
  const schema = numbered(plan.schema)
  if (names.every((name, k) => name === plan.schema.fields[k].name)) return plan
  const expressions = schema.fields.map(({ name }, k): Expression => {
    const child: Expression = { kind: 'attribute', name }
    return name === names[k] ? child : underSharedName(child, names[k])
  })
  const fields = plan.schema.fields.map((field, k) => ({ ...field, name: names[k] }))
  return { kind: 'project', schema: { ...plan.schema, fields }, input: plan, expressions }
}

/** The column of the input that a column of a plan is; undefined where the plan makes it. */
function below({ plan, index }: ColumnAt): ColumnAt | undefined {
  switch (plan.kind) {
    case 'filter':
    case 'sort':
    case 'limit':
    case 'sample':
    case 'repartition':
    case 'cache':
      return { plan: plan.input, index }
    case 'draw':
    case 'generate':
      return index < plan.input.schema.fields.length ? { plan: plan.input, index } : undefined
    case 'mlSegment': {
      const { name } = plan.schema.fields[index]
      const made = plan.transforms.some(({ outputs }) => outputs.some((field) => field.name === name))
      return made ? undefined : { plan: plan.input, index: fieldIndex(plan.input.schema, name) }
    }
    case 'project': {
      const expression = plan.expressions[index]
      const bare = expression.kind === 'alias' && sharedNames.has(expression) ? expression.child : expression
      return bare.kind === 'attribute'
        ? { plan: plan.input, index: columnIndex(plan.input.schema, bare.name) }
        : undefined
    }
    case 'aggregate': {
      const group = plan.grouping[index]
      return group?.kind === 'attribute'
        ? { plan: plan.input, index: columnIndex(plan.input.schema, group.name) }
        : undefined
    }
    case 'join':
      return belowJoin(plan, index)
    default:
      return undefined
  }
}

function belowJoin(plan: Extract<Plan, { kind: 'join' }>, index: number): ColumnAt | undefined {
  const { left, right, using, type } = plan
  if (index < using.length) {
    if (type === 'full') return undefined
    const side = type === 'right' ? right : left
    return { plan: side, index: fieldIndex(side.schema, using[index]) }
  }
  const rest = (schema: StructType): number[] =>
    schema.fields.flatMap((field, k) => (using.includes(field.name) ? [] : [k]))
  const ofLeft = rest(left.schema)
  const at = index - using.length
  return at < ofLeft.length
    ? { plan: left, index: ofLeft[at] }
    : { plan: right, index: rest(right.schema)[at - ofLeft.length] }
}

/** The columns that a column of a plan is, from the plan down to the one that makes it. */
function* path(column: ColumnAt): Generator<ColumnAt> {
  for (let at: ColumnAt | undefined = column; at; at = below(at)) yield at
}

function isOf(column: ColumnAt, origin: ColumnAt): boolean {
  for (const { plan, index } of path(column)) if (plan === origin.plan && index === origin.index) return true
  return false
}

/** The name by which the frame was called that a column is of: the last one counts. */
function qualifier(column: ColumnAt): string | undefined {
  for (const { plan, index } of path(column)) {
    const alias = aliases.get(plan)
    if (alias && index >= alias.from) return alias.name
  }
  return undefined
}

/** The columns that `a.b` means by the names of frames. */
function qualified(expression: Expression, plan: Plan): number[] {
  if (expression.kind !== 'call' || expression.name !== '.') return []
  const [table, column] = expression.args
  if (table.kind !== 'attribute' || column.kind !== 'literal') return []
  return plan.schema.fields.flatMap((field, index) => {
    if (!sameName(baseName(field.name), String(column.value))) return []
    const name = qualifier({ plan, index })
    return name !== undefined && sameName(name, table.name) ? [index] : []
  })
}

/** The column of a plan that a name means, perhaps behind the name of a table; undefined where it means none. @throws SchemaError for several. */
export function scopedColumn(expression: Expression, plan: Plan, stage: string): Expression | undefined {
  const plain = expression.kind === 'attribute' && !origins.has(expression)
  const found = plain
    ? plan.schema.fields.flatMap(({ name }, k) => (sameName(baseName(name), expression.name) ? [k] : []))
    : qualified(expression, plan)
  if (found.length > 1) throw ambiguous(expression, stage)
  return found.length === 1 ? columnAt(plan, found[0]) : undefined
}

/** A name without the number that tells it from others, see `numbered`. */
const baseName = (name: string): string => name.replace(/#\d+$/, '')

const isShared = (expression: Expression, plan: Plan): boolean =>
  expression.kind === 'attribute' && plan.schema.fields.filter(({ name }) => sameName(name, expression.name)).length > 1

/** The columns of the frame that was called by a name. */
export const tableColumns = (plan: Plan, name: string): Expression[] =>
  plan.schema.fields.flatMap((_, index) => {
    const table = qualifier({ plan, index })
    return table !== undefined && sameName(table, name) ? [columnAt(plan, index)] : []
  })

/** Whether a frame was called by a name. */
export const isTableName = (plan: Plan, name: string): boolean => tableColumns(plan, name).length > 0

/** The columns of a name that several share which `df.col` means. */
function originated(expression: Expression, plan: Plan): number[] {
  const origin = origins.get(expression)
  if (!origin || expression.kind !== 'attribute') return []
  const shared = plan.schema.fields.flatMap(({ name }, k) => (sameName(name, expression.name) ? [k] : []))
  if (shared.length < 2) return []
  if (origin.plan === plan) return [origin.index]
  const through = (source: ColumnAt): number[] => shared.filter((index) => isOf({ plan, index }, source))
  const exact = through(origin)
  return exact.length > 0 ? exact : through([...path(origin)].at(-1)!)
}

/**
 * Expressions over the columns of a plan, in which those that are told apart by their origin have names of their own.
 * @returns the expressions, and the schema over which they are meant; `bound` says whether anything was renamed.
 * @throws SchemaError when an expression means several columns.
 */
export function bind(
  expressions: readonly Expression[],
  plan: Plan,
  stage: string,
): { readonly expressions: readonly Expression[]; readonly schema: StructType; readonly bound: boolean } {
  const names = numbered(plan.schema)
  let bound = false
  const unbound: Expression[] = []
  const replace = (expression: Expression): Expression => {
    const tableColumn = qualified(expression, plan)
    const found = tableColumn.length > 0 ? tableColumn : originated(expression, plan)
    if (found.length > 1) throw ambiguous(expression, stage)
    if (found.length === 1) {
      bound = true
      const { name } = names.fields[found[0]]
      const alias = plan.schema.fields[found[0]].name
      const attribute: Expression = { kind: 'attribute', name }
      return name === alias ? attribute : underSharedName(attribute, alias)
    }
    if (expression.kind === 'attribute') unbound.push(expression)
    return mapChildren(expression, replace)
  }
  const replaced = expressions.map(replace)
  // A name that several columns share means none of them, though one has that name among the numbered ones.
  if (names !== plan.schema) {
    for (const expression of unbound) if (isShared(expression, plan)) resolve(expression, plan.schema, stage)
  }
  if (!bound) return { expressions, schema: plan.schema, bound }
  return { expressions: replaced.map(flattened), schema: names, bound }
}

/** The expression over the numbered names, under the name that it has over the names that columns share. */
function flattened(expression: Expression): Expression {
  const bare = (child: Expression): Expression => mapChildren(child.kind === 'alias' ? child.child : child, bare)
  const shared = (child: Expression): Expression =>
    child.kind === 'alias' ? { kind: 'attribute', name: child.name } : mapChildren(child, shared)
  if (sharedNames.has(expression)) return expression
  if (expression.kind === 'alias') return { ...expression, child: bare(expression.child) }
  const name = outputName(shared(expression))
  const flat = bare(expression)
  return expression.kind === 'sort' || outputName(flat) === name ? flat : { kind: 'alias', child: flat, name }
}

const ambiguous = (expression: Expression, stage: string): SchemaError =>
  new SchemaError(`column "${outputName(expression)}" is ambiguous: both sides of a join have it`, {
    stage,
    column: outputName(expression),
    hint: "Name the frames before the join: a = df.alias('a'), b = df.alias('b'), then col('a.id')",
  })
