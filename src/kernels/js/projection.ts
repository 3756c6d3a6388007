import type { KernelMemory } from '../memory.js'
import { PROJECTION } from '../records.js'

/** Twin of `projectRows` in `assembly/projection.ts`. */
export function projectRows(memory: KernelMemory, record: number): void {
  const { rows, count, size, components, width, made } = PROJECTION.read(memory, record)
  const { f64 } = memory
  for (let first = width - 1 - ((width - 1) % 6); first >= 0; first -= 6) {
    for (let row = 0; row < count; row++) {
      const x = rows / 8 + row * size
      let at = components / 8 + first * size
      let a = 0
      let b = 0
      let c = 0
      let d = 0
      let e = 0
      let f = 0
      for (let j = 0; j < size; j++, at += 6) {
        const value = f64[x + j]
        a += value * f64[at]
        b += value * f64[at + 1]
        c += value * f64[at + 2]
        d += value * f64[at + 3]
        e += value * f64[at + 4]
        f += value * f64[at + 5]
      }
      const to = made / 8 + row * width + first
      f64[to] = a
      f64[to + 1] = b
      f64[to + 2] = c
      f64[to + 3] = d
      f64[to + 4] = e
      f64[to + 5] = f
    }
  }
}
