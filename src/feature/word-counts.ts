import { HashOrder } from '../util/hash-order.js'
import { stringHashCode } from '../util/random/seed.js'

/**
 * Counts words, and knows in which order Spark's `reduceByKey` would give them. Words of equal count are left in it by every sort, and so it
 * decides where they come in a vocabulary: each partition of the input hands its words on in order of their hash codes, and a hash table
 * a partition of the result adds them up.
 *
 * Words are numbered as they come. Spark's tables are assumed to fit in memory, and to be read in order of partitions.
 */
export class WordCounts {
  readonly words: string[] = []
  /** How often each word came. */
  readonly counts: number[] = []
  /** Number of documents that have each word. */
  readonly documents: number[] = []
  readonly #numbers = new Map<string, number>()
  readonly #hashes: number[] = []
  /** The document in which each word was seen last. */
  readonly #lastDocument: number[] = []
  readonly #results: readonly HashOrder[]
  /** Words that came first in the partition which is read, in the order in which they came. */
  #new: number[] = []
  #document = 0
  #partition = 0

  /** @param partitions number of partitions that the words come from. */
  constructor(partitions: number) {
    this.#results = Array.from({ length: Math.max(partitions, 1) }, () => new HashOrder())
  }

  /** Adds the words of a document. Partitions come in order. */
  add(words: readonly string[], partition: number): void {
    if (partition !== this.#partition) this.#endPartition()
    this.#partition = partition
    const document = ++this.#document
    for (const word of words) {
      let number = this.#numbers.get(word)
      if (number === undefined) number = this.#enter(word)
      this.counts[number]++
      if (this.#lastDocument[number] === document) continue
      this.#lastDocument[number] = document
      this.documents[number]++
    }
  }

  /** The numbers of the words, by partition of the result. To be called after all words were added. */
  partitions(): Int32Array[] {
    this.#endPartition()
    return this.#results.map((order) => order.keys())
  }

  #enter(word: string): number {
    const number = this.words.length
    this.#numbers.set(word, number)
    this.words.push(word)
    this.counts.push(0)
    this.documents.push(0)
    this.#hashes.push(stringHashCode(word))
    this.#lastDocument.push(0)
    this.#new.push(number)
    return number
  }

  /** Words that an earlier partition had are in the tables already. */
  #endPartition(): void {
    const results = this.#results.length
    this.#new.sort((a, b) => this.#hashes[a] - this.#hashes[b])
    for (const number of this.#new) {
      const hash = this.#hashes[number]
      const rest = hash % results
      this.#results[rest < 0 ? rest + results : rest].add(number, hash)
    }
    this.#new = []
  }
}
