/** From this length on, even lengths are halved; below, the matrix is faster. */
const SMALL = 16

/**
 * The orthonormal discrete cosine transform of vectors of one length, and its inverse. Even lengths are split into two transforms of half the
 * length, as long as they are not small; the rest are products with the matrix, folded by its symmetry.
 *
 * Source: B. G. Lee, "A new algorithm to compute the discrete cosine transform" (1984), doi:10.1109/TASSP.1984.1164443.
 */
export class CosineTransform {
  readonly size: number
  /** Row k of the matrix without its factor: cos(pi (2n + 1) k / 2N) for the first half of the n. */
  readonly #cosines: Float64Array
  /** 1 / (2 cos(pi (2i + 1) / 2N)), and the transform of half the length; only where the length is halved. */
  readonly #twiddles: Float64Array
  readonly #half: CosineTransform | undefined

  constructor(size: number) {
    this.size = size
    const halved = size >= SMALL && size % 2 === 0
    const middle = (size + 1) >> 1
    this.#half = halved ? new CosineTransform(size / 2) : undefined
    this.#cosines = new Float64Array(halved ? 0 : size * middle)
    this.#twiddles = new Float64Array(halved ? middle : 0)
    for (let i = 0; i < this.#twiddles.length; i++) {
      this.#twiddles[i] = 0.5 / Math.cos((Math.PI * (2 * i + 1)) / (2 * size))
    }
    if (halved) return
    for (let k = 0; k < size; k++) {
      // The angle is reduced to one turn of 4N steps before it is rounded.
      for (let n = 0; n < middle; n++) {
        const steps = ((2 * n + 1) * k) % (4 * size)
        this.#cosines[k * middle + n] = Math.cos((Math.PI * steps) / (2 * size))
      }
    }
  }

  /** Transforms rows of numbers, one after the other in `values`; gives an array of its own. */
  ofRows(values: Float64Array, length: number, inverse: boolean): Float64Array {
    const { size } = this
    const out = values.slice(0, length * size)
    const scratch = new Float64Array(2 * size)
    const [first, others] = [Math.sqrt(1 / size), Math.sqrt(2 / size)]
    for (let at = 0; at < out.length; at += size) {
      if (inverse) {
        out[at] *= first
        for (let k = 1; k < size; k++) out[at + k] *= others
        this.#inverse(out, at, scratch, 0)
      } else {
        this.#forward(out, at, scratch, 0)
        out[at] *= first
        for (let k = 1; k < size; k++) out[at + k] *= others
      }
    }
    return out
  }

  /** `y_k = sum x_n cos(pi (2n + 1) k / 2N)` in place; uses `scratch` from `free` on. */
  #forward(x: Float64Array, at: number, scratch: Float64Array, free: number): void {
    const { size } = this
    const half = size >> 1
    if (this.#half) {
      for (let i = 0; i < half; i++) {
        const [a, b] = [x[at + i], x[at + size - 1 - i]]
        scratch[free + i] = a + b
        scratch[free + half + i] = (a - b) * this.#twiddles[i]
      }
      this.#half.#forward(scratch, free, x, at)
      this.#half.#forward(scratch, free + half, x, at)
      for (let k = 0; k < half; k++) {
        x[at + 2 * k] = scratch[free + k]
        x[at + 2 * k + 1] = scratch[free + half + k] + (k + 1 < half ? scratch[free + half + k + 1] : 0)
      }
      return
    }
    // Even rows of the matrix are symmetric, odd ones antisymmetric.
    for (let i = 0; i < half; i++) {
      const [a, b] = [x[at + i], x[at + size - 1 - i]]
      scratch[free + i] = a + b
      scratch[free + half + i] = a - b
    }
    const middle = (size + 1) >> 1
    const centre = middle > half ? x[at + half] : 0
    for (let k = 0; k < size; k++) {
      const row = k * middle
      const part = free + (k % 2) * half
      let sum = middle > half ? centre * this.#cosines[row + half] : 0
      for (let i = 0; i < half; i++) sum += scratch[part + i] * this.#cosines[row + i]
      x[at + k] = sum
    }
  }

  /** The transpose of `#forward`: `x_n = sum y_k cos(pi (2n + 1) k / 2N)`. */
  #inverse(y: Float64Array, at: number, scratch: Float64Array, free: number): void {
    const { size } = this
    const half = size >> 1
    if (this.#half) {
      for (let k = 0; k < half; k++) {
        scratch[free + k] = y[at + 2 * k]
        scratch[free + half + k] = y[at + 2 * k + 1] + (k > 0 ? y[at + 2 * k - 1] : 0)
      }
      this.#half.#inverse(scratch, free, y, at)
      this.#half.#inverse(scratch, free + half, y, at)
      for (let i = 0; i < half; i++) {
        const a = scratch[free + i]
        const b = scratch[free + half + i] * this.#twiddles[i]
        y[at + i] = a + b
        y[at + size - 1 - i] = a - b
      }
      return
    }
    const middle = (size + 1) >> 1
    for (let i = 0; i < middle; i++) {
      let even = 0
      let odd = 0
      for (let k = 0; k < size; k += 2) even += y[at + k] * this.#cosines[k * middle + i]
      for (let k = 1; k < size; k += 2) odd += y[at + k] * this.#cosines[k * middle + i]
      scratch[free + i] = even + odd
      scratch[free + size - 1 - i] = even - odd
    }
    for (let i = 0; i < size; i++) y[at + i] = scratch[free + i]
  }
}
