import type { KernelMemory } from '../memory.js'
import { type FOREST, SPLIT } from '../records.js'
import { logOf } from './exponentials.js'
import { categorySet } from './split.js'

type ForestRecord = ReturnType<typeof FOREST.read>

const NOISE = 1e-14
const NONE = 0xffffffff

/**
 * Writes the split of a node that gains most to address `address`. Twin of `assembly/class-split.ts`.
 * @param features numbers of the node's features. @param binsOf weights of the classes in the bins of each, bin by bin.
 */
export function bestClassSplit(
  memory: KernelMemory,
  forest: ForestRecord,
  address: number,
  features: readonly number[],
  binsOf: (place: number) => Float64Array,
): void {
  const { classCount, leastWeight, leastGain } = forest
  const total = new Float64Array(classCount)
  const left = new Float64Array(classCount)
  binsOf(0).forEach((weight, i) => {
    total[i % classCount] += weight
  })
  const weight = sumOf(total)
  const purity = purityOf(forest, total)
  const best = { score: -1, leftWeight: 0, feature: NONE, bin: NONE, categories: [] as readonly number[] }

  /** Whether it is the best so far to send `left` left. */
  const isBest = (): boolean => {
    const leftWeight = sumOf(left)
    if (leftWeight < leastWeight || weight - leftWeight < leastWeight) return false
    const right = total.map((own, k) => own - left[k])
    const gain = (purityOf(forest, left) + purityOf(forest, right) - purity) / weight
    const score = gain > NOISE ? gain : 0
    if (score < leastGain || score <= best.score) return false
    Object.assign(best, { score, leftWeight })
    return true
  }
  const add = (bins: Float64Array, bin: number): void => {
    for (let k = 0; k < classCount; k++) left[k] += bins[bin * classCount + k]
  }

  features.forEach((feature, place) => {
    const bins = binsOf(place)
    const classesOf = (bin: number): Float64Array => bins.subarray(bin * classCount, (bin + 1) * classCount)
    const arity = memory.u32[forest.arity / 4 + feature]
    left.fill(0)
    if (arity === 0) {
      for (let bin = 0; bin + 1 < bins.length / classCount; bin++) {
        if (sumOf(classesOf(bin)) === 0) continue
        add(bins, bin)
        if (isBest()) Object.assign(best, { feature, bin, categories: [] })
      }
    } else if (memory.u8[forest.unordered + feature]) {
      for (let subset = 1; subset < 2 ** (arity - 1); subset++) {
        const categories = Array.from({ length: arity }, (_, c) => c).filter((c) => (subset >>> c) & 1)
        left.fill(0)
        for (const category of categories) add(bins, category)
        if (isBest()) Object.assign(best, { feature, bin: NONE, categories })
      }
    } else if (arity > 1) {
      const keys = Array.from({ length: arity }, (_, c) => keyOf(forest, classesOf(c)))
      const order = [...keys.keys()].sort((a, b) => (keys[a] < keys[b] ? -1 : keys[a] > keys[b] ? 1 : a - b))
      for (let count = 1; count < arity; count++) {
        add(bins, order[count - 1])
        if (isBest()) Object.assign(best, { feature, bin: NONE, categories: order.slice(0, count) })
      }
    }
  })
  const fixed = { scale: 1, leftSum: 0, sum: 0, weight }
  SPLIT.write(memory, address, { ...fixed, ...best, ...categorySet(best.categories) })
}

function sumOf(classes: Float64Array): number {
  let sum = 0
  for (const weight of classes) sum += weight
  return sum
}

const log2 = (x: number): number => logOf(x) * Math.LOG2E

function purityOf({ isEntropy }: ForestRecord, classes: Float64Array): number {
  const weight = sumOf(classes)
  let purity = 0
  if (isEntropy) {
    for (const own of classes) if (own > 0) purity += own * log2(own)
    return weight > 0 ? purity - weight * log2(weight) : 0
  }
  for (const own of classes) purity += own * own
  return weight > 0 ? purity / weight : 0
}

/** Two classes go by the weight of the second, more by their impurity; empty categories come last. */
function keyOf(forest: ForestRecord, classes: Float64Array): number {
  const weight = sumOf(classes)
  if (weight === 0) return Number.POSITIVE_INFINITY
  if (forest.classCount === 2) return classes[1]
  const purity = purityOf(forest, classes) / weight
  return forest.isEntropy ? -purity : 1 - purity
}
