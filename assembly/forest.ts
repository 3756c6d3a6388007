import { ROW_MASK } from './bags'
import { addFeatures } from './forest-histogram'
import { divide } from './forest-division'
import { featureAt, Forest, NodeTask } from './forest-node'
import { Rows } from './rows'
import { bestSplit, Categorical, Features, Split } from './split'

/** Task = node: counts its rows, finds its split, and divides its rows. */
export function growNode(forest: Forest, task: u32, thread: u32): void {
  const node = changetype<NodeTask>(forest.tasks + <usize>task * offsetof<NodeTask>())
  const rows = forest.rows
  const cells = forest.cells + <usize>thread * forest.cellBytes
  const spare = forest.spare + <usize>thread * forest.spareBytes
  const quads = (node.featureCount + 3) >> 2
  memory.fill(cells, 0, <usize>quads * rows.quadBytes())
  addFeatures(forest, node, cells)
  const split = changetype<Split>(node.split)
  const list = cells + <usize>quads * rows.quadBytes()
  bestSplit(cells, featuresOf(forest, node, list), split, spare)
  node.middle = node.begin
  if (split.feature < 0) return
  split.feature = <i32>featureAt(node.features, split.feature)
  const weight = split.weight
  if (split.score <= 0 || split.score < forest.leastGain * split.scale * weight * weight) return
  divide(forest, node, split, spare)
  node.leftIsPure = <u32>isPure(rows, node.begin, node.middle)
  node.rightIsPure = <u32>isPure(rows, node.middle, node.end)
}

/** Describes the features of a node to the search, by their places in its list. */
function featuresOf(forest: Forest, node: NodeTask, list: usize): Features {
  const features = changetype<Features>(list)
  const places = (node.featureCount + 3) & ~3
  features.quads = places >> 2
  features.binCount = forest.rows.binCount
  features.least = list + 64
  features.categorical = features.least + (<usize>places << 3)
  features.categoricalCount = 0
  features.ordersBySum = forest.ordersBySum
  features.leastWeight = forest.leastWeight
  for (let place: u32 = 0; place < places; place++) {
    let least: f64 = Infinity
    if (place < node.featureCount) {
      const arity = load<u32>(forest.arity + (featureAt(node.features, place) << 2))
      if (arity == 0) least = forest.leastWeight
      // A single category cannot be divided.
      else if (arity > 1) {
        const categorical = changetype<Categorical>(
          features.categorical + <usize>features.categoricalCount * offsetof<Categorical>(),
        )
        categorical.feature = place
        categorical.count = arity
        features.categoricalCount++
      }
    }
    store<f64>(features.least + (<usize>place << 3), least)
  }
  return features
}

/** Whether all rows have the same target. Mostly the first two tell. */
function isPure(rows: Rows, begin: usize, end: usize): bool {
  const targets = rows.targets
  const first = load<f64>(targets + (<usize>(load<u32>(begin) & ROW_MASK) << 3))
  for (let at = begin + 4; at < end; at += 4) {
    if (load<f64>(targets + (<usize>(load<u32>(at) & ROW_MASK) << 3)) != first) return false
  }
  return true
}
