/** Rows to learn from. Rows without weight follow them, so that there are whole quads. */
@unmanaged
export class LearnRows {
  /** Features row by row: `stride` doubles a row, an even number, the last one 0 where the number of features is odd. */
  values: usize
  /** A double a row. */
  labels: usize
  /** A double a row. */
  weights: usize
  /** Number of rows, in whole quads. */
  count: u32
  stride: u32
  /** Rows of a task, in whole quads. */
  taskRows: u32

  @inline rowBytes(): usize {
    return <usize>this.stride << 3
  }

  @inline begin(task: u32): u32 {
    return task * this.taskRows
  }

  @inline end(task: u32): u32 {
    return min(this.begin(task) + this.taskRows, this.count)
  }

  @inline row(row: u32): usize {
    return this.values + <usize>row * this.rowBytes()
  }
}

/** The sum of two lanes. */
@inline
export function both(x: v128): f64 {
  return f64x2.extract_lane(x, 0) + f64x2.extract_lane(x, 1)
}

/** Writes `offset + x'coefficients` of four rows. */
@inline
export function quadMargins(x: usize, rowBytes: usize, coefficients: usize, offset: f64, margins: usize): void {
  const x1 = x + rowBytes
  const x2 = x1 + rowBytes
  const x3 = x2 + rowBytes
  let a0 = f64x2.splat(0)
  let a1 = f64x2.splat(0)
  let a2 = f64x2.splat(0)
  let a3 = f64x2.splat(0)
  for (let j: usize = 0; j < rowBytes; j += 16) {
    const c = v128.load(coefficients + j)
    a0 = f64x2.add(a0, f64x2.mul(v128.load(x + j), c))
    a1 = f64x2.add(a1, f64x2.mul(v128.load(x1 + j), c))
    a2 = f64x2.add(a2, f64x2.mul(v128.load(x2 + j), c))
    a3 = f64x2.add(a3, f64x2.mul(v128.load(x3 + j), c))
  }
  v128.store(margins, joined(a0, a1, offset))
  v128.store(margins, joined(a2, a3, offset), 16)
}

/** Margins of two rows out of their sums over even and odd features. */
@inline
function joined(a: v128, b: v128, offset: f64): v128 {
  const even = v128.shuffle<f64>(a, b, 0, 2)
  const odd = v128.shuffle<f64>(a, b, 1, 3)
  return f64x2.add(f64x2.add(even, odd), f64x2.splat(offset))
}

/** Adds `multiplier * x` of four rows to a gradient. */
@inline
export function addQuad(x: usize, rowBytes: usize, multipliers: usize, gradient: usize): void {
  const m0 = v128.load64_splat(multipliers)
  const m1 = v128.load64_splat(multipliers, 8)
  const m2 = v128.load64_splat(multipliers, 16)
  const m3 = v128.load64_splat(multipliers, 24)
  const x1 = x + rowBytes
  const x2 = x1 + rowBytes
  const x3 = x2 + rowBytes
  for (let j: usize = 0; j < rowBytes; j += 16) {
    const first = f64x2.add(f64x2.mul(v128.load(x + j), m0), f64x2.mul(v128.load(x1 + j), m1))
    const second = f64x2.add(f64x2.mul(v128.load(x2 + j), m2), f64x2.mul(v128.load(x3 + j), m3))
    v128.store(gradient + j, f64x2.add(v128.load(gradient + j), f64x2.add(first, second)))
  }
}
