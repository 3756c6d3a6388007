import { LearnRows } from './learn-rows'

/** Sums for means and deviations of features. */
@unmanaged
export class FeatureSums {
  rows: LearnRows
  /** What each task finds: as many doubles each as a row has of weighted sums, and of weighted sums of squares, of distances to its first row. */
  results: usize
}

/** Task = run of rows: weighted sums of the features and of their squares, less the first row of the task. */
export function featureSums(args: FeatureSums, task: u32, thread: u32): void {
  const rows = args.rows
  const rowBytes = rows.rowBytes()
  const sums = args.results + <usize>task * (rowBytes << 1)
  const squares = sums + rowBytes
  memory.fill(sums, 0, rowBytes << 1)
  const first = rows.row(rows.begin(task))
  let x = first
  for (let row = rows.begin(task), end = rows.end(task); row < end; row += 2, x += rowBytes << 1) {
    const w0 = v128.load64_splat(rows.weights + (<usize>row << 3))
    const w1 = v128.load64_splat(rows.weights + (<usize>row << 3), 8)
    for (let j: usize = 0; j < rowBytes; j += 16) {
      const origin = v128.load(first + j)
      const d0 = f64x2.sub(v128.load(x + j), origin)
      const d1 = f64x2.sub(v128.load(x + rowBytes + j), origin)
      const e0 = f64x2.mul(d0, w0)
      const e1 = f64x2.mul(d1, w1)
      v128.store(sums + j, f64x2.add(v128.load(sums + j), f64x2.add(e0, e1)))
      v128.store(squares + j, f64x2.add(v128.load(squares + j), f64x2.add(f64x2.mul(e0, d0), f64x2.mul(e1, d1))))
    }
  }
}
