import { logOf } from './exponentials'
import { featureAt, Forest, NodeTask } from './forest-node'
import { sortByKeys, Split } from './split'

/**
 * What a search works with: weights of classes of the node, of what goes left, and room for the order of categories. The gain of a
 * split is (purity of the left side + purity of the right side - purity of the node) / weight, where the purity of a set is the
 * sum over its classes of w^2 / W for the Gini index, and of w log2 (w / W) for entropy. A side is added to the other, whichever is
 * called left: splits into the same parts are equal to the last bit.
 */
@unmanaged
export class ClassSearch {
  forest: Forest
  node: NodeTask
  best: Split
  /** Weights of the classes of the node, of the left side, and of the right one. */
  total: usize
  left: usize
  right: usize
  /** Room to put 256 categories in order. */
  order: usize
  weight: f64
  purity: f64
}

const WEIGHT_SHIFT: u32 = 3
/** Less is gained by rounding. */
const NOISE: f64 = 1e-14
const LOG2_E: f64 = 1.4426950408889634

/** Finds the split of most gain; the first of equals wins. @param spare room for the search. */
export function bestClassSplit(forest: Forest, node: NodeTask, cells: usize, spare: usize): void {
  const search = changetype<ClassSearch>(spare)
  const classBytes = <usize>forest.classCount << WEIGHT_SHIFT
  search.forest = forest
  search.node = node
  search.best = changetype<Split>(node.split)
  search.total = spare + 64
  search.left = search.total + classBytes
  search.right = search.left + classBytes
  search.order = search.right + classBytes
  start(search, cells)
  const featureBytes = <usize>forest.rows.binCount * classBytes
  for (let place: u32 = 0; place < node.featureCount; place++, cells += featureBytes) {
    const feature = featureAt(node.features, place)
    const arity = load<u32>(forest.arity + (feature << 2))
    if (arity == 0) tryThresholds(search, cells, feature)
    else if (load<u8>(forest.unordered + feature)) trySubsets(search, cells, feature, arity)
    else if (arity > 1) tryCategories(search, cells, feature, arity)
  }
}

/** The whole node: the classes of the bins of its first feature. */
function start(search: ClassSearch, cells: usize): void {
  const forest = search.forest
  const best = search.best
  const classBytes = <usize>forest.classCount << WEIGHT_SHIFT
  memory.fill(search.total, 0, classBytes)
  for (let bin: u32 = 0; bin < forest.rows.binCount; bin++) addClasses(search.total, cells + <usize>bin * classBytes, classBytes)
  search.weight = weightOf(search.total, classBytes)
  search.purity = purityOf(forest, search.total, search.weight)
  best.score = -1
  best.scale = 1
  best.leftSum = 0
  best.leftWeight = 0
  best.sum = 0
  best.weight = search.weight
  best.feature = -1
  best.bin = -1
}

function addClasses(to: usize, from: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 8) store<f64>(to + i, load<f64>(to + i) + load<f64>(from + i))
}

function weightOf(classes: usize, bytes: usize): f64 {
  let weight: f64 = 0
  for (const end = classes + bytes; classes < end; classes += 8) weight += load<f64>(classes)
  return weight
}

function purityOf(forest: Forest, classes: usize, weight: f64): f64 {
  const end = classes + (<usize>forest.classCount << WEIGHT_SHIFT)
  let purity: f64 = 0
  if (forest.isEntropy) {
    // Weights are whole numbers: what is below 1 is 0.
    for (; classes < end; classes += 8) {
      const own = load<f64>(classes)
      if (own > 0) purity += own * log2(own, forest.table)
    }
    return weight > 0 ? purity - weight * log2(weight, forest.table) : 0
  }
  for (; classes < end; classes += 8) purity += load<f64>(classes) * load<f64>(classes)
  return weight > 0 ? purity / weight : 0
}

function log2(x: f64, table: usize): f64 {
  return f64x2.extract_lane(logOf(f64x2.splat(x), table), 0) * LOG2_E
}

