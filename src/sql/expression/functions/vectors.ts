import type { Column } from '../column.js'
import { type ColumnOrName, call, lit } from './base.js'

/**
 * The entries of a vector as an array, zeros of sparse vectors included (`pyspark.ml.functions`). Null is an error.
 * @param dtype type of the numbers: double (float64) or float (float32).
 */
export const vector_to_array = (vector: ColumnOrName, dtype: 'float64' | 'float32' = 'float64'): Column =>
  call('vector_to_array', vector, lit(dtype))

/** A dense vector of an array of numbers (`pyspark.ml.functions`); null for null. An array that holds null is an error. */
export const array_to_vector = (numbers: ColumnOrName): Column => call('array_to_vector', numbers)
