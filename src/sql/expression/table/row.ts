import type { DataType } from '../../types.js'
import type { LiteralValue } from '../nodes.js'
import { type NAMED_TYPES, type Signature, signature } from '../signature.js'

/** What a row of the function table sees of an argument, after its implicit cast. */
export interface Operand {
  readonly dataType: DataType
  readonly nullable: boolean
  /** Value of a literal argument; undefined where the argument is not a literal. */
  readonly literal?: LiteralValue
  /** Text of the argument in generated column names. */
  readonly title: string
  /** Name of the argument where it is a column, a field or an alias. */
  readonly name?: string
  /** Name of the function that the argument calls. */
  readonly call?: string
  /** Number of lambda functions around the call, so that the SQL of a nested one names its variables apart. */
  readonly depth: number
  /** Number of parameters of an argument that is a lambda function, -1 for others. */
  readonly parameters: number
}

/** A parameter of a lambda function: its type, and the SQL that reads it inside the body. */
export interface LambdaParameter {
  readonly dataType: DataType
  readonly nullable: boolean
  readonly sql: string
}

/** When the result may be null: where any argument is (default), where all are, never, always, or as computed. */
export type Nullability = 'any' | 'all' | 'never' | 'always' | ((args: readonly Operand[]) => boolean)

/**
 * One overload of one function: all that the library knows about it. Rows of one name are tried in order.
 */
export interface FunctionRow {
  /** Spark's name, in lower case. */
  readonly name: string
  readonly takes: Signature
  /** Result type: a named type, `$1` for the type of the first argument, a letter of the signature, or computed. */
  readonly gives: keyof typeof NAMED_TYPES | '$1' | 'T' | 'N' | 'S' | ((args: readonly Operand[]) => DataType)
  readonly nullable: Nullability
  /** DuckDB SQL; `$1` … are the arguments (see `fill`); `$distinct` stands where an aggregate takes DISTINCT, `$over` where its window goes. */
  readonly sql: string | ((args: readonly Operand[]) => string)
  /** Column name that Spark generates, over the names of the arguments. */
  readonly title: (args: readonly string[], distinct: boolean) => string
  readonly aggregate: boolean
  /** The argument that is null where FILTER leaves a row out, which the aggregate then skips; -1 where it skips no nulls. */
  readonly filtered: number
  /** Whether it exists over a window only. */
  readonly window: boolean
  /** SQL over a window where it is another one. */
  readonly windowSql?: FunctionRow['sql']
  /** Text of the frame in column names, over the texts of the arguments, where the function has a frame of its own. */
  readonly windowFrame?: (args: readonly string[]) => string
  /** Parameters that the lambda function at a place of the arguments may have, given the arguments before it. */
  readonly lambda?: (before: readonly Operand[], depth: number) => readonly LambdaParameter[]
}

type Title = string | FunctionRow['title']

/** A row as it is written: the optional parts have defaults. */
export interface RowText {
  readonly name: string
  readonly takes: string
  readonly gives: FunctionRow['gives']
  readonly sql: FunctionRow['sql']
  readonly nullable?: Nullability
  /** Default: `name(arguments)`. A text with `$1` … or the function itself. */
  readonly title?: Title
  readonly windowSql?: FunctionRow['sql']
  readonly windowFrame?: FunctionRow['windowFrame']
  readonly lambda?: FunctionRow['lambda']
  /** Default: 0. */
  readonly filtered?: number
}

const titled = (name: string, title: Title | undefined): FunctionRow['title'] => {
  if (typeof title === 'function') return title
  if (title === undefined) return (args, distinct) => `${name}(${distinct ? 'DISTINCT ' : ''}${args.join(', ')})`
  return (args) => title.replace(/\$(\d|\*)/g, (_, k) => (k === '*' ? args.join(', ') : args[Number(k) - 1]))
}

type Role = 'scalar' | 'aggregate' | 'window'

const complete = (text: RowText, name: string, role: Role): FunctionRow =>
  Object.freeze({
    ...text,
    name,
    takes: signature(text.takes),
    nullable: text.nullable ?? (role === 'scalar' ? 'any' : 'always'),
    title: titled(name, text.title),
    filtered: text.filtered ?? 0,
    aggregate: role === 'aggregate',
    window: role === 'window',
  })

/** Rows, which are completed when the first expression asks for a function: a process that only scores rows does without. */
export type FunctionRows = () => readonly FunctionRow[]

const rowsOf =
  (rows: readonly RowText[], role: Role): FunctionRows =>
  () =>
    rows.flatMap((row) => names(row.name).map((name) => complete(row, name, role)))

/** Rows of scalar functions. Several names in one row, separated by `|`, are synonyms that keep their own name in titles. */
export const scalars = (rows: readonly RowText[]): FunctionRows => rowsOf(rows, 'scalar')

/** Rows of aggregate functions. Their result may be null unless the row says otherwise. Each aggregate in the SQL has `$over` after it. */
export const aggregates = (rows: readonly RowText[]): FunctionRows => rowsOf(rows, 'aggregate')

/** Rows of functions that exist over a window only; their SQL has `$over`. */
export const windows = (rows: readonly RowText[]): FunctionRows => rowsOf(rows, 'window')

/** `||` and `|` are operators, not separators. */
const names = (text: string): string[] => (/^\|+$/.test(text) ? [text] : text.split('|'))
