import { CsvColumn } from './csv'

const ENTRY_BYTES: usize = 12

/** Code of a text of at least one byte, which is entered where it is new; -1 where there is no room for it. */
export function findText(column: CsvColumn, at: usize, length: u32): i32 {
  const whole = <usize>(length & ~3)
  let hash: u32 = length
  for (let i: usize = 0; i < whole; i += 4) hash = mixed(hash, load<u32>(at + i))
  const last = lastWord(at + whole, length)
  hash = mixed(hash, last)
  let slot = hash & column.slotMask
  while (true) {
    const number = load<u32>(column.slots + (<usize>slot << 2))
    if (!number) return enter(column, slot, hash, at, length)
    const entry = column.entries + <usize>(number - 1) * ENTRY_BYTES
    if (load<u32>(entry) == hash && load<u32>(entry, 8) == length) {
      const text = column.texts + load<u32>(entry, 4)
      let i: usize = 0
      while (i < whole && load<u32>(text + i) == load<u32>(at + i)) i += 4
      if (i == whole && load<u32>(text + i) == last) return number - 1
    }
    slot = (slot + 1) & column.slotMask
  }
}

@inline
function mixed(hash: u32, word: u32): u32 {
  const product = (hash ^ word) * 0x9e3779b1
  return product ^ (product >>> 15)
}

/** What is left of a text behind its whole words, with zeros. */
@inline
function lastWord(at: usize, length: u32): u32 {
  return load<u32>(at) & ((1 << ((length & 3) << 3)) - 1)
}

function enter(column: CsvColumn, slot: u32, hash: u32, at: usize, length: u32): i32 {
  const offset = column.textBytes
  const next = offset + (length & ~3) + 4
  if (column.count == column.maxCount || next > column.maxTextBytes) return -1
  const text = column.texts + offset
  memory.copy(text, at, length & ~3)
  store<u32>(text + (length & ~3), lastWord(at + (length & ~3), length))
  const entry = column.entries + <usize>column.count * ENTRY_BYTES
  store<u32>(entry, hash)
  store<u32>(entry, offset, 4)
  store<u32>(entry, length, 8)
  column.textBytes = next
  store<u32>(column.slots + (<usize>slot << 2), ++column.count)
  return column.count - 1
}
