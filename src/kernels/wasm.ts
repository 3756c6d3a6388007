import type { Kernels } from './kernels.js'
import type { KernelMemory } from './memory.js'
import { KERNEL_MODULE } from './module.js'
import { webAssembly } from './web-assembly.js'

/** undefined: not tried yet. */
let compiled: object | null | undefined

/**
 * The kernels, compiled; the first call takes a fraction of a millisecond.
 * `null` where the runtime lacks WebAssembly, its SIMD, or memory that threads share.
 */
export function wasmModule(): object | null {
  if (compiled !== undefined) return compiled
  compiled = null
  if (webAssembly && typeof SharedArrayBuffer === 'function') {
    try {
      compiled = new webAssembly.Module(Buffer.from(KERNEL_MODULE, 'base64'))
    } catch {
      // The runtime does not know SIMD or threads: the plain kernels serve.
    }
  }
  return compiled
}

/** The kernels of the module over a memory that is shared. */
export function wasmKernels(module: object, memory: KernelMemory): Kernels {
  return new webAssembly!.Instance(module, { env: { memory: memory.wasm } }).exports as unknown as Kernels
}
