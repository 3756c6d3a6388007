import { compareText } from '../../util/compare-text.js'
import { mergeSorted, TopK } from '../../util/top-k.js'
import { type ColumnData, isValid, type LocalTable, type VectorColumn } from '../batch.js'
import { columnReader } from '../column-reader.js'
import { isDenseRow, vectorSize, vectorStart } from '../columns.js'
import type { DataType } from '../types.js'

/** Order of two rows: negative, zero or positive. */
export type RowOrder = (a: number, b: number) => number

/** A sort key: a column, its direction, and where its nulls go. */
export interface SortKey {
  readonly column: ColumnData
  readonly dataType: DataType
  readonly ascending: boolean
  readonly nullsFirst: boolean
}

/** Numbers ascending; NaN is equal to itself and above all others, -0.0 is equal to 0.0. */
function compareNumbers(a: number, b: number): number {
  if (a < b) return -1
  if (a > b) return 1
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b))
}

function compareVectors(column: VectorColumn): RowOrder {
  return (a, b) => {
    const dense = isDenseRow(column, a)
    if (dense !== isDenseRow(column, b)) return dense ? 1 : -1
    if (!dense) {
      const size = vectorSize(column, a) - vectorSize(column, b)
      if (size !== 0) return size
      const order = compareEntries(column.indices!, column, a, b)
      if (order !== 0) return order
    }
    return compareEntries(column.values, column, a, b)
  }
}

function compareEntries(data: Float64Array | Int32Array, column: VectorColumn, a: number, b: number): number {
  const startA = vectorStart(column, a)
  const startB = vectorStart(column, b)
  const lengthA = vectorStart(column, a + 1) - startA
  const lengthB = vectorStart(column, b + 1) - startB
  for (let k = 0; k < Math.min(lengthA, lengthB); k++) {
    const order = compareNumbers(data[startA + k], data[startB + k])
    if (order !== 0) return order
  }
  return lengthA - lengthB
}

/** Values as `collect` gives them: nulls first, arrays and structs element by element. */
function compareValues(a: unknown, b: unknown): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null)
  if (typeof a === 'string') return compareText(a, b as string)
  if (a instanceof Date) return a.getTime() - (b as Date).getTime()
  if (typeof a === 'object') {
    const x = ArrayBuffer.isView(a) || Array.isArray(a) ? (a as unknown[]) : Object.values(a)
    const y = ArrayBuffer.isView(b) || Array.isArray(b) ? (b as unknown[]) : Object.values(b as object)
    for (let k = 0; k < Math.min(x.length, y.length); k++) {
      const order = compareValues(x[k], y[k])
      if (order !== 0) return order
    }
    return x.length - y.length
  }
  return compareNumbers(Number(a), Number(b))
}

function valueOrder(column: ColumnData, type: DataType): RowOrder {
  switch (column.kind) {
    case 'f64':
      return (a, b) => compareNumbers(column.data[a], column.data[b])
    case 'i32':
    case 'bool':
      return (a, b) => column.data[a] - column.data[b]
    case 'i64':
      return (a, b) => (column.data[a] < column.data[b] ? -1 : Number(column.data[a] > column.data[b]))
    case 'dict': {
      const byText = Array.from(column.dictionary.keys()).sort((a, b) =>
        compareText(column.dictionary[a], column.dictionary[b]),
      )
      const rank = new Int32Array(byText.length)
      byText.forEach((code, i) => {
        rank[code] = i
      })
      return (a, b) => rank[column.codes[a]] - rank[column.codes[b]]
    }
    case 'vector':
      return compareVectors(column)
    case 'object': {
      const read = columnReader(column, type)
      return (a, b) => compareValues(read(a), read(b))
    }
  }
}

function keyOrder({ column, dataType, ascending, nullsFirst }: SortKey): RowOrder {
  const order = valueOrder(column, dataType)
  const directed: RowOrder = ascending ? order : (a, b) => order(b, a)
  const { valid } = column
  if (valid === null) return directed
  const nullSign = nullsFirst ? -1 : 1
  return (a, b) => {
    const validA = isValid(valid, a)
    const validB = isValid(valid, b)
    if (validA && validB) return directed(a, b)
    return validA === validB ? 0 : validA ? -nullSign : nullSign
  }
}

const rowOrder = (keys: readonly SortKey[]): RowOrder => {
  const orders = keys.map(keyOrder)
  return (a, b) => {
    for (const order of orders) {
      const result = order(a, b)
      if (result !== 0) return result
    }
    return 0
  }
}

/** Row numbers of a table with each partition sorted by the keys, first key first; rows that are equal keep their order. */
export function sortedRows(table: LocalTable, keys: readonly SortKey[]): Int32Array {
  const compare = rowOrder(keys)
  const rows = Int32Array.from({ length: table.length }, (_, i) => i)
  for (let p = 0; p + 1 < table.bounds.length; p++) rows.subarray(table.bounds[p], table.bounds[p + 1]).sort(compare)
  return rows
}

/**
 * Row numbers of the first rows of a table in the order of the keys. Rows that are equal come as Spark's `takeOrdered` has them, whose
 * partitions end in their order: not always in the order in which they stand.
 */
export function firstRows(table: LocalTable, keys: readonly SortKey[], count: number): Int32Array {
  const compare = rowOrder(keys)
  let first: number[] = []
  for (let p = 0; p + 1 < table.bounds.length; p++) {
    const top = new TopK(count, compare)
    for (let row = table.bounds[p]; row < table.bounds[p + 1]; row++) top.add(row)
    first = mergeSorted(first, top.keys(), compare).slice(0, count)
  }
  return Int32Array.from(first)
}
