/** The part of WebAssembly that the kernels need: Node's types do not declare it. */
export interface WasmMemory {
  readonly buffer: SharedArrayBuffer
  /** Makes the memory larger by a number of pages of 64 KB. @throws RangeError when there is no room. */
  grow(pages: number): number
}

interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Memory: new (limits: { initial: number; maximum: number; shared: true }) => WasmMemory
  readonly Instance: new (module: object, imports: object) => { readonly exports: Record<string, unknown> }
}

/** `undefined` where the runtime has no WebAssembly. */
export const webAssembly: WebAssemblyApi | undefined = (globalThis as { WebAssembly?: WebAssemblyApi }).WebAssembly
