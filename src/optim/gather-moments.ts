import type { KernelOptions } from '../kernels/engine.js'
import { areNumbers, partsOf, type VectorPart } from '../sql/vector-parts.js'
import { PartitionFold } from '../util/partition-fold.js'
import { TurnTaker } from '../util/turn-taker.js'
import type { InstanceBlock, Instances } from './instances.js'
import { KernelMoments } from './kernel-moments.js'
import { type Moments, mergedMoments } from './moments.js'
import { PartMoments } from './part-moments.js'
import { MAX_FEATURES_FOR_NORMAL_EQUATIONS, WeightedMoments } from './weighted-moments.js'

/** Up to so many rows, and so many numbers in them, are summed exactly as Spark does. */
const EXACT_ROWS = 4096
const EXACT_VALUES = 2 ** 17

/** How moments are gathered. */
export interface GatherOptions {
  readonly signal?: AbortSignal
  readonly kernels?: KernelOptions
}

/** What {@link gatherMoments} found. */
export interface GatheredMoments {
  readonly numFeatures: number
  /** Null where the features are too many for normal equations. */
  readonly moments: Moments | null
}

/**
 * The moments of all rows, in one pass that keeps few of them. Few rows are summed in Spark's order to the last bit; of many, the dense ones
 * are summed by kernels, in an order that does not depend on threads, those with one-hot parts code by code, and the others one after the other.
 * @throws DataError as `Instances`, also for instances whose numbers are to be checked later; the reason of the caller's signal.
 */
export async function gatherMoments(instances: Instances, options: GatherOptions = {}): Promise<GatheredMoments> {
  using gatherer = new Gatherer(instances, options)
  for await (const block of instances) {
    const { size } = block.features
    if (size > MAX_FEATURES_FOR_NORMAL_EQUATIONS) return { numFeatures: size, moments: null }
    await gatherer.add(block)
  }
  const moments = await gatherer.result()
  return { numFeatures: moments.numFeatures, moments }
}

/** Whether kernels can take a block; columns of numbers are rows without gaps, whatever form their vectors would have. */
function isDense({ features }: InstanceBlock): boolean {
  const parts = partsOf(features)
  return features.size > 0 && (parts ? areNumbers(parts) : features.offsets === null)
}

class Gatherer implements Disposable {
  readonly #instances: Instances
  readonly #kernelOptions: KernelOptions | undefined
  readonly #turns: TurnTaker
  /** Blocks that wait until it is known whether the rows are few. */
  #waiting: InstanceBlock[] | undefined = []
  #count = 0
  #inOrder: PartitionFold<WeightedMoments> | undefined
  #byKernels: KernelMoments | undefined
  readonly #byParts: PartMoments[] = []

  constructor(instances: Instances, { signal, kernels }: GatherOptions) {
    this.#instances = instances
    this.#kernelOptions = kernels
    this.#turns = new TurnTaker(signal)
  }

  async add(block: InstanceBlock): Promise<void> {
    this.#count += block.length
    if (this.#waiting) {
      this.#waiting.push(block)
      if (this.#count <= EXACT_ROWS && this.#count * block.features.size <= EXACT_VALUES) return
      const waiting = this.#waiting
      this.#waiting = undefined
      for (const earlier of waiting) await this.#addOne(earlier)
    } else await this.#addOne(block)
  }

  async result(): Promise<Moments> {
    for (const block of this.#waiting ?? []) this.#addInOrder(block)
    const inOrder = this.#inOrder?.result()
    const byKernels = await this.#byKernels?.result(this.#turns)
    if (this.#byKernels && !this.#byKernels.isFinite) {
      for await (const block of this.#instances) this.#instances.requireFinite(block)
    }
    const byParts = this.#byParts.map((parts) => parts.moments())
    return [inOrder, byKernels, ...byParts].filter((found) => found !== undefined).reduce(mergedMoments)
  }

  [Symbol.dispose](): void {
    this.#byKernels?.[Symbol.dispose]()
  }

  async #addOne(block: InstanceBlock): Promise<void> {
    const parts = partsOf(block.features)
    if (parts?.some(({ kind }) => kind === 'oneHot')) {
      this.#addParts(parts, block)
      return
    }
    if (!isDense(block)) {
      this.#addInOrder(block)
      return
    }
    this.#byKernels ??= new KernelMoments(block.features.size, block.weights !== null, this.#kernelOptions)
    await this.#byKernels.add(block, this.#turns)
  }

  #addParts(parts: readonly VectorPart[], block: InstanceBlock): void {
    this.#instances.requireFinite(block)
    let sums = this.#byParts.at(-1)
    if (!sums?.matches(parts)) {
      sums = new PartMoments(parts)
      this.#byParts.push(sums)
    }
    sums.add(parts, block.labels, block.weights)
  }

  #addInOrder(block: InstanceBlock): void {
    this.#instances.requireFinite(block)
    const { features, labels, weights, partition } = block
    this.#inOrder ??= new PartitionFold(() => new WeightedMoments(features.size))
    this.#inOrder.of(partition).add(features, labels, weights)
  }
}
