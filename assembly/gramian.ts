/** Weighted sums of the products of features, of features and label, and of the label. */
@unmanaged
export class Gramian {
  /** Features row by row, `size` doubles a row. */
  values: usize
  /** A double a row. */
  labels: usize
  /** A double a row. 0: all weights are 1. */
  weights: usize
  /** Room for each thread where there are weights: `blockRows` rows of features and of labels, and 64 bytes. */
  scratch: usize
  /**
   * What each task finds. Squares of four features by four on and above the diagonal, row of squares by row, 16 doubles each; then, of as
   * many doubles as the squares have features, the sums of label times feature and of each feature; then the sums of the squared label, of
   * the label and of the weights, each of even and odd rows apart. What belongs to features beyond the last one may be anything.
   */
  results: usize
  count: u32
  size: u32
  /** Rows of a task, an even number. */
  taskRows: u32
  /** Rows that stay in the nearest cache while all squares are computed, an even number. */
  blockRows: u32

  @inline groups(): u32 {
    return (this.size + 3) >> 2
  }

  @inline squareBytes(): usize {
    const groups = <usize>this.groups()
    return (groups * (groups + 1)) << 6
  }

  @inline resultOf(task: u32): usize {
    return this.results + <usize>task * (this.squareBytes() + (<usize>this.groups() << 6) + 48)
  }

  @inline scratchOf(thread: u32): usize {
    return this.scratch + <usize>thread * (((<usize>this.blockRows * (this.size + 1)) << 3) + 64)
  }
}

/** Task = run of rows, added one after the other. */
export function addProducts(args: Gramian, task: u32, thread: u32): void {
  const stride = <usize>args.size << 3
  const width = <usize>args.groups() << 5
  const squares = args.resultOf(task)
  const products = squares + args.squareBytes()
  memory.fill(squares, 0, args.squareBytes() + (width << 1) + 48)
  const end = min((task + 1) * args.taskRows, args.count)
  for (let first = task * args.taskRows; first < end; first += args.blockRows) {
    const rows = min(args.blockRows, end - first)
    const x = args.values + <usize>first * stride
    const y = args.labels + (<usize>first << 3)
    let weighted = x
    let weightedLabels = y
    let weights: usize = 0
    if (args.weights) {
      weights = args.weights + (<usize>first << 3)
      weightedLabels = args.scratchOf(thread)
      weighted = weightedLabels + (<usize>args.blockRows << 3)
      weigh(x, y, weights, args.size, rows, weighted, weightedLabels)
    }
    addSquares(weighted, x, weightedLabels, stride, rows, squares, products, width)
    addLabels(y, weightedLabels, weights, rows, products + (width << 1))
  }
}

/** Multiplies rows by their weights. A pair that reaches into the next row is written again with that row. */
@inline
function weigh(x: usize, y: usize, weights: usize, size: u32, rows: u32, weighted: usize, weightedLabels: usize): void {
  for (let row: usize = 0; row < rows; row++) {
    const weight = load<f64>(weights + (row << 3))
    const both = f64x2.splat(weight)
    store<f64>(weightedLabels + (row << 3), weight * load<f64>(y + (row << 3)))
    const at = (row * size) << 3
    for (let j: usize = 0; j < <usize>size << 3; j += 16) {
      v128.store(weighted + at + j, f64x2.mul(both, v128.load(x + at + j)))
    }
  }
}

@inline
function addSquares(
  weighted: usize,
  x: usize,
  labels: usize,
  stride: usize,
  rows: u32,
  squares: usize,
  products: usize,
  width: usize,
): void {
  let square = squares
  for (let i: usize = 0; i < width; i += 32) {
    addDiagonal(weighted + i, x + i, labels, stride, rows, square, products + i, products + width + i)
    square += 128
    for (let j = i + 32; j < width; j += 32, square += 128) addSquare(weighted + i, x + j, stride, rows, square)
  }
}

