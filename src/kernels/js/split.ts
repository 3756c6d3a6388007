import type { KernelMemory } from '../memory.js'
import { CATEGORICAL, FEATURES, SPLIT } from '../records.js'

/** Doubles from one bin of a quad to the next. */
const BIN_DOUBLES = 8
const NONE = 0xffffffff

interface Best {
  score: number
  scale: number
  leftSum: number
  leftWeight: number
  sum: number
  weight: number
  feature: number
  bin: number
  categories: readonly number[]
}

/** Writes the split of a node that reduces the squared error most to address `address`. Twin of `assembly/split.ts`. */
export function bestSplit(memory: KernelMemory, cells: number, featuresAddress: number, address: number): void {
  const features = FEATURES.read(memory, featuresAddress)
  const { f64 } = memory
  const { binCount } = features
  const cellOf = (feature: number): number => cells / 8 + ((feature >>> 2) * binCount * 4 + (feature & 3)) * 2
  let sum = 0
  let weight = 0
  for (let bin = 0; bin < binCount; bin++) {
    sum += f64[cellOf(0) + BIN_DOUBLES * bin]
    weight += f64[cellOf(0) + BIN_DOUBLES * bin + 1]
  }
  const best: Best = {
    ...{ score: -1, scale: 1, leftSum: 0, leftWeight: 0, sum, weight },
    ...{ feature: NONE, bin: NONE, categories: [] },
  }
  for (let feature = 0; feature < features.quads * 4; feature++) {
    tryThresholds(f64, cellOf(feature), binCount, f64[features.least / 8 + feature], feature, best)
  }
  for (let i = 0; i < features.categoricalCount; i++) {
    const { feature, count } = CATEGORICAL.read(memory, features.categorical + i * CATEGORICAL.bytes)
    const order = sortedCategories(f64, cellOf(feature), count, features.ordersBySum !== 0)
    tryCategories(f64, cellOf(feature), order, features.leastWeight, feature, best)
  }
  SPLIT.write(memory, address, { ...best, ...categorySet(best.categories) })
}

function tryThresholds(
  f64: Float64Array,
  cell: number,
  binCount: number,
  least: number,
  feature: number,
  best: Best,
): void {
  let leftSum = 0
  let leftWeight = 0
  for (let bin = 0; bin < binCount; bin++, cell += BIN_DOUBLES) {
    leftSum += f64[cell]
    leftWeight += f64[cell + 1]
    const rightWeight = best.weight - leftWeight
    if (!(leftWeight >= least && rightWeight >= least)) continue
    const cross = leftSum * rightWeight - (best.sum - leftSum) * leftWeight
    const score = cross * cross
    const scale = leftWeight * rightWeight
    if (score * best.scale <= best.score * scale) continue
    best.score = score
    best.scale = scale
    best.leftSum = leftSum
    best.leftWeight = leftWeight
    best.feature = feature
    best.bin = bin
  }
}

function tryCategories(
  f64: Float64Array,
  first: number,
  order: readonly number[],
  least: number,
  feature: number,
  best: Best,
): void {
  let leftSum = 0
  let leftWeight = 0
  for (let place = 0; place < order.length - 1; place++) {
    const cell = first + order[place] * BIN_DOUBLES
    leftSum += f64[cell]
    leftWeight += f64[cell + 1]
    const rightWeight = best.weight - leftWeight
    if (leftWeight < least || rightWeight < least) continue
    const cross = leftSum * rightWeight - (best.sum - leftSum) * leftWeight
    const score = cross * cross
    const scale = leftWeight * rightWeight
    const mine = score * best.scale
    const others = best.score * scale
    // Features with thresholds have been tried before, also those with higher numbers.
    if (mine < others || (mine === others && (best.feature | 0) <= feature)) continue
    Object.assign(best, {
      score,
      scale,
      leftSum,
      leftWeight,
      feature,
      bin: NONE,
      categories: order.slice(0, place + 1),
    })
  }
}

/** Categories by sum or by mean, empty ones last; equal ones by number. */
function sortedCategories(f64: Float64Array, first: number, count: number, bySum: boolean): number[] {
  const keys = Array.from({ length: count }, (_, category) => {
    const sum = f64[first + category * BIN_DOUBLES]
    const weight = f64[first + category * BIN_DOUBLES + 1]
    if (weight === 0) return Number.POSITIVE_INFINITY
    return bySum ? sum : sum / weight
  })
  return [...keys.keys()].sort((a, b) => (keys[a] < keys[b] ? -1 : keys[a] > keys[b] ? 1 : a - b))
}

/** The categories as fields of the record. */
export function categorySet(categories: readonly number[]) {
  const words = new Uint32Array(8)
  for (const category of categories) words[category >>> 5] |= 1 << (category & 31)
  const [categories0, categories1, categories2, categories3, categories4, categories5, categories6, categories7] = words
  return {
    ...{ categories0, categories1, categories2, categories3 },
    ...{ categories4, categories5, categories6, categories7 },
  }
}
