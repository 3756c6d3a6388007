import type { KernelMemory } from '../../kernels/memory.js'
import { CSV_COLUMN } from '../../kernels/records.js'
import { MAX_DICTIONARY } from './string-dictionary.js'

const ENTRY_BYTES = 12
/** The first table of a column, and how many times larger the next one is. */
const [FIRST_COUNT, FIRST_BYTES, GROWTH] = [128, 1 << 12, 4]
/** Bytes of the texts of one dictionary: more than the longest line. */
const MAX_BYTES = 1 << 22

type Field = keyof typeof CSV_COLUMN.offsets

/** The dictionary of a column of texts: a table in kernel memory, in which the kernel finds and enters them, and the texts as strings. */
export class CsvTexts {
  readonly #memory: KernelMemory
  readonly #record: number
  #texts: string[] = []

  /** @param record address of the record of the column, whose table this sets up. */
  constructor(memory: KernelMemory, record: number) {
    this.#memory = memory
    this.#record = record
    this.#resizeTable(FIRST_COUNT)
    this.#resizeTexts(FIRST_BYTES)
  }

  /** The strings by code. It may grow later, until there is no room for more in the table. */
  get dictionary(): readonly string[] {
    const [count, entries, texts] = (['count', 'entries', 'texts'] as const).map((name) => this.#field(name))
    for (let code = this.#texts.length; code < count; code++) {
      const entry = (entries + code * ENTRY_BYTES) / 4
      const { u32 } = this.#memory
      const start = texts + u32[entry + 1]
      this.#texts.push(this.#memory.text(start, start + u32[entry + 2]))
    }
    return this.#texts
  }

  /** Makes room for one text more: in a larger table, or in one that is empty again, for a new dictionary. */
  extend(): void {
    const [count, maxCount, maxBytes] = (['count', 'maxCount', 'maxTextBytes'] as const).map((name) =>
      this.#field(name),
    )
    if (count === maxCount && maxCount < MAX_DICTIONARY) this.#resizeTable(maxCount * GROWTH)
    else if (count < maxCount && maxBytes < MAX_BYTES) this.#resizeTexts(maxBytes * GROWTH)
    else {
      this.#texts = []
      this.#set('count', 0)
      this.#set('textBytes', 0)
      const slots = this.#field('slots') / 4
      this.#memory.u32.fill(0, slots, slots + this.#field('slotMask') + 1)
    }
  }

  #field(name: Field): number {
    return this.#memory.u32[(this.#record + CSV_COLUMN.offsets[name]) / 4]
  }

  #set(name: Field, value: number): void {
    this.#memory.u32[(this.#record + CSV_COLUMN.offsets[name]) / 4] = value
  }

  /** Twice as many slots as texts, so that those that are looked for are found soon. */
  #resizeTable(maxCount: number): void {
    const slots = this.#memory.allocate(8 * maxCount)
    const entries = this.#memory.allocate(ENTRY_BYTES * maxCount)
    const count = this.#field('count')
    const { u8, u32 } = this.#memory
    u8.copyWithin(entries, this.#field('entries'), this.#field('entries') + count * ENTRY_BYTES)
    u32.fill(0, slots / 4, slots / 4 + 2 * maxCount)
    const mask = 2 * maxCount - 1
    for (let code = 0; code < count; code++) {
      let slot = u32[(entries + code * ENTRY_BYTES) / 4] & mask
      while (u32[slots / 4 + slot] !== 0) slot = (slot + 1) & mask
      u32[slots / 4 + slot] = code + 1
    }
    this.#set('slots', slots)
    this.#set('slotMask', mask)
    this.#set('entries', entries)
    this.#set('maxCount', maxCount)
  }

  #resizeTexts(maxBytes: number): void {
    const texts = this.#memory.allocate(maxBytes)
    this.#memory.u8.copyWithin(texts, this.#field('texts'), this.#field('texts') + this.#field('textBytes'))
    this.#set('texts', texts)
    this.#set('maxTextBytes', maxBytes)
  }
}
