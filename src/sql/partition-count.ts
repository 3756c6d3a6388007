import { hasWindow } from './expression/resolve.js'
import type { Plan } from './plan.js'

/**
 * Number of logical partitions of a plan's rows. What rearranges rows (aggregate, join, global sort, limit) leaves one;
 * a file is one partition, whatever its size.
 */
export function partitionCount(plan: Plan): number {
  switch (plan.kind) {
    case 'localScan':
      return plan.table.bounds.length - 1
    case 'fileScan':
    case 'streamScan':
    case 'aggregate':
    case 'join':
    case 'setOperation':
    case 'limit':
      return 1
    case 'sort':
      return plan.global ? 1 : partitionCount(plan.input)
    case 'union':
      return partitionCount(plan.left) + partitionCount(plan.right)
    case 'repartition':
      return plan.shuffle ? plan.partitions : Math.min(plan.partitions, partitionCount(plan.input))
    case 'project':
      return plan.expressions.some(hasWindow) ? 1 : partitionCount(plan.input)
    case 'expand':
    case 'generate':
    case 'filter':
    case 'sample':
    case 'draw':
    case 'cache':
    case 'mlSegment':
      return partitionCount(plan.input)
  }
}

/**
 * Where `coalesce` puts a partition: group i of m takes partitions `floor(i * n / m)` to `floor((i + 1) * n / m)`, as
 * Spark's `CoalescedRDD` does for data without a preferred place.
 */
export const coalescedPartition = (partition: number, from: number, to: number): number =>
  Math.floor(((partition + 1) * to - 1) / from)
