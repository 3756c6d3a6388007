import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import {
  sparkHashBytes,
  sparkHashDouble,
  sparkHashFloat,
  sparkHashInt,
  sparkHashLong,
  sparkHashString,
} from '../../../util/murmur3.js'
import { BinaryType, type DataType, DoubleType, FloatType, IntegerType, LongType, StringType } from '../../types.js'
import { type JsFunction, jsFunction } from './js-function.js'
import { xxhashBytes, xxhashInt, xxhashLong } from './xxhash64.js'

const utf8 = new TextEncoder()

/** Bits of a double or float as Java hashes them: -0.0 is 0.0 and every NaN the same. */
const view = new DataView(new ArrayBuffer(8))
const doubleBits = (value: number): bigint => {
  view.setFloat64(0, value + 0)
  return view.getBigInt64(0)
}
const floatBits = (value: number): number => {
  view.setFloat32(0, value + 0)
  return view.getInt32(0)
}

/** One step of a chain: the hash of a value with the hash so far as seed. A null leaves the hash as it is. */
const step = <T, S>(name: string, type: DataType, seed: DataType, hash: (value: T, seed: S) => unknown): JsFunction =>
  jsFunction(
    name,
    [type, seed],
    seed,
    (value: T | null, before: S) => (value === null ? before : hash(value, before)),
    true,
  )

const murmur = <T>(kind: string, type: DataType, hash: (value: T, seed: number) => number): JsFunction =>
  step(`hash_${kind}`, type, IntegerType, hash)

const xx = <T>(kind: string, type: DataType, hash: (value: T, seed: bigint) => bigint): JsFunction =>
  step<T, number | bigint>(`xxhash64_${kind}`, type, LongType, (value, seed) => hash(value, BigInt(seed)))

const digest = (name: string, algorithm: string): JsFunction =>
  jsFunction(name, [BinaryType], StringType, (bytes: Uint8Array) => createHash(algorithm).update(bytes).digest('hex'))

/** Checksums and hashes with Spark's values. */
export const HASH_FUNCTIONS: readonly JsFunction[] = [
  murmur('int', IntegerType, sparkHashInt),
  murmur('long', LongType, (value: number | bigint, seed) => {
    const bits = BigInt(value)
    return sparkHashLong(Number(BigInt.asIntN(32, bits >> 32n)), Number(BigInt.asIntN(32, bits)), seed)
  }),
  murmur('double', DoubleType, sparkHashDouble),
  murmur('float', FloatType, sparkHashFloat),
  murmur('string', StringType, sparkHashString),
  murmur('binary', BinaryType, sparkHashBytes),
  xx('int', IntegerType, xxhashInt),
  xx('long', LongType, (value: number | bigint, seed) => xxhashLong(BigInt(value), seed)),
  xx('double', DoubleType, (value: number, seed) => xxhashLong(doubleBits(value), seed)),
  xx('float', FloatType, (value: number, seed) => xxhashInt(floatBits(value), seed)),
  xx('string', StringType, (value: string, seed) => xxhashBytes(utf8.encode(value), seed)),
  xx('binary', BinaryType, xxhashBytes),
  digest('sha224', 'sha224'),
  digest('sha384', 'sha384'),
  digest('sha512', 'sha512'),
  jsFunction('crc32', [BinaryType], LongType, (bytes: Uint8Array) => crc32(bytes)),
]
