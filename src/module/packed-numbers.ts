/** Arrays of numbers that forms hold. */
export type NumberArray =
  | Float64Array
  | Float32Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array

/** A number as source reads it. */
export function numberSource(value: number): string {
  if (Object.is(value, -0)) return '-0'
  return String(value).replace(/^(-?)0\./, '$1.')
}

/**
 * A typed array of the bytes of its values, little end first, in base64 without padding. Stands in modules, where neither `Buffer` nor `atob` need be there.
 */
export function unpack<T>(type: { new (buffer: ArrayBuffer): T; readonly BYTES_PER_ELEMENT: number }, text: string): T {
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  const values = new Uint8Array(128)
  for (let i = 0; i < 64; i++) values[digits.charCodeAt(i)] = i
  const bytes = new Uint8Array((text.length * 3) >> 2)
  for (let i = 0, at = 0, held = 0, bits = 0; i < text.length; i++) {
    held = (held << 6) | values[text.charCodeAt(i)]
    bits += 6
    if (bits < 8) continue
    bits -= 8
    bytes[at++] = held >> bits
    held &= (1 << bits) - 1
  }
  const width = type.BYTES_PER_ELEMENT
  const littleEnd = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1
  if (!littleEnd) for (let at = 0; at < bytes.length; at += width) bytes.subarray(at, at + width).reverse()
  return new type(bytes.buffer)
}

/** The values that codes stand for. Stands in modules. */
export function pick<T extends NumberArray>(table: T, codes: NumberArray): T {
  const values = new (table.constructor as new (length: number) => T)(codes.length)
  for (let i = 0; i < codes.length; i++) values[i] = table[codes[i]]
  return values
}

/** Writes values at some places. Stands in modules. */
export function spread<T extends NumberArray>(all: T, places: NumberArray, values: NumberArray): T {
  for (let i = 0; i < places.length; i++) all[places[i]] = values[i]
  return all
}

type Helper = typeof unpack | typeof pick | typeof spread
type Packing = (values: NumberArray, nameOf: (helper: Helper) => string) => string | undefined

const typeName = (values: NumberArray): string => values.constructor.name

const filled: Packing = (values) => {
  const [first] = values
  if (!values.every((x) => Object.is(x, first))) return undefined
  const zeros = `new ${typeName(values)}(${values.length})`
  return values.length === 0 || Object.is(first, 0) ? zeros : `${zeros}.fill(${numberSource(first)})`
}

const listed: Packing = (values) =>
  `new ${typeName(values)}([${Array.from(values as Float64Array, numberSource).join(',')}])`

/** The narrowest array of whole numbers that holds the values; the values themselves where none does. */
function narrowed(values: NumberArray): NumberArray {
  const narrow = [Uint8Array, Int8Array, Uint16Array, Int16Array, Int32Array].find((type) =>
    values.every((x) => Object.is(type.of(x)[0], x)),
  )
  return narrow ? narrow.from(values as Float64Array) : values
}

const packed: Packing = (values, nameOf) => {
  const narrow = narrowed(values)
  const { buffer, byteOffset, byteLength } = narrow
  const base64 = Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength)
    .toString('base64')
    .replace(/=+$/, '')
  const unpacked = `${nameOf(unpack)}(${typeName(narrow)}, "${base64}")`
  return typeName(narrow) === typeName(values) ? unpacked : `${typeName(values)}.from(${unpacked})`
}

/** A table of the values that there are, and the number of each in it. */
const coded: Packing = (values, nameOf) => {
  const codes = new Map<number | string, number>()
  // A map does not tell the zeros apart.
  const keyOf = (value: number): number | string => (Object.is(value, -0) ? '-0' : value)
  for (const value of values) {
    const key = keyOf(value)
    if (!codes.has(key)) codes.set(key, codes.size)
    if (codes.size > values.length / 2) return undefined
  }
  const type = values.constructor as unknown as { from(values: Iterable<number>): NumberArray }
  const table = shortest([listed, packed], type.from([...codes.keys()].map(Number)), nameOf)
  const numbers = Uint32Array.from(values as Float64Array, (value) => codes.get(keyOf(value))!)
  return `${nameOf(pick)}(${table}, ${packed(numbers, nameOf)})`
}

/** One value over and over, but for a few others. */
const sparse: Packing = (values, nameOf) => {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  const [most] = [...counts].reduce((best, each) => (each[1] > best[1] ? each : best))
  const places: number[] = []
  values.forEach((value, i) => {
    if (!Object.is(value, most)) places.push(i)
  })
  if (places.length > values.length / 8) return undefined
  const others = values.slice(0, places.length)
  places.forEach((place, i) => {
    others[i] = values[place]
  })
  const rest = filled(values.slice().fill(most), nameOf)
  return `${nameOf(spread)}(${rest}, ${numbersSource(Uint32Array.from(places), nameOf)}, ${numbersSource(others, nameOf)})`
}

function shortest(packings: readonly Packing[], ...args: Parameters<Packing>): string {
  const texts = packings.map((packing) => packing(...args)).filter((text) => text !== undefined)
  return texts.reduce((best, text) => (text.length < best.length ? text : best))
}

/**
 * Source of a typed array: one value over and over, but for a few; else the shortest of a list, base64, and a table with numbers of its entries.
 * @param nameOf name under which a helper is declared.
 */
export function numbersSource(...args: Parameters<Packing>): string {
  // Few numbers are to be read by people.
  if (args[0].length <= 16) return filled(...args) ?? shortest([listed], ...args)
  return filled(...args) ?? sparse(...args) ?? shortest([listed, packed, coded], ...args)
}
