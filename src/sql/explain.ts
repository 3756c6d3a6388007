import type { Expression } from './expression/nodes.js'
import { title } from './expression/title.js'
import type { Plan, PlanKind, PlanOf } from './plan.js'
import { fieldNames, type StructType } from './types.js'

/** What an engine tells about a plan. */
export interface PlanOutline {
  /**
   * Where a node computes: in the engine (`sql`), in JavaScript on rows pulled out of it (`pull`), as a function inside a query (`push`), or in the
   * reader of plain csv (`read`), which leaves what is not plain to the query that is shown.
   */
  readonly roads: ReadonlyMap<Plan, string>
  /** SQL of each query that would run. */
  readonly queries: readonly string[]
}

const list = (expressions: readonly Expression[]): string => `[${expressions.map(title).join(', ')}]`
const columns = (schema: StructType): string => `[${fieldNames(schema).join(', ')}]`

const lines: { readonly [K in PlanKind]: (plan: PlanOf<K>) => string } = {
  localScan: (plan) =>
    `LocalScan ${columns(plan.schema)} (${plan.table.length} rows, ${plan.table.bounds.length - 1} partitions)`,
  fileScan: (plan) => `FileScan ${plan.format} ${columns(plan.schema)} ${plan.paths.join(', ')}`,
  streamScan: (plan) => `StreamScan ${plan.origin.format} ${columns(plan.schema)}`,
  project: (plan) => `Project ${list(plan.expressions)}`,
  expand: (plan) => `Expand ${plan.projections.map(list).join(', ')}`,
  generate: (plan) => `Generate ${title(plan.argument)}${plan.outer ? ' outer' : ''}`,
  filter: (plan) => `Filter ${title(plan.condition)}`,
  aggregate: ({ grouping, sets, aggregates }) => {
    const groups = sets ? ` by ${sets.map((set) => list(set.map((k) => grouping[k]))).join(', ')}` : ''
    return `Aggregate ${list(grouping)}, ${list(aggregates)}${groups}`
  },
  join: (plan) => `Join ${plan.type} ${plan.condition ? title(plan.condition) : `[${plan.using.join(', ')}]`}`,
  union: () => 'Union',
  setOperation: (plan) => `${plan.operation === 'except' ? 'Except' : 'Intersect'}${plan.all ? ' all' : ''}`,
  sort: (plan) => `Sort ${list(plan.order)}${plan.global ? '' : ' within partitions'}`,
  limit: (plan) => (plan.offset > 0 ? `Limit ${plan.count} offset ${plan.offset}` : `Limit ${plan.count}`),
  sample: (plan) => `Sample ${JSON.stringify(plan.sampling)} seed ${plan.seed}`,
  draw: (plan) => `Draw [${plan.draws.map(({ kind, seed }) => `${kind} ${seed}`).join(', ')}]`,
  repartition: (plan) => `${plan.shuffle ? 'Repartition' : 'Coalesce'} ${plan.partitions}`,
  cache: () => 'Cache',
  mlSegment: (plan) => `MlSegment [${plan.transforms.map((transform) => transform.name).join(', ')}]`,
}

const childrenOf = (plan: Plan): readonly Plan[] => {
  if ('left' in plan) return [plan.left, plan.right]
  return 'input' in plan ? [plan.input] : []
}

function tree(plan: Plan, indent: string, roads: ReadonlyMap<Plan, string>): string[] {
  const line = (lines[plan.kind] as (plan: Plan) => string)(plan)
  const road = roads.get(plan)
  return [
    `${indent}${line}${road ? `  <- ${road}` : ''}`,
    ...childrenOf(plan).flatMap((child) => tree(child, `${indent}   `, roads)),
  ]
}

/** How a plan runs, as text: its nodes with their roads, and the SQL of each query. */
export function explainText(plan: Plan, { roads, queries }: PlanOutline): string {
  const sql = queries.map((text, i) => `== SQL ${i + 1} ==\n${text}\n`)
  return ['== Plan ==', ...tree(plan, '', roads), '', ...sql].join('\n')
}
