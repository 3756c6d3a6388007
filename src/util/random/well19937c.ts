import { BitsRandom } from './bits-random.js'
import { type Seed, seedWords } from './seed.js'

const WORDS = 624

/**
 * `org.apache.commons.math3.random.Well19937c`, seeded with a long: the generator under Spark's Poisson draws.
 * Integers and uniforms are bit for bit; a gaussian may differ in the last digit or two, because commons-math brings its own
 * sine, cosine and logarithm.
 *
 * Source: F. Panneton, P. L'Ecuyer, M. Matsumoto, "Improved long-period generators based on linear recurrences modulo 2",
 * ACM TOMS 32 (2006), https://doi.org/10.1145/1132973.1132974, with the Matsumoto-Kurita tempering.
 * For example, `new Well19937c(42).nextInt(10)` is `4`.
 *
 * @throws ParamError (constructor) when the seed is not a 64-bit integer.
 */
export class Well19937c extends BitsRandom {
  private readonly state = new Int32Array(WORDS)
  private index = 0

  constructor(seed: Seed) {
    super()
    const { state } = this
    const { high, low } = seedWords(seed)
    state[0] = high
    state[1] = low
    for (let i = 2; i < WORDS; i++) {
      const word = state[i - 2]
      state[i] = Math.imul(1812433253, word ^ (word >> 30)) + i
    }
  }

  protected override next(bits: number): number {
    const { state, index } = this
    // Comparisons are cheaper than remainders, and the bags of a forest take millions of draws.
    const before = index < 1 ? WORDS - 1 : index - 1
    const second = index < 2 ? index + WORDS - 2 : index - 2
    const v0 = state[index]
    const v1 = state[index < WORDS - 70 ? index + 70 : index + 70 - WORDS]
    const v2 = state[index < WORDS - 179 ? index + 179 : index + 179 - WORDS]
    const v3 = state[index < WORDS - 449 ? index + 449 : index + 449 - WORDS]
    const z0 = (state[before] & 0x80000000) ^ (state[second] & 0x7fffffff)
    const z1 = v0 ^ (v0 << 25) ^ v1 ^ (v1 >>> 27)
    const z2 = (v2 >>> 9) ^ v3 ^ (v3 >>> 1)
    const z3 = z1 ^ z2
    let z4 = z0 ^ z1 ^ (z1 << 9) ^ z2 ^ (z2 << 21) ^ z3 ^ (z3 >>> 21)
    state[index] = z3
    state[before] = z4
    state[second] &= 0x80000000
    this.index = before
    z4 ^= (z4 << 7) & 0xe46e1700
    z4 ^= (z4 << 15) & 0x9b868000
    return (z4 >>> (32 - bits)) | 0
  }

  override nextLong(): bigint {
    const high = BigInt(this.next(32)) << 32n
    return high | BigInt(this.next(32) >>> 0)
  }

  override nextDouble(): number {
    const high = this.next(26) * 0x4000000
    return (high + this.next(26)) * 2 ** -52
  }

  override nextFloat(): number {
    return this.next(23) * 2 ** -23
  }

  /** Box-Muller, where the base class has the polar method. */
  override nextGaussian(): number {
    const spare = this.spareGaussian
    if (!Number.isNaN(spare)) {
      this.spareGaussian = Number.NaN
      return spare
    }
    const angle = 2 * Math.PI * this.nextDouble()
    const radius = Math.sqrt(-2 * Math.log(this.nextDouble()))
    this.spareGaussian = radius * Math.sin(angle)
    return radius * Math.cos(angle)
  }
}
