import { ROW_BITS, ROW_MASK } from './bags'
import { addToQuad, binOf } from './histogram'
import { Rows } from './rows'
import { bestSplit, Categorical, Features, Split } from './split'

/** Nodes of trees that are grown each from its own list of rows, and choose each from its own list of features. */
@unmanaged
export class Forest {
  rows: Rows
  /** Records {@link NodeTask}, one after another. */
  tasks: usize
  /** For each thread: cells of the features of one node, and room for their list. */
  cells: usize
  cellBytes: u32
  /** For each thread: room for the entries of a tree, and at least 4 KB. */
  spare: usize
  spareBytes: u32
  /** Number of categories of each feature, 32 bits each; 0: thresholds split it. */
  arity: usize
  /** Not 0: categories are put in order by their sums; else by their means. */
  ordersBySum: u32
  /** Least weight of a side, above 0, in units. */
  leastWeight: f64
  /** Least `score / (scale * weight * weight)`. */
  leastGain: f64
}

@unmanaged
export class NodeTask {
  /** Entries of its rows. Those that go left come first afterwards. */
  begin: usize
  end: usize
  /** Where those that go right begin, afterwards; `begin` where it is not split. */
  middle: usize
  /** Its features, 32 bits each. */
  features: usize
  featureCount: u32
  /** Record {@link Split}, with the number of a feature. */
  split: usize
  /** Afterwards: whether all rows of a child have the same target. */
  leftIsPure: u32
  rightIsPure: u32
}

