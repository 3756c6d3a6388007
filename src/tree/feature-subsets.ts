import { ParamError } from '../errors.js'
import { reservoirSample } from '../util/random/fixed-size.js'
import { JavaRandom } from '../util/random/java-random.js'
import type { Seed } from '../util/random/seed.js'
import type { TreeStrategy } from './strategy.js'

/**
 * Number of features that a node may choose from (Spark's `featureSubsetStrategy`); shares are rounded up.
 * For example, "sqrt" of 6 features is 3.
 * @throws ParamError for a strategy that is none.
 */
export function featuresPerNode(strategy: TreeStrategy, numTrees: number, numFeatures: number): number {
  const { featureSubsetStrategy: given, impurity } = strategy
  const forest = impurity === 'variance' ? 'onethird' : 'sqrt'
  switch (given === 'auto' && numTrees > 1 ? forest : given) {
    case 'auto':
    case 'all':
      return numFeatures
    case 'sqrt':
      return Math.ceil(Math.sqrt(numFeatures))
    case 'log2':
      return Math.max(1, Math.ceil(Math.log(numFeatures) / Math.LN2))
    case 'onethird':
      return Math.ceil(numFeatures / 3)
  }
  const number = Number(given)
  if (/^\+?\d+$/.test(given) && number > 0) return Math.min(number, numFeatures)
  if (number > 0 && number <= 1) return Math.ceil(number * numFeatures)
  throw new ParamError(`"featureSubsetStrategy" is "${given}"`, {
    stage: strategy.stage,
    param: 'featureSubsetStrategy',
    allowed: 'Allowed: auto, all, onethird, sqrt, log2, a number of features from 1, or a share of them in (0, 1]',
    received: given,
  })
}

/**
 * The features that each node may choose from, drawn node by node in the order in which nodes come up: one `nextLong` of
 * `java.util.Random` seeds the reservoir of a node. The order of the reservoir decides between equal splits.
 */
export class FeatureSubsets {
  readonly #random: JavaRandom
  readonly #numFeatures: number
  readonly #size: number

  constructor(seed: Seed, numFeatures: number, size: number) {
    this.#random = new JavaRandom(seed)
    this.#numFeatures = numFeatures
    this.#size = size
  }

  /** The features of the next node; null: all. */
  next(): Int32Array | null {
    if (this.#size === this.#numFeatures) return null
    return reservoirSample(this.#numFeatures, this.#size, this.#random.nextLong())
  }
}
