/** Slots for strings that came lately, a power of two; with more strings than that, they would only be in the way. */
const SLOTS = 1024

/** Slot of a string: three of its characters and its length, which costs less than its hash and tells few labels apart well. */
function slotOf(text: string): number {
  const n = text.length
  if (n === 0) return 0
  return (text.charCodeAt(0) + 31 * text.charCodeAt(n - 1) + 577 * text.charCodeAt(n >> 1) + 7 * n) & (SLOTS - 1)
}

/** Numbers strings in order of first appearance. */
export class StringCodes {
  readonly dictionary: string[] = []
  readonly #index = new Map<string, number>()
  readonly #recent: string[] = new Array(SLOTS).fill('')
  readonly #recentCodes = new Int32Array(SLOTS).fill(-1)

  /** The number of a string. */
  code(text: string): number {
    if (this.dictionary.length > SLOTS) return this.#find(text)
    const slot = slotOf(text)
    if (this.#recent[slot] === text && this.#recentCodes[slot] >= 0) return this.#recentCodes[slot]
    const code = this.#find(text)
    this.#recent[slot] = text
    this.#recentCodes[slot] = code
    return code
  }

  #find(text: string): number {
    let code = this.#index.get(text)
    if (code === undefined) {
      code = this.dictionary.length
      this.dictionary.push(text)
      this.#index.set(text, code)
    }
    return code
  }
}
