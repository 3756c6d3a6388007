import type { KernelMemory } from './memory.js'

const VECTOR = 16
/** A lane that a shuffle fills with zero. */
const NOTHING = 0xff
/** Bytes of the tables of {@link writeShuffles}. */
export const SHUFFLE_BYTES = 2 ** 8 * VECTOR + 2 ** 4 * VECTOR

/**
 * Writes, for each set of lanes of a vector of eight numbers of 16 bits, the shuffle of bytes that moves these numbers to the front,
 * in order; and behind them the same for four numbers of 32 bits. Kernels that divide rows expect them there.
 */
export function writeShuffles({ u8 }: KernelMemory, address: number): void {
  writeTable(u8.subarray(address), 8)
  writeTable(u8.subarray(address + 2 ** 8 * VECTOR), 4)
}

function writeTable(table: Uint8Array, lanes: number): void {
  const bytes = VECTOR / lanes
  for (let set = 0; set < 2 ** lanes; set++) {
    let to = set * VECTOR
    for (let lane = 0; lane < lanes; lane++) {
      if (((set >>> lane) & 1) === 0) continue
      for (let byte = 0; byte < bytes; byte++) table[to++] = lane * bytes + byte
    }
    table.fill(NOTHING, to, (set + 1) * VECTOR)
  }
}
