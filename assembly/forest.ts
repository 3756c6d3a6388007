import { ROW_MASK } from './bags'
import { addFeatures } from './forest-histogram'
import { Forest, headOf, NodeTask } from './forest-node'
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
  split.feature = load<u32>(node.features + (<usize>split.feature << 2))
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
      const arity = load<u32>(forest.arity + (<usize>load<u32>(node.features + (<usize>place << 2)) << 2))
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

@inline
function featureAt(list: usize, place: u32): usize {
  return <usize>load<u32>(list + (<usize>place << 2))
}

/** Divides the rows of a node stably: what goes left never overtakes what is read, what goes right waits in `spare`. */
function divide(forest: Forest, node: NodeTask, split: Split, spare: usize): void {
  const byBin = split.bin >= 0
  const left = byBin ? divideByBin(forest, node, split, spare) : divideByCategories(forest, node, split, spare)
  memory.copy(left, spare, node.end - left)
  node.middle = left
}

/** Where the pool has put it: for each set of four lanes the shuffle that moves their 32-bit numbers to the front, in order. */
const FRONT_OF_FOUR: usize = 5120

/** Stores those of four entries whose bits are set, side by side; what follows them is overwritten, too. */
@inline
function packFour(to: usize, entries: v128, lanes: u32): void {
  v128.store(to, i8x16.swizzle(entries, v128.load(FRONT_OF_FOUR + (lanes << 4))))
}

@inline
function binAt(bins: usize, entry: u32, recordBytes: usize): usize {
  return bins + <usize>(entry & ROW_MASK) * recordBytes
}

/** @returns where those that go right have to follow. */
function divideByBin(forest: Forest, node: NodeTask, split: Split, spare: usize): usize {
  const bins = forest.records + headOf(forest.rows.weights != 0) + split.feature
  const recordBytes = <usize>forest.recordBytes
  const last = <u32>split.bin
  const lasts = i8x16.splat(<i8>last)
  let left = node.begin
  let right = spare
  let at = node.begin
  const end = node.end
  for (; at + 16 <= end; at += 16) {
    let four = v128.load8_lane(binAt(bins, load<u32>(at), recordBytes), i64x2.splat(0), 0)
    four = v128.load8_lane(binAt(bins, load<u32>(at, 4), recordBytes), four, 1)
    four = v128.load8_lane(binAt(bins, load<u32>(at, 8), recordBytes), four, 2)
    four = v128.load8_lane(binAt(bins, load<u32>(at, 12), recordBytes), four, 3)
    const goLeft = <u32>i8x16.bitmask(i8x16.le_u(four, lasts)) & 15
    const entries = v128.load(at)
    packFour(left, entries, goLeft)
    packFour(right, entries, goLeft ^ 15)
    const bytes = <usize>popcnt(goLeft) << 2
    left += bytes
    right += 16 - bytes
  }
  for (; at < end; at += 4) {
    const entry = load<u32>(at)
    const goesLeft = <usize>(<u32>load<u8>(binAt(bins, entry, recordBytes)) <= last) << 2
    store<u32>(left, entry)
    store<u32>(right, entry)
    left += goesLeft
    right += 4 - goesLeft
  }
  return left
}

function divideByCategories(forest: Forest, node: NodeTask, split: Split, spare: usize): usize {
  const bins = forest.records + headOf(forest.rows.weights != 0) + split.feature
  const recordBytes = <usize>forest.recordBytes
  const set = changetype<usize>(split) + offsetof<Split>('categories0')
  let left = node.begin
  let right = spare
  for (let at = node.begin; at < node.end; at += 4) {
    const entry = load<u32>(at)
    const category = <usize>load<u8>(bins + <usize>(entry & ROW_MASK) * recordBytes)
    const goesLeft = ((<usize>load<u8>(set + (category >> 3)) >> (category & 7)) & 1) << 2
    store<u32>(left, entry)
    store<u32>(right, entry)
    left += goesLeft
    right += 4 - goesLeft
  }
  return left
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
