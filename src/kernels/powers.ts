import type { KernelMemory } from './memory.js'

/** Powers of ten that a number of 64 bits holds, from 1. */
const TENS = 20
/** Powers of five by which a number of 64 bits can become a double. */
const [LEAST, GREATEST] = [-342, 308]
/** The reciprocals whose upper half decides alone, so that it is the next larger number. */
const EXACT = -27
/** Bytes of the tables of {@link writePowers}. */
export const POWERS_BYTES = 8 * TENS + 16 * (GREATEST - LEAST + 1)

let tables: Uint8Array | undefined

/** Writes the powers of ten and five that kernels need to make doubles of decimals: see the record `CsvLines`. */
export function writePowers({ u8 }: KernelMemory, address: number): void {
  tables ??= new Uint8Array(powers().buffer)
  u8.set(tables, address)
}

function powers(): BigUint64Array {
  const table = new BigUint64Array(POWERS_BYTES / 8)
  for (let k = 0; k < TENS; k++) table[k] = 10n ** BigInt(k)
  let five = 1n
  for (let power = 0; power <= Math.max(GREATEST, -LEAST); power++, five *= 5n) {
    const size = BigInt(five.toString(2).length)
    const upper = size > 128n ? five >> (size - 128n) : five << (128n - size)
    if (power <= GREATEST) put(table, power, upper)
    if (power === 0) continue
    const reciprocal = (1n << (size + 127n)) / five
    put(table, -power, -power >= EXACT ? reciprocal + 1n : reciprocal)
  }
  return table
}

function put(table: BigUint64Array, power: number, bits: bigint): void {
  const at = TENS + 2 * (power - LEAST)
  table[at] = bits >> 64n
  table[at + 1] = BigInt.asUintN(64, bits)
}
