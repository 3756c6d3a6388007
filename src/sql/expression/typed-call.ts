import { SchemaError } from '../../errors.js'
import { didYouMean, nameList } from '../../util/names.js'
import { BooleanType, type DataType, IntegerType, NullType, simpleString } from '../types.js'
import { functionTable } from './function-table.js'
import { castTo } from './implicit-cast.js'
import { withInterval } from './interval.js'
import { literalType } from './literal.js'
import type { Expression, LiteralValue } from './nodes.js'
import { NAMED_TYPES } from './signature.js'
import type { FunctionRow, LambdaParameter, Operand } from './table/row.js'
import { title } from './title.js'
import type { Scope, Typed, TypedCall } from './typed.js'

type Call = Extract<Expression, { kind: 'call' }>
type TypeOf = (expression: Expression, scope: Scope) => Typed

const ONE: Expression = { kind: 'literal', value: 1, dataType: IntegerType }

/**
 * The overload of a function that takes the arguments, with implicit casts.
 * @param typeOf types an argument.
 * @throws SchemaError for an unknown function, and arguments that it does not take.
 */
export function typeCall(node: Call, scope: Scope, typeOf: TypeOf): TypedCall {
  const shifted = withInterval(node)
  if (shifted) return typeCall(shifted, scope, typeOf)
  const rows = rowsOf(node, scope)
  const given = rows[0].name === 'count' ? node.args.map((arg) => (arg.kind === 'star' ? ONE : arg)) : node.args
  const args = given.map((arg) => (arg.kind === 'lambda' ? undefined : typeOf(arg, scope)))
  for (const row of rows) {
    const typed = typeOverload(row, node, given, args, scope, typeOf)
    if (typed) return typed
  }
  const fitting = rows.filter((row) => row.takes.fillIn(args.length))
  const types = args.map((arg) => (arg ? simpleString(arg.dataType) : 'lambda')).join(', ')
  throw new SchemaError(`${title(node)} does not take these arguments`, {
    stage: scope.stage,
    allowed: `Allowed: ${(fitting.length > 0 ? fitting : rows).map((row) => `${row.name}(${row.takes.text})`).join(' or ')}`,
    received: `(${types})`,
    hint: `The arguments have the types (${types}); cast them`,
  })
}

function rowsOf({ name, filter }: Call, { stage }: Scope): readonly FunctionRow[] {
  const rows = functionTable().get(name.toLowerCase())
  if (!rows) {
    const known = [...functionTable().keys()].filter((key) => /^\w+$/.test(key)).sort()
    const nearest = didYouMean(name, known)
    throw new SchemaError(`function ${name} does not exist`, {
      stage,
      // A long list would hide the one that is meant.
      allowed: nearest ?? nameList('functions', known, 200),
      received: name,
    })
  }
  if (filter && !rows[0].aggregate) {
    throw new SchemaError(`FILTER follows ${name}, which is no aggregate`, { stage, received: name })
  }
  return rows
}

/** The call by one overload, or undefined where that does not take the arguments. Arguments that are lambda functions come untyped. */
function typeOverload(
  row: FunctionRow,
  node: Call,
  given: readonly Expression[],
  args: readonly (Typed | undefined)[],
  scope: Scope,
  typeOf: TypeOf,
): TypedCall | undefined {
  const missing = row.takes.fillIn(args.length)
  if (!missing || args.some((arg, i) => row.takes.takesLambda(i) !== (arg === undefined))) return undefined
  const all: (Typed | undefined)[] = [...args, ...missing.map(literalOf)]
  const bound = row.takes.bind(all.map((arg) => arg?.dataType ?? NullType))
  if (!bound) return undefined
  const cast: Typed[] = []
  const operands: Operand[] = []
  for (const [i, arg] of all.entries()) {
    const typed = arg
      ? castTo(arg, bound.targets[i])
      : typeLambda(given[i], row.lambda?.(operands, scope.depth) ?? [], scope, typeOf)
    cast.push(typed)
    operands.push(operandOf(typed, arg, given[i], scope.depth))
  }
  const filter = node.filter && castTo(typeOf(node.filter, scope), BooleanType)
  return { ...call(row, cast, operands, bound.letters, node.distinct ?? false), ...(filter ? { filter } : {}) }
}

function typeLambda(node: Expression, parameters: readonly LambdaParameter[], scope: Scope, typeOf: TypeOf): Typed {
  const { parameters: names, body } = node as Extract<Expression, { kind: 'lambda' }>
  if (names.length > parameters.length) {
    throw new SchemaError(`the lambda function ${title(node)} has ${names.length} parameters`, {
      stage: scope.stage,
      allowed: `Allowed: ${parameters.length} at most`,
      received: String(names.length),
    })
  }
  const variables = new Map(scope.variables)
  names.forEach((name, k) => {
    variables.set(name, parameters[k])
  })
  const typed = typeOf(body, { ...scope, variables, depth: scope.depth + 1 })
  return { kind: 'lambda', body: typed, dataType: typed.dataType, nullable: typed.nullable }
}

function literalOf(value: LiteralValue): Typed {
  return { kind: 'literal', value, dataType: literalType(value), nullable: value === null }
}

function operandOf(cast: Typed, before: Typed | undefined, source: Expression | undefined, depth: number): Operand {
  const { dataType, nullable } = cast
  const literal = before?.kind === 'literal' ? before.value : undefined
  const name = source?.kind === 'attribute' || source?.kind === 'alias' ? source.name : undefined
  return {
    dataType,
    nullable,
    literal,
    title: source ? title(source) : String(literal),
    name: name ?? fieldName(source),
    call: source?.kind === 'call' ? source.name : undefined,
    depth,
    parameters: source?.kind === 'lambda' ? source.parameters.length : -1,
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
): TypedCall {
  const { gives, nullable } = row
  const result: DataType | undefined =
    typeof gives === 'function'
      ? gives(operands)
      : gives === '$1'
        ? args[0].dataType
        : (letters[gives] ?? (NAMED_TYPES as Readonly<Record<string, DataType>>)[gives])
  // What the engine cannot do is refused here, before a row is read.
  if (typeof row.sql === 'function') row.sql(operands)
  const anyNull = args.some((arg) => arg.nullable)
  const mayBeNull =
    typeof nullable === 'function'
      ? nullable(operands)
      : { any: anyNull, all: args.every((arg) => arg.nullable), never: false, always: true }[nullable]
  return { kind: 'call', row, args, operands, distinct, dataType: result, nullable: mayBeNull }
}
