import { Matrix } from '../../src/linalg/matrix.js'
import { Vector } from '../../src/linalg/vector.js'

/** Any JSON value, as Spark's recordings hold it. */
export type Recorded = null | boolean | number | string | Recorded[] | { [key: string]: Recorded }
export type RecordedObject = { [key: string]: Recorded }

/**
 * How near a number must be: `|actual - expected| <= tolerance * max(|expected|, scale)`. The scale is the largest finite
 * number of the vector, array or column that the number stands in: what is tiny beside its neighbours is their rounding
 * error, and has no digits of its own. A number that stands alone is compared to its own size only.
 */
export interface Nearness {
  readonly tolerance: number
  readonly scale: number
}

/** A value of ours in the form in which the generator records it: plain JSON with NaN and infinities as numbers. */
export function plain(value: unknown): unknown {
  if (value === undefined) return null
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  if (value === null || typeof value !== 'object') return value
  if (value instanceof Vector || value instanceof Matrix) return plainLinalg(value)
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<unknown>, plain)
  if (Array.isArray(value)) return value.map(plain)
  const entries = value instanceof Map ? [...value] : Object.entries(value)
  return Object.fromEntries(entries.map(([key, item]) => [String(key), plain(item)]))
}

/** As recorded: Spark's JSON, but a dense matrix column by column whatever its layout. */
function plainLinalg(value: Vector | Matrix): unknown {
  const { class: _, ...json } = plain(value.toJSON()) as Record<string, unknown>
  return value instanceof Matrix && json.type === 1
    ? { ...json, values: plain(value.toArray()), isTransposed: false }
    : json
}

const NUMBERS: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
}
const asNumber = (value: unknown): number | undefined =>
  typeof value === 'number' ? value : typeof value === 'string' ? NUMBERS[value] : undefined

/** Beyond this a number is a sentinel (the largest double as the minimum of no rows), not a size. */
const SENTINEL = 1e300

/** Largest absolute value among finite numbers; 0 when there is none. */
export function scaleOf(values: Iterable<unknown>): number {
  let scale = 0
  for (const value of values) {
    const number = asNumber(value)
    if (number !== undefined && Math.abs(number) < SENTINEL) scale = Math.max(scale, Math.abs(number))
  }
  return scale
}

const near = (actual: number, expected: number, { tolerance, scale }: Nearness): boolean =>
  Object.is(actual, expected) ||
  actual === expected ||
  (Number.isFinite(expected) && Math.abs(actual - expected) <= tolerance * Math.max(Math.abs(expected), scale))

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isDense = (value: unknown): value is { values: unknown[] } =>
  isObject(value) && value.type === 1 && !('numRows' in value)

/**
 * Differences between a value of ours (made plain) and a recorded one, as "path: what came, what was expected".
 * Vectors and matrices are compared in their form, too: dense against dense, sparse against sparse.
 */
export function differences(path: string, actual: unknown, expected: Recorded, nearness: Nearness): string[] {
  const wrong = (): string[] => [
    `${path}: ${JSON.stringify(actual)?.slice(0, 120)}, expected ${JSON.stringify(expected).slice(0, 120)}`,
  ]
  const [a, e] = [asNumber(actual), asNumber(expected)]
  if (a !== undefined && e !== undefined) {
    return near(a, e, nearness)
      ? []
      : [`${path}: ${a}, expected ${e}${Number.isFinite(a - e) ? `, off by ${Math.abs(a - e)}` : ''}`]
  }
  if (Array.isArray(expected)) {
    const items = isDense(actual) ? actual.values : actual
    if (!Array.isArray(items)) return wrong()
    if (items.length !== expected.length) return [`${path}: ${items.length} elements, expected ${expected.length}`]
    const inside = { ...nearness, scale: Math.max(nearness.scale, scaleOf(expected)) }
    return expected.flatMap((item, i) => differences(`${path}[${i}]`, items[i], item, inside))
  }
  if (isObject(expected)) {
    if (!isObject(actual)) return wrong()
    const keys = new Set([...Object.keys(expected), ...Object.keys(actual)])
    return [...keys].flatMap((key) =>
      key in expected && key in actual
        ? differences(`${path}.${key}`, actual[key], (expected as RecordedObject)[key], nearness)
        : [`${path}.${key}: ${key in actual ? 'is not in the recording' : 'is missing'}`],
    )
  }
  return actual === expected ? [] : wrong()
}

/** A vector as it is recorded: its elements, and for a sparse one the slots that they stand in. */
interface PlainVector {
  readonly values: readonly Recorded[]
  readonly indices?: number[]
}
const isVector = (value: unknown): value is PlainVector =>
  isObject(value) && Array.isArray(value.values) && !('numRows' in value)
const slotOf = ({ indices }: PlainVector, k: number): number => indices?.[k] ?? k

/** Largest number of each slot of a vector column, so that each slot is compared on its own scale. */
function slotScales(column: readonly Recorded[]): Map<number, number> {
  const scales = new Map<number, number>()
  for (const vector of column) {
    if (!isVector(vector)) continue
    vector.values.forEach((value, k) => {
      const slot = slotOf(vector, k)
      scales.set(slot, Math.max(scales.get(slot) ?? 0, scaleOf([value])))
    })
  }
  return scales
}

/** Differences between two columns, row by row; numbers are compared on the scale of their column, or slot of a vector column. */
export function columnDifferences(
  name: string,
  actual: readonly unknown[],
  expected: readonly Recorded[],
  tolerance: number,
): string[] {
  const scale = scaleOf(expected)
  const slots = slotScales(expected)
  return expected.flatMap((want, row) => {
    const path = `row ${row} ${name}`
    const got = actual[row]
    if (!isVector(want) || !isVector(got) || got.values.length !== want.values.length) {
      return differences(path, got, want, { tolerance, scale })
    }
    const { values, ...shape }: PlainVector = want
    const { values: ours, ...ourShape }: PlainVector = got
    return [
      ...differences(path, ourShape, shape as RecordedObject, { tolerance: 0, scale: 0 }),
      ...values.flatMap((value, k) => {
        const slot = slotOf(want, k)
        return differences(`${path}[${slot}]`, ours[k], value, { tolerance, scale: slots.get(slot) ?? 0 })
      }),
    ]
  })
}
