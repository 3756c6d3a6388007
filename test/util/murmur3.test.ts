import { describe, expect, test } from 'vitest'
import {
  murmur3,
  murmur3String,
  sparkHashBytes,
  sparkHashDouble,
  sparkHashFloat,
  sparkHashInt,
  sparkHashLong,
  sparkHashString,
} from '../../src/util/murmur3.js'
import { seedWords } from '../../src/util/random/seed.js'
import { recorded } from './data.js'

interface HashRecord<T> {
  readonly value: T
  readonly murmur3_hash: number
}

interface Hashes {
  readonly string: HashRecord<string | null>[]
  readonly int: HashRecord<number | null>[]
  readonly long: HashRecord<number | string | null>[]
  readonly double: HashRecord<number | string | null>[]
  readonly float: HashRecord<number | string | null>[]
  readonly boolean: HashRecord<boolean | null>[]
  readonly 'multi(string,int,double)': HashRecord<[string | null, number | null, number | null]>[]
  readonly 'HashingTF.indexOf': { readonly term: string; readonly n: number; readonly index: number }[]
}

const hashes = recorded<Hashes>('hashes')

/** A null column leaves the running hash alone. */
const unlessNull = <T>(value: T | null, hash: (value: T) => number, seed = 42) => (value === null ? seed : hash(value))

describe('SQL hash()', () => {
  test.each(hashes.string)('string $value', (record) => {
    expect(unlessNull(record.value, sparkHashString)).toBe(record.murmur3_hash)
  })
  test.each(hashes.int)('int $value', (record) => {
    expect(unlessNull(record.value, sparkHashInt)).toBe(record.murmur3_hash)
  })
  test.each(hashes.long)('long $value', (record) => {
    const hash = (value: number | string) => {
      const { high, low } = seedWords(BigInt(value))
      return sparkHashLong(high, low)
    }
    expect(unlessNull(record.value, hash)).toBe(record.murmur3_hash)
  })
  test.each(hashes.double)('double $value', (record) => {
    expect(unlessNull(record.value, (value) => sparkHashDouble(Number(value)))).toBe(record.murmur3_hash)
  })
  test.each(hashes.float)('float $value', (record) => {
    expect(unlessNull(record.value, (value) => sparkHashFloat(Number(value)))).toBe(record.murmur3_hash)
  })
  test.each(hashes.boolean)('boolean $value', (record) => {
    expect(unlessNull(record.value, (value) => sparkHashInt(Number(value)))).toBe(record.murmur3_hash)
  })
  test.each(hashes['multi(string,int,double)'])(
    'columns $value are chained',
    ({ value: [text, int, double], ...record }) => {
      const first = unlessNull(text, sparkHashString)
      const second = unlessNull(int, (value) => sparkHashInt(value, first), first)
      expect(unlessNull(double, (value) => sparkHashDouble(value, second), second)).toBe(record.murmur3_hash)
    },
  )
  test('binary: each byte of the tail is signed', () => {
    // select hash(X'ff8001') in Spark 4.0.1
    expect(sparkHashBytes(Uint8Array.of(0xff, 0x80, 0x01))).toBe(-1586349443)
  })
  test('zero has no sign', () => {
    expect(sparkHashDouble(-0)).toBe(sparkHashDouble(0))
    expect(sparkHashFloat(-0)).toBe(sparkHashFloat(0))
  })
})

describe('standard murmur3', () => {
  test.each(hashes['HashingTF.indexOf'])('HashingTF($n).indexOf("$term")', ({ term, n, index }) => {
    expect(((murmur3String(term) % n) + n) % n).toBe(index)
  })

  test('is the x86_32 variant of smhasher', () => {
    // Test vectors of the reference implementation, widely published.
    expect(murmur3(new Uint8Array(0), 0)).toBe(0)
    expect(murmur3(new Uint8Array(0), 1) >>> 0).toBe(0x514e28b7)
    expect(murmur3(Uint8Array.of(0xff, 0xff, 0xff, 0xff), 0) >>> 0).toBe(0x76293b50)
    expect(murmur3(Uint8Array.of(0x21, 0x43, 0x65), 0) >>> 0).toBe(0x7e4a8634)
    expect(murmur3String('Hello, world!', 0x9747b28c) >>> 0).toBe(0x24884cba)
  })

  test('agrees with Spark’s variant on whole blocks only', () => {
    const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9)
    expect(murmur3(bytes.subarray(0, 8))).toBe(sparkHashBytes(bytes.subarray(0, 8)))
    expect(murmur3(bytes)).not.toBe(sparkHashBytes(bytes))
  })
})
