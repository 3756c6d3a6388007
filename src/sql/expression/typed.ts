import { SchemaError } from '../../errors.js'
import { knownNames } from '../../util/names.js'
import {
  BooleanType,
  type DataType,
  IntegerType,
  NullType,
  type StructField,
  type StructType,
  sameType,
  simpleString,
  unknownColumn,
} from '../types.js'
import { canCast, castMakesNull, commonType } from './coercion.js'
import { FUNCTIONS } from './function-table.js'
import { literalType } from './literal.js'
import type { Expression, ExpressionKind, LiteralValue } from './nodes.js'
import { NAMED_TYPES } from './signature.js'
import type { FunctionRow, Operand } from './table/row.js'
import { title } from './title.js'

interface Typing {
  readonly dataType: DataType
  readonly nullable: boolean
}

/** An expression whose columns are found, functions chosen and implicit casts written out. */
export type Typed = Typing &
  (
    | { readonly kind: 'attribute'; readonly field: StructField; readonly qualifier?: string }
    | { readonly kind: 'literal'; readonly value: LiteralValue }
    | {
        readonly kind: 'call'
        readonly row: FunctionRow
        readonly args: readonly Typed[]
        readonly operands: readonly Operand[]
        readonly distinct: boolean
      }
    | { readonly kind: 'cast'; readonly child: Typed; readonly safe: boolean }
    | {
        readonly kind: 'case'
        readonly branches: readonly (readonly [when: Typed, then: Typed])[]
        readonly otherwise?: Typed
      }
    | { readonly kind: 'sort'; readonly child: Typed; readonly ascending: boolean; readonly nullsFirst: boolean }
  )

type Rules = {
  [K in ExpressionKind]: (node: Extract<Expression, { kind: K }>, schema: StructType, stage?: string) => Typed
}

const RULES: Rules = {
  attribute({ name, qualifier }, schema, stage) {
    const field = findColumn(schema, name, qualifier !== undefined, stage)
    return { kind: 'attribute', field, qualifier, dataType: field.dataType, nullable: field.nullable }
  },
  star(_node, _schema, stage) {
    throw new SchemaError('* stands where one value is expected', {
      stage,
      received: '*',
      allowed: 'Allowed as a whole column of select, and in count(*)',
    })
  },
  literal: ({ value, dataType }) => ({ kind: 'literal', value, dataType, nullable: value === null }),
  call: typeCall,
  cast({ child, dataType, safe = false }, schema, stage) {
    const typed = type(child, schema, stage)
    if (!canCast(typed.dataType, dataType)) {
      throw new SchemaError(
        `${title(child)} of type ${simpleString(typed.dataType)} cannot be cast to ${simpleString(dataType)}`,
        { stage, received: simpleString(typed.dataType), hint: 'Cast it to a type between, such as string' },
      )
    }
    return castTo(typed, dataType, safe)
  },
  case: typeCase,
  alias: ({ child }, schema, stage) => type(child, schema, stage),
  sort({ child, ascending, nullsFirst }, schema, stage) {
    const typed = type(child, schema, stage)
    return { kind: 'sort', child: typed, ascending, nullsFirst, dataType: typed.dataType, nullable: typed.nullable }
  },
}

/**
 * Types an expression over the columns of a schema by Spark's ANSI rules.
 * @param stage name of the operation, for errors.
 * @throws SchemaError for an unknown or ambiguous column, an unknown function, and arguments that a function does not take.
 */
export function type(expression: Expression, schema: StructType, stage?: string): Typed {
  const rule = RULES[expression.kind] as (node: Expression, schema: StructType, stage?: string) => Typed
  return rule(expression, schema, stage)
}

/** The column that a name means, without regard to case, as in Spark. A qualified name may fit several: the qualifier says which. */
function findColumn(schema: StructType, name: string, qualified: boolean, stage?: string): StructField {
  const wanted = name.toLowerCase()
  const found = schema.fields.filter((field) => field.name.toLowerCase() === wanted)
  if (found.length === 1 || (qualified && found.length > 1)) return found[0]
  if (found.length > 1) {
    const candidates = found.map((field) => field.name).join(', ')
    throw new SchemaError(`column "${name}" is ambiguous: it may mean ${candidates}`, {
      stage,
      column: name,
      received: candidates,
      hint: 'Rename one of the columns; as in Spark, names that differ by case alone are the same',
    })
  }
  throw unknownColumn(schema, name, stage)
}

function castTo(child: Typed, dataType: DataType, safe = false): Typed {
  if (sameType(child.dataType, dataType)) return child
  const nullable = safe || child.nullable || castMakesNull(child.dataType, dataType)
  return { kind: 'cast', child, dataType, safe, nullable }
}

const ONE: Expression = { kind: 'literal', value: 1, dataType: IntegerType }

