import type { KernelOptions } from '../kernels/engine.js'
import { type GatheredMoments, gatherMoments } from '../optim/gather-moments.js'
import { type InstanceBlock, type InstanceColumns, Instances } from '../optim/instances.js'
import type { DataFrame } from '../sql/dataframe.js'

/** Rows are kept for the measures of the summary while they take no more than this beyond what the frame itself holds. */
const KEPT_BYTES = 64 * 2 ** 20

/** Rows that one or several linear regressions are fitted to; what they need of them is computed once, when the first of them needs it. */
export class LinearTraining {
  readonly #instances: Instances
  readonly #signal: AbortSignal | undefined
  readonly #kernels: KernelOptions | undefined
  #moments: Promise<GatheredMoments> | undefined
  #blocks: Promise<readonly InstanceBlock[]> | undefined

  constructor(data: DataFrame, columns: InstanceColumns, signal?: AbortSignal, kernels?: KernelOptions) {
    this.#instances = new Instances(data, { ...columns, finiteLater: true }, signal, KEPT_BYTES)
    this.#signal = signal
    this.#kernels = kernels
  }

  /** For normal equations, in one pass that keeps rows only while they are few. @throws DataError as {@link Instances}. */
  moments(): Promise<GatheredMoments> {
    this.#moments ??= gatherMoments(this.#instances, { signal: this.#signal, kernels: this.#kernels })
    return this.#moments
  }

  /** All rows, held in memory. @throws DataError as {@link Instances}. */
  blocks(): Promise<readonly InstanceBlock[]> {
    this.#blocks ??= this.#collect()
    return this.#blocks
  }

  /** Blocks that a pass has kept; undefined where another pass must read them. They are checked once `moments` or `blocks` was awaited. */
  get kept(): readonly InstanceBlock[] | undefined {
    return this.#instances.kept
  }

  /** Passes over the rows. */
  [Symbol.asyncIterator](): AsyncIterator<InstanceBlock> {
    return this.#instances[Symbol.asyncIterator]()
  }

  async #collect(): Promise<readonly InstanceBlock[]> {
    const blocks = await this.#instances.collect()
    for (const block of blocks) this.#instances.requireFinite(block)
    return blocks
  }
}
