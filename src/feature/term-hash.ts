import { UnsupportedError } from '../errors.js'
import type { DataType } from '../sql/types.js'
import { type murmur3Hashes, murmur3String, sparkHashInt, sparkHashLong } from '../util/murmur3.js'
import { shortText } from '../util/names.js'
import { seedWords } from '../util/random/seed.js'

/** The hash of null is the seed itself. */
const NULL_HASH = 42

const view = new DataView(new ArrayBuffer(8))

function doubleHash(value: number): number {
  view.setFloat64(0, value)
  return sparkHashLong(view.getInt32(0), view.getInt32(4))
}

function floatHash(value: number): number {
  view.setFloat32(0, value)
  return sparkHashInt(view.getInt32(0))
}

function longHash(value: number | bigint): number {
  const { high, low } = seedWords(value)
  return sparkHashLong(high, low)
}

const booleanHash = (value: boolean): number => sparkHashInt(value ? 1 : 0)

/**
 * Spark's hash of the values of a type, as HashingTF takes it: murmur3 of the UTF-8 bytes of a string and of the bits of a number, where
 * -0 is not 0.
 * @returns undefined for a type whose values have none.
 */
export function termHash(type: DataType): ((value: unknown) => number) | undefined {
  const hash = hashOf(type.kind) as ((value: unknown) => number) | undefined
  return hash && ((value) => (value === null ? NULL_HASH : hash(value)))
}

function hashOf(kind: DataType['kind']): ((value: never) => number) | undefined {
  switch (kind) {
    case 'string':
      return murmur3String
    case 'boolean':
      return booleanHash
    case 'byte':
    case 'short':
    case 'integer':
      return sparkHashInt
    case 'long':
      return longHash
    case 'float':
      return floatHash
    case 'double':
      return doubleHash
    case 'void':
      return () => NULL_HASH
    default:
      return undefined
  }
}

/**
 * Hash of a single JavaScript value: a whole number is an int where it fits 32 bits and else a long, another number a double.
 * @throws UnsupportedError for what is neither a string, a number, a bigint, a boolean nor null.
 */
export function valueHash(value: unknown, stage: string): number {
  if (value === null || value === undefined) return NULL_HASH
  if (typeof value === 'string') return murmur3String(value)
  if (typeof value === 'boolean') return booleanHash(value)
  if (typeof value === 'bigint') return longHash(value)
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) return doubleHash(value)
    return value === (value | 0) ? sparkHashInt(value) : longHash(value)
  }
  throw new UnsupportedError(`${shortText(value)} has no hash`, {
    stage,
    allowed: 'Allowed: a string, a number, a bigint, true, false or null',
    received: shortText(value),
  })
}

/** The remainder of a hash by a number of slots, 0 or more. */
export const slotOf = (hash: number, slots: number): number => {
  const rest = hash % slots
  return rest < 0 ? rest + slots : rest
}

/** Finds the slot of a text as Spark does. It names nothing outside itself. @param hashes `murmur3Hashes`. */
export const textSlot = (hashes: typeof murmur3Hashes, slots: number): ((text: string) => number) => {
  const { ofText } = hashes()
  return (text) => {
    const rest = ofText(text, 42) % slots
    return rest < 0 ? rest + slots : rest
  }
}
