import { SchemaError, UnsupportedError } from '../../errors.js'
import { type DataType, NullType, type StructField, type StructType, simpleString, unknownColumn } from '../types.js'
import { canCast, commonType } from './coercion.js'
import { castTo } from './implicit-cast.js'
import type { Expression, ExpressionKind, LiteralValue, WindowFrame } from './nodes.js'
import type { FunctionRow, LambdaParameter, Operand } from './table/row.js'
import { title } from './title.js'
import { typeCall } from './typed-call.js'

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
        readonly filter?: Typed
      }
    | { readonly kind: 'cast'; readonly child: Typed; readonly safe: boolean }
    | {
        readonly kind: 'case'
        readonly branches: readonly (readonly [when: Typed, then: Typed])[]
        readonly otherwise?: Typed
      }
    | { readonly kind: 'sort'; readonly child: Typed; readonly ascending: boolean; readonly nullsFirst: boolean }
    | { readonly kind: 'lambda'; readonly body: Typed }
    | { readonly kind: 'variable'; readonly sql: string }
    | {
        readonly kind: 'window'
        readonly child: Extract<Typed, { kind: 'call' }>
        readonly partitionBy: readonly Typed[]
        readonly orderBy: readonly Typed[]
        readonly frame?: WindowFrame
      }
  )

export type TypedCall = Extract<Typed, { kind: 'call' }>

/** What names mean at a place in an expression. */
export interface Scope {
  readonly schema: StructType
  /** Name of the operation, for errors. */
  readonly stage?: string
  /** Parameters of the lambda functions around the place. */
  readonly variables: ReadonlyMap<string, LambdaParameter>
  /** Number of lambda functions around the place. */
  readonly depth: number
}

type Rules = { [K in ExpressionKind]: (node: Extract<Expression, { kind: K }>, scope: Scope) => Typed }

const RULES: Rules = {
  attribute({ name, qualifier }, { schema, stage }) {
    const field = findColumn(schema, name, qualifier !== undefined, stage)
    return { kind: 'attribute', field, qualifier, dataType: field.dataType, nullable: field.nullable }
  },
  variable({ name }, { variables, stage }) {
    const variable = variables.get(name)
    if (!variable) throw new SchemaError(`the variable ${name} stands outside its lambda function`, { stage })
    return { kind: 'variable', ...variable }
  },
  star(_node, { stage }) {
    throw new SchemaError('* stands where one value is expected', {
      stage,
      received: '*',
      allowed: 'Allowed as a whole column of select, and in count(*)',
    })
  },
  literal: ({ value, dataType }) => ({ kind: 'literal', value, dataType, nullable: value === null }),
  call(node, scope) {
    const typed = typeCall(node, scope, typeIn)
    if (!typed.row.window) return typed
    throw new SchemaError(`the window function ${title(node)} stands without a window`, {
      stage: scope.stage,
      received: title(node),
      hint: 'Write rank().over(Window.partitionBy(…).orderBy(…)), in SQL rank() OVER (…)',
    })
  },
  cast({ child, dataType, safe = false }, scope) {
    const typed = typeIn(child, scope)
    if (!canCast(typed.dataType, dataType)) {
      throw new SchemaError(
        `${title(child)} of type ${simpleString(typed.dataType)} cannot be cast to ${simpleString(dataType)}`,
        {
          stage: scope.stage,
          received: simpleString(typed.dataType),
          hint: 'Cast it to a type between, such as string',
        },
      )
    }
    return castTo(typed, dataType, safe)
  },
  case: typeCase,
  alias: ({ child }, scope) => typeIn(child, scope),
  sort({ child, ascending, nullsFirst }, scope) {
    const typed = typeIn(child, scope)
    return { kind: 'sort', child: typed, ascending, nullsFirst, dataType: typed.dataType, nullable: typed.nullable }
  },
  lambda(node, { stage }) {
    throw new SchemaError(`the lambda function ${title(node)} stands where a value is expected`, {
      stage,
      allowed:
        'Allowed as an argument of transform, filter, exists, forall, aggregate, zip_with and the functions of maps',
    })
  },
  interval(node) {
    throw new UnsupportedError(`${title(node)} as a value of its own`, {
      hint: 'Intervals can be added to and subtracted from dates and timestamps, and end the frames of windows',
    })
  },
  subquery(_node, { stage }) {
    throw new UnsupportedError('a subquery in this place', {
      stage,
      hint: 'Subqueries stand in SELECT, WHERE and HAVING of session.sql; elsewhere join with the frame of the subquery',
    })
  },
  window: typeWindow,
}

/**
 * Types an expression over the columns of a schema by Spark's ANSI rules.
 * @param stage name of the operation, for errors.
 * @throws SchemaError for an unknown or ambiguous column, an unknown function, and arguments that a function does not take.
 */
export const type = (expression: Expression, schema: StructType, stage?: string): Typed =>
  typeIn(expression, { schema, stage, variables: new Map(), depth: 0 })

function typeIn(expression: Expression, scope: Scope): Typed {
  return (RULES[expression.kind] as (node: Expression, scope: Scope) => Typed)(expression, scope)
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

function typeCase({ branches, otherwise }: Extract<Expression, { kind: 'case' }>, scope: Scope): Typed {
  const { stage } = scope
  const whens = branches.map(([when]) => {
    const typed = typeIn(when, scope)
    if (typed.dataType.kind === 'boolean') return typed
    throw new SchemaError(`the condition ${title(when)} has type ${simpleString(typed.dataType)}`, {
      stage,
      allowed: 'Allowed: boolean',
      received: simpleString(typed.dataType),
    })
  })
  const values = [...branches.map(([, then]) => then), ...(otherwise ? [otherwise] : [])].map((v) => typeIn(v, scope))
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

function typeWindow(node: Extract<Expression, { kind: 'window' }>, scope: Scope): Typed {
  const child = typeCall(node.child, scope, typeIn)
  const refuse = (problem: string, hint: string): never => {
    throw new SchemaError(problem, { stage: scope.stage, received: title(node), hint })
  }
  if (node.named !== undefined) refuse(`the window ${node.named} is not defined`, 'Define it by WINDOW … AS (…)')
  if (!child.row.aggregate && !child.row.window) {
    refuse(
      `${child.row.name} cannot be computed over a window`,
      'Use an aggregate or a window function, such as sum or rank',
    )
  }
  if (child.filter) refuse('an aggregate over a window cannot have FILTER', 'Aggregate CASE WHEN … THEN … END instead')
  if (child.distinct) refuse('an aggregate over a window cannot be DISTINCT', 'Count collect_set(…) with size instead')
  if (child.row.window && node.orderBy.length === 0) {
    refuse(`the window of ${child.row.name} has no order`, 'Add orderBy(…), in SQL ORDER BY')
  }
  if (child.row.window && child.row.name !== 'nth_value' && node.frame) {
    refuse(`the window of ${child.row.name} has a frame`, 'Leave rowsBetween and rangeBetween out')
  }
  const { lower, upper } = node.frame ?? { lower: 0, upper: 0 }
  if (typeof lower === 'number' && typeof upper === 'number' && lower > upper) {
    refuse('the frame of the window ends before it starts', 'Give the lower bound first')
  }
  return {
    kind: 'window',
    child,
    partitionBy: node.partitionBy.map((expression) => typeIn(expression, scope)),
    orderBy: node.orderBy.map((expression) => typeIn(expression, scope)),
    frame: node.frame,
    dataType: child.dataType,
    nullable: child.nullable,
  }
}
