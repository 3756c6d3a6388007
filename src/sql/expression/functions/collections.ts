import type { Column, ColumnOrLiteral } from '../column.js'
import { type ColumnOrName, call, lit, type Operand } from './base.js'

/** An array of the values, in their common type. */
export const array = (...columns: Operand[]): Column => call('array', ...columns)

/** A struct with the columns as its fields. */
export const struct = (...columns: Operand[]): Column => call('struct', ...columns)

/** Number of elements of an array or a map; null for null. */
export const size = (column: ColumnOrName): Column => call('size', column)

/** Element of an array by 1-based position (negative: from the end; outside is an error), or value of a map by key. */
export const element_at = (column: ColumnOrName, key: Column | number): Column => call('element_at', column, key)

/** Element of an array by 0-based position; null outside. */
export const get = (column: ColumnOrName, index: Column | number): Column => call('get', column, index)

/** Whether an array contains a value; null where it does not and holds a null. */
export const array_contains = (column: ColumnOrName, item: ColumnOrLiteral): Column =>
  call('array_contains', column, lit(item))

/** An item that is a value of its own, not the name of a column. */
const withItem = (name: string, column: ColumnOrName, item: ColumnOrLiteral): Column => call(name, column, lit(item))

/** 1-based place of the first element that equals a value, or 0. */
export const array_position = (column: ColumnOrName, item: ColumnOrLiteral): Column =>
  withItem('array_position', column, item)

/** The array without the elements that equal a value. */
export const array_remove = (column: ColumnOrName, item: ColumnOrLiteral): Column =>
  withItem('array_remove', column, item)

/** The array with a value after its elements. */
export const array_append = (column: ColumnOrName, item: ColumnOrLiteral): Column =>
  withItem('array_append', column, item)

/** The array with a value before its elements. */
export const array_prepend = (column: ColumnOrName, item: ColumnOrLiteral): Column =>
  withItem('array_prepend', column, item)

/** The array with a value at a 1-based position (negative: from the end). */
export const array_insert = (column: ColumnOrName, position: Operand, item: ColumnOrLiteral): Column =>
  call('array_insert', column, position, lit(item))

/** The array without nulls. */
export const array_compact = (column: ColumnOrName): Column => call('array_compact', column)

/** Each different element once, in the order in which they come first. */
export const array_distinct = (column: ColumnOrName): Column => call('array_distinct', column)

/** The different elements of both arrays. */
export const array_union = (left: ColumnOrName, right: ColumnOrName): Column => call('array_union', left, right)

/** The different elements that are in both arrays. */
export const array_intersect = (left: ColumnOrName, right: ColumnOrName): Column => call('array_intersect', left, right)

/** The different elements of the first array that are not in the second. */
export const array_except = (left: ColumnOrName, right: ColumnOrName): Column => call('array_except', left, right)

/** Whether two arrays share an element; null where they do not and nulls stand among them. */
export const arrays_overlap = (left: ColumnOrName, right: ColumnOrName): Column => call('arrays_overlap', left, right)

/** The elements at each place of several arrays as a struct. */
export const arrays_zip = (...columns: [ColumnOrName, ...ColumnOrName[]]): Column => call('arrays_zip', ...columns)

/** A value several times, as an array. */
export const array_repeat = (column: ColumnOrName, count: Operand): Column => call('array_repeat', column, count)

/** The elements in an order that is different each time. */
export const shuffle = (column: ColumnOrName): Column => call('shuffle', column)

/** The sorted elements: nulls first where ascending, else last. */
export const sort_array = (column: ColumnOrName, ascending = true): Column => call('sort_array', column, lit(ascending))

/** Least element. */
export const array_min = (column: ColumnOrName): Column => call('array_min', column)

/** Greatest element. */
export const array_max = (column: ColumnOrName): Column => call('array_max', column)

/** Number of elements. */
export const array_size = (column: ColumnOrName): Column => call('array_size', column)

/** The elements as text with a delimiter between; nulls are left out unless a text stands for them. */
export const array_join = (column: ColumnOrName, delimiter: string, nullReplacement?: string): Column =>
  nullReplacement === undefined
    ? call('array_join', column, lit(delimiter))
    : call('array_join', column, lit(delimiter), lit(nullReplacement))

/** The elements of the arrays of an array. */
export const flatten = (column: ColumnOrName): Column => call('flatten', column)

/** Elements from a 1-based position (negative: from the end), at most `length` of them. */
export const slice = (column: ColumnOrName, start: Operand, length: Operand): Column =>
  call('slice', column, start, length)

/** Numbers or dates from a start to an end, both included. */
export const sequence = (start: Operand, stop: Operand, step?: Operand): Column =>
  step === undefined ? call('sequence', start, stop) : call('sequence', start, stop, step)

/** Element of an array or value of a map, or null where there is none. */
export const try_element_at = (column: ColumnOrName, key: ColumnOrLiteral): Column =>
  withItem('try_element_at', column, key)

/** A map of keys and values in turn. */
export const create_map = (...columns: Operand[]): Column => call('map', ...columns)

/** Keys of a map. */
export const map_keys = (column: ColumnOrName): Column => call('map_keys', column)

/** Values of a map. */
export const map_values = (column: ColumnOrName): Column => call('map_values', column)

/** Keys and values of a map as an array of structs. */
export const map_entries = (column: ColumnOrName): Column => call('map_entries', column)

/** A map of an array of keys and one of values. */
export const map_from_arrays = (keys: ColumnOrName, values: ColumnOrName): Column =>
  call('map_from_arrays', keys, values)

/** A map of an array of structs of a key and a value. */
export const map_from_entries = (column: ColumnOrName): Column => call('map_from_entries', column)

/** The entries of several maps; a key that comes twice is an error. */
export const map_concat = (...columns: [ColumnOrName, ...ColumnOrName[]]): Column => call('map_concat', ...columns)

/** Whether a map has a key. */
export const map_contains_key = (column: ColumnOrName, key: ColumnOrLiteral): Column =>
  withItem('map_contains_key', column, key)

/** A map of the parts of a text; both delimiters are regular expressions. */
export const str_to_map = (column: ColumnOrName, pairDelimiter = ',', keyDelimiter = ':'): Column =>
  call('str_to_map', column, lit(pairDelimiter), lit(keyDelimiter))

/** A struct of names and values in turn. */
export const named_struct = (...columns: Operand[]): Column => call('named_struct', ...columns)

/** Same as {@link size}. */
export const cardinality = (column: ColumnOrName): Column => call('cardinality', column)
