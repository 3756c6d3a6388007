/** What can take in another one of its kind: sums, summaries, sketches. */
export interface Mergeable<A> {
  merge(other: A): A
}

/**
 * Aggregates rows that come partition by partition: one aggregate a partition, merged in the order of partitions.
 * Floating-point results are then those of Spark for the same partitions, however many batches a partition comes in.
 */
export class PartitionFold<A extends Mergeable<A>> {
  readonly #create: () => A
  #partition = -1
  #part: A | undefined
  #total: A | undefined

  /** @param create makes an empty aggregate. */
  constructor(create: () => A) {
    this.#create = create
  }

  /** The aggregate that rows of this partition are to be added to. Partitions come in order. */
  of(partition: number): A {
    if (this.#part === undefined || partition !== this.#partition) {
      this.#close()
      this.#partition = partition
      this.#part = this.#create()
    }
    return this.#part
  }

  /** The aggregate of all rows; undefined when there were none. */
  result(): A | undefined {
    this.#close()
    return this.#total
  }

  #close(): void {
    if (this.#part === undefined) return
    if (this.#total === undefined) this.#total = this.#part
    else this.#total.merge(this.#part)
    this.#part = undefined
  }
}
