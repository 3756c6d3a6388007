import { ParamError } from '../../errors.js'
import { shortText } from '../../util/names.js'
import {
  BooleanType,
  type DataType,
  DoubleType,
  IntegerType,
  LongType,
  NullType,
  StringType,
  TimestampType,
} from '../types.js'
import type { Expression, LiteralValue } from './nodes.js'

const INT_LIMIT = 2 ** 31

/**
 * Type of a plain value as Spark's `lit` gives it. A number without fraction is int, or bigint beyond 32 bits, any other is
 * double. Differs from Spark: JavaScript cannot tell 1.0 from 1, so `lit(1)` is int; cast it, or write `expr('1D')`, for a double.
 */
export function literalType(value: LiteralValue): DataType {
  switch (typeof value) {
    case 'string':
      return StringType
    case 'boolean':
      return BooleanType
    case 'bigint':
      return LongType
    case 'number':
      if (!Number.isSafeInteger(value) || Object.is(value, -0)) return DoubleType
      return value >= -INT_LIMIT && value < INT_LIMIT ? IntegerType : LongType
    default:
      return value === null ? NullType : TimestampType
  }
}

/** A literal node. @throws ParamError for a value that is no literal: undefined, an object, an invalid date, a bigint beyond 64 bits. */
export function literal(value: LiteralValue, dataType?: DataType): Expression {
  const fits =
    value === null ||
    /^(string|boolean|number)$/.test(typeof value) ||
    (typeof value === 'bigint' && BigInt.asIntN(64, value) === value) ||
    (value instanceof Date && !Number.isNaN(value.getTime()))
  if (!fits) {
    throw new ParamError(`a literal is ${shortText(value)}`, {
      stage: 'lit',
      allowed: 'Allowed: null, boolean, number, bigint of 64 bits, string, Date',
      received: shortText(value),
    })
  }
  return Object.freeze({ kind: 'literal', value, dataType: dataType ?? literalType(value) })
}
