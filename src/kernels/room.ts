import type { KernelMemory } from './memory.js'

/** A piece of kernel memory that becomes larger when more is asked for. What it held is then lost. */
export class Room {
  readonly #memory: KernelMemory
  #address = 0
  #bytes = 0

  constructor(memory: KernelMemory) {
    this.#memory = memory
  }

  /** Address of so many bytes, at least. @param created called when they are at a new place, where they may hold anything. */
  of(bytes: number, created?: (address: number, bytes: number) => void): number {
    if (bytes > this.#bytes) {
      // Twice as much as before, so that growing step by step wastes no more than is used.
      this.#bytes = Math.max(bytes, 2 * this.#bytes)
      this.#address = this.#memory.allocate(this.#bytes)
      created?.(this.#address, this.#bytes)
    }
    return this.#address
  }
}
