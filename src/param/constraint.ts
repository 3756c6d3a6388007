import { shortText } from '../util/names.js'

/**
 * What a parameter may be, as a value: a text for messages and documentation, a predicate, and values that it refuses,
 * from which the negative tests of every stage are made.
 */
export interface Constraint {
  readonly text: string
  ok(value: unknown): boolean
  /** At least one value that `ok` refuses. */
  readonly bad: readonly unknown[]
}

export interface Bounds {
  readonly min?: number
  readonly max?: number
  /** Ends that do not belong to the interval. */
  readonly open?: 'left' | 'right' | 'both'
}

const INT_MIN = -(2 ** 31)
const INT_MAX = 2 ** 31 - 1

/** A number, or 32-bit integer, inside an interval. NaN is refused unless `allowNaN`. */
export function interval(what: 'integer' | 'number', bounds: Bounds, allowNaN = false): Constraint {
  const openLeft = bounds.open === 'left' || bounds.open === 'both'
  const openRight = bounds.open === 'right' || bounds.open === 'both'
  const { min, max } = bounds
  const low = min === undefined ? '(-inf' : `${openLeft ? '(' : '['}${min}`
  const high = max === undefined ? 'inf)' : `${max}${openRight ? ')' : ']'}`
  const inside = (v: number): boolean =>
    (min === undefined || (openLeft ? v > min : v >= min)) && (max === undefined || (openRight ? v < max : v <= max))
  const bad: unknown[] = ['?']
  if (what === 'integer') bad.push(0.5)
  if (!allowNaN) bad.push(Number.NaN)
  if (min !== undefined) bad.push(openLeft ? min : min - 1)
  if (max !== undefined) bad.push(openRight ? max : max + 1)
  const article = what === 'integer' ? 'an' : 'a'
  return {
    text: min === undefined && max === undefined ? `${article} ${what}` : `${article} ${what} in ${low}, ${high}`,
    ok: (v) => {
      if (typeof v !== 'number') return false
      if (Number.isNaN(v)) return allowNaN
      if (what === 'integer' && !(Number.isInteger(v) && v >= INT_MIN && v <= INT_MAX)) return false
      return inside(v)
    },
    bad,
  }
}

/** One of a list of values. */
export function oneOfConstraint(values: readonly (string | number)[]): Constraint {
  return {
    text: `one of ${values.map((v) => shortText(v)).join(', ')}`,
    ok: (v) => values.includes(v as string | number),
    bad: ['?', 0.5],
  }
}

/** One of a list of lower-case words, in any case. */
export function anyCase(values: readonly string[]): Constraint {
  const listed = oneOfConstraint(values)
  return { ...listed, ok: (v) => typeof v === 'string' && values.includes(v.toLowerCase()) }
}

/** A predicate with its text and values that it refuses. */
export const rule = (text: string, ok: (value: unknown) => boolean, bad: readonly unknown[]): Constraint => ({
  text,
  ok,
  bad,
})

/** An array (or typed array) whose elements satisfy `element` and whose whole satisfies `whole`. */
export function arrayOf(
  element: Constraint,
  text: string,
  whole?: (values: readonly unknown[]) => boolean,
): Constraint {
  return {
    text,
    ok: (v) => {
      const values = ArrayBuffer.isView(v) ? Array.from(v as unknown as ArrayLike<unknown>) : v
      return Array.isArray(values) && values.every((x) => element.ok(x)) && (!whole || whole(values))
    },
    bad: ['?', [element.bad[0]]],
  }
}
