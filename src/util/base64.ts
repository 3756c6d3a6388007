import { endianness } from 'node:os'
import { PersistenceError } from '../errors.js'
import { shortText } from './names.js'

/** The typed arrays that have a text form. */
export type PackedArray = Float64Array | Float32Array | Int32Array | Uint8Array

const CONSTRUCTORS = { f64: Float64Array, f32: Float32Array, i32: Int32Array, u8: Uint8Array } as const

/** Short name of an element type in our files: 64-bit and 32-bit floats, 32-bit integers, bytes. */
export type ElementType = keyof typeof CONSTRUCTORS

const FOREIGN = /[^A-Za-z0-9+/=]/

/** A copy of the bytes in little-endian order, whatever the machine's own order is. */
function littleEndian(bytes: Uint8Array, elementSize: number): Uint8Array<ArrayBuffer> {
  const copy = Uint8Array.from(bytes)
  if (endianness() === 'BE') {
    for (let i = 0; i < copy.length; i += elementSize) copy.subarray(i, i + elementSize).reverse()
  }
  return copy
}

/**
 * The base64 text (RFC 4648, with padding) of an array's elements as little-endian bytes. NaN and -0 survive.
 * For example, `toBase64(Float64Array.of(1))` is `'AAAAAAAA8D8='`.
 */
export function toBase64(array: PackedArray): string {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
  return Buffer.from(littleEndian(bytes, array.BYTES_PER_ELEMENT).buffer).toString('base64')
}

/**
 * The array that {@link toBase64} wrote. For example, `fromBase64('AAAAAAAA8D8=', 'f64')` is `[1]`.
 *
 * @param type element type of the array; base64 does not say.
 * @throws PersistenceError when the text is not base64 or does not hold whole elements.
 */
export function fromBase64<T extends ElementType>(text: string, type: T): InstanceType<(typeof CONSTRUCTORS)[T]>
export function fromBase64(text: string, type: ElementType): PackedArray {
  const bytes = Buffer.from(text, 'base64')
  // Node's decoder passes over what it does not know, and stops at the first "=".
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  if (FOREIGN.test(text) || bytes.length !== (text.length / 4) * 3 - padding) {
    throw new PersistenceError(`${shortText(text, 40)} is not base64`, {
      allowed: 'Allowed: A-Z, a-z, 0-9, + and /, padded with = to a multiple of four',
      received: shortText(text, 40),
    })
  }
  const Elements = CONSTRUCTORS[type]
  if (bytes.length % Elements.BYTES_PER_ELEMENT !== 0) {
    throw new PersistenceError(`${bytes.length} bytes are no whole number of elements of type ${type}`, {
      allowed: `Allowed: a multiple of ${Elements.BYTES_PER_ELEMENT} bytes`,
      received: `${bytes.length} bytes`,
    })
  }
  return new Elements(littleEndian(bytes, Elements.BYTES_PER_ELEMENT).buffer)
}
