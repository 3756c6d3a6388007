/** The best split of a node by one threshold. */
@unmanaged
export class Split {
  /** The fraction `score / scale` says how good it is; score 0: there is none. */
  score: f64
  scale: f64
  /** Targets and weights that go left, in units. */
  leftSum: f64
  leftWeight: f64
  /** Targets and weights of the node, in units. */
  sum: f64
  weight: f64
  feature: i32
  /** Bins up to this one go left. */
  bin: i32
}

/** Bytes of one bin of a quad of features. */
const BIN_BYTES: usize = 64

/**
 * Finds the split that reduces the squared error most: the largest (SL WR - SR WL)^2 / (WL WR), S being sums of targets and W of
 * weights. Fractions are compared by products: splits into the same parts are equal to the last bit, whichever side is called
 * left. The first of equals wins, features in order, then bins in order.
 * @param least a double a feature: least weight of a side, above 0; infinite where thresholds must not split.
 */
export function bestSplit(cells: usize, quads: u32, binCount: u32, least: usize, best: Split): void {
  let total = f64x2.splat(0)
  for (let cell = cells, end = cells + <usize>binCount * BIN_BYTES; cell < end; cell += BIN_BYTES) {
    total = f64x2.add(total, v128.load(cell))
  }
  best.sum = f64x2.extract_lane(total, 0)
  best.weight = f64x2.extract_lane(total, 1)
  best.score = 0
  best.scale = 1
  best.leftSum = 0
  best.leftWeight = 0
  best.feature = -1
  best.bin = -1
  for (let quad: u32 = 0; quad < quads; quad++) {
    bestOfTwo(cells, binCount, least, quad << 2, best)
    bestOfTwo(cells + 32, binCount, least + 16, (quad << 2) + 2, best)
    cells += <usize>binCount * BIN_BYTES
    least += 32
  }
}

/** Tries two neighbouring features, one in each lane. */
function bestOfTwo(cells: usize, binCount: u32, least: usize, feature: u32, best: Split): void {
  const sum = f64x2.splat(best.sum)
  const weight = f64x2.splat(best.weight)
  const leastWeight = v128.load(least)
  let first = f64x2.splat(0)
  let second = f64x2.splat(0)
  let score = f64x2.splat(0)
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
