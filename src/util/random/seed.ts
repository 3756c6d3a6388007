import { ParamError } from '../../errors.js'
import { shortText } from '../names.js'

/** A 64-bit seed, as a Scala `Long`: any safe integer, or a bigint in the range of 64-bit two's complement. */
export type Seed = number | bigint

/** The two 32-bit words of a 64-bit integer, each a signed 32-bit number. */
export interface Words {
  readonly high: number
  readonly low: number
}

/**
 * The seed as a 64-bit bigint.
 *
 * @throws ParamError when it is not an integer, is a number beyond 2^53, or does not fit in 64 bits.
 */
export function seedBigInt(seed: Seed): bigint {
  const valid = typeof seed === 'bigint' ? BigInt.asIntN(64, seed) === seed : Number.isSafeInteger(seed)
  if (!valid) {
    throw new ParamError(`seed is ${shortText(seed)}`, {
      param: 'seed',
      allowed: 'Allowed: an integer of 64 bits, from -2^63 to 2^63 - 1',
      received: shortText(seed),
      hint:
        typeof seed === 'number'
          ? 'Write an integer beyond 2^53 as a bigint, for example 9007199254740993n'
          : undefined,
    })
  }
  return BigInt(seed)
}

/**
 * The seed split into two words, so that generators can do without bigint.
 *
 * @throws ParamError as {@link seedBigInt}.
 */
export function seedWords(seed: Seed): Words {
  const bits = seedBigInt(seed)
  return { high: Number(BigInt.asIntN(32, bits >> 32n)), low: Number(BigInt.asIntN(32, bits)) }
}

/**
 * `seed + offset` with the wrap-around of a Scala `Long`; Spark derives the seed of a partition or of a tree so.
 *
 * @throws ParamError as {@link seedBigInt}.
 */
export function plusSeed(seed: Seed, offset: number): bigint {
  return BigInt.asIntN(64, seedBigInt(seed) + BigInt(offset))
}

/** `java.lang.String.hashCode`: over UTF-16 units, a signed 32-bit number. */
export function stringHashCode(text: string): number {
  let hash = 0
  for (let i = 0; i < text.length; i++) hash = (Math.imul(31, hash) + text.charCodeAt(i)) | 0
  return hash
}

/**
 * The seed of a stage that the user left unset (Spark's `HasSeed`): the hash code of the Scala class's full name.
 * pyspark draws another one in every process.
 * For example, `defaultSeed('org.apache.spark.ml.tuning.CrossValidator')` is `-1191137437`.
 */
export function defaultSeed(sparkClassName: string): number {
  return stringHashCode(sparkClassName)
}
