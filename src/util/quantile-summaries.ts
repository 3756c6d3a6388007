/** Samples in ascending order: each stands for `g` values up to it, and its rank is known up to `delta`. */
interface Samples {
  readonly value: Float64Array
  readonly g: Float64Array
  readonly delta: Float64Array
}

/** Values that are sorted in at a time, and samples from which on the summary is compressed: Spark's sizes, on which its answers depend. */
const BUFFER = 50_000
const COMPRESS = 10_000

const samplesOf = (length: number): Samples => ({
  value: new Float64Array(length),
  g: new Float64Array(length),
  delta: new Float64Array(length),
})

const cut = ({ value, g, delta }: Samples, start: number, end: number): Samples => ({
  value: value.slice(start, end),
  g: g.slice(start, end),
  delta: delta.slice(start, end),
})

function put(to: Samples, at: number, from: Samples, k: number, more = 0): void {
  to.value[at] = from.value[k]
  to.g[at] = from.g[k]
  to.delta[at] = from.delta[k] + more
}

/**
 * Summary of numbers that answers quantiles with a bounded error in rank: the answer for `p` among `n` numbers has an exact rank within
 * `relativeError * n` of `p * n`. Answers are those of Spark for the same order of numbers and the same partitions.
 *
 * Memory: O(1 / relativeError) samples, all numbers for an error of 0. NaN must be left out by the caller.
 *
 * Source: M. Greenwald, S. Khanna, "Space-efficient online computation of quantile summaries", https://doi.org/10.1145/375663.375670;
 * `org.apache.spark.sql.catalyst.util.QuantileSummaries`.
 */
export class QuantileSummaries {
  private readonly relativeError: number
  private samples = samplesOf(0)
  private count = 0
  private buffer = new Float64Array(64)
  private buffered = 0

  /** @param relativeError 0 for exact answers; a larger one needs less memory. */
  constructor(relativeError: number) {
    this.relativeError = relativeError
  }

  /** One more number. */
  insert(x: number): void {
    if (this.buffered === this.buffer.length) {
      const larger = new Float64Array(Math.min(BUFFER, 4 * this.buffered))
      larger.set(this.buffer)
      this.buffer = larger
    }
    this.buffer[this.buffered++] = x
    if (this.buffered < BUFFER) return
    this.flush()
    if (this.samples.value.length >= COMPRESS) this.shrink()
  }

  /** Takes in the numbers of another summary, which come after this one's; the other one is at its end then. */
  merge(other: QuantileSummaries): this {
    this.compress()
    other.compress()
    if (other.count === 0) return this
    if (this.count === 0) {
      this.samples = other.samples
      this.count = other.count
      return this
    }
    const [a, b] = [this.samples, other.samples]
    const [n, m] = [a.value.length, b.value.length]
    const ofOther = Math.floor(2 * other.relativeError * other.count)
    const ofThis = Math.floor(2 * this.relativeError * this.count)
    const merged = samplesOf(n + m)
    let [i, j] = [0, 0]
    while (i < n && j < m) {
      if (a.value[i] < b.value[j]) put(merged, i + j, a, i++, j > 0 ? ofOther : 0)
      else put(merged, i + j, b, j++, i > 0 ? ofThis : 0)
    }
    while (i < n) put(merged, i + j, a, i++)
    while (j < m) put(merged, i + j, b, j++)
    this.samples = merged
    this.count += other.count
    this.shrink()
    return this
  }

  /**
   * The numbers at the given shares (0 to 1) of all; undefined when there are none. An answer is always one of the numbers.
   * @param probabilities in any order.
   */
  query(probabilities: readonly number[]): number[] | undefined {
    this.compress()
    const { value, g, delta } = this.samples
    const last = value.length - 1
    if (last < 0) return undefined
    let widest = 0
    for (let i = 0; i <= last; i++) widest = Math.max(widest, g[i] + delta[i])
    const error = Math.floor(widest / 2)
    const answers = new Array<number>(probabilities.length)
    const ascending = Array.from(probabilities.keys()).sort((a, b) => probabilities[a] - probabilities[b])
    // Larger probabilities are searched for from where the one before was found.
    let at = 0
    let rankAt = g[0]
    for (const k of ascending) {
      const p = probabilities[k]
      if (p <= this.relativeError || last === 0) answers[k] = value[0]
      else if (p >= 1 - this.relativeError) answers[k] = value[last]
      else {
        const rank = Math.ceil(p * this.count)
        let i = at
        let minRank = rankAt
        while (i < last && !(minRank + delta[i] - error <= rank && rank <= minRank + error)) minRank += g[++i]
        answers[k] = value[i]
        at = i
        rankAt = i < last ? minRank : 0
      }
    }
    return answers
  }

  private compress(): void {
    if (this.buffered === 0) return
    this.flush()
    this.shrink()
  }

  /** Sorts the buffered numbers into the samples. */
  private flush(): void {
    const sorted = this.buffer.subarray(0, this.buffered).sort()
    const old = this.samples
    const n = old.value.length
    const all = samplesOf(n + sorted.length)
    let [i, at] = [0, 0]
    for (let k = 0; k < sorted.length; k++) {
      while (i < n && old.value[i] <= sorted[k]) put(all, at++, old, i++)
      this.count++
      const edge = at === 0 || (i === n && k === sorted.length - 1)
      all.value[at] = sorted[k]
      all.g[at] = 1
      all.delta[at++] = edge ? 0 : Math.floor(2 * this.relativeError * this.count)
    }
    while (i < n) put(all, at++, old, i++)
    this.samples = all
    this.buffered = 0
  }

  /** Puts neighbours together as far as the error allows, from the largest down; the smallest and the largest stay. */
  private shrink(): void {
    const { samples } = this
    const n = samples.value.length
    if (n <= 1) return
    const threshold = 2 * this.relativeError * this.count
    const kept = samplesOf(n + 1)
    // Filled from its end.
    let at = n
    put(kept, at, samples, n - 1)
    for (let i = n - 2; i >= 1; i--) {
      if (samples.g[i] + kept.g[at] + kept.delta[at] < threshold) kept.g[at] += samples.g[i]
      else put(kept, --at, samples, i)
    }
    if (samples.value[0] <= kept.value[at]) put(kept, --at, samples, 0)
    this.samples = cut(kept, at, n + 1)
  }
}
