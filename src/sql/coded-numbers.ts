import type { F64Column } from './batch.js'

/** Numbers of which there are few: row `i` holds `table[codes[i]]`. */
export interface NumberCodes {
  readonly codes: Int32Array
  readonly table: Float64Array
}

/** Not a property of the column, for the reason of `partsOf`. */
const knownCodes = new WeakMap<F64Column, NumberCodes>()

/** The codes of a column, where its numbers are known so. Such a column has no nulls. */
export const codesOf = (column: F64Column): NumberCodes | undefined => knownCodes.get(column)

/** Numbers that are known by their codes. They are made one a row when somebody asks for them for the first time. */
export function codedNumbers(known: NumberCodes): F64Column {
  let made: Float64Array | undefined
  const column: F64Column = {
    kind: 'f64',
    valid: null,
    get data() {
      if (made === undefined) {
        made = new Float64Array(known.codes.length)
        writeCoded(known, made)
      }
      return made
    },
  }
  knownCodes.set(column, known)
  return column
}

/** Writes the number of each row. */
export function writeCoded({ codes, table }: NumberCodes, target: Float64Array): void {
  for (let i = 0; i < codes.length; i++) target[i] = table[codes[i]]
}
