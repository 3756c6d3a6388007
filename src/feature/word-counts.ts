import { HashOrder } from '../util/hash-order.js'
import { scalaPairHash } from '../util/murmur3.js'
import { stringHashCode } from '../util/random/seed.js'

/**
 * Counts words, and knows in which order Spark's `reduceByKey` would give them: that of its hash tables, on the side that counts a
 * partition and on the side that adds up partitions. Words of equal count are left in it by every sort, and so it decides where they come in a
 * vocabulary.
 *
 * Words are numbered as they come. Spark's tables are assumed to fit in memory, and to be fetched in order of partitions.
 */
export class WordCounts {
  readonly words: string[] = []
  /** How often each word came. */
  readonly counts: number[] = []
  /** Number of documents that have each word, counted by `addDocument` only. */
  readonly documents: number[] = []
  readonly #numbers = new Map<string, number>()
  readonly #hashes: number[] = []
  /** The document, and the partition, in which each word was seen last. */
  readonly #lastDocument: number[] = []
  readonly #lastPartition: number[] = []
  readonly #isAdded: boolean[] = []
  readonly #inDocument = new HashOrder()
  readonly #inPartition = new HashOrder()
  readonly #reduced: readonly HashOrder[]
  #document = 0
  #partition = 0

  /** @param partitions number of partitions that the words come from. */
  constructor(partitions: number) {
    this.#reduced = Array.from({ length: Math.max(partitions, 1) }, () => new HashOrder())
  }

  /** Words of the same row that the table of a document has counted before (CountVectorizer). Partitions come in order. */
  addDocument(words: readonly string[], partition: number): void {
    this.#enter(partition)
    const document = ++this.#document
    const distinct: number[] = []
    let isNew = false
    for (const word of words) {
      const number = this.#count(word)
      if (this.#lastDocument[number] === document) continue
      this.#lastDocument[number] = document
      this.documents[number]++
      distinct.push(number)
      isNew ||= this.#lastPartition[number] !== this.#partition
    }
    if (!isNew) return
    this.#inDocument.clear()
    for (const number of distinct) this.#inDocument.add(number, this.#hashes[number])
    for (const number of this.#inDocument.keys()) this.#see(number)
  }

  /** Words of the same row, one by one (Word2Vec). Partitions come in order. */
  addWords(words: readonly string[], partition: number): void {
    this.#enter(partition)
    for (const word of words) this.#see(this.#count(word))
  }

  /** The numbers of the words, by partition of the result. To be called once, after all words were added. */
  partitions(): Int32Array[] {
    this.#reduce()
    return this.#reduced.map((order) => order.keys())
  }

  #enter(partition: number): void {
    if (partition === this.#partition) return
    this.#reduce()
    this.#partition = partition
  }

  #count(word: string): number {
    let number = this.#numbers.get(word)
    if (number === undefined) {
      number = this.words.length
      this.#numbers.set(word, number)
      this.words.push(word)
      this.counts.push(0)
      this.documents.push(0)
      this.#hashes.push(stringHashCode(word))
      this.#lastDocument.push(0)
      this.#lastPartition.push(-1)
      this.#isAdded.push(false)
    }
    this.counts[number]++
    return number
  }

  /** Adds a word to the table of the partition, whose keys are pairs of the partition of the result and the word. */
  #see(number: number): void {
    if (this.#lastPartition[number] === this.#partition) return
    this.#lastPartition[number] = this.#partition
    const hash = this.#hashes[number]
    this.#inPartition.add(number, scalaPairHash(this.#target(hash), hash))
  }

  /** Hands the table of a partition on to the partitions of the result. */
  #reduce(): void {
    for (const number of this.#inPartition.keys()) {
      if (this.#isAdded[number]) continue
      this.#isAdded[number] = true
      this.#reduced[this.#target(this.#hashes[number])].add(number, this.#hashes[number])
    }
    this.#inPartition.clear()
  }

  #target(hash: number): number {
    const rest = hash % this.#reduced.length
    return rest < 0 ? rest + this.#reduced.length : rest
  }
}
