import { type ColumnData, isValid, type Validity } from './batch.js'
import type { DataType } from './types.js'

/** What the values of a column are like: exact, over all rows. */
export interface ColumnProfile {
  /** Whether some are null. */
  readonly nulls: boolean
  /** Whether some numbers are NaN; only of floating-point columns. */
  readonly nans?: boolean
  /** Smallest and largest number, NaN aside; only of numeric columns that have some, and where a double holds both exactly. */
  readonly range?: { readonly min: number; readonly max: number }
  /** Number of slots of all vectors; only of columns of vectors that have one length. */
  readonly size?: number
}
/** Profiles by column. */
export type Profile = ReadonlyMap<string, ColumnProfile>

/** Rows that are looked at in one step: few, so that the engine soon compiles the loop over them. */
export const STEP = 1 << 13

const FLOATING: readonly string[] = ['double', 'float', 'decimal']
const WHOLE: readonly string[] = ['byte', 'short', 'integer', 'long']

/** Looks at the values of a column, run by run. */
export class ColumnProfiler {
  private readonly numeric: boolean
  private readonly floating: boolean
  private min = Number.POSITIVE_INFINITY
  private max = Number.NEGATIVE_INFINITY
  private nulls = false
  private nans = false
  private size: number | undefined

  constructor(type: DataType) {
    this.floating = FLOATING.includes(type.kind)
    this.numeric = this.floating || WHOLE.includes(type.kind)
  }

  /** Looks at rows `start`, which is a multiple of 8, to `end`. */
  add(column: ColumnData, start: number, end: number): void {
    if (start >= end) return
    const complete = allValid(column.valid, start, end)
    this.nulls ||= !complete
    if (column.kind === 'vector') this.size = this.size === undefined || this.size === column.size ? column.size : -1
    if (!this.numeric) return
    if (column.kind === 'f64' && complete) this.doubles(column.data, start, end)
    else if (column.kind === 'i32' && complete) this.integers(column.data, start, end)
    else if (column.kind === 'f64' || column.kind === 'i32' || column.kind === 'i64') {
      for (let i = start; i < end; i++) if (isValid(column.valid, i)) this.number(Number(column.data[i]))
    }
  }

  /** What was seen. */
  get profile(): ColumnProfile {
    const { min, max, size = -1 } = this
    const exact = this.floating || (Number.isSafeInteger(min) && Number.isSafeInteger(max))
    return {
      nulls: this.nulls,
      ...(this.floating ? { nans: this.nans } : {}),
      ...(this.numeric && min <= max && exact ? { range: { min, max } } : {}),
      ...(size < 0 ? {} : { size }),
    }
  }

  // Most numbers lie between those that were seen before, so that four at a time need only be compared. Each type of array has a loop of its own, which the engine
  // compiles for it.

  private doubles(data: Float64Array, start: number, end: number): void {
    let { min, max } = this
    let i = start
    for (; i + 4 <= end; i += 4) {
      const a = data[i]
      const b = data[i + 1]
      const c = data[i + 2]
      const d = data[i + 3]
      if (a >= min && a <= max && b >= min && b <= max && c >= min && c <= max && d >= min && d <= max) continue
      for (let j = i; j < i + 4; j++) this.number(data[j])
      min = this.min
      max = this.max
    }
    for (; i < end; i++) this.number(data[i])
  }

  private integers(data: Int32Array, start: number, end: number): void {
    let min = data[start]
    let max = min
    let i = start
    for (; i + 4 <= end; i += 4) {
      const a = data[i]
      const b = data[i + 1]
      const c = data[i + 2]
      const d = data[i + 3]
      if (a >= min && a <= max && b >= min && b <= max && c >= min && c <= max && d >= min && d <= max) continue
      min = Math.min(min, a, b, c, d)
      max = Math.max(max, a, b, c, d)
    }
    for (; i < end; i++) {
      min = Math.min(min, data[i])
      max = Math.max(max, data[i])
    }
    this.number(min)
    this.number(max)
  }

  private number(x: number): void {
    if (x < this.min) this.min = x
    if (x > this.max) this.max = x
    if (Number.isNaN(x)) this.nans = true
  }
}

/** Whether no row from `start`, which is a multiple of 8, to `end` is null. */
function allValid(valid: Validity, start: number, end: number): boolean {
  if (valid === null) return true
  const whole = end & ~7
  for (let byte = start >> 3; byte < whole >> 3; byte++) if (valid[byte] !== 255) return false
  for (let i = Math.max(start, whole); i < end; i++) if (!isValid(valid, i)) return false
  return true
}
