/** The best split of a node. */
@unmanaged
export class Split {
  /** The fraction `score / scale` says how good it is; 0: nothing is gained; -1: no split is allowed. */
  score: f64
  scale: f64
  /** Targets and weights that go left, in units. */
  leftSum: f64
  leftWeight: f64
  /** Targets and weights of the node, in units. */
  sum: f64
  weight: f64
  feature: i32
  /** Bins up to this one go left. -1: those in the set of categories do, 256 bits that follow. */
  bin: i32
  categories0: u64
  categories1: u64
  categories2: u64
  categories3: u64
}

/** What the search knows of features. */
@unmanaged
export class Features {
  quads: u32
  /** Most bins of a feature. */
  binCount: u32
  /** Least weight of a side, above 0: a double a feature; infinite where thresholds must not split. */
  least: usize
  /** Records {@link Categorical}, in the order of features. */
  categorical: usize
  categoricalCount: u32
  /** Not 0: categories are put in order by their sums; else by their means. */
  ordersBySum: u32
  /** Least weight of a side where categories split. */
  leastWeight: f64
}

@unmanaged
export class Categorical {
  feature: u32
  /** Number of categories, at least 2. */
  count: u32
}

/** Bytes of one bin of a quad of features. */
const BIN_BYTES: usize = 64

/**
 * Finds the split that reduces the squared error most: the largest (SL WR - SR WL)^2 / (WL WR), S being sums of targets and W of
 * weights. Fractions are compared by products: splits into the same parts are equal to the last bit, whichever side is called
 * left. The first of equals wins, features in order, then bins in order.
 * @param spare room for 4 KB.
 */
export function bestSplit(cells: usize, features: Features, best: Split, spare: usize): void {
  const binCount = features.binCount
  const quadBytes = <usize>binCount * BIN_BYTES
  let total = f64x2.splat(0)
  for (let cell = cells; cell < cells + quadBytes; cell += BIN_BYTES) total = f64x2.add(total, v128.load(cell))
  best.sum = f64x2.extract_lane(total, 0)
  best.weight = f64x2.extract_lane(total, 1)
  best.score = -1
  best.scale = 1
  best.feature = -1
  best.bin = -1
  let quad = cells
  let least = features.least
  for (let feature: u32 = 0; feature < features.quads << 2; feature += 4) {
    bestOfTwo(quad, binCount, least, feature, best)
    bestOfTwo(quad + 32, binCount, least + 16, feature + 2, best)
    quad += quadBytes
    least += 32
  }
  for (let i: u32 = 0; i < features.categoricalCount; i++) {
    const categorical = changetype<Categorical>(features.categorical + <usize>i * offsetof<Categorical>())
    bestByCategories(cells, features, categorical, best, spare)
  }
}

/** Tries two neighbouring features, one in each lane. */
function bestOfTwo(cells: usize, binCount: u32, least: usize, feature: u32, best: Split): void {
  const sum = f64x2.splat(best.sum)
  const weight = f64x2.splat(best.weight)
  const leastWeight = v128.load(least)
  let first = f64x2.splat(0)
  let second = f64x2.splat(0)
  let score = f64x2.splat(-1)
  let scale = f64x2.splat(1)
  let bin = i64x2.splat(-1)
  let bestLeftSum = f64x2.splat(0)
  let bestLeftWeight = f64x2.splat(0)
  for (let b: u32 = 0; b < binCount; b++) {
    first = f64x2.add(first, v128.load(cells))
    second = f64x2.add(second, v128.load(cells, 16))
    cells += BIN_BYTES
    const leftSum = v128.shuffle<f64>(first, second, 0, 2)
    const leftWeight = v128.shuffle<f64>(first, second, 1, 3)
    const rightWeight = f64x2.sub(weight, leftWeight)
    const cross = f64x2.sub(f64x2.mul(leftSum, rightWeight), f64x2.mul(f64x2.sub(sum, leftSum), leftWeight))
    const square = f64x2.mul(cross, cross)
    const product = f64x2.mul(leftWeight, rightWeight)
    const isBetter = v128.and(
      f64x2.gt(f64x2.mul(square, scale), f64x2.mul(score, product)),
      f64x2.ge(f64x2.pmin(leftWeight, rightWeight), leastWeight),
    )
    if (v128.any_true(isBetter)) {
      score = v128.bitselect(square, score, isBetter)
      scale = v128.bitselect(product, scale, isBetter)
      bin = v128.bitselect(i64x2.splat(b), bin, isBetter)
      bestLeftSum = v128.bitselect(leftSum, bestLeftSum, isBetter)
      bestLeftWeight = v128.bitselect(leftWeight, bestLeftWeight, isBetter)
    }
  }
  if (isBetterThan(f64x2.extract_lane(score, 0), f64x2.extract_lane(scale, 0), best)) {
    best.score = f64x2.extract_lane(score, 0)
    best.scale = f64x2.extract_lane(scale, 0)
    best.leftSum = f64x2.extract_lane(bestLeftSum, 0)
    best.leftWeight = f64x2.extract_lane(bestLeftWeight, 0)
    best.feature = feature
    best.bin = <i32>i64x2.extract_lane(bin, 0)
  }
  if (isBetterThan(f64x2.extract_lane(score, 1), f64x2.extract_lane(scale, 1), best)) {
    best.score = f64x2.extract_lane(score, 1)
    best.scale = f64x2.extract_lane(scale, 1)
    best.leftSum = f64x2.extract_lane(bestLeftSum, 1)
    best.leftWeight = f64x2.extract_lane(bestLeftWeight, 1)
    best.feature = feature + 1
    best.bin = <i32>i64x2.extract_lane(bin, 1)
  }
}

