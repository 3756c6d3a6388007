import { type ColumnData, type DictColumn, type F64Column, isValid } from '../sql/batch.js'
import { codedNumbers } from '../sql/coded-numbers.js'
import { castToDoubles } from '../sql/doubles.js'
import {
  type NumberForm,
  printable,
  type ReadAnyNumber,
  type ReadNumber,
  type ReadText,
  type RowForm,
} from '../sql/row-form.js'
import type { DataType } from '../sql/types.js'
import { numberText } from './number-text.js'

/** Index of the label in each row of a column. */
export interface LabelIndices {
  readonly column: F64Column
  /** Whether it is certain that every row holds a known label. */
  readonly allKnown: boolean
}
/** Finds the labels in the first `length` rows of a column. */
export type LabelLookup = (column: ColumnData, length: number) => LabelIndices

/**
 * Lookup of labels in a column of a type. Strings are looked up once a dictionary and not once a row; numbers are compared
 * as numbers, with the labels that are the text of one.
 * @param type type of the column: string or numeric.
 * @param unknown what stands for null and what is no known label.
 */
export function labelLookup(type: DataType, labels: readonly string[], unknown = -1): LabelLookup {
  if (type.kind === 'string') return stringLookup(labels, unknown)
  const find = numberLookup(type, labels, unknown)
  return (column, length) => {
    const data = find(column, length)
    markNulls(data, column, unknown)
    return { column: { kind: 'f64', data, valid: null }, allKnown: false }
  }
}

/** The values that labels stand for in a column of a type: themselves, or the numbers that they are the texts of. */
export function labelValues(type: DataType, labels: readonly string[]): readonly (string | number | bigint)[] {
  if (type.kind === 'string') return labels
  const { parse } = numberText(type)
  const values = labels.map(parse).filter((value) => value !== undefined)
  return values.map((value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value))
}

function markNulls(indices: Float64Array, { valid }: ColumnData, unknown: number): void {
  for (let i = 0; valid !== null && i < indices.length; i++) if (!isValid(valid, i)) indices[i] = unknown
}

function stringLookup(labels: readonly string[], unknown: number): LabelLookup {
  const index = new Map(labels.map((label, i) => [label, i]))
  let dictionary: readonly string[] = []
  let translation = new Float64Array(0)
  let translated = 0
  let allKnown = true

  /** The same dictionary may have grown since the last batch; what was translated stays right. */
  function translate(next: readonly string[]): Float64Array {
    if (next !== dictionary) {
      translation = new Float64Array(next.length)
      translated = 0
      allKnown = true
    }
    dictionary = next
    if (translation.length < next.length) {
      const grown = new Float64Array(Math.max(next.length, 2 * translation.length))
      grown.set(translation.subarray(0, translated))
      translation = grown
    }
    for (; translated < next.length; translated++) {
      const found = index.get(next[translated])
      translation[translated] = found ?? unknown
      allKnown &&= found !== undefined
    }
    return translation.subarray(0, next.length)
  }

  return (column, length) => {
    const { codes, dictionary, valid } = column as DictColumn
    const numbers = codedNumbers({ codes: codes.subarray(0, length), table: translate(dictionary) })
    if (valid === null) return { column: numbers, allKnown }
    const data = numbers.data
    markNulls(data, column, unknown)
    return { column: { kind: 'f64', data, valid: null }, allKnown: false }
  }
}

/** Indices of labels that are the texts of numbers. */
interface NumberIndex {
  readonly index: ReadonlyMap<number | bigint, number>
  /** Index of -0, which a map does not tell from 0 as the texts do; -1: it is no label. */
  readonly negativeZero: number
  /** Whether doubles stand for longs, which they do where no label needs more digits: a value that is rounded lies beyond all labels. */
  readonly asDoubles: boolean
}

function numberIndex(type: DataType, labels: readonly string[]): NumberIndex {
  const values = labels.map(numberText(type).parse)
  const asDoubles = values.every((value) => typeof value !== 'bigint' || Number.isSafeInteger(Number(value)))
  const index = new Map<number | bigint, number>()
  let negativeZero = -1
  values.forEach((value, i) => {
    if (Object.is(value, -0)) negativeZero = i
    else if (value !== undefined) index.set(asDoubles ? Number(value) : value, i)
  })
  return { index, negativeZero, asDoubles }
}

function numberLookup(
  type: DataType,
  labels: readonly string[],
  unknown: number,
): (column: ColumnData, length: number) => Float64Array {
  const { index, asDoubles, ...rest } = numberIndex(type, labels)
  const negativeZero = rest.negativeZero < 0 ? unknown : rest.negativeZero
  return (column, length) => {
    const data: ArrayLike<number | bigint> =
      column.kind === 'i64' && !asDoubles ? column.data : castToDoubles(column, length)
    const indices = new Float64Array(length)
    for (let i = 0; i < length; i++) {
      const value = data[i]
      indices[i] = Object.is(value, -0) ? negativeZero : (index.get(value) ?? unknown)
    }
    return indices
  }
}

/**
 * Index of the label in one row.
 * @param other what null and an unseen label give; NaN: the batch must say.
 * @returns undefined where a label is a number of more digits than a double has.
 */
export function labelForm(
  input: RowForm,
  type: DataType,
  labels: readonly string[],
  other: number,
): NumberForm | undefined {
  if (input.kind === 'text') return { kind: 'number', read: printable(indexOfLabel, input.read, labels, other) }
  if (input.kind !== 'number') return undefined
  const { index, negativeZero, asDoubles } = numberIndex(type, labels)
  if (!asDoubles) return undefined
  const zero = negativeZero < 0 ? other : negativeZero
  const { read, readAny } = input
  return {
    kind: 'number',
    read: printable(
      indexOfNumber,
      readAny ?? read,
      readAny !== undefined,
      index as ReadonlyMap<number, number>,
      zero,
      other,
    ),
  }
}

/** @param knowsNaN whether NaN is a value, not a number that is not known. */
const indexOfNumber =
  (
    readAny: ReadAnyNumber,
    knowsNaN: boolean,
    index: ReadonlyMap<number, number>,
    negativeZero: number,
    other: number,
  ): ReadNumber =>
  (row) => {
    const value = readAny(row)
    if (value === undefined || (!knowsNaN && Number.isNaN(value))) return Number.NaN
    if (value === null) return other
    return Object.is(value, -0) ? negativeZero : (index.get(value) ?? other)
  }

const indexOfLabel = (read: ReadText, labels: readonly string[], other: number): ReadNumber => {
  const index = new Map<string | null, number>(labels.map((label, i) => [label, i]))
  return (row) => {
    const text = read(row)
    return text === undefined ? Number.NaN : (index.get(text) ?? other)
  }
}
