import { CSV_FUNCTIONS } from './csv-functions.js'
import { HASH_FUNCTIONS } from './hash-functions.js'
import type { JsFunction } from './js-function.js'
import { JSON_FUNCTIONS } from './json-functions.js'
import { NUMBER_FORMATS } from './number-format.js'
import { TEXT_FUNCTIONS } from './text-functions.js'
import { VECTOR_FUNCTIONS } from './vector-functions.js'

export type { JsFunction } from './js-function.js'

/** Every scalar function that SQL calls and JavaScript computes. */
export const JS_FUNCTIONS: readonly JsFunction[] = [
  ...HASH_FUNCTIONS,
  ...JSON_FUNCTIONS,
  ...CSV_FUNCTIONS,
  ...NUMBER_FORMATS,
  ...TEXT_FUNCTIONS,
  ...VECTOR_FUNCTIONS,
]
