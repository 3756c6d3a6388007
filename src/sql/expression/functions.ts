// Spark's `functions` object.

export * from './functions/aggregates.js'
export {
  asc,
  asc_nulls_first,
  asc_nulls_last,
  type ColumnOrName,
  call_function,
  col,
  column,
  desc,
  desc_nulls_first,
  desc_nulls_last,
  expr,
  lit,
  type Operand,
  when,
} from './functions/base.js'
export * from './functions/collections.js'
export * from './functions/conditional.js'
export * from './functions/dates.js'
export * from './functions/generators.js'
export * from './functions/lambdas.js'
export * from './functions/math.js'
export * from './functions/text.js'
export * from './functions/vectors.js'
export * from './functions/windows.js'
