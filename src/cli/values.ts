import { Matrix } from '../linalg/matrix.js'
import { Vector } from '../linalg/vector.js'
import { ParamMap } from '../param/param.js'

/** A value of a parameter or of fitted state, for comparing: its numbers in order, and everything else as one text. */
export interface FlatValue {
  readonly numbers: readonly number[]
  /** Shape, texts, names: where it differs, numbers are not compared. */
  readonly frame: string
}

/**
 * A value as numbers and the frame that they stand in. Dense and sparse forms of the same vector or matrix are alike.
 * @param nameOf what stands for the uid of a stage, which differs from fit to fit.
 */
export function flatten(value: unknown, nameOf: (uid: string) => string): FlatValue {
  const numbers: number[] = []
  const frame = frameOf(value, numbers, nameOf)
  return { numbers, frame }
}

function frameOf(value: unknown, numbers: number[], nameOf: (uid: string) => string): string {
  const list = (values: Iterable<unknown>): string =>
    `[${Array.from(values, (item) => frameOf(item, numbers, nameOf)).join(',')}]`
  if (typeof value === 'number') {
    numbers.push(value)
    return '#'
  }
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'string') return JSON.stringify(nameOf(value))
  if (value instanceof Vector || ArrayBuffer.isView(value)) {
    const entries = value instanceof Vector ? value.toArray() : (value as unknown as ArrayLike<number>)
    for (let i = 0; i < entries.length; i++) numbers.push(Number(entries[i]))
    return `[${entries.length} #]`
  }
  if (value instanceof Matrix) {
    for (let j = 0; j < value.numCols; j++) for (let i = 0; i < value.numRows; i++) numbers.push(value.get(i, j))
    return `[${value.numRows} x ${value.numCols} #]`
  }
  if (value instanceof ParamMap) {
    return list(value.toArray().map(({ param, value: set }) => [`${nameOf(param.parent)}.${param.name}`, set]))
  }
  if (value instanceof Map) return list([...value].sort(([a], [b]) => Number(a) - Number(b)))
  if (Array.isArray(value)) return list(value)
  if (typeof value === 'object' && value !== null)
    return list(Object.entries(value).filter(([, part]) => part !== undefined))
  return String(value)
}

/** How far two lists of numbers are apart. */
export interface Distance {
  /** How many numbers differ. */
  readonly count: number
  /** Largest absolute difference, and largest difference relative to the larger of two numbers. */
  readonly absolute: number
  readonly relative: number
}

/** NaN equals NaN; numbers of which one is NaN, or infinite, are infinitely far apart. */
export function distance(a: readonly number[], b: readonly number[]): Distance {
  let count = 0
  let absolute = 0
  let relative = 0
  for (let i = 0; i < a.length; i++) {
    if (a[i] === b[i] || (Number.isNaN(a[i]) && Number.isNaN(b[i]))) continue
    count++
    const apart = Math.abs(a[i] - b[i])
    absolute = Math.max(absolute, Number.isFinite(apart) ? apart : Number.POSITIVE_INFINITY)
    const share = apart / Math.max(Math.abs(a[i]), Math.abs(b[i]))
    relative = Math.max(relative, Number.isFinite(share) ? share : Number.POSITIVE_INFINITY)
  }
  return { count, absolute, relative }
}
