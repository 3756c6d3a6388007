import { ROW_BITS, ROW_MASK } from './bags'
import { addClasses } from './class-histogram'
import { bestClassSplit } from './class-split'
import { divide } from './forest-division'
import { Forest, NodeTask } from './forest-node'
import { Rows } from './rows'
import { Split } from './split'

/** Task = node of a tree that learns classes: counts its rows, finds its split, and divides its rows. */
export function growClassNode(forest: Forest, task: u32, thread: u32): void {
  const node = changetype<NodeTask>(forest.tasks + <usize>task * offsetof<NodeTask>())
  const cells = forest.cells + <usize>thread * forest.cellBytes
  const spare = forest.spare + <usize>thread * forest.spareBytes
  memory.fill(cells, 0, <usize>node.featureCount * forest.rows.binCount * (forest.classCount << 3))
  addClasses(forest, node, cells)
  bestClassSplit(forest, node, cells, spare)
  const split = changetype<Split>(node.split)
  node.middle = node.begin
  if (split.score <= 0) return
  divide(forest, node, split, spare)
  node.leftIsPure = <u32>isPure(forest, node.begin, node.middle)
  node.rightIsPure = <u32>isPure(forest, node.middle, node.end)
}

@inline
function classOf(forest: Forest, at: usize): u32 {
  return load<u32>(forest.records + <usize>(load<u32>(at) & ROW_MASK) * forest.recordBytes, 8)
}

/** Whether all rows are of the same class. */
function isPure(forest: Forest, begin: usize, end: usize): bool {
  const first = classOf(forest, begin)
  for (let at = begin + 4; at < end; at += 4) if (classOf(forest, at) != first) return false
  return true
}

/** Weights of classes in the leaves of trees. */
@unmanaged
export class ClassSums {
  rows: Rows
  classCount: u32
  /** For each leaf the entries of its rows: where they begin and end, 32 bits each. */
  ranges: usize
  /** For the sums of each leaf: number of rows, then the weight of each class, a double each. */
  sums: usize
  leafCount: u32
  /** Leaves of a task. */
  step: u32
}

/** Task = so many leaves. */
export function sumClassRanges(args: ClassSums, task: u32, thread: u32): void {
  const bytes = (<usize>args.classCount + 1) << 3
  const last = min((task + 1) * args.step, args.leafCount)
  for (let i = task * args.step; i < last; i++) {
    const range = args.ranges + (<usize>i << 3)
    const sums = args.sums + <usize>i * bytes
    memory.fill(sums, 0, bytes)
    sumClasses(args.rows, load<u32>(range), load<u32>(range, 4), sums)
  }
}

function sumClasses(rows: Rows, begin: usize, end: usize, sums: usize): void {
  const targets = rows.targets
  const weights = rows.weights
  let count: f64 = 0
  for (let at = begin; at < end; at += 4) {
    const entry = load<u32>(at)
    const row = <usize>(entry & ROW_MASK) << 3
    const times = <f64>((entry >> ROW_BITS) + 1)
    const own = sums + 8 + (<usize>load<f64>(targets + row) << 3)
    count += times
    store<f64>(own, load<f64>(own) + (weights ? load<f64>(weights + row) * times : times))
  }
  store<f64>(sums, count)
}
