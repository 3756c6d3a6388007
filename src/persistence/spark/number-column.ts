/** A column of numbers, or of lists of numbers, of which those of row `r` lie from `starts[r]` to `starts[r + 1]`. Null is NaN, or an empty list. */
export interface NumberColumn {
  readonly rows: number
  readonly values: Float64Array
  readonly starts: Int32Array | null
}
