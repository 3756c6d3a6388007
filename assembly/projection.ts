/** Dense rows, and the components on which they are projected. */
@unmanaged
export class Projection {
  /** Rows of `size` doubles; there is room for one more. */
  rows: usize
  count: u32
  size: u32
  /** Six components at a time, slot by slot: as many doubles each. Those that are missing in the last six are 0. */
  components: usize
  /** How many components there are. */
  width: u32
  /** What comes out: rows of `width` doubles, and room for a row and six doubles behind them. */
  made: usize
}

/**
 * One task: products of all rows with all components, each a sum in the order of the slots. Two rows and six components at a time.
 * The last components come first: what is written behind the end of a row is overwritten afterwards.
 */
export function projectRows(args: Projection, task: u32, thread: u32): void {
  const rowBytes = <usize>args.size << 3
  const madeBytes = <usize>args.width << 3
  const end = args.rows + <usize>args.count * rowBytes
  for (let first = <i32>((args.width - 1) / 6) * 6; first >= 0; first -= 6) {
    const components = args.components + <usize>first * rowBytes
    let made = args.made + (<usize>first << 3)
    for (let x = args.rows; x < end; x += rowBytes << 1, made += madeBytes << 1) {
      let a0 = f64x2.splat(0)
      let a1 = a0
      let a2 = a0
      let b0 = a0
      let b1 = a0
      let b2 = a0
      let at = components
      for (let slot = x, last = x + rowBytes; slot < last; slot += 8, at += 48) {
        const a = v128.load64_splat(slot)
        const b = v128.load64_splat(slot + rowBytes)
        const c0 = v128.load(at)
        const c1 = v128.load(at, 16)
        const c2 = v128.load(at, 32)
        a0 = f64x2.add(a0, f64x2.mul(a, c0))
        b0 = f64x2.add(b0, f64x2.mul(b, c0))
        a1 = f64x2.add(a1, f64x2.mul(a, c1))
        b1 = f64x2.add(b1, f64x2.mul(b, c1))
        a2 = f64x2.add(a2, f64x2.mul(a, c2))
        b2 = f64x2.add(b2, f64x2.mul(b, c2))
      }
      v128.store(made, a0)
      v128.store(made, a1, 16)
      v128.store(made, a2, 32)
      v128.store(made + madeBytes, b0)
      v128.store(made + madeBytes, b1, 16)
      v128.store(made + madeBytes, b2, 32)
    }
  }
}