/** Adds the products of four features with four others. */
@inline
function addSquare(left: usize, right: usize, stride: usize, rows: u32, square: usize): void {
  let a00 = v128.load(square)
  let a01 = v128.load(square, 16)
  let a10 = v128.load(square, 32)
  let a11 = v128.load(square, 48)
  let a20 = v128.load(square, 64)
  let a21 = v128.load(square, 80)
  let a30 = v128.load(square, 96)
  let a31 = v128.load(square, 112)
  for (let row: u32 = 0; row < rows; row++, left += stride, right += stride) {
    const b0 = v128.load(right)
    const b1 = v128.load(right, 16)
    let a = v128.load64_splat(left)
    a00 = f64x2.add(a00, f64x2.mul(a, b0))
    a01 = f64x2.add(a01, f64x2.mul(a, b1))
    a = v128.load64_splat(left, 8)
    a10 = f64x2.add(a10, f64x2.mul(a, b0))
    a11 = f64x2.add(a11, f64x2.mul(a, b1))
    a = v128.load64_splat(left, 16)
    a20 = f64x2.add(a20, f64x2.mul(a, b0))
    a21 = f64x2.add(a21, f64x2.mul(a, b1))
    a = v128.load64_splat(left, 24)
    a30 = f64x2.add(a30, f64x2.mul(a, b0))
    a31 = f64x2.add(a31, f64x2.mul(a, b1))
  }
  v128.store(square, a00)
  v128.store(square, a01, 16)
  v128.store(square, a10, 32)
  v128.store(square, a11, 48)
  v128.store(square, a20, 64)
  v128.store(square, a21, 80)
  v128.store(square, a30, 96)
  v128.store(square, a31, 112)
}

/** Adds the products of four features with each other and with the label, and the features. What lies left below the diagonal is of no use. */
@inline
function addDiagonal(
  left: usize,
  right: usize,
  labels: usize,
  stride: usize,
  rows: u32,
  square: usize,
  products: usize,
  sums: usize,
): void {
  let a00 = v128.load(square)
  let a01 = v128.load(square, 16)
  let a10 = v128.load(square, 32)
  let a11 = v128.load(square, 48)
  let a21 = v128.load(square, 80)
  let a31 = v128.load(square, 112)
  let p0 = v128.load(products)
  let p1 = v128.load(products, 16)
  let s0 = v128.load(sums)
  let s1 = v128.load(sums, 16)
  for (let row: u32 = 0; row < rows; row++, left += stride, right += stride, labels += 8) {
    const b0 = v128.load(right)
    const b1 = v128.load(right, 16)
    let a = v128.load64_splat(labels)
    p0 = f64x2.add(p0, f64x2.mul(a, b0))
    p1 = f64x2.add(p1, f64x2.mul(a, b1))
    a = v128.load64_splat(left)
    a00 = f64x2.add(a00, f64x2.mul(a, b0))
    a01 = f64x2.add(a01, f64x2.mul(a, b1))
    a = v128.load64_splat(left, 8)
    a10 = f64x2.add(a10, f64x2.mul(a, b0))
    a11 = f64x2.add(a11, f64x2.mul(a, b1))
    a21 = f64x2.add(a21, f64x2.mul(v128.load64_splat(left, 16), b1))
    a31 = f64x2.add(a31, f64x2.mul(v128.load64_splat(left, 24), b1))
    s0 = f64x2.add(s0, v128.load(left))
    s1 = f64x2.add(s1, v128.load(left, 16))
  }
  v128.store(square, a00)
  v128.store(square, a01, 16)
  v128.store(square, a10, 32)
  v128.store(square, a11, 48)
  v128.store(square, a21, 80)
  v128.store(square, a31, 112)
  v128.store(products, p0)
  v128.store(products, p1, 16)
  v128.store(sums, s0)
  v128.store(sums, s1, 16)
}

/** Adds squared labels, labels and weights, two rows at once. */
@inline
function addLabels(y: usize, weightedLabels: usize, weights: usize, rows: u32, sums: usize): void {
  let squares = v128.load(sums)
  let labels = v128.load(sums, 16)
  let weight = v128.load(sums, 32)
  let row: usize = 0
  for (const pairs = <usize>rows & ~1; row < pairs; row += 2) {
    const weighted = v128.load(weightedLabels + (row << 3))
    squares = f64x2.add(squares, f64x2.mul(weighted, v128.load(y + (row << 3))))
    labels = f64x2.add(labels, weighted)
    weight = f64x2.add(weight, weights ? v128.load(weights + (row << 3)) : f64x2.splat(1))
  }
  if (row < rows) {
    const weighted = v128.load64_zero(weightedLabels + (row << 3))
    squares = f64x2.add(squares, f64x2.mul(weighted, v128.load64_zero(y + (row << 3))))
    labels = f64x2.add(labels, weighted)
    weight = f64x2.add(weight, weights ? v128.load64_zero(weights + (row << 3)) : f64x2.replace_lane(f64x2.splat(0), 0, 1))
  }
  v128.store(sums, squares)
  v128.store(sums, labels, 16)
  v128.store(sums, weight, 32)
}
