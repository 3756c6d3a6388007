import { sparkHashInt } from './murmur3.js'

const FIRST_CAPACITY = 64
const LOAD = 0.7

/**
 * The order in which Spark's hash maps (`AppendOnlyMap`, `OpenHashMap`) give back their keys. It decides where Spark leaves an order open: words
 * of equal count in a vocabulary, for example.
 *
 * The maps are tables of a power of two, probed with growing steps; the hash code is scrambled by murmur3. Keys are numbered by the
 * caller, who adds each once.
 */
export class HashOrder {
  /** Number of the key in each slot, plus 1; 0 where it is empty. */
  #slots = new Int32Array(FIRST_CAPACITY)
  /** Scrambled hash code of the key in each slot. */
  #hashes = new Int32Array(FIRST_CAPACITY)
  #size = 0

  /** Adds a key that is not yet there. @param hash its Java hash code. */
  add(key: number, hash: number): void {
    this.#put(key + 1, sparkHashInt(hash, 0))
    const capacity = this.#slots.length
    if (++this.#size > Math.trunc(LOAD * capacity)) this.#grow(2 * capacity)
  }

  /** The keys, in the order of Spark. */
  keys(): Int32Array {
    const keys = new Int32Array(this.#size)
    let n = 0
    for (const slot of this.#slots) if (slot !== 0) keys[n++] = slot - 1
    return keys
  }

  #put(slot: number, hash: number): void {
    const slots = this.#slots
    const mask = slots.length - 1
    let at = hash & mask
    for (let step = 1; slots[at] !== 0; step++) at = (at + step) & mask
    slots[at] = slot
    this.#hashes[at] = hash
  }

  #grow(capacity: number): void {
    const [slots, hashes] = [this.#slots, this.#hashes]
    this.#slots = new Int32Array(capacity)
    this.#hashes = new Int32Array(capacity)
    for (let at = 0; at < slots.length; at++) if (slots[at] !== 0) this.#put(slots[at], hashes[at])
  }
}

/** The order in which Spark's `reduceByKey` and `aggregateByKey` give back the keys 0 .. n - 1, whose rows come from so many partitions. */
export function orderOfKeys(n: number, partitions: number): number[] {
  const results = Array.from({ length: Math.max(partitions, 1) }, () => new HashOrder())
  for (let key = 0; key < n; key++) results[key % results.length].add(key, key)
  return results.flatMap((order) => [...order.keys()])
}
