/**
 * The items that make up more than a share of all, and perhaps others, in one pass with few counters. Null is an item.
 *
 * Source: R. M. Karp, S. Shenker, C. H. Papadimitriou, "A simple algorithm for finding frequent elements in streams and bags",
 * https://doi.org/10.1145/762471.762473; `org.apache.spark.sql.execution.stat.FrequentItems`.
 */
export class FrequentItems {
  private counts = new Map<unknown, number>()
  private readonly size: number

  /** @param support the share; there is a counter for each item that can have it. */
  constructor(support: number) {
    this.size = Math.floor(1 / support)
  }

  /** The items, in order of their first appearance. */
  get items(): unknown[] {
    return [...this.counts.keys()]
  }

  /** An item, `count` times. */
  add(item: unknown, count = 1): void {
    const { counts, size } = this
    const known = counts.get(item)
    if (known !== undefined) counts.set(item, known + count)
    else if (counts.size < size) counts.set(item, count)
    else {
      const least = Math.min(...counts.values())
      const rest = count - least
      if (rest >= 0) counts.set(item, count)
      const gone = rest >= 0 ? least : count
      this.counts = new Map([...counts].filter(([, n]) => rest < 0 || n > least).map(([key, n]) => [key, n - gone]))
    }
  }

  /** Takes in the counters of another pass. */
  merge(other: FrequentItems): this {
    for (const [item, count] of other.counts) this.add(item, count)
    return this
  }
}
