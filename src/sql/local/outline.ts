import type { PlanOutline } from '../explain.js'
import { partitionCount } from '../partition-count.js'
import type { Plan } from '../plan.js'
import type { StructType } from '../types.js'
import { isInMemory, runsHere } from './placement.js'
import { plainScan } from './plain-csv.js'
import { compileForReading, type SqlContext } from './sql.js'
import { emptyTable } from './tables.js'

/** What `explain` tells: the road of each node, and the SQL of each query, without running anything. */
export function outline(plan: Plan): PlanOutline {
  const roads = new Map<Plan, string>()
  const queries: string[] = []
  const visit = (node: Plan, inQuery: boolean): Plan => {
    const here = runsHere(node)
    const barrier = node.kind === 'sample' || node.kind === 'draw' || node.kind === 'cache'
    const pushed = inQuery && !barrier && !isInMemory(node)
    const isPlain = !inQuery && plainScan(node) !== undefined
    if (node.kind !== 'localScan' && !roads.has(node)) roads.set(node, isPlain ? 'read' : roadOf(node, here, pushed))
    if (isPlain && node.kind === 'project') roads.set(node.input, 'read')
    const within = pushed || (!inQuery && !here)
    const next = (child: Plan): Plan => visit(child, within)
    const below: Plan =
      'left' in node
        ? { ...node, left: next(node.left), right: next(node.right) }
        : 'input' in node
          ? { ...node, input: next(node.input) }
          : node
    if (within && !inQuery) queries.push(compileForReading(below, PLACEHOLDERS, partitionCount(below) > 1))
    return inQuery && !pushed && node.kind !== 'localScan' ? emptyScan(node.schema) : below
  }
  visit(plan, false)
  return { roads, queries }
}

const roadOf = (node: Plan, here: boolean, pushed: boolean): string => {
  if (node.kind === 'mlSegment' && pushed) return 'push'
  if (!here || pushed) return 'sql'
  return 'pull'
}

const PLACEHOLDERS: SqlContext = {
  table: (table) => `js_table(${table.length} rows)`,
  kernel: (kernel) => `js_kernel(${kernel.inputs.map((field) => field.name).join(', ')})`,
}

const emptyScan = (schema: StructType): Plan => ({ kind: 'localScan', schema, table: emptyTable(schema) })
