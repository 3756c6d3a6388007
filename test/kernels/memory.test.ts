import { describe, expect, it } from 'vitest'
import { Layout } from '../../src/kernels/layout.js'
import { KernelMemory } from '../../src/kernels/memory.js'
import { Room } from '../../src/kernels/room.js'

describe.each([
  ['shared', true],
  ['plain', false],
])('%s memory', (_, shared) => {
  it('gives out addresses that do not overlap, and keeps what was written when it grows', () => {
    const memory = new KernelMemory(shared, 1024)
    const first = memory.allocate(100)
    expect(first).toBe(1024)
    memory.u8.fill(7, first, first + 100)
    const second = memory.allocate(1_000_000)
    expect(second).toBe(1024 + 128)
    expect(memory.size).toBeGreaterThanOrEqual(second + 1_000_000)
    expect(memory.u8.subarray(first, first + 100).every((byte) => byte === 7)).toBe(true)
    expect(memory.f64.buffer).toBe(memory.u8.buffer)
  })

  it('copies doubles to an address and back, and nothing beside them', () => {
    const memory = new KernelMemory(shared, 64)
    const address = memory.allocate(64)
    memory.f64.fill(1, address / 8, address / 8 + 8)
    memory.write(address + 8, Float64Array.of(0, 7, Number.NaN, -0).subarray(1))
    const target = new Float64Array(6)
    memory.read(address, target.subarray(1, 5))
    expect(target).toEqual(Float64Array.of(0, 1, 7, Number.NaN, -0, 0))
    memory.read(address, target.subarray(0, 0))
    expect(target[0]).toBe(0)
  })

  it('forgets what was allocated since', () => {
    const memory = new KernelMemory(shared, 64)
    memory.allocate(10)
    const { top } = memory
    memory.allocate(5000)
    memory.release(top)
    expect(memory.allocate(1)).toBe(top)
    memory.release()
    expect(memory.allocate(1)).toBe(64)
  })

  it('refuses more than addresses reach', () => {
    expect(() => new KernelMemory(shared, 64).allocate(2 ** 32)).toThrow(RangeError)
  })
})

describe('a room', () => {
  it('stays where it is until more is asked for', () => {
    const room = new Room(new KernelMemory(false, 64))
    const created: number[] = []
    const note = (address: number): number => created.push(address)
    const first = room.of(100, note)
    expect(room.of(50, note)).toBe(first)
    const second = room.of(101, note)
    expect(room.of(200, note)).toBe(second)
    expect(created).toEqual([first, second])
  })
})

describe('a layout', () => {
  it('puts fields at multiples of their sizes, and reads what was written', () => {
    const layout = new Layout({ a: 'u32', b: 'f64', c: 'u32', d: 'u32', e: 'u32', f: 'f64' })
    expect(layout.offsets).toEqual({ a: 0, b: 8, c: 16, d: 20, e: 24, f: 32 })
    expect(layout.bytes).toBe(40)
    const memory = new KernelMemory(false, 64)
    const address = memory.allocate(layout.bytes)
    const values = { a: 1, b: -2.5, c: 2 ** 32 - 1, d: 0, e: 7, f: Number.POSITIVE_INFINITY }
    layout.write(memory, address, values)
    expect(layout.read(memory, address)).toEqual(values)
  })
})
