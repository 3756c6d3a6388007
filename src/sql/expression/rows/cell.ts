import { DataError } from '../../../errors.js'
import { compareText } from '../../../util/compare-text.js'
import type { DataType } from '../../types.js'
import type { TypedCall } from '../typed.js'

/**
 * A value of an expression as programs hold it: longs and timestamps (microseconds) are bigints, all other numbers and dates (days) are numbers.
 */
export type Cell = number | bigint | boolean | string | null

/** Computes a value from those of the columns. @throws DataError where Spark's ANSI mode stops. */
export type Evaluate = (cells: readonly Cell[]) => Cell

/** Makes a call of a function with its arguments; undefined where only the engine knows it. */
export type Build = (args: readonly Evaluate[], call: TypedCall) => Evaluate | undefined

/** A function of values that are not null. */
// biome-ignore lint/suspicious/noExplicitAny: the table of functions has checked the types
export type Compute = (...values: any[]) => Cell

/** A function that is null where an argument is. */
export const strict =
  (compute: Compute): Build =>
  ([a, b, ...rest]) => {
    if (a === undefined) return () => compute()
    if (b === undefined) {
      return (cells) => {
        const x = a(cells)
        return x === null ? null : compute(x)
      }
    }
    if (rest.length === 0) {
      return (cells) => {
        const x = a(cells)
        if (x === null) return null
        const y = b(cells)
        return y === null ? null : compute(x, y)
      }
    }
    const all = [a, b, ...rest]
    return (cells) => {
      const values: Cell[] = []
      for (const arg of all) {
        const value = arg(cells)
        if (value === null) return null
        values.push(value)
      }
      return compute(...values)
    }
  }

/** As `strict`, with what depends on the types and the literals of a call. */
export const strictBy =
  (computeFor: (call: TypedCall) => Compute | undefined): Build =>
  (args, call) => {
    const compute = computeFor(call)
    return compute && strict(compute)(args, call)
  }

/** Null where the computation stops. */
export const tried =
  (compute: Compute): Compute =>
  (...values) => {
    try {
      return compute(...values)
    } catch (error) {
      if (error instanceof DataError) return null
      throw error
    }
  }

/** @throws DataError as Spark's ANSI mode. */
export function stop(name: string, problem: string, hint: string): never {
  throw new DataError(`[${name}] ${problem}`, { hint })
}

/** What is made of a text, made anew when another one comes. */
export function remembered<T>(make: (text: string) => T): (text: string) => T {
  let last: string | undefined
  let made: T
  return (text) => {
    if (text !== last) made = make(text)
    last = text
    return made
  }
}

/** NaN equals itself and is greater than all numbers; the zeros are equal; texts compare by their UTF-8 bytes. */
export function compare(a: Cell, b: Cell): number {
  if (typeof a === 'string') return compareText(a, b as string)
  if (typeof a === 'bigint') return a < (b as bigint) ? -1 : a > (b as bigint) ? 1 : 0
  const [x, y] = [Number(a), Number(b)]
  if (x === y) return 0
  if (Number.isNaN(x)) return Number.isNaN(y) ? 0 : 1
  return Number.isNaN(y) || x < y ? -1 : 1
}

/** Largest number of an integer type, plus one. */
const LIMITS: Readonly<Record<string, number>> = { byte: 2 ** 7, short: 2 ** 15, integer: 2 ** 31 }
const LONG = 2n ** 63n

/** Whether a whole number fits into its type. */
export const fitsType = (value: number | bigint, { kind }: DataType): boolean =>
  typeof value === 'bigint' ? value >= -LONG && value < LONG : value >= -LIMITS[kind] && value < LIMITS[kind]

/** A result of arithmetic in its type. @throws DataError where a whole number does not fit. */
export function fitting(value: number | bigint, type: DataType): number | bigint {
  const { kind } = type
  if (kind === 'float') return Math.fround(value as number)
  if (kind === 'double' || fitsType(value, type)) return value
  return stop('ARITHMETIC_OVERFLOW', `${value} is no ${kind}`, 'Cast to double first')
}

/** The value that a literal or a column has, as a cell. */
export function cellOf(value: unknown, { kind }: DataType): Cell {
  if (value === null || value === undefined) return null
  if (kind === 'long') return BigInt(value as number)
  if (value instanceof Date) {
    return kind === 'date' ? Math.floor(value.getTime() / 86_400_000) : BigInt(value.getTime()) * 1000n
  }
  return value as Cell
}
