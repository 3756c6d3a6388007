import { DataError } from '../../errors.js'
import { compareText } from '../../util/compare-text.js'
import type { ColumnData } from '../batch.js'
import { columnReader } from '../column-reader.js'
import type { DataType, StructField } from '../types.js'
import type { Typed, TypedCall } from './typed.js'

/** A value of one of the types that programs know: numbers up to 32 bits and doubles, booleans and texts. */
type Cell = number | boolean | string | null
type Evaluate = (row: number) => Cell

/** Reads of the columns of a batch, by place in `inputs`. */
interface Batch {
  readers: readonly ((row: number) => unknown)[]
}

/** An expression that is computed row by row in JavaScript, without the relational engine. */
export interface RowProgram {
  readonly inputs: readonly StructField[]
  /** The value for a row of a batch, whose columns are in the order of `inputs`. @throws DataError where Spark's ANSI mode stops. */
  evaluate(columns: readonly ColumnData[]): Evaluate
}

const TYPES: ReadonlySet<string> = new Set(['double', 'float', 'integer', 'short', 'byte', 'boolean', 'string', 'void'])
/** Largest number of an integer type, plus one. */
const LIMITS: Readonly<Record<string, number>> = { byte: 2 ** 7, short: 2 ** 15, integer: 2 ** 31 }

/**
 * The program of an expression, with the answers that the engine gives.
 * @returns undefined where the expression calls a function, or has values of a type, that only the engine knows.
 */
export function rowProgram(typed: Typed): RowProgram | undefined {
  const inputs: StructField[] = []
  const batch: Batch = { readers: [] }
  const evaluate = compile(typed, inputs, batch)
  if (!evaluate) return undefined
  return {
    inputs,
    evaluate(columns) {
      batch.readers = columns.map((column, k) => columnReader(column, inputs[k].dataType))
      return evaluate
    },
  }
}

function compile(node: Typed, inputs: StructField[], batch: Batch): Evaluate | undefined {
  if (!TYPES.has(node.dataType.kind)) return undefined
  switch (node.kind) {
    case 'attribute': {
      const known = inputs.findIndex(({ name }) => name === node.field.name)
      const at = known >= 0 ? known : inputs.push(node.field) - 1
      return (row) => batch.readers[at](row) as Cell
    }
    case 'literal': {
      const { value } = node
      return typeof value === 'object' && value !== null ? undefined : () => value as Cell
    }
    case 'cast': {
      const child = compile(node.child, inputs, batch)
      return child && cast(child, node.child.dataType, node.dataType, node.safe)
    }
    case 'case': {
      const branches = node.branches.map((pair) => pair.map((part) => compile(part, inputs, batch)))
      const otherwise = node.otherwise ? compile(node.otherwise, inputs, batch) : () => null
      if (!otherwise || branches.flat().includes(undefined)) return undefined
      return (row) => {
        for (const [when, then] of branches) if (when!(row) === true) return then!(row)
        return otherwise(row)
      }
    }
    case 'call': {
      const args = node.args.map((arg) => compile(arg, inputs, batch))
      if (args.includes(undefined)) return undefined
      return call(node, args as Evaluate[])
    }
    default:
      return undefined
  }
}

function cast(child: Evaluate, from: DataType, to: DataType, safe: boolean): Evaluate | undefined {
  if (from.kind === 'string' || to.kind === 'string') return undefined
  const convert = ((): ((value: number) => Cell) => {
    if (to.kind === 'boolean') return (value) => value !== 0
    if (to.kind === 'double') return (value) => value
    if (to.kind === 'float') return Math.fround
    const limit = LIMITS[to.kind]
    return (value) => {
      const whole = Math.trunc(value) + 0
      if (whole >= -limit && whole < limit) return whole
      if (safe) return null
      throw new DataError(`[CAST_OVERFLOW] ${value} is no ${to.kind}`, { hint: 'Use try_cast for null instead' })
    }
  })()
  return (row) => {
    const value = child(row)
    return value === null ? null : convert(Number(value))
  }
}

/** NaN equals itself and is greater than all numbers; texts compare by their UTF-8 bytes. */
function compare(a: Cell, b: Cell): number {
  if (typeof a === 'string') return compareText(a, b as string)
  const [x, y] = [Number(a), Number(b)]
  if (x === y) return 0
  if (Number.isNaN(x)) return Number.isNaN(y) ? 0 : 1
  return Number.isNaN(y) || x < y ? -1 : 1
}

const byZero = (name: string): never => {
  throw new DataError(`[${name}] Division by zero`, { hint: 'Guard it: CASE WHEN b <> 0 THEN a / b END' })
}

/** A result of integer arithmetic, which must fit its type. */
function fitting(value: number, { kind }: DataType): number {
  if (kind === 'float') return Math.fround(value)
  const limit = LIMITS[kind]
  if (limit === undefined || (value >= -limit && value < limit)) return value
  throw new DataError(`[ARITHMETIC_OVERFLOW] ${value} is no ${kind}`, { hint: 'Cast to double first' })
}