/** Task = node: counts its rows, finds its split, and divides its rows. */
export function growNode(forest: Forest, task: u32, thread: u32): void {
  const node = changetype<NodeTask>(forest.tasks + <usize>task * offsetof<NodeTask>())
  const rows = forest.rows
  const cells = forest.cells + <usize>thread * forest.cellBytes
  const spare = forest.spare + <usize>thread * forest.spareBytes
  const quads = (node.featureCount + 3) >> 2
  memory.fill(cells, 0, <usize>quads * rows.quadBytes())
  addFeatures(rows, node, cells)
  const split = changetype<Split>(node.split)
  const list = cells + <usize>quads * rows.quadBytes()
  bestSplit(cells, featuresOf(forest, node, list), split, spare)
  node.middle = node.begin
  if (split.feature < 0) return
  split.feature = load<u32>(node.features + (<usize>split.feature << 2))
  const weight = split.weight
  if (split.score <= 0 || split.score < forest.leastGain * split.scale * weight * weight) return
  divide(rows, node, split, spare)
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

/** Counts the rows of a node: eight features a pass over the rows, or four, or one. */
function addFeatures(rows: Rows, node: NodeTask, cells: usize): void {
  const quadBytes = <usize>rows.quadBytes()
  const count = node.featureCount
  let place: u32 = 0
  // Where one feature is missing in the last quad, one is counted a second time: that is cheaper than another pass.
  for (; count - place >= 7; place += 8) {
    addEight(rows, node, place, cells)
    cells += quadBytes << 1
    if (count - place == 7) return
  }
  if (count - place >= 3) {
    addFour(rows, node, place, cells)
    if (count - place == 3) return
    cells += quadBytes
    place += 4
  }
  for (let cell = cells; place < count; place++, cell += 16) addOne(rows, node, place, cell)
}

/** What an entry adds: the pair of its row, as often as it is in the bag. */
@inline
function pairOf(pairs: usize, entry: u32, row: usize): v128 {
  return f64x2.mul(v128.load(pairs + (row << 4)), f64x2.splat(<f64>((entry >> ROW_BITS) + 1)))
}

function addEight(rows: Rows, node: NodeTask, place: u32, cells: usize): void {
  const features = node.features
  const f0 = featureAt(features, place)
  const f1 = featureAt(features, place + 1)
  const f2 = featureAt(features, place + 2)
  const f3 = featureAt(features, place + 3)
  const f4 = featureAt(features, place + 4)
  const f5 = featureAt(features, place + 5)
  const f6 = featureAt(features, place + 6)
  const f7 = place + 7 < node.featureCount ? featureAt(features, place + 7) : f0
  const rowBytes = <usize>rows.rowBytes
  const pairs = rows.pairs
  const bins = rows.bins
  const second = cells + rows.quadBytes()
  for (let at = node.begin; at < node.end; at += 4) {
    const entry = load<u32>(at)
    const row = <usize>(entry & ROW_MASK)
    const pair = pairOf(pairs, entry, row)
    const own = bins + row * rowBytes
    addToQuad(
      binOf(cells, load<u8>(own + f0)),
      binOf(cells, load<u8>(own + f1)),
      binOf(cells, load<u8>(own + f2)),
      binOf(cells, load<u8>(own + f3)),
      pair,
    )
    addToQuad(
      binOf(second, load<u8>(own + f4)),
      binOf(second, load<u8>(own + f5)),
      binOf(second, load<u8>(own + f6)),
      binOf(second, load<u8>(own + f7)),
      pair,
    )
  }
}

function addFour(rows: Rows, node: NodeTask, place: u32, cells: usize): void {
  const features = node.features
  const f0 = featureAt(features, place)
  const f1 = featureAt(features, place + 1)
  const f2 = featureAt(features, place + 2)
  const f3 = place + 3 < node.featureCount ? featureAt(features, place + 3) : f0
  const rowBytes = <usize>rows.rowBytes
  const pairs = rows.pairs
  const bins = rows.bins
  for (let at = node.begin; at < node.end; at += 4) {
    const entry = load<u32>(at)
    const row = <usize>(entry & ROW_MASK)
    const own = bins + row * rowBytes
    addToQuad(
      binOf(cells, load<u8>(own + f0)),
      binOf(cells, load<u8>(own + f1)),
      binOf(cells, load<u8>(own + f2)),
      binOf(cells, load<u8>(own + f3)),
      pairOf(pairs, entry, row),
    )
  }
}

function addOne(rows: Rows, node: NodeTask, place: u32, cells: usize): void {
  const rowBytes = <usize>rows.rowBytes
  const pairs = rows.pairs
  const bins = rows.bins + featureAt(node.features, place)
  for (let at = node.begin; at < node.end; at += 4) {
    const entry = load<u32>(at)
    const row = <usize>(entry & ROW_MASK)
    const cell = binOf(cells, load<u8>(bins + row * rowBytes))
    v128.store(cell, f64x2.add(v128.load(cell), pairOf(pairs, entry, row)))
  }
}

/** Divides the rows of a node stably: what goes left never overtakes what is read, what goes right waits in `spare`. */
function divide(rows: Rows, node: NodeTask, split: Split, spare: usize): void {
  const byBin = split.bin >= 0
  const left = byBin ? divideByBin(rows, node, split, spare) : divideByCategories(rows, node, split, spare)
  memory.copy(left, spare, node.end - left)
  node.middle = left
}

/** @returns where those that go right have to follow. */
function divideByBin(rows: Rows, node: NodeTask, split: Split, spare: usize): usize {
  const bins = rows.bins + split.feature
  const rowBytes = <usize>rows.rowBytes
  const last = <u32>split.bin
  let left = node.begin
  let right = spare
  for (let at = node.begin; at < node.end; at += 4) {
    const entry = load<u32>(at)
    const goesLeft = <usize>(<u32>load<u8>(bins + <usize>(entry & ROW_MASK) * rowBytes) <= last) << 2
    store<u32>(left, entry)
    store<u32>(right, entry)
    left += goesLeft
    right += 4 - goesLeft
  }
  return left
}

function divideByCategories(rows: Rows, node: NodeTask, split: Split, spare: usize): usize {
  const bins = rows.bins + split.feature
  const rowBytes = <usize>rows.rowBytes
  const set = changetype<usize>(split) + offsetof<Split>('categories0')
  let left = node.begin
  let right = spare
  for (let at = node.begin; at < node.end; at += 4) {
    const entry = load<u32>(at)
    const category = <usize>load<u8>(bins + <usize>(entry & ROW_MASK) * rowBytes)
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

/** Statistics of the rows in the leaves of trees. */
@unmanaged
export class LeafSums {
  rows: Rows
  /** Records {@link LeafRange}, one after another. */
  leaves: usize
  leafCount: u32
  /** Leaves of a task. */
  step: u32
}

@unmanaged
export class LeafRange {
  /** Afterwards: number of rows, and sums of weights, of weight times target, of weight times squared target. */
  count: f64
  weight: f64
  sum: f64
  squares: f64
  /** Entries of its rows. */
  begin: usize
  end: usize
}

/** Task = so many leaves. */
export function sumRanges(sums: LeafSums, task: u32, thread: u32): void {
  const last = min((task + 1) * sums.step, sums.leafCount)
  for (let i = task * sums.step; i < last; i++) {
    sumRange(sums.rows, changetype<LeafRange>(sums.leaves + <usize>i * offsetof<LeafRange>()))
  }
}

function sumRange(rows: Rows, leaf: LeafRange): void {
  const targets = rows.targets
  const weights = rows.weights
  let count: f64 = 0
  let weightSum: f64 = 0
  let sum: f64 = 0
  let squares: f64 = 0
  for (let at = leaf.begin; at < leaf.end; at += 4) {
    const entry = load<u32>(at)
    const row = <usize>(entry & ROW_MASK) << 3
    const times = <f64>((entry >> ROW_BITS) + 1)
    const target = load<f64>(targets + row)
    const weight = weights ? load<f64>(weights + row) * times : times
    const weighted = weight * target
    count += times
    weightSum += weight
    sum += weighted
    squares += weighted * target
  }
  leaf.count = count
  leaf.weight = weightSum
  leaf.sum = sum
  leaf.squares = squares
}
