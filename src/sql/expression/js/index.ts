import { CSV_FUNCTIONS } from './csv-functions.js'
import { HASH_FUNCTIONS } from './hash-functions.js'
import type { JsFunction } from './js-function.js'
import { JSON_FUNCTIONS } from './json-functions.js'
import { NUMBER_FORMATS } from './number-format.js'
import { REGEXP_FUNCTIONS } from './regexp-functions.js'
import { TEXT_FUNCTIONS } from './text-functions.js'
import { TIME_FUNCTIONS } from './time-functions.js'
import { VECTOR_FUNCTIONS } from './vector-functions.js'

export type { JsFunction } from './js-function.js'

/** Every scalar function that SQL calls and JavaScript computes. */
export const JS_FUNCTIONS: readonly JsFunction[] = [
  ...HASH_FUNCTIONS,
  ...JSON_FUNCTIONS,
  ...CSV_FUNCTIONS,
  ...NUMBER_FORMATS,
  ...REGEXP_FUNCTIONS,
  ...TEXT_FUNCTIONS,
  ...TIME_FUNCTIONS,
  ...VECTOR_FUNCTIONS,
]
