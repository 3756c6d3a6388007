import type { Expression } from '../expression/nodes.js'
import { addReferences } from '../expression/references.js'
import type { Plan, PlanKind, PlanOf } from '../plan.js'
import { fieldNames, fieldOf, StructType } from '../types.js'
import { pruneSegment } from './segment.js'
import { selectTable } from './tables.js'

type Names = ReadonlySet<string>

const and = (needed: Names, expressions: readonly Expression[], schema: StructType): Set<string> => {
  const names = new Set(needed)
  for (const expression of expressions) addReferences(expression, schema, names)
  return names
}

const only = (schema: StructType, needed: Names): StructType =>
  schema.fields.every((field) => needed.has(field.name))
    ? schema
    : StructType(schema.fields.filter((field) => needed.has(field.name)))

/** Whether two columns differ at most in case, so that no expression can mean one of them. */
const hasDuplicates = (schema: StructType): boolean =>
  new Set(schema.fields.map((field) => field.name.toLowerCase())).size < schema.fields.length

const pruners: { readonly [K in PlanKind]: (plan: PlanOf<K>, needed: Names) => Plan } = {
  localScan: (plan, needed) => {
    const schema = only(plan.schema, needed)
    if (schema === plan.schema) return plan
    const indices = plan.schema.fields.flatMap((field, k) => (needed.has(field.name) ? [k] : []))
    return { ...plan, schema, table: selectTable(plan.table, schema, indices) }
  },
  fileScan: narrowed,
  streamScan: narrowed,
  cache: narrowed,
  project: (plan, needed) => {
    const kept = plan.schema.fields.map((field) => needed.has(field.name))
    const expressions = plan.expressions.filter((_, k) => kept[k])
    const schema = StructType(plan.schema.fields.filter((_, k) => kept[k]))
    return { ...plan, schema, expressions, input: prune(plan.input, and(new Set(), expressions, plan.input.schema)) }
  },
  expand: (plan, needed) => {
    const kept = plan.schema.fields.map((field) => needed.has(field.name))
    const projections = plan.projections.map((row) => row.filter((_, k) => kept[k]))
    const schema = StructType(plan.schema.fields.filter((_, k) => kept[k]))
    const inputs = and(new Set(), projections.flat(), plan.input.schema)
    return { ...plan, schema, projections, input: prune(plan.input, inputs) }
  },
  generate: (plan, needed) => {
    const input = prune(plan.input, and(needed, [plan.argument], plan.input.schema))
    return { ...plan, input, schema: StructType([...input.schema.fields, ...plan.fields]) }
  },
  filter: (plan, needed) => withInput(plan, prune(plan.input, and(needed, [plan.condition], plan.input.schema))),
  sort: (plan, needed) => withInput(plan, prune(plan.input, and(needed, plan.order, plan.input.schema))),
  limit: (plan, needed) => withInput(plan, prune(plan.input, needed)),
  sample: (plan, needed) => {
    const decides = plan.sampling.kind === 'stratum' ? [plan.sampling.column] : []
    return withInput(plan, prune(plan.input, new Set([...needed, ...decides])))
  },
  draw: (plan, needed) => {
    const draws = plan.draws.filter(({ name }) => needed.has(name))
    const input = prune(plan.input, needed)
    if (draws.length === 0) return input
    const drawn = plan.schema.fields.slice(plan.input.schema.fields.length).filter(({ name }) => needed.has(name))
    return { ...plan, draws, input, schema: StructType([...input.schema.fields, ...drawn]) }
  },
  repartition: (plan, needed) => withInput(plan, prune(plan.input, needed)),
  aggregate: (plan, needed) => {
    const groups = plan.grouping.length
    const kept = plan.schema.fields.map((field, k) => k < groups || needed.has(field.name))
    // Without groups an aggregate has one row however few of its columns are read, so one must stay.
    if (!kept.includes(true)) kept[0] = true
    const aggregates = plan.aggregates.filter((_, k) => kept[groups + k])
    const schema = StructType(plan.schema.fields.filter((_, k) => kept[k]))
    const inputs = and(new Set(), [...plan.grouping, ...aggregates], plan.input.schema)
    return { ...plan, schema, aggregates, input: prune(plan.input, inputs) }
  },
  join: (plan, needed) => {
    const condition = plan.condition ? [plan.condition] : []
    const wanted = new Set([...needed, ...plan.using])
    const left = prune(plan.left, and(wanted, condition, plan.left.schema))
    const right = prune(plan.right, and(wanted, condition, plan.right.schema))
    return { ...plan, left, right, schema: joinedSchema(plan, left.schema, right.schema) }
  },
  union: (plan, needed) => {
    const indices = plan.schema.fields.flatMap((field, k) => (needed.has(field.name) ? [k] : []))
    if (hasDuplicates(plan.right.schema)) return plan
    const side = (input: Plan): Plan =>
      exactly(
        input,
        indices.map((k) => input.schema.fields[k].name),
      )
    return { ...plan, schema: only(plan.schema, needed), left: side(plan.left), right: side(plan.right) }
  },
  // Every column decides which rows are equal.
  setOperation: (plan, needed) => narrowed({ ...plan, left: exactly(plan.left), right: exactly(plan.right) }, needed),
  mlSegment: (plan, needed) => {
    const { transforms, inputs } = pruneSegment(plan.transforms, needed)
    // Rows of the input may be pulled out of the engine here, so no column may come along that nobody reads.
    const input = exactly(
      plan.input,
      fieldNames(plan.input.schema).filter((name) => inputs.has(name)),
    )
    if (transforms.length === 0) return input
    return { ...plan, schema: only(plan.schema, needed), transforms, input }
  },
}

const withInput = (plan: PlanOf<'filter' | 'sort' | 'limit' | 'sample' | 'repartition'>, input: Plan): Plan => ({
  ...plan,
  input,
  schema: input.schema,
})

/** Schema of a join whose sides were pruned: what is left of its columns, in their order. */
function joinedSchema(plan: PlanOf<'join'>, left: StructType, right: StructType): StructType {
  const names = new Set([...fieldNames(left), ...fieldNames(right)])
  return only(plan.schema, names)
}

/** A projection of what gives all of its columns or none. */
function narrowed(plan: Plan, needed: Names): Plan {
  const schema = only(plan.schema, needed)
  return schema === plan.schema ? plan : passing(plan, schema)
}

const passing = (input: Plan, schema: StructType): Plan => ({
  kind: 'project',
  schema,
  input,
  expressions: fieldNames(schema).map((name): Expression => ({ kind: 'attribute', name })),
})

/** The plan with exactly the named columns in that order, or all of its own, and nothing computed that they do not need. */
export function exactly(plan: Plan, names: readonly string[] = fieldNames(plan.schema)): Plan {
  if (hasDuplicates(plan.schema) && names.length === plan.schema.fields.length) return plan
  const input = prune(plan, new Set(names))
  const found = fieldNames(input.schema)
  if (found.length === names.length && found.every((name, k) => name === names[k])) return input
  return passing(input, StructType(names.map((name) => fieldOf(input.schema, name))))
}

/** A plan with the same rows that computes at least the named columns, in the order of the schema, and little else. */
function prune(plan: Plan, needed: Names): Plan {
  if (hasDuplicates(plan.schema)) return plan
  return (pruners[plan.kind] as (plan: Plan, needed: Names) => Plan)(plan, needed)
}
