import { UnsupportedError } from '../errors.js'
import type { LocalTable } from '../sql/batch.js'
import { hasWindow } from '../sql/expression/resolve.js'
import { title } from '../sql/expression/title.js'
import { attribute } from '../sql/names.js'
import { hasStream, type Plan, type PlanKind, type PlanOf } from '../sql/plan.js'
import { IntegerType, StructField, StructType } from '../sql/types.js'

/** Name of the hidden column that tells which row of the micro-batch each row is made of. */
export const ROW = '__stream_row'
const ROW_FIELD = StructField(ROW, IntegerType, true)

const withRow = (schema: StructType): StructType => StructType([...schema.fields, ROW_FIELD])

const refuse = (what: string, hint?: string): never => {
  throw new UnsupportedError(`${what} on a stream`, {
    stage: 'writeStream',
    allowed:
      'A stream knows operations that treat each row for itself, unions of streams and joins with frames that are no streams',
    hint: hint ?? 'Write the stream with foreachBatch and do it there, for each micro-batch',
  })
}

type Rewrite<K extends PlanKind> = (plan: PlanOf<K>) => Plan

const rewrites: { readonly [K in PlanKind]: Rewrite<K> } = {
  streamScan: (plan) => ({ ...plan, schema: withRow(plan.schema) }),
  localScan: () => refuse('rows in memory'),
  fileScan: () => refuse('files'),
  project: (plan) => {
    const window = plan.expressions.find(hasWindow)
    if (window) return refuse(`the window function ${title(window)}`)
    const expressions = [...plan.expressions, attribute(ROW)]
    return { ...plan, schema: withRow(plan.schema), input: withRows(plan.input), expressions }
  },
  expand: (plan) => {
    const projections = plan.projections.map((row) => [...row, attribute(ROW)])
    return { ...plan, schema: withRow(plan.schema), input: withRows(plan.input), projections }
  },
  generate: (plan) => {
    const input = withRows(plan.input)
    return { ...plan, input, schema: StructType([...input.schema.fields, ...plan.fields]) }
  },
  filter: (plan) => ({ ...plan, schema: withRow(plan.schema), input: withRows(plan.input) }),
  sample: (plan) => ({ ...plan, schema: withRow(plan.schema), input: withRows(plan.input) }),
  repartition: (plan) => ({ ...plan, schema: withRow(plan.schema), input: withRows(plan.input) }),
  mlSegment: (plan) => ({ ...plan, schema: withRow(plan.schema), input: withRows(plan.input) }),
  draw: (plan) => {
    const numbering = plan.draws.find(({ kind }) => kind === 'id' || kind === 'partition')
    if (numbering)
      return refuse(
        `numbering rows (${numbering.kind === 'id' ? 'monotonically_increasing_id' : 'spark_partition_id'})`,
      )
    const input = withRows(plan.input)
    const drawn = plan.schema.fields.slice(plan.input.schema.fields.length)
    return { ...plan, input, schema: StructType([...input.schema.fields, ...drawn]) }
  },
  union: (plan) => {
    if (!hasStream(plan.left) || !hasStream(plan.right)) return refuse('a union with a frame that is no stream')
    return { ...plan, schema: withRow(plan.schema), left: withRows(plan.left), right: withRows(plan.right) }
  },
  join: (plan) => {
    const [left, right] = [hasStream(plan.left), hasStream(plan.right)]
    if (left && right) return refuse('a join of two streams')
    const inner = plan.type === 'inner' || plan.type === 'cross'
    const kept = left ? inner || plan.type.startsWith('left') : inner || plan.type === 'right'
    if (!kept) return refuse(`a ${plan.type} join that keeps rows of the side that is no stream`)
    const sides = left ? { left: withRows(plan.left) } : { right: withRows(plan.right) }
    const rest = plan.left.schema.fields.filter(({ name }) => !plan.using.includes(name)).length
    const at = plan.using.length + rest
    const { fields } = plan.schema
    const schema = left ? StructType([...fields.slice(0, at), ROW_FIELD, ...fields.slice(at)]) : withRow(plan.schema)
    return { ...plan, ...sides, schema }
  },
  aggregate: (plan) =>
    refuse(plan.grouping.length > 0 ? 'grouping rows (groupBy, distinct, dropDuplicates)' : 'an aggregate of all rows'),
  setOperation: (plan) => refuse(plan.operation),
  sort: () => refuse('sorting (orderBy)'),
  limit: () => refuse('a limit or an offset'),
  cache: () => refuse('cache', 'Leave it out: each row is computed once'),
}

/**
 * The plan with the hidden column `ROW` in every node, so that each row that comes out tells the row that it is made of.
 * @throws UnsupportedError naming an operation that streams do not have.
 */
export function withRows(plan: Plan): Plan {
  return (rewrites[plan.kind] as (plan: Plan) => Plan)(plan)
}

/** The stream leaves of a plan, each once. */
export function streamLeaves(plan: Plan, found = new Set<PlanOf<'streamScan'>>()): Set<PlanOf<'streamScan'>> {
  if (plan.kind === 'streamScan') found.add(plan)
  else if ('left' in plan) {
    streamLeaves(plan.left, found)
    streamLeaves(plan.right, found)
  } else if ('input' in plan) streamLeaves(plan.input, found)
  return found
}

/** The plan over rows in memory in place of its streams. @param tableOf the rows of a source. */
export function overTables(plan: Plan, tableOf: (leaf: PlanOf<'streamScan'>) => LocalTable): Plan {
  return replaced(plan, (node) =>
    node.kind === 'streamScan' ? { kind: 'localScan', schema: node.schema, table: tableOf(node) } : undefined,
  )
}

/** The plan with nodes replaced where `change` gives one; what is below such a node is not looked at. */
export function replaced(plan: Plan, change: (node: Plan) => Plan | undefined): Plan {
  const changed = change(plan)
  if (changed) return changed
  if ('left' in plan) {
    const [left, right] = [replaced(plan.left, change), replaced(plan.right, change)]
    return left === plan.left && right === plan.right ? plan : { ...plan, left, right }
  }
  if (!('input' in plan)) return plan
  const input = replaced(plan.input, change)
  return input === plan.input ? plan : { ...plan, input }
}
