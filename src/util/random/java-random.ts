import { BitsRandom } from './bits-random.js'
import { type Seed, seedWords } from './seed.js'

// The multiplier 0x5deece66d and the 48-bit state as two 24-bit limbs: the product of the low limbs, whose carry is needed, is
// then exact in a double, and of the others only the low bits count.
const MULTIPLIER_HIGH = 0x5de
const MULTIPLIER_LOW = 0xece66d
const INCREMENT = 0xb
const LIMB = 0x1000000
const MASK = LIMB - 1

/**
 * `java.util.Random`, bit for bit: a linear congruential generator modulo 2^48.
 * For example, `new JavaRandom(42).nextInt(10)` is `0`.
 *
 * @throws ParamError (constructor) when the seed is not a 64-bit integer.
 */
export class JavaRandom extends BitsRandom {
  private high: number
  private low: number

  constructor(seed: Seed) {
    super()
    const words = seedWords(seed)
    this.low = (words.low ^ MULTIPLIER_LOW) & MASK
    this.high = (((words.high << 8) | (words.low >>> 24)) ^ MULTIPLIER_HIGH) & MASK
  }

  protected override next(bits: number): number {
    const product = this.low * MULTIPLIER_LOW + INCREMENT
    const carry = (product / LIMB) | 0
    this.high = (Math.imul(this.high, MULTIPLIER_LOW) + Math.imul(this.low, MULTIPLIER_HIGH) + carry) & MASK
    this.low = product - carry * LIMB
    return (((this.high << 8) | (this.low >>> 16)) >>> (32 - bits)) | 0
  }
}
