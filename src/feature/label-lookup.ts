import { type ColumnData, type DictColumn, isValid } from '../sql/batch.js'
import { castToDoubles } from '../sql/doubles.js'
import type { DataType } from '../sql/types.js'
import { numberText } from './number-text.js'

/** Index of the label in each of the first `length` rows of a column; -1 where it is null or not a known label. */
export type LabelLookup = (column: ColumnData, length: number) => Float64Array

/**
 * Lookup of labels in a column of a type. Strings are looked up once a dictionary and not once a row; numbers are compared
 * as numbers, with the labels that are the text of one.
 * @param type type of the column: string or numeric.
 */
export function labelLookup(type: DataType, labels: readonly string[]): LabelLookup {
  const find = type.kind === 'string' ? stringLookup(labels) : numberLookup(type, labels)
  return (column, length) => {
    const indices = find(column, length)
    const { valid } = column
    for (let i = 0; valid !== null && i < length; i++) if (!isValid(valid, i)) indices[i] = -1
    return indices
  }
}

function stringLookup(labels: readonly string[]): LabelLookup {
  const index = new Map(labels.map((label, i) => [label, i]))
  let dictionary: readonly string[] = []
  let translation = new Float64Array(0)
  let translated = 0

  /** The same dictionary may have grown since the last batch; what was translated stays right. */
  function translate(next: readonly string[]): Float64Array {
    if (next !== dictionary) translated = 0
    dictionary = next
    if (translation.length < next.length) {
      const grown = new Float64Array(Math.max(next.length, 2 * translation.length))
      grown.set(translation.subarray(0, translated))
      translation = grown
    }
    for (; translated < next.length; translated++) translation[translated] = index.get(next[translated]) ?? -1
    return translation
  }

  return (column, length) => {
    const { codes, dictionary } = column as DictColumn
    return takeAll(translate(dictionary), codes, length)
  }
}

function takeAll(table: Float64Array, codes: Int32Array, length: number): Float64Array {
  const taken = new Float64Array(length)
  for (let i = 0; i < length; i++) taken[i] = table[codes[i]]
  return taken
}

function numberLookup(type: DataType, labels: readonly string[]): LabelLookup {
  const { parse } = numberText(type)
  const values = labels.map(parse)
  // Doubles stand for longs where no label needs more digits: a value that is rounded lies beyond all labels.
  const asDoubles = values.every((value) => typeof value !== 'bigint' || Number.isSafeInteger(Number(value)))
  const index = new Map<number | bigint, number>()
  // A map does not tell the zeros apart, their texts do.
  let negativeZero = -1
  values.forEach((value, i) => {
    if (Object.is(value, -0)) negativeZero = i
    else if (value !== undefined) index.set(asDoubles ? Number(value) : value, i)
  })
  return (column, length) => {
    const data: ArrayLike<number | bigint> =
      column.kind === 'i64' && !asDoubles ? column.data : castToDoubles(column, length)
    const indices = new Float64Array(length)
    for (let i = 0; i < length; i++) {
      const value = data[i]
      indices[i] = Object.is(value, -0) ? negativeZero : (index.get(value) ?? -1)
    }
    return indices
  }
}
