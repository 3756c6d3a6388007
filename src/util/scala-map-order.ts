import { sparkHashInt } from './murmur3.js'

// Spark loops over hash maps where the order of the loop can be seen in the result: in which order the trees of a round
// are given their next nodes, in which order weights are summed, and how metadata list encodings. Here is that order, for keys of the two
// types in use.

/** Up to this size, an immutable map of Scala keeps the order of insertion. */
const SMALL_MAP = 4
/** Slots of a new `scala.collection.mutable.HashMap`, and of a new `OpenHashMap` of Spark. */
const MUTABLE_SLOTS = 16
const OPEN_SLOTS = 64

/** How Scala's immutable `HashMap` spreads the bits of a hash code. */
function improved(hash: number): number {
  let h = (hash + ~(hash << 9)) | 0
  h ^= h >>> 14
  h = (h + (h << 4)) | 0
  return h ^ (h >>> 10)
}

/**
 * The order in which Scala 2.13's immutable `HashMap` (a compressed hash-array mapped prefix tree) lists its keys: of each
 * node first the keys alone in one of 32 slots, slot by slot, then the nodes below, slot by slot. Five bits of the hash a
 * level, the lowest first.
 * Source: M. Steindorfer, J. Vinju, "Optimizing hash-array mapped tries", OOPSLA 2015, doi:10.1145/2814270.2814312.
 *
 * @param hashes hash code of each key.
 * @returns indices of the keys.
 */
export function hashTrieOrder(hashes: Int32Array): Int32Array {
  const order = new Int32Array(hashes.length)
  const spread = hashes.map(improved)
  let end = 0
  const visit = (keys: readonly number[], shift: number): void => {
    if (shift >= 32) {
      for (const key of keys) order[end++] = key
      return
    }
    const slots: number[][] = Array.from({ length: 32 }, () => [])
    for (const key of keys) slots[(spread[key] >>> shift) & 31].push(key)
    for (const slot of slots) if (slot.length === 1) order[end++] = slot[0]
    for (const slot of slots) if (slot.length > 1) visit(slot, shift + 5)
  }
  visit(
    Array.from(hashes, (_, key) => key),
    0,
  )
  return order
}

/**
 * Integers in the order of an immutable map that was made from a mutable `HashMap` of them.
 * For example, 0 to 5 come as 0, 5, 1, 2, 3, 4.
 * @param keys different 32-bit integers.
 */
export function intKeyOrder(keys: readonly number[]): number[] {
  if (keys.length > SMALL_MAP) return Array.from(hashTrieOrder(Int32Array.from(keys)), (i) => keys[i])
  const hash = (key: number): number => key ^ (key >>> 16)
  const slot = (key: number): number => hash(key) & (MUTABLE_SLOTS - 1)
  return [...keys].sort((a, b) => slot(a) - slot(b) || hash(a) - hash(b))
}

const double = new Float64Array(1)
const words = new Int32Array(double.buffer)
const float = new Float32Array(1)
const floatWord = new Int32Array(float.buffer)

/** The two words of a double combined, as Java's `Double.hashCode`; -0 is not asked for. */
function wordsHash(value: number): number {
  double[0] = value
  return words[0] ^ words[1]
}

/** Scala's `##` of a double: that of the integer or float of the same value, where there is one. */
function doubleHash(value: number): number {
  const integer = value | 0
  if (integer === value) return integer
  if (Number.isInteger(value) && Math.abs(value) <= 2 ** 63) {
    // Of two's complement, as Long.hashCode; -2^63 and 2^63, which Java takes for 2^63 - 1, included.
    const bits = value === 2 ** 63 ? 2n ** 63n - 1n : BigInt(value)
    return Number(BigInt.asIntN(32, bits ^ (BigInt.asUintN(64, bits) >> 32n)))
  }
  float[0] = value
  return float[0] === value ? floatWord[0] : wordsHash(value)
}

/** The distinct ones of some doubles in the order of an immutable `Set` that was made from them in their order. */
export function doubleSetOrder(values: readonly number[]): number[] {
  const distinct = [...new Set(values)]
  if (distinct.length <= SMALL_MAP) return distinct
  return Array.from(hashTrieOrder(Int32Array.from(distinct, doubleHash)), (i) => distinct[i])
}

/**
 * Different doubles in the order of an immutable map that was made from one of Spark's `OpenHashMap`s.
 * @param keys doubles other than 0.
 * @returns indices of the keys.
 */
export function doubleKeyOrder(keys: Float64Array): Int32Array {
  if (keys.length > SMALL_MAP) return hashTrieOrder(Int32Array.from(keys, doubleHash))
  const slots = new Map<number, number>()
  keys.forEach((key, i) => {
    let slot = sparkHashInt(wordsHash(key), 0) & (OPEN_SLOTS - 1)
    for (let step = 1; slots.has(slot); step++) slot = (slot + step) & (OPEN_SLOTS - 1)
    slots.set(slot, i)
  })
  return Int32Array.from(
    [...slots].sort((a, b) => a[0] - b[0]),
    ([, i]) => i,
  )
}
