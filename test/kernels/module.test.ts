import { describe, expect, it } from 'vitest'
import { kernelModuleText } from '../../scripts/build-kernels.mjs'
import { KERNEL_NAMES } from '../../src/kernels/kernels.js'
import { KernelMemory } from '../../src/kernels/memory.js'
import { wasmKernels, wasmModule } from '../../src/kernels/wasm.js'
import { readRepositoryFile } from '../helpers/sources.js'

describe('the module of kernels', () => {
  it('is what the sources in assembly/ compile to', () => {
    const sameLine = (text: string): string => text.replace(/\s+/g, ' ')
    expect(sameLine(readRepositoryFile('src/kernels/module.ts'))).toBe(sameLine(kernelModuleText()))
  }, 60_000)

  it('holds every kernel', () => {
    const module = wasmModule()
    expect(module).not.toBeNull()
    expect(Object.keys(wasmKernels(module as object, new KernelMemory(true, 0))).sort()).toEqual(
      [...KERNEL_NAMES].sort(),
    )
  })
})
