import { ParamError } from '../errors.js'
import { shortText } from '../util/names.js'

/**
 * The numbers as a `Float64Array`: the same object when it is one already, else a checked copy.
 * @throws ParamError when an entry is not a number (null, text, a hole).
 */
export function toDoubles(values: ArrayLike<number>, owner: string, param = 'values'): Float64Array {
  if (values instanceof Float64Array) return values
  requireList(values, owner, param)
  for (let i = 0; i < values.length; i++) {
    if (typeof values[i] !== 'number') throw notA('number', values[i], i, owner, param)
  }
  return Float64Array.from(values)
}

/**
 * The numbers as an `Int32Array`: the same object when it is one already, else a checked copy.
 * @throws ParamError when an entry is not a whole number of 32 bits.
 */
export function toInts(values: ArrayLike<number>, owner: string, param: string): Int32Array {
  if (values instanceof Int32Array) return values
  requireList(values, owner, param)
  for (let i = 0; i < values.length; i++) {
    if ((values[i] | 0) !== values[i]) throw notA('whole number of 32 bits', values[i], i, owner, param)
  }
  return Int32Array.from(values)
}

/**
 * The number itself when it may be a size: a whole number from 0 to 2^31 - 1.
 * @throws ParamError otherwise.
 */
export function toSize(value: number, owner: string, param: string): number {
  if ((value | 0) === value && value >= 0) return value
  throw new ParamError(`${param} is ${shortText(value)}`, {
    stage: owner,
    param,
    received: shortText(value),
    allowed: `${param} is a whole number from 0 to 2147483647`,
  })
}

/** Place of `target` in the increasing run `sorted[from .. to)`, or -1. */
export function indexIn(sorted: Int32Array, target: number, from = 0, to = sorted.length): number {
  let low = from
  let high = to - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    if (sorted[middle] === target) return middle
    if (sorted[middle] < target) low = middle + 1
    else high = middle - 1
  }
  return -1
}

/** How many of the numbers are not zero; NaN counts. */
export function countNonzeros(values: Float64Array): number {
  let count = 0
  for (const value of values) if (value !== 0) count++
  return count
}

function requireList(values: unknown, owner: string, param: string): void {
  if (typeof values === 'object' && typeof (values as Partial<ArrayLike<number>> | null)?.length === 'number') return
  const received = shortText(values)
  throw new ParamError(`${param} is ${received}`, { stage: owner, param, received, allowed: 'An array of numbers' })
}

function notA(what: string, value: unknown, i: number, owner: string, param: string): ParamError {
  const received = shortText(value)
  return new ParamError(`entry ${i} of ${param} is ${received}`, {
    stage: owner,
    param,
    received,
    allowed: `Every entry is a ${what}`,
  })
}
