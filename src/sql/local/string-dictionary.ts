/** Strings of one dictionary, so that a long stream of text does not gather all of it in memory. */
export const MAX_DICTIONARY = 1 << 17

/**
 * Dictionary of the strings of one column of one stream. The engine sends each string with its hash; a string is decoded
 * only when its hash, length and first bytes are seen for the first time.
 */
export class StringDictionary {
  readonly values: string[] = []
  private capacity = 1 << 10
  private keys = new Uint32Array(this.capacity * 4)
  private slots = new Int32Array(this.capacity).fill(-1)
  private used = 0

  /** Code of the string whose cell starts at word `at` of `cells` and whose hash is `low`, `high`. */
  code(low: number, high: number, length: number, prefix: number, decode: () => string): number {
    const slot = this.find(low, high, length, prefix)
    if (this.slots[slot] >= 0) return this.slots[slot]
    const code = this.values.length
    this.values.push(decode())
    this.keys.set([low, high, length, prefix], slot * 4)
    this.slots[slot] = code
    if (++this.used * 2 > this.capacity) this.grow()
    return code
  }

  private find(low: number, high: number, length: number, prefix: number): number {
    const { keys, slots, capacity } = this
    let slot = (low ^ high) & (capacity - 1)
    while (slots[slot] >= 0) {
      const at = slot * 4
      if (keys[at] === low && keys[at + 1] === high && keys[at + 2] === length && keys[at + 3] === prefix) return slot
      slot = (slot + 1) & (capacity - 1)
    }
    return slot
  }

  private grow(): void {
    const { keys, slots, capacity } = this
    this.capacity = capacity * 4
    this.keys = new Uint32Array(this.capacity * 4)
    this.slots = new Int32Array(this.capacity).fill(-1)
    for (let from = 0; from < capacity; from++) {
      if (slots[from] < 0) continue
      const key = keys.subarray(from * 4, from * 4 + 4)
      const to = this.find(key[0], key[1], key[2], key[3])
      this.keys.set(key, to * 4)
      this.slots[to] = slots[from]
    }
  }
}
