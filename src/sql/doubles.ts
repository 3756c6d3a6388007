import { type ColumnData, isValid } from './batch.js'
import { type ColumnOrigin, valueError } from './column-origin.js'

/**
 * The first `length` values of a numeric column as doubles; the array is shared with the column where it holds doubles already.
 * NaN passes: it is a value.
 * @throws DataError naming the row when a value is null.
 */
export function doublesOf(column: ColumnData, length: number, origin: ColumnOrigin): Float64Array {
  for (let i = 0; column.valid !== null && i < length; i++) {
    if (!isValid(column.valid, i))
      throw valueError('null', i, origin, 'a number', 'Drop or fill the rows without a value')
  }
  return castToDoubles(column, length)
}

/** As `doublesOf`. @throws DataError naming the row also when a value is NaN. */
export function numbersOf(column: ColumnData, length: number, origin: ColumnOrigin): Float64Array {
  const values = doublesOf(column, length, origin)
  const row = values.findIndex(Number.isNaN)
  if (row >= 0) throw valueError('NaN', row, origin, 'numbers', 'Drop the rows without a number')
  return values
}

/**
 * The first `length` values of a numeric or boolean column as doubles, null rows as any number; the array is shared with the
 * column where it holds doubles already.
 */
export function castToDoubles(column: ColumnData, length: number): Float64Array {
  switch (column.kind) {
    case 'f64':
      return column.data.subarray(0, length)
    case 'i32':
    case 'bool':
      return new Float64Array(column.data.subarray(0, length))
    case 'i64':
      return longsToDoubles(column.data.subarray(0, length))
    default:
      throw new TypeError(`a ${column.kind} column is not numeric`)
  }
}

/** Without a bigint for each value: the sum of its two halves is rounded once, as the cast is. */
function longsToDoubles(longs: BigInt64Array): Float64Array {
  const halves = new DataView(longs.buffer, longs.byteOffset, longs.byteLength)
  const doubles = new Float64Array(longs.length)
  for (let i = 0; i < longs.length; i++) {
    doubles[i] = halves.getInt32(8 * i + 4, true) * 2 ** 32 + halves.getUint32(8 * i, true)
  }
  return doubles
}

/**
 * The first `length` weights of a numeric column.
 * @throws DataError naming the row when a weight is null, NaN, negative or infinite (Spark's `checkNonNegativeWeights`).
 */
export function weightsOf(column: ColumnData, length: number, origin: ColumnOrigin): Float64Array {
  const weights = doublesOf(column, length, origin)
  for (let i = 0; i < length; i++) {
    if (!(weights[i] >= 0 && weights[i] < Number.POSITIVE_INFINITY)) {
      throw valueError(String(weights[i]), i, origin, 'a finite weight of 0 or more')
    }
  }
  return weights
}
