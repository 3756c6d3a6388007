import { Column } from '../column.js'
import type { Expression } from '../nodes.js'
import { type ColumnOrName, call, type Operand } from './base.js'

type Call = Extract<Expression, { kind: 'call' }>

let variables = 0

/** The node of a function of columns; its parameters get names that no other function has, so that functions can nest. */
function lambda(body: (...parameters: Column[]) => Column, parameters: number): Expression {
  const names = Array.from({ length: parameters }, () => `x_${variables++}`)
  const made = body(...names.map((name) => new Column({ kind: 'variable', name })))
  return { kind: 'lambda', parameters: names, body: made.expression }
}

function higher(name: string, columns: readonly Operand[], ...lambdas: Expression[]): Column {
  const { args } = call(name, ...columns).expression as Call
  return new Column({ kind: 'call', name, args: [...args, ...lambdas] })
}

/** A function of an element, and of its 0-based position where it takes two parameters. */
export type ElementFunction = (element: Column, index: Column) => Column

const ofElement = (body: ElementFunction): Expression =>
  lambda(body as (...all: Column[]) => Column, body.length > 1 ? 2 : 1)

/**
 * The array with a function applied to each element.
 *
 * @example
 * ```ts
 * import { functions } from 'ridgeline'
 * functions.transform('prices', (price) => price.multiply(2))
 * ```
 */
export const transform = (column: ColumnOrName, body: ElementFunction): Column =>
  higher('transform', [column], ofElement(body))

/** The elements for which a condition is true. */
export const filter = (column: ColumnOrName, condition: ElementFunction): Column =>
  higher('filter', [column], ofElement(condition))

/**
 * The sorted elements, nulls last; or in the order of a function of two elements, which gives an int below 0 where the first one comes first.
 * Costs the square of the number of elements where there is a function.
 */
export const array_sort = (column: ColumnOrName, comparator?: (left: Column, right: Column) => Column): Column =>
  comparator ? higher('array_sort', [column], lambda(comparator, 2)) : call('array_sort', column)

/** Whether a condition is true for one element; null where none is true and one is null. */
export const exists = (column: ColumnOrName, condition: (element: Column) => Column): Column =>
  higher('exists', [column], lambda(condition, 1))

/** Whether a condition is true for all elements; null where none is false and one is null. */
export const forall = (column: ColumnOrName, condition: (element: Column) => Column): Column =>
  higher('forall', [column], lambda(condition, 1))

type Merge = (state: Column, element: Column) => Column

/**
 * The elements merged one after the other into a start value, which then goes through `finish`.
 *
 * @example
 * ```ts
 * import { functions, lit } from 'ridgeline'
 * functions.aggregate('prices', lit(0).cast('double'), (sum, price) => sum.plus(price))
 * ```
 */
export const aggregate = (
  column: ColumnOrName,
  start: Operand,
  merge: Merge,
  finish: (state: Column) => Column = (state) => state,
): Column => higher('aggregate', [column, start], lambda(merge, 2), lambda(finish, 1))

/** Same as {@link aggregate}. */
export const reduce = (
  column: ColumnOrName,
  start: Operand,
  merge: Merge,
  finish: (state: Column) => Column = (state) => state,
): Column => higher('reduce', [column, start], lambda(merge, 2), lambda(finish, 1))

/** A function of the elements at each place of two arrays; the shorter one is filled with nulls. */
export const zip_with = (
  left: ColumnOrName,
  right: ColumnOrName,
  body: (left: Column, right: Column) => Column,
): Column => higher('zip_with', [left, right], lambda(body, 2))

/** The map with other keys. */
export const transform_keys = (column: ColumnOrName, body: (key: Column, value: Column) => Column): Column =>
  higher('transform_keys', [column], lambda(body, 2))

/** The map with other values. */
export const transform_values = (column: ColumnOrName, body: (key: Column, value: Column) => Column): Column =>
  higher('transform_values', [column], lambda(body, 2))

/** The entries of a map for which a condition is true. */
export const map_filter = (column: ColumnOrName, condition: (key: Column, value: Column) => Column): Column =>
  higher('map_filter', [column], lambda(condition, 2))

/** A map of all keys of two maps; a value that one of them lacks is null. */
export const map_zip_with = (
  left: ColumnOrName,
  right: ColumnOrName,
  body: (key: Column, left: Column, right: Column) => Column,
): Column => higher('map_zip_with', [left, right], lambda(body, 3))
