import { murmur3 } from '../murmur3.js'
import { BitsRandom } from './bits-random.js'
import { type Seed, seedWords, type Words } from './seed.js'

/** `MurmurHash3.arraySeed` of the Scala library. */
const SCALA_ARRAY_SEED = 0x3c074a61

/**
 * Spreads a seed over all 64 bits: two chained murmur3 hashes of its 8 big-endian bytes (Spark's `XORShiftRandom.hashSeed`).
 *
 * @throws ParamError when the seed is not a 64-bit integer.
 */
export function hashSeed(seed: Seed): Words {
  const { high, low } = seedWords(seed)
  const view = new DataView(new ArrayBuffer(8))
  view.setInt32(0, high)
  view.setInt32(4, low)
  const bytes = new Uint8Array(view.buffer)
  const lowHash = murmur3(bytes, SCALA_ARRAY_SEED)
  return { high: murmur3(bytes, lowHash), low: lowHash }
}

/**
 * Spark's `org.apache.spark.util.random.XORShiftRandom`, bit for bit: the generator behind `rand`, `sample`, `randomSplit`,
 * k-fold and most algorithms. Marsaglia's xorshift (https://doi.org/10.18637/jss.v008.i14) with shifts 21, 35, 4; unlike
 * `java.util.Random` it hands out the **low** bits of its state.
 * For example, `new XORShiftRandom(42).nextDouble()` is `0.619189370225301`.
 *
 * @throws ParamError (constructor) when the seed is not a 64-bit integer.
 */
export class XORShiftRandom extends BitsRandom {
  private high: number
  private low: number

  constructor(seed: Seed) {
    super()
    const words = hashSeed(seed)
    this.high = words.high
    this.low = words.low
  }

  /** Fills an array with what `nextDouble` would give. The state stays in registers: samples draw a number for each row of a frame. */
  nextDoubles(target: Float64Array): Float64Array {
    let { high, low } = this
    for (let i = 0; i < target.length; i++) {
      high ^= (high << 21) | (low >>> 11)
      low ^= low << 21
      low ^= high >>> 3
      high ^= (high << 4) | (low >>> 28)
      low ^= low << 4
      const first = low & 0x3ffffff
      high ^= (high << 21) | (low >>> 11)
      low ^= low << 21
      low ^= high >>> 3
      high ^= (high << 4) | (low >>> 28)
      low ^= low << 4
      target[i] = (first * 0x8000000 + (low & 0x7ffffff)) * 2 ** -53
    }
    this.high = high
    this.low = low
    return target
  }

  protected override next(bits: number): number {
    let { high, low } = this
    high ^= (high << 21) | (low >>> 11)
    low ^= low << 21
    low ^= high >>> 3
    high ^= (high << 4) | (low >>> 28)
    low ^= low << 4
    this.high = high
    this.low = low
    return low & (0xffffffff >>> (32 - bits))
  }
}
