import type { TurnTaker } from '../util/turn-taker.js'
import { type Candidates, numSplits } from './candidates.js'
import { addClasses, addNumbers, addSubsets, addTotal, type HistogramRows, type RowRange } from './histogram.js'

/** Updates of statistics between two looks at the clock, about. */
const STEP = 2 ** 18

/**
 * Statistics of one node at a time: of each bin of the features that it may be split on, one after the other, and where
 * they are needed those of the node. They are summed row by row within a partition, then partition by partition.
 */
export class NodeStatistics {
  readonly sums: Float64Array
  /** The features, and where the bins of each start in {@link sums}. */
  features: Int32Array
  offsets: Int32Array
  /** Where the statistics of the node start in {@link sums}; -1 where they are not needed. */
  totalAt = -1

  readonly #data: HistogramRows
  readonly #candidates: Candidates
  readonly #partitionStarts: Int32Array
  /** Sums of one partition; empty where there is one only. */
  readonly #part: Float64Array
  readonly #allFeatures: Int32Array
  #orderedFeatures: Int32Array
  #orderedOffsets: Int32Array
  #length = 0

  constructor(data: HistogramRows, candidates: Candidates, partitionStarts: Int32Array) {
    const { numBins } = candidates
    this.#data = data
    this.#candidates = candidates
    this.#partitionStarts = partitionStarts
    this.#allFeatures = Int32Array.from(numBins, (_, f) => f)
    this.sums = new Float64Array((numBins.reduce((sum, bins) => sum + bins, 0) + 1) * data.slots)
    this.#part = new Float64Array(partitionStarts.length > 2 ? this.sums.length : 0)
    this.features = this.#allFeatures
    this.offsets = new Int32Array(0)
    this.#orderedFeatures = this.features
    this.#orderedOffsets = this.offsets
  }

  /** Sums the rows of a node. @param features features that it may be split on; null: all. */
  async sum(features: Int32Array | null, range: RowRange, turns: TurnTaker): Promise<void> {
    this.#layOut(features ?? this.#allFeatures)
    this.sums.fill(0, 0, this.#length)
    const { rows, to } = range
    const step = Math.max(1, Math.floor(STEP / this.features.length))
    let partition = 0
    for (let from = range.from; from < to; ) {
      while (this.#partitionStarts[partition + 1] <= rows[from]) partition++
      const end = this.#endOfPartition(range, from, this.#partitionStarts[partition + 1])
      const alone = from === range.from
      const into = alone ? this.sums : this.#part
      if (!alone) into.fill(0, 0, this.#length)
      for (; from < end; from = Math.min(end, from + step)) {
        this.#add({ ...range, from, to: Math.min(end, from + step) }, into)
        if (turns.due()) await turns.take()
      }
      if (!alone) for (let i = 0; i < this.#length; i++) this.sums[i] += into[i]
    }
  }

  /** First place from `from` whose row is not below `limit`. */
  #endOfPartition({ rows, to }: RowRange, from: number, limit: number): number {
    if (rows[to - 1] < limit) return to
    let end = from
    while (rows[end] < limit) end++
    return end
  }

  #layOut(features: Int32Array): void {
    if (features === this.features && this.offsets.length > 0) return
    const { numBins, unordered } = this.#candidates
    const { slots } = this.#data
    this.features = features
    this.offsets = new Int32Array(features.length)
    let at = 0
    let needsTotal = true
    const ordered: number[] = []
    features.forEach((f, place) => {
      this.offsets[place] = at
      at += numBins[f] * slots
      if (!unordered[f]) ordered.push(place)
      if (numSplits(this.#candidates, f) > 0 && !unordered[f]) needsTotal = false
    })
    needsTotal ||= ordered.length < features.length
    this.totalAt = needsTotal ? at : -1
    this.#length = at + (needsTotal ? slots : 0)
    const all = ordered.length === features.length
    this.#orderedFeatures = all ? features : Int32Array.from(ordered, (place) => features[place])
    this.#orderedOffsets = all ? this.offsets : Int32Array.from(ordered, (place) => this.offsets[place])
  }

  #add(range: RowRange, into: Float64Array): void {
    const add = this.#data.numbers ? addNumbers : addClasses
    add(this.#data, range, this.#orderedFeatures, this.#orderedOffsets, into)
    if (this.totalAt < 0) return
    addTotal(this.#data, range, into, this.totalAt)
    this.features.forEach((f, place) => {
      if (!this.#candidates.unordered[f]) return
      addSubsets(this.#data, range, f, numSplits(this.#candidates, f), into, this.offsets[place])
    })
  }
}
