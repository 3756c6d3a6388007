import { ParamError } from '../../errors.js'
import { shortText } from '../names.js'

/** A source of pseudo-random values; Spark's algorithms are written against `java.util.Random`, of which this is the subset in use. */
export interface RandomSource {
  /** Uniform over all 32-bit integers, or over 0 … bound - 1. Throws ParamError unless `bound` is an integer from 1 to 2^31 - 1. */
  nextInt(bound?: number): number
  /** Uniform over the 64-bit integers that the generator can produce. */
  nextLong(): bigint
  /** Uniform over [0, 1), a multiple of 2^-53 (2^-52 in commons-math). */
  nextDouble(): number
  /** Uniform over [0, 1) with the precision of a float: a multiple of 2^-24 (2^-23 in commons-math). */
  nextFloat(): number
  /** Standard normal: mean 0, variance 1. */
  nextGaussian(): number
  /** True or false with equal probability. */
  nextBoolean(): boolean
}

/**
 * How `java.util.Random` makes values from a generator of bits; a subclass supplies the bits.
 *
 * Source: the specification of java.util.Random in Java 17. The gaussian is the polar method (Knuth, TAOCP vol. 2, 3.4.1,
 * algorithm P), with fdlibm's logarithm, which is also V8's.
 */
export abstract class BitsRandom implements RandomSource {
  /** The second half of the last pair of gaussians; NaN when there is none. */
  protected spareGaussian = Number.NaN

  /** The next `bits` (1 to 32) random bits as an integer, signed when there are 32. */
  protected abstract next(bits: number): number

  nextInt(bound?: number): number {
    if (bound === undefined) return this.next(32)
    if (!Number.isInteger(bound) || bound < 1 || bound > 0x7fffffff) {
      throw new ParamError(`bound is ${shortText(bound)}`, {
        stage: 'nextInt',
        param: 'bound',
        allowed: 'Allowed: an integer from 1 to 2^31 - 1',
        received: shortText(bound),
      })
    }
    let bits = this.next(31)
    if ((bound & (bound - 1)) === 0) return Math.floor((bound * bits) / 0x80000000)
    let value = bits % bound
    // The last, incomplete run of `bound` integers below 2^31 would favour small values.
    while (bits - value + bound > 0x80000000) {
      bits = this.next(31)
      value = bits % bound
    }
    return value
  }

  nextLong(): bigint {
    const high = BigInt(this.next(32)) << 32n
    return BigInt.asIntN(64, high + BigInt(this.next(32)))
  }

  nextDouble(): number {
    const high = this.next(26) * 0x8000000
    return (high + this.next(27)) * 2 ** -53
  }

  nextFloat(): number {
    return this.next(24) * 2 ** -24
  }

  nextGaussian(): number {
    const spare = this.spareGaussian
    if (!Number.isNaN(spare)) {
      this.spareGaussian = Number.NaN
      return spare
    }
    let x: number
    let y: number
    let square: number
    do {
      x = 2 * this.nextDouble() - 1
      y = 2 * this.nextDouble() - 1
      square = x * x + y * y
    } while (square >= 1 || square === 0)
    const factor = Math.sqrt((-2 * Math.log(square)) / square)
    this.spareGaussian = y * factor
    return x * factor
  }

  nextBoolean(): boolean {
    return this.next(1) !== 0
  }
}