/** Functions that are null where an argument is null. */
const STRICT: Readonly<Record<string, (args: readonly never[], type: DataType) => Cell>> = {
  '+': ([a, b = 0]: readonly number[], type) => fitting(a + b, type),
  '-': ([a, b]: readonly number[], type) => fitting(b === undefined ? -a : a - b, type),
  '*': ([a, b]: readonly number[], type) => fitting(a * b, type),
  '/': ([a, b]: readonly number[]) => (b === 0 ? byZero('DIVIDE_BY_ZERO') : a / b),
  '%': ([a, b]: readonly number[], type) => (b === 0 ? byZero('REMAINDER_BY_ZERO') : fitting(a % b, type)),
  '=': ([a, b]: readonly Cell[]) => compare(a, b) === 0,
  '<': ([a, b]: readonly Cell[]) => compare(a, b) < 0,
  '<=': ([a, b]: readonly Cell[]) => compare(a, b) <= 0,
  '>': ([a, b]: readonly Cell[]) => compare(a, b) > 0,
  '>=': ([a, b]: readonly Cell[]) => compare(a, b) >= 0,
  not: ([a]: readonly boolean[]) => !a,
  abs: ([a]: readonly number[], type) => fitting(Math.abs(a), type),
  sqrt: ([a]: readonly number[]) => Math.sqrt(a),
  exp: ([a]: readonly number[]) => Math.exp(a),
  ln: ([a]: readonly number[]) => (a <= 0 ? null : Math.log(a)),
  pow: ([a, b]: readonly number[]) => a ** b,
  power: ([a, b]: readonly number[]) => a ** b,
  sin: ([a]: readonly number[]) => Math.sin(a),
  cos: ([a]: readonly number[]) => Math.cos(a),
}

/** Functions that see nulls; arguments are computed as they are needed. */
const LAZY: Readonly<Record<string, (args: readonly Evaluate[]) => Evaluate>> = {
  and:
    ([a, b]) =>
    (row) => {
      const left = a(row)
      if (left === false) return false
      const right = b(row)
      return right === false ? false : left === null || right === null ? null : true
    },
  or:
    ([a, b]) =>
    (row) => {
      const left = a(row)
      if (left === true) return true
      const right = b(row)
      return right === true ? true : left === null || right === null ? null : false
    },
  between: ([value, low, high]) => LAZY.and([strict('>=', [value, low]), strict('<=', [value, high])]),
  in:
    ([value, ...list]) =>
    (row) => {
      const wanted = value(row)
      if (wanted === null) return null
      let missing = false
      for (const item of list) {
        const found = item(row)
        if (found === null) missing = true
        else if (compare(wanted, found) === 0) return true
      }
      return missing ? null : false
    },
  '<=>':
    ([a, b]) =>
    (row) => {
      const [left, right] = [a(row), b(row)]
      return left === null || right === null ? left === right : compare(left, right) === 0
    },
  isnull:
    ([a]) =>
    (row) =>
      a(row) === null,
  isnotnull:
    ([a]) =>
    (row) =>
      a(row) !== null,
  isnan:
    ([a]) =>
    (row) =>
      Number.isNaN(a(row)),
  coalesce: (args) => (row) => {
    for (const arg of args) {
      const value = arg(row)
      if (value !== null) return value
    }
    return null
  },
  nvl: (args) => LAZY.coalesce(args),
  ifnull: (args) => LAZY.coalesce(args),
  if:
    ([condition, then, otherwise]) =>
    (row) =>
      condition(row) === true ? then(row) : otherwise(row),
  greatest: (args) => extreme(args, 1),
  least: (args) => extreme(args, -1),
}

/** The largest (sign 1) or smallest (-1) of the values that are not null. */
const extreme =
  (args: readonly Evaluate[], sign: number): Evaluate =>
  (row) => {
    let best: Cell = null
    for (const arg of args) {
      const value = arg(row)
      if (value !== null && (best === null || sign * compare(value, best) > 0)) best = value
    }
    return best
  }

function strict(name: string, args: readonly Evaluate[], type: DataType = { kind: 'boolean' }): Evaluate {
  const run = STRICT[name] as (args: readonly Cell[], type: DataType) => Cell
  return (row) => {
    const values: Cell[] = []
    for (const arg of args) {
      const value = arg(row)
      if (value === null) return null
      values.push(value)
    }
    return run(values, type)
  }
}

function call({ row: { name }, args: operands, dataType }: TypedCall, args: readonly Evaluate[]): Evaluate | undefined {
  if (Object.hasOwn(LAZY, name)) return LAZY[name](args)
  // `+` also concatenates and adds days: those have arguments of other types.
  return Object.hasOwn(STRICT, name) && operands.length <= 2 ? strict(name, args, dataType) : undefined
}

/** The functions that programs know, for messages. */
export const rowFunctions: readonly string[] = [...Object.keys(STRICT), ...Object.keys(LAZY)].sort()