@inline
function isBetterThan(score: f64, scale: f64, best: Split): bool {
  return score * best.scale > best.score * scale
}

/**
 * Puts the categories of a feature in order, empty ones last, and tries to divide them everywhere between two: for squared error
 * the best way to divide them is among these (Fisher 1958, doi:10.1080/01621459.1958.10501479).
 */
function bestByCategories(cells: usize, features: Features, categorical: Categorical, best: Split, spare: usize): void {
  const feature = categorical.feature
  const first = cells + <usize>(feature >> 2) * features.binCount * BIN_BYTES + ((feature & 3) << 4)
  sortCategories(first, categorical.count, features.ordersBySum != 0, spare)
  let leftSum: f64 = 0
  let leftWeight: f64 = 0
  for (let place: u32 = 0; place < categorical.count - 1; place++) {
    const cell = first + <usize>load<u8>(spare + place) * BIN_BYTES
    leftSum += load<f64>(cell)
    leftWeight += load<f64>(cell, 8)
    const rightWeight = best.weight - leftWeight
    if (leftWeight < features.leastWeight || rightWeight < features.leastWeight) continue
    const cross = leftSum * rightWeight - (best.sum - leftSum) * leftWeight
    const score = cross * cross
    const scale = leftWeight * rightWeight
    const mine = score * best.scale
    const others = best.score * scale
    // Features with thresholds have been tried before, also those with higher numbers.
    if (mine < others || (mine == others && best.feature <= <i32>feature)) continue
    best.score = score
    best.scale = scale
    best.leftSum = leftSum
    best.leftWeight = leftWeight
    best.feature = feature
    best.bin = -1
    putCategories(best, spare, place + 1)
  }
}

/** Writes the categories in their order to `order`, one byte each. */
function sortCategories(first: usize, count: u32, bySum: bool, order: usize): void {
  const keys = order + 256
  for (let category: u32 = 0; category < count; category++) {
    const cell = first + <usize>category * BIN_BYTES
    const weight = load<f64>(cell, 8)
    const key = weight == 0 ? Infinity : bySum ? load<f64>(cell) : load<f64>(cell) / weight
    store<f64>(keys + (<usize>category << 3), key)
  }
  sortByKeys(order, keys, count)
}

/** Writes the numbers 0 to `count - 1` to `order`, one byte each, by ascending keys; equal ones stay in order. Keys are sorted, too. */
export function sortByKeys(order: usize, keys: usize, count: u32): void {
  for (let number: u32 = 0; number < count; number++) {
    let place = <usize>number
    const key = load<f64>(keys + (place << 3))
    for (; place > 0 && load<f64>(keys + ((place - 1) << 3)) > key; place--) {
      store<f64>(keys + (place << 3), load<f64>(keys + ((place - 1) << 3)))
      store<u8>(order + place, load<u8>(order + place - 1))
    }
    store<f64>(keys + (place << 3), key)
    store<u8>(order + place, <u8>number)
  }
}

/** Makes the set of the first categories. */
function putCategories(best: Split, order: usize, count: u32): void {
  const set = changetype<usize>(best) + offsetof<Split>('categories0')
  memory.fill(set, 0, 32)
  for (let place: u32 = 0; place < count; place++) {
    const category = <u32>load<u8>(order + place)
    const byte = set + (category >> 3)
    store<u8>(byte, load<u8>(byte) | <u8>((<u32>1) << (category & 7)))
  }
}
