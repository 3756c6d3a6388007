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
      made ??= takeAll(known)
      return made
    },
  }
  knownCodes.set(column, known)
  return column
}

function takeAll({ codes, table }: NumberCodes): Float64Array {
  const taken = new Float64Array(codes.length)
  for (let i = 0; i < codes.length; i++) taken[i] = table[codes[i]]
  return taken
}
