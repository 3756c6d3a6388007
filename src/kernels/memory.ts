import type { WasmMemory } from './web-assembly.js'
import { webAssembly } from './web-assembly.js'

const PAGE = 65_536
const MAX_PAGES = 65_536
/** Addresses are multiples of this: what two threads write never lies in one cache line. */
const ALIGNMENT = 64

/** The next whole number of cache lines, in bytes. */
export const wholeLines = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT

/**
 * The memory that kernels work in. Addresses are numbers of bytes; what is allocated stays until {@link KernelMemory.release}.
 * The views are replaced when the memory grows: read them anew after each allocation.
 */
export class KernelMemory {
  /** What a WebAssembly instance imports; undefined where only JavaScript uses the memory. */
  readonly wasm: WasmMemory | undefined
  /** First address that is given out: what lies before belongs to the pool. */
  readonly #start: number
  #top: number
  #u8!: Uint8Array
  #bytes!: Buffer
  #u16!: Uint16Array
  #i32!: Int32Array
  #u32!: Uint32Array
  #f64!: Float64Array

  /** @param shared whether WebAssembly instances on several threads can use the memory. */
  constructor(shared: boolean, start: number) {
    this.wasm = shared ? new webAssembly!.Memory({ initial: 1, maximum: MAX_PAGES, shared: true }) : undefined
    this.#start = start
    this.#top = start
    this.#view(this.wasm ? this.wasm.buffer : new ArrayBuffer(PAGE))
  }

  get u8(): Uint8Array {
    return this.#u8
  }

  get u16(): Uint16Array {
    return this.#u16
  }

  get i32(): Int32Array {
    return this.#i32
  }

  get u32(): Uint32Array {
    return this.#u32
  }

  get f64(): Float64Array {
    return this.#f64
  }

  /** Size of the memory in bytes. */
  get size(): number {
    return this.#u8.byteLength
  }

  /**
   * Room for a number of bytes, at an address that is a multiple of 64. The bytes may hold anything.
   * @throws RangeError when the memory would exceed 4 GB, or the machine has no more.
   */
  allocate(bytes: number): number {
    const address = this.#top
    const top = wholeLines(address + bytes)
    if (top > this.size) this.#grow(Math.ceil((top - this.size) / PAGE))
    this.#top = top
    return address
  }

  /** Where the next allocation will be. */
  get top(): number {
    return this.#top
  }

  /** Copies doubles to an address. Over shared memory, `set` of a typed array takes twice the time: it moves word by word. */
  write(address: number, values: Float64Array): void {
    if (!this.wasm || values.length === 0) this.#f64.set(values, address / 8)
    else {
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
      this.#bytes.fill(bytes, address, address + bytes.length)
    }
  }

  /** Copies numbers from an address, in the same way. */
  read(address: number, target: ArrayBufferView): void {
    const bytes = Buffer.from(target.buffer as ArrayBuffer, target.byteOffset, target.byteLength)
    const source = this.#u8.subarray(address, address + bytes.length)
    if (!this.wasm || bytes.length === 0) bytes.set(source)
    else bytes.fill(source)
  }

  /** The text in UTF-8 between two addresses. */
  text(start: number, end: number): string {
    return this.#bytes.toString('utf8', start, end)
  }

  /** Forgets the allocations since the top was there; by default all. The memory keeps its size. */
  release(top = this.#start): void {
    this.#top = top
  }

  #grow(pages: number): void {
    if (this.size + pages * PAGE > MAX_PAGES * PAGE) throw new RangeError('kernels: more than 4 GB')
    if (this.wasm) {
      this.wasm.grow(pages)
      this.#view(this.wasm.buffer)
    } else {
      // Doubling keeps the time for copies in proportion to the size.
      const buffer = new ArrayBuffer(Math.max(this.size + pages * PAGE, Math.min(2 * this.size, MAX_PAGES * PAGE)))
      new Uint8Array(buffer).set(this.#u8)
      this.#view(buffer)
    }
  }

  #view(buffer: SharedArrayBuffer | ArrayBuffer): void {
    this.#u8 = new Uint8Array(buffer)
    this.#bytes = Buffer.from(buffer as ArrayBuffer)
    this.#u16 = new Uint16Array(buffer)
    this.#i32 = new Int32Array(buffer)
    this.#u32 = new Uint32Array(buffer)
    this.#f64 = new Float64Array(buffer)
  }
}
