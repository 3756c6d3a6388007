import type { Expression } from '../expression/nodes.js'
import { passedColumn } from '../expression/references.js'
import type { Plan, PlanOf } from '../plan.js'

/**
 * Whether the node itself runs in JavaScript. Nodes that only pass rows on follow their input: the engine does them when it
 * computes the input anyway.
 */
export function runsHere(plan: Plan): boolean {
  switch (plan.kind) {
    case 'localScan':
    case 'streamScan':
    case 'cache':
    case 'sample':
    case 'draw':
    case 'mlSegment':
      return true
    case 'fileScan':
    case 'filter':
    case 'expand':
    case 'generate':
    case 'aggregate':
    case 'join':
    case 'setOperation':
      return false
    case 'project':
      return plan.expressions.every((e) => passedColumn(e, plan.input.schema) >= 0) && runsHere(plan.input)
    case 'sort':
      return !plan.global && runsHere(plan.input) && plan.order.every((key) => sortKeyColumn(key, plan) >= 0)
    case 'union':
      return runsHere(plan.left) || runsHere(plan.right)
    case 'limit':
      return sortOfFirstRows(plan) !== undefined || runsHere(plan.input)
    case 'repartition':
      return runsHere(plan.input)
  }
}

/** Whether the rows come from memory and never pass the relational engine. */
export function isInMemory(plan: Plan): boolean {
  switch (plan.kind) {
    case 'localScan':
      return true
    case 'cache':
    case 'sample':
    case 'draw':
    case 'mlSegment':
    case 'repartition':
    case 'project':
    case 'sort':
      return runsHere(plan) && isInMemory(plan.input)
    case 'limit':
      return sortOfFirstRows(plan) !== undefined || isInMemory(plan.input)
    case 'union':
      return isInMemory(plan.left) && isInMemory(plan.right)
    default:
      return false
  }
}

/** Whether any rows come from files. */
export function readsFiles(plan: Plan): boolean {
  if (plan.kind === 'fileScan') return true
  if ('left' in plan) return readsFiles(plan.left) || readsFiles(plan.right)
  return 'input' in plan && readsFiles(plan.input)
}

/** The column that a sort key stands for, or -1 when it is computed. */
export const sortKeyColumn = (key: Expression, plan: PlanOf<'sort'>): number =>
  key.kind === 'sort' ? passedColumn(key.child, plan.input.schema) : -1

/** The sort by columns of rows in memory whose first rows a limit takes: they are picked, not sorted. Undefined for any other limit. */
export function sortOfFirstRows({ input, offset, count }: PlanOf<'limit'>): PlanOf<'sort'> | undefined {
  if (input.kind !== 'sort' || !input.global || offset > 0 || count === Number.POSITIVE_INFINITY) return undefined
  return isInMemory(input.input) && input.order.every((key) => sortKeyColumn(key, input) >= 0) ? input : undefined
}
