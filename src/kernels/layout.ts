import type { KernelMemory } from './memory.js'

/** A whole number of 32 bits (an address, a count), or a double. */
export type FieldType = 'u32' | 'f64'

const BYTES = { u32: 4, f64: 8 } as const

/**
 * Where the fields of a record in kernel memory are: in their order, each at a multiple of its size, as AssemblyScript lays out
 * a class. A record as a whole takes a multiple of 8 bytes only if it holds doubles at its end; pad it where records follow each other.
 */
export class Layout<F extends Readonly<Record<string, FieldType>>> {
  readonly offsets: Readonly<Record<keyof F, number>>
  readonly bytes: number
  readonly #fields: readonly (readonly [keyof F & string, FieldType, number])[]

  constructor(fields: F) {
    let at = 0
    this.#fields = Object.entries(fields).map(([name, type]) => {
      const offset = Math.ceil(at / BYTES[type]) * BYTES[type]
      at = offset + BYTES[type]
      return [name, type, offset] as const
    })
    this.offsets = Object.fromEntries(this.#fields.map(([name, , offset]) => [name, offset])) as Record<keyof F, number>
    this.bytes = at
  }

  /** Writes all fields of the record at an address. */
  write(memory: KernelMemory, address: number, values: Readonly<Record<keyof F, number>>): void {
    for (const [name, type, offset] of this.#fields) {
      if (type === 'f64') memory.f64[(address + offset) / 8] = values[name]
      else memory.u32[(address + offset) / 4] = values[name]
    }
  }

  /** The fields of the record at an address. */
  read(memory: KernelMemory, address: number): Record<keyof F, number> {
    const record = {} as Record<keyof F, number>
    for (const [name, type, offset] of this.#fields) {
      record[name] = type === 'f64' ? memory.f64[(address + offset) / 8] : memory.u32[(address + offset) / 4]
    }
    return record
  }
}