function typeCall(node: Extract<Expression, { kind: 'call' }>, schema: StructType, stage?: string): Typed {
  const { name, distinct = false } = node
  const rows = FUNCTIONS.get(name.toLowerCase())
  if (!rows) {
    const known = [...FUNCTIONS.keys()].filter((key) => /^\w+$/.test(key)).sort()
    throw new SchemaError(`function ${name} does not exist`, {
      stage,
      allowed: knownNames('functions', name, known, 200),
      received: name,
    })
  }
  const given = rows[0].name === 'count' ? node.args.map((arg) => (arg.kind === 'star' ? ONE : arg)) : node.args
  const args = given.map((arg) => type(arg, schema, stage))
  for (const row of rows) {
    const missing = row.takes.fillIn(args.length)
    if (!missing) continue
    const full: Typed[] = [...args, ...missing.map((value) => literalOf(value))]
    const bound = row.takes.bind(full.map((arg) => arg.dataType))
    if (!bound) continue
    const cast = full.map((arg, i) => castTo(arg, bound.targets[i]))
    const operands = cast.map((arg, i) => operand(arg, full[i], given[i]))
    return call(row, cast, operands, bound.letters, distinct)
  }
  const fitting = rows.filter((row) => row.takes.fillIn(args.length))
  throw new SchemaError(`${title(node)} does not take these arguments`, {
    stage,
    allowed: `Allowed: ${(fitting.length > 0 ? fitting : rows).map((row) => `${row.name}(${row.takes.text})`).join(' or ')}`,
    received: `(${args.map((arg) => simpleString(arg.dataType)).join(', ')})`,
    hint: `The arguments have the types (${args.map((arg) => simpleString(arg.dataType)).join(', ')}); cast them`,
  })
}

function literalOf(value: LiteralValue): Typed {
  return { kind: 'literal', value, dataType: literalType(value), nullable: value === null }
}

function operand(cast: Typed, before: Typed, source: Expression | undefined): Operand {
  const { dataType, nullable } = cast
  const literal = before.kind === 'literal' ? before.value : undefined
  const name = source?.kind === 'attribute' || source?.kind === 'alias' ? source.name : undefined
  return {
    dataType,
    nullable,
    literal,
    title: source ? title(source) : String(literal),
    name: name ?? fieldName(source),
  }
}

/** `a.b` is named after its field, as a part of a struct. */
function fieldName(source: Expression | undefined): string | undefined {
  if (source?.kind !== 'call' || source.name !== '.') return undefined
  const [, field] = source.args
  return field.kind === 'literal' ? String(field.value) : undefined
}

function call(
  row: FunctionRow,
  args: readonly Typed[],
  operands: readonly Operand[],
  letters: Readonly<Record<string, DataType>>,
  distinct: boolean,
): Typed {
  const { gives, nullable } = row
  const result: DataType | undefined =
    typeof gives === 'function'
      ? gives(operands)
      : gives === '$1'
        ? args[0].dataType
        : (letters[gives] ?? (NAMED_TYPES as Readonly<Record<string, DataType>>)[gives])
  const anyNull = args.some((arg) => arg.nullable)
  const mayBeNull =
    typeof nullable === 'function'
      ? nullable(operands)
      : { any: anyNull, all: args.every((arg) => arg.nullable), never: false, always: true }[nullable]
  return { kind: 'call', row, args, operands, distinct, dataType: result, nullable: mayBeNull }
}

function typeCase(
  { branches, otherwise }: Extract<Expression, { kind: 'case' }>,
  schema: StructType,
  stage?: string,
): Typed {
  const whens = branches.map(([when]) => {
    const typed = type(when, schema, stage)
    if (typed.dataType.kind === 'boolean' || typed.dataType.kind === 'void') return castTo(typed, BooleanType)
    throw new SchemaError(`the condition ${title(when)} has type ${simpleString(typed.dataType)}`, {
      stage,
      allowed: 'Allowed: boolean',
      received: simpleString(typed.dataType),
    })
  })
  const values = [...branches.map(([, then]) => then), ...(otherwise ? [otherwise] : [])].map((v) =>
    type(v, schema, stage),
  )
  const dataType = values.reduce<DataType>((wide, { dataType: next }) => {
    const common = commonType(wide, next)
    if (common) return common
    throw new SchemaError('the branches of CASE have no common type', {
      stage,
      received: values.map((value) => simpleString(value.dataType)).join(', '),
      hint: `They are ${values.map((value) => simpleString(value.dataType)).join(', ')}; cast them`,
    })
  }, NullType)
  const thens = values.map((value) => castTo(value, dataType))
  return {
    kind: 'case',
    branches: whens.map((when, i) => [when, thens[i]] as const),
    otherwise: otherwise && thens[thens.length - 1],
    dataType,
    nullable: !otherwise || values.some((value) => value.nullable),
  }
}
