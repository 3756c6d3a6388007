/** Transforms the vector that begins at `at`, in place. */
export type CosineTransform = (x: Float64Array, at: number, inverse: boolean) => void

/**
 * The orthonormal discrete cosine transform of vectors of one length, and its inverse. Even lengths are split into two transforms of half the
 * length, as long as they are not small; the rest are products with the matrix, folded by its symmetry. It names nothing outside itself, so that it can be printed.
 *
 * Source: B. G. Lee, "A new algorithm to compute the discrete cosine transform" (1984), doi:10.1109/TASSP.1984.1164443.
 */
export function cosineTransform(length: number): CosineTransform {
  /** From this length on, even lengths are halved; below, the matrix is faster. */
  const SMALL = 16
  /** A transform without its factors, which uses `scratch` from `free` on. */
  type Step = (x: Float64Array, at: number, scratch: Float64Array, free: number) => void

  const steps = (size: number): { readonly forward: Step; readonly inverse: Step } =>
    size >= SMALL && size % 2 === 0 ? halved(size) : byMatrix(size)

  function halved(size: number): { readonly forward: Step; readonly inverse: Step } {
    const half = size >> 1
    const inner = steps(half)
    // 1 / (2 cos(pi (2i + 1) / 2N))
    const twiddles = new Float64Array(half)
    for (let i = 0; i < half; i++) twiddles[i] = 0.5 / Math.cos((Math.PI * (2 * i + 1)) / (2 * size))
    return {
      forward(x, at, scratch, free) {
        for (let i = 0; i < half; i++) {
          const a = x[at + i]
          const b = x[at + size - 1 - i]
          scratch[free + i] = a + b
          scratch[free + half + i] = (a - b) * twiddles[i]
        }
        inner.forward(scratch, free, x, at)
        inner.forward(scratch, free + half, x, at)
        for (let k = 0; k < half; k++) {
          x[at + 2 * k] = scratch[free + k]
          x[at + 2 * k + 1] = scratch[free + half + k] + (k + 1 < half ? scratch[free + half + k + 1] : 0)
        }
      },
      inverse(y, at, scratch, free) {
        for (let k = 0; k < half; k++) {
          scratch[free + k] = y[at + 2 * k]
          scratch[free + half + k] = y[at + 2 * k + 1] + (k > 0 ? y[at + 2 * k - 1] : 0)
        }
        inner.inverse(scratch, free, y, at)
        inner.inverse(scratch, free + half, y, at)
        for (let i = 0; i < half; i++) {
          const a = scratch[free + i]
          const b = scratch[free + half + i] * twiddles[i]
          y[at + i] = a + b
          y[at + size - 1 - i] = a - b
        }
      },
    }
  }

  function byMatrix(size: number): { readonly forward: Step; readonly inverse: Step } {
    const half = size >> 1
    const middle = (size + 1) >> 1
    // Row k of the matrix: cos(pi (2n + 1) k / 2N) for the first half of the n. The angle is reduced to one turn of 4N steps before it is rounded.
    const cosines = new Float64Array(size * middle)
    for (let k = 0; k < size; k++) {
      for (let n = 0; n < middle; n++) {
        cosines[k * middle + n] = Math.cos((Math.PI * (((2 * n + 1) * k) % (4 * size))) / (2 * size))
      }
    }
    return {
      // y_k = sum x_n cos(pi (2n + 1) k / 2N). Even rows of the matrix are symmetric, odd ones antisymmetric.
      forward(x, at, scratch, free) {
        for (let i = 0; i < half; i++) {
          const a = x[at + i]
          const b = x[at + size - 1 - i]
          scratch[free + i] = a + b
          scratch[free + half + i] = a - b
        }
        const centre = middle > half ? x[at + half] : 0
        for (let k = 0; k < size; k++) {
          const row = k * middle
          const part = free + (k % 2) * half
          let sum = middle > half ? centre * cosines[row + half] : 0
          for (let i = 0; i < half; i++) sum += scratch[part + i] * cosines[row + i]
          x[at + k] = sum
        }
      },
      // The transpose: x_n = sum y_k cos(pi (2n + 1) k / 2N).
      inverse(y, at, scratch, free) {
        for (let i = 0; i < middle; i++) {
          let even = 0
          let odd = 0
          for (let k = 0; k < size; k += 2) even += y[at + k] * cosines[k * middle + i]
          for (let k = 1; k < size; k += 2) odd += y[at + k] * cosines[k * middle + i]
          scratch[free + i] = even + odd
          scratch[free + size - 1 - i] = even - odd
        }
        for (let i = 0; i < size; i++) y[at + i] = scratch[free + i]
      },
    }
  }

  const { forward, inverse } = steps(length)
  const scratch = new Float64Array(2 * length)
  const first = Math.sqrt(1 / length)
  const others = Math.sqrt(2 / length)
  const scale = (x: Float64Array, at: number): void => {
    x[at] *= first
    for (let k = 1; k < length; k++) x[at + k] *= others
  }
  return (x, at, isInverse) => {
    if (isInverse) {
      scale(x, at)
      inverse(x, at, scratch, 0)
    } else {
      forward(x, at, scratch, 0)
      scale(x, at)
    }
  }
}