/** Tries to send `search.left` left. @returns whether that is the best so far. */
function tryLeft(search: ClassSearch): bool {
  const forest = search.forest
  const classBytes = <usize>forest.classCount << WEIGHT_SHIFT
  const leftWeight = weightOf(search.left, classBytes)
  const rightWeight = search.weight - leftWeight
  if (leftWeight < forest.leastWeight || rightWeight < forest.leastWeight) return false
  for (let i: usize = 0; i < classBytes; i += 8) {
    store<f64>(search.right + i, load<f64>(search.total + i) - load<f64>(search.left + i))
  }
  const sides = purityOf(forest, search.left, leftWeight) + purityOf(forest, search.right, rightWeight)
  const gain = (sides - search.purity) / search.weight
  const best = search.best
  const score = gain > NOISE ? gain : 0
  if (score < forest.leastGain) return false
  if (score <= best.score) return false
  best.score = score
  best.leftWeight = leftWeight
  return true
}

function tryThresholds(search: ClassSearch, cells: usize, feature: usize): void {
  const classBytes = <usize>search.forest.classCount << WEIGHT_SHIFT
  memory.fill(search.left, 0, classBytes)
  for (let bin: u32 = 0; bin + 1 < search.forest.rows.binCount; bin++, cells += classBytes) {
    // An empty bin makes no other split.
    if (weightOf(cells, classBytes) == 0) continue
    addClasses(search.left, cells, classBytes)
    if (!tryLeft(search)) continue
    search.best.feature = <i32>feature
    search.best.bin = bin
  }
}

/** Puts the categories in order, and tries to divide them everywhere between two. */
function tryCategories(search: ClassSearch, cells: usize, feature: usize, arity: u32): void {
  const forest = search.forest
  const classBytes = <usize>forest.classCount << WEIGHT_SHIFT
  const order = search.order
  const keys = order + 256
  for (let category: u32 = 0; category < arity; category++) {
    store<f64>(keys + (<usize>category << 3), keyOf(forest, cells + <usize>category * classBytes, classBytes))
  }
  sortByKeys(order, keys, arity)
  memory.fill(search.left, 0, classBytes)
  for (let place: u32 = 0; place + 1 < arity; place++) {
    addClasses(search.left, cells + <usize>load<u8>(order + place) * classBytes, classBytes)
    if (!tryLeft(search)) continue
    search.best.feature = <i32>feature
    search.best.bin = -1
    const set = clearSet(search.best)
    for (let i: u32 = 0; i <= place; i++) putInto(set, load<u8>(order + i))
  }
}

/** Two classes go by the weight of the second, more by their impurity; empty categories come last. */
function keyOf(forest: Forest, classes: usize, classBytes: usize): f64 {
  const weight = weightOf(classes, classBytes)
  if (weight == 0) return Infinity
  if (forest.classCount == 2) return load<f64>(classes, 8)
  const purity = purityOf(forest, classes, weight) / weight
  return forest.isEntropy ? -purity : 1 - purity
}

/** Tries every way to divide the categories: in way s, category c goes left when bit c of s + 1 is set. */
function trySubsets(search: ClassSearch, cells: usize, feature: usize, arity: u32): void {
  const classBytes = <usize>search.forest.classCount << WEIGHT_SHIFT
  for (let subset: u32 = 1; subset < (<u32>1) << (arity - 1); subset++) {
    memory.fill(search.left, 0, classBytes)
    for (let category: u32 = 0; category < arity; category++) {
      if ((subset >> category) & 1) addClasses(search.left, cells + <usize>category * classBytes, classBytes)
    }
    if (!tryLeft(search)) continue
    search.best.feature = <i32>feature
    search.best.bin = -1
    const set = clearSet(search.best)
    for (let category: u32 = 0; category < arity; category++) {
      if ((subset >> category) & 1) putInto(set, <u8>category)
    }
  }
}

function clearSet(best: Split): usize {
  const set = changetype<usize>(best) + offsetof<Split>('categories0')
  memory.fill(set, 0, 32)
  return set
}

function putInto(set: usize, category: u8): void {
  const byte = set + (category >> 3)
  store<u8>(byte, load<u8>(byte) | <u8>((<u32>1) << (category & 7)))
}
