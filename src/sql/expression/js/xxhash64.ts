// XXH64 by Y. Collet (BSD licence, https://xxhash.com); Spark's `XXH64` has the same values.

const P1 = 0x9e3779b185ebca87n
const P2 = 0xc2b2ae3d27d4eb4fn
const P3 = 0x165667b19e3779f9n
const P4 = 0x85ebca77c2b2ae63n
const P5 = 0x27d4eb2f165667c5n

const wrap = (value: bigint): bigint => BigInt.asUintN(64, value)
const rotate = (value: bigint, bits: bigint): bigint => wrap((value << bits) | (value >> (64n - bits)))

function avalanche(hash: bigint): bigint {
  let h = hash
  h = wrap((h ^ (h >> 33n)) * P2)
  h = wrap((h ^ (h >> 29n)) * P3)
  return BigInt.asIntN(64, h ^ (h >> 32n))
}

const round = (lane: bigint, word: bigint): bigint => wrap(rotate(wrap(lane + word * P2), 31n) * P1)
const mixLong = (hash: bigint, word: bigint): bigint => wrap(rotate(hash ^ round(0n, word), 27n) * P1 + P4)
const mixInt = (hash: bigint, word: bigint): bigint => wrap(rotate(hash ^ wrap(word * P1), 23n) * P2 + P3)

/** Spark's `xxhash64` of a 32-bit integer. */
export const xxhashInt = (value: number, seed: bigint): bigint =>
  avalanche(mixInt(wrap(seed + P5 + 4n), BigInt(value >>> 0)))

/** Spark's `xxhash64` of a 64-bit integer. */
export const xxhashLong = (value: bigint, seed: bigint): bigint => avalanche(mixLong(wrap(seed + P5 + 8n), wrap(value)))

/** Spark's `xxhash64` of bytes. */
export function xxhashBytes(bytes: Uint8Array, seed: bigint): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const long = (at: number): bigint => view.getBigUint64(at, true)
  let at = 0
  let hash = wrap(seed + P5)
  if (bytes.length >= 32) {
    const lanes = [wrap(seed + P1 + P2), wrap(seed + P2), wrap(seed), wrap(seed - P1)]
    for (; at + 32 <= bytes.length; at += 32) {
      for (let k = 0; k < 4; k++) lanes[k] = round(lanes[k], long(at + 8 * k))
    }
    hash = wrap(rotate(lanes[0], 1n) + rotate(lanes[1], 7n) + rotate(lanes[2], 12n) + rotate(lanes[3], 18n))
    for (const lane of lanes) hash = wrap((hash ^ round(0n, lane)) * P1 + P4)
  }
  hash = wrap(hash + BigInt(bytes.length))
  for (; at + 8 <= bytes.length; at += 8) hash = mixLong(hash, long(at))
  if (at + 4 <= bytes.length) {
    hash = mixInt(hash, BigInt(view.getUint32(at, true)))
    at += 4
  }
  for (; at < bytes.length; at++) hash = wrap(rotate(hash ^ wrap(BigInt(bytes[at]) * P5), 11n) * P1)
  return avalanche(hash)
}
