/** The seed of Spark SQL's `hash()` and of HashingTF and FeatureHasher. */
const SPARK_SEED = 42

/**
 * MurmurHash3 x86_32 (A. Appleby, public domain, smhasher), and the steps that it is made of. The function names nothing outside itself, so that it can be
 * printed into a module.
 */
export function murmur3Hashes() {
  const encoder = new TextEncoder()

  function scramble(word: number): number {
    const product = Math.imul(word, 0xcc9e2d51)
    return Math.imul((product << 15) | (product >>> 17), 0x1b873593)
  }

  function mixBlock(hash: number, word: number): number {
    const mixed = hash ^ scramble(word)
    return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0
  }

  function finish(hash: number, length: number): number {
    let h = hash ^ length
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
    return h ^ (h >>> 16)
  }

  function mixWholeBlocks(bytes: Uint8Array, seed: number): number {
    let hash = seed | 0
    for (let i = 0; i + 4 <= bytes.length; i += 4) {
      hash = mixBlock(hash, bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24))
    }
    return hash
  }

  function ofBytes(bytes: Uint8Array, seed: number): number {
    const hash = mixWholeBlocks(bytes, seed)
    let tail = 0
    for (let i = bytes.length - 1; i >= (bytes.length & ~3); i--) tail = (tail << 8) | bytes[i]
    return finish(hash ^ scramble(tail), bytes.length)
  }

  function ofText(text: string, seed: number): number {
    // Most terms are ASCII, whose characters are the bytes: no array is made for them.
    const { length } = text
    let hash = seed | 0
    let seen = 0
    let i = 0
    for (; i + 4 <= length; i += 4) {
      const a = text.charCodeAt(i)
      const b = text.charCodeAt(i + 1)
      const c = text.charCodeAt(i + 2)
      const d = text.charCodeAt(i + 3)
      seen |= a | b | c | d
      hash = mixBlock(hash, a | (b << 8) | (c << 16) | (d << 24))
    }
    let tail = 0
    for (let k = length - 1; k >= i; k--) {
      const char = text.charCodeAt(k)
      seen |= char
      tail = (tail << 8) | char
    }
    return seen > 0x7f ? ofBytes(encoder.encode(text), seed) : finish(hash ^ scramble(tail), length)
  }

  return { mixBlock, finish, mixWholeBlocks, ofBytes, ofText }
}

const { mixBlock, finish, mixWholeBlocks, ofBytes, ofText } = murmur3Hashes()
const encoder = new TextEncoder()

/**
 * The standard MurmurHash3 x86_32 of bytes, as a signed 32-bit number.
 * Spark's HashingTF, FeatureHasher and XORShiftRandom use it (`hashUnsafeBytes2`, Scala's `bytesHash`).
 */
export const murmur3 = (bytes: Uint8Array, seed: number = SPARK_SEED): number => ofBytes(bytes, seed)

/** {@link murmur3} of the UTF-8 bytes of a text: the hash of a term in HashingTF and FeatureHasher. */
export const murmur3String = (text: string, seed: number = SPARK_SEED): number => ofText(text, seed)

/**
 * Spark SQL's `hash()` of a binary value, as a signed 32-bit number. It differs from {@link murmur3} when the length is no
 * multiple of four: each byte of the tail is mixed in as a sign-extended block of its own (`Murmur3_x86_32.hashUnsafeBytes`).
 * A row's hash chains its columns: the hash of one is the seed of the next, and null leaves the seed as it is.
 */
export function sparkHashBytes(bytes: Uint8Array, seed: number = SPARK_SEED): number {
  let hash = mixWholeBlocks(bytes, seed)
  for (let i = bytes.length & ~3; i < bytes.length; i++) hash = mixBlock(hash, (bytes[i] << 24) >> 24)
  return finish(hash, bytes.length)
}

/** Spark SQL's `hash()` of a string: {@link sparkHashBytes} of its UTF-8 bytes. */
export function sparkHashString(text: string, seed: number = SPARK_SEED): number {
  return sparkHashBytes(encoder.encode(text), seed)
}

/** Spark SQL's `hash()` of a 32-bit integer; also of a byte, a short, a date (days), and of a boolean as 1 or 0. */
export function sparkHashInt(value: number, seed: number = SPARK_SEED): number {
  return finish(mixBlock(seed | 0, value), 4)
}

/** Spark SQL's `hash()` of a 64-bit integer given as its two words; also of a timestamp (microseconds). */
export function sparkHashLong(high: number, low: number, seed: number = SPARK_SEED): number {
  return finish(mixBlock(mixBlock(seed | 0, low), high), 8)
}

/** Spark SQL's `hash()` of a double: of its bits, with -0.0 as 0.0 and every NaN as the canonical one. */
export function sparkHashDouble(value: number, seed: number = SPARK_SEED): number {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value + 0)
  return sparkHashLong(view.getInt32(0), view.getInt32(4), seed)
}

/** Spark SQL's `hash()` of a float (rounded to one first): of its bits, with -0.0 as 0.0 and every NaN as the canonical one. */
export function sparkHashFloat(value: number, seed: number = SPARK_SEED): number {
  const view = new DataView(new ArrayBuffer(4))
  view.setFloat32(0, value + 0)
  return sparkHashInt(view.getInt32(0), seed)
}
