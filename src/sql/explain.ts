import type { Expression } from './expression/nodes.js'
import { title } from './expression/title.js'
import { planSql } from './local/outline.js'
import { partitionCount } from './local/partitions.js'
import type { Plan, PlanKind, PlanOf } from './plan.js'
import { fieldNames, type StructType } from './types.js'

const list = (expressions: readonly Expression[]): string => `[${expressions.map(title).join(', ')}]`
const columns = (schema: StructType): string => `[${fieldNames(schema).join(', ')}]`

const lines: { readonly [K in PlanKind]: (plan: PlanOf<K>) => string } = {
  localScan: (plan) =>
    `LocalScan ${columns(plan.schema)} (${plan.table.length} rows, ${partitionCount(plan)} partitions)`,
  fileScan: (plan) => `FileScan ${plan.format} ${columns(plan.schema)} ${plan.paths.join(', ')}`,
  project: (plan) => `Project ${list(plan.expressions)}`,
  filter: (plan) => `Filter ${title(plan.condition)}`,
  aggregate: (plan) => `Aggregate ${list(plan.grouping)}, ${list(plan.aggregates)}`,
  join: (plan) => `Join ${plan.type} ${plan.condition ? title(plan.condition) : `[${plan.using.join(', ')}]`}`,
  union: () => 'Union',
  sort: (plan) => `Sort ${list(plan.order)}${plan.global ? '' : ' within partitions'}`,
  limit: (plan) => `Limit ${plan.count}`,
  sample: (plan) => `Sample ${JSON.stringify(plan.sampling)} seed ${plan.seed}`,
  repartition: (plan) => `${plan.shuffle ? 'Repartition' : 'Coalesce'} ${plan.partitions}`,
  cache: () => 'Cache',
  mlSegment: (plan) => `MlSegment [${plan.transforms.map((transform) => transform.name).join(', ')}]`,
}

const childrenOf = (plan: Plan): readonly Plan[] => {
  if (plan.kind === 'join' || plan.kind === 'union') return [plan.left, plan.right]
  return plan.kind === 'localScan' || plan.kind === 'fileScan' ? [] : [plan.input]
}

function tree(plan: Plan, indent: string, roads: ReadonlyMap<Plan, string>): string[] {
  const line = (lines[plan.kind] as (plan: Plan) => string)(plan)
  const road = roads.get(plan)
  return [
    `${indent}${line}${road ? `  <- ${road}` : ''}`,
    ...childrenOf(plan).flatMap((child) => tree(child, `${indent}   `, roads)),
  ]
}

/**
 * How a plan runs, as text: its nodes, those that compute in the engine (`sql`), in JavaScript on rows that are pulled out of
 * it (`pull`) or as a function inside a query (`push`), and the SQL of each query.
 */
export function explainText(plan: Plan): string {
  const { roads, queries } = planSql(plan)
  const sql = queries.map((text, i) => `== SQL ${i + 1} ==\n${text}\n`)
  return ['== Plan ==', ...tree(plan, '', roads), '', ...sql].join('\n')
}
