import type { Row } from '../sql/row.js'

/** A column that a module reads. */
export interface ModuleInput {
  readonly name: string
  /** What a value must be, for the error. */
  readonly expected: string
  /** Whether a value is of the type of the column; null is of each. */
  fits(row: Row): boolean
}

/** A stage of a module. */
export interface ModuleStep {
  readonly stage: string
  /** The columns that the stage reads, and their values; undefined for a vector that an earlier stage has made. */
  readonly columns: readonly { readonly name: string; readonly value: ((row: Row) => unknown) | null }[]
  /** Whether the stage's forms know each of its outputs; null where they know what its inputs know. */
  readonly known: readonly (((row: Row) => boolean) | null)[]
  /** Whether the stage drops the row, for the values of its inputs. */
  readonly drops: ((values: readonly unknown[]) => boolean) | null
}

/**
 * Says what comes of a row that forms do not answer: null where the first stage that has no answer drops the row, else an error. Stands in modules.
 */
export const oddRow =
  (inputs: readonly ModuleInput[], steps: readonly ModuleStep[]): ((row: Row) => null) =>
  (row) => {
    const shown = (value: unknown): string => {
      const text = typeof value === 'string' ? JSON.stringify(value) : String(value)
      return text.length > 80 ? `${text.slice(0, 79)}…` : text
    }
    for (const { name, expected, fits } of inputs) {
      const value = row[name]
      const details = { column: name, value }
      if (value === undefined) throw Object.assign(new TypeError(`column "${name}" is missing`), details)
      if (!fits(row))
        throw Object.assign(new TypeError(`column "${name}" holds ${shown(value)}, not ${expected}`), details)
    }
    for (const { stage, columns, known, drops } of steps) {
      const unknown = known.findIndex((isKnown) => isKnown !== null && !isKnown(row))
      if (unknown < 0) continue
      const values = columns.map(({ value }) => value?.(row))
      if (drops?.(values)) return null
      // With an output for each input it is that one; else the first that is null or NaN or holds such, or the only one.
      const isOdd = (value: unknown): boolean =>
        value === null || Number.isNaN(value) || (value instanceof Object && Object.values(value).some(isOdd))
      const odd = values.findIndex(isOdd)
      const at = columns.length === known.length ? unknown : Math.max(odd, 0)
      // Of a vector that was made of columns, the column that holds what is odd.
      const source = values[at] === undefined ? inputs.find((input) => isOdd(row[input.name])) : undefined
      const name = source ? source.name : columns[at].name
      const value = source ? row[name] : values[at]
      const held = value === undefined ? 'holds numbers' : `holds ${shown(value)}`
      throw Object.assign(new RangeError(`column "${name}" ${held}, for which ${stage} gives no result`), {
        stage,
        column: name,
        value,
      })
    }
    throw new RangeError('the model gives no result for the row')
  }

/** Whether the parts of a vector are known: numbers that are not NaN, what may be NaN but not null, and runs of slots. */
export const slotsKnown =
  (
    reads: readonly ((row: Row) => number)[],
    values: readonly ((row: Row) => unknown)[],
    writes: readonly ((row: Row, into: Float64Array, at: number) => boolean)[],
    sizes: readonly number[],
  ) =>
  (row: Row): boolean =>
    reads.every((read) => !Number.isNaN(read(row))) &&
    values.every((read) => (read(row) ?? null) !== null) &&
    writes.every((write, k) => write(row, new Float64Array(sizes[k]), 0))

/** Whether a value is known that may be null or NaN. */
export const valueKnown =
  (read: (row: Row) => unknown) =>
  (row: Row): boolean =>
    read(row) !== undefined

export const columnOf =
  (name: string) =>
  (row: Row): unknown =>
    row[name]

/** Whether a column holds null, or a value that its form knows. */
export const isNullOrKnown =
  (name: string, read: (row: Row) => unknown) =>
  (row: Row): boolean =>
    row[name] === null || read(row) !== undefined

/** Whether a column holds null, or a list of so many numbers. */
export const isNullOrNumbers =
  (name: string, size: number) =>
  (row: Row): boolean => {
    const value = row[name]
    if (value === null) return true
    const isList = value instanceof Float64Array || Array.isArray(value)
    return isList && value.length === size && value.every((x: unknown) => typeof x === 'number')
  }
