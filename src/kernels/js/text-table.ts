import type { KernelMemory } from '../memory.js'
import { CSV_COLUMN } from '../records.js'

const ENTRY_WORDS = 3

/** Twin of `findText` in `assembly/text-table.ts`: the same hashes, so that either may go on with the table of the other. */
export function findText(memory: KernelMemory, address: number, start: number, end: number): number {
  const { u8, u32 } = memory
  const column = CSV_COLUMN.read(memory, address)
  const length = end - start
  const words = wordsOf(u8, start, length)
  const hash = words.reduce(mixed, length)
  let slot = hash & column.slotMask
  for (let number = u32[column.slots / 4 + slot]; number !== 0; number = u32[column.slots / 4 + slot]) {
    const entry = column.entries / 4 + (number - 1) * ENTRY_WORDS
    const text = (column.texts + u32[entry + 1]) / 4
    const isSame = u32[entry] === hash && u32[entry + 2] === length
    if (isSame && words.every((word, i) => u32[text + i] === word)) return number - 1
    slot = (slot + 1) & column.slotMask
  }
  const next = column.textBytes + 4 * words.length
  if (column.count === column.maxCount || next > column.maxTextBytes) return -1
  u32.set(words, (column.texts + column.textBytes) / 4)
  u32.set([hash, column.textBytes, length], column.entries / 4 + column.count * ENTRY_WORDS)
  u32[column.slots / 4 + slot] = column.count + 1
  CSV_COLUMN.write(memory, address, { ...column, count: column.count + 1, textBytes: next })
  return column.count
}

/** The bytes as words, the last one filled with zeros, of which there is at least one byte. */
function wordsOf(u8: Uint8Array, start: number, length: number): Uint32Array {
  const words = new Uint32Array((length >> 2) + 1)
  new Uint8Array(words.buffer).set(u8.subarray(start, start + length))
  return words
}

function mixed(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, 0x9e3779b1) >>> 0
  return (product ^ (product >>> 15)) >>> 0
}
