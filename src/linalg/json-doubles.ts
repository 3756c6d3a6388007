import { PersistenceError } from '../errors.js'
import { shortText } from '../util/names.js'

/** A double in the JSON of a vector or matrix: JSON has no NaN and no infinities, so Spark writes them as text. */
export type JsonDouble = number | 'NaN' | 'Infinity' | '-Infinity'

const TEXTS: ReadonlyMap<unknown, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['Inf', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
  ['-Inf', Number.NEGATIVE_INFINITY],
])

/** Doubles in JSON form: numbers, and the texts "NaN", "Infinity", "-Infinity". */
export const doublesToJson = (values: Float64Array): JsonDouble[] =>
  Array.from(values, (x) => (Number.isFinite(x) ? x : (String(x) as JsonDouble)))

/**
 * Doubles from their JSON form; also reads "Inf" and "-Inf", which Spark writes for plain double parameters.
 * @throws PersistenceError when it is not an array of numbers.
 */
export function doublesFromJson(json: unknown, owner: string): Float64Array {
  if (!Array.isArray(json)) throw malformed(json, owner, 'an array of numbers')
  return Float64Array.from(json, (x) => {
    const value = typeof x === 'number' ? x : TEXTS.get(x)
    if (value === undefined) throw malformed(x, owner, 'a number, "NaN", "Infinity" or "-Infinity"')
    return value
  })
}

/** The error for JSON that is not what a vector or matrix looks like. */
export function malformed(json: unknown, owner: string, expected: string): PersistenceError {
  return new PersistenceError(`found ${shortText(json)} where ${expected} belongs`, {
    stage: owner,
    allowed: `Expected ${expected}`,
    received: shortText(json),
  })
}
