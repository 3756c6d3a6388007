import { SchemaError } from '../errors.js'
import { children } from './expression/children.js'
import type { Expression } from './expression/nodes.js'
import { resolve } from './expression/resolve.js'
import { title } from './expression/title.js'
import type { Plan } from './plan.js'
import { type DataType, IntegerType, NullType, numbered, StructField, StructType, simpleString } from './types.js'

// Functions that give several rows for one: `explode` and its kin. They stand alone in a select, and become a node of the plan.

interface Generator {
  /** Whether a row without elements gives one row of nulls. */
  readonly outer: boolean
  readonly position: boolean
  /** Whether elements are structs whose fields become columns. */
  readonly inline: boolean
}

const GENERATORS: ReadonlyMap<string, Generator> = new Map([
  ['explode', { outer: false, position: false, inline: false }],
  ['explode_outer', { outer: true, position: false, inline: false }],
  ['posexplode', { outer: false, position: true, inline: false }],
  ['posexplode_outer', { outer: true, position: true, inline: false }],
  ['inline', { outer: false, position: false, inline: true }],
  ['inline_outer', { outer: true, position: false, inline: true }],
])

type Call = Extract<Expression, { kind: 'call' }>

const isGenerator = (expression: Expression): expression is Call =>
  expression.kind === 'call' && (GENERATORS.has(expression.name.toLowerCase()) || isStack(expression))

const generatorOf = (expression: Expression): Call | undefined => {
  const bare = expression.kind === 'alias' ? expression.child : expression
  if (!isGenerator(bare)) return undefined
  return isStack(bare) ? stacked(bare) : bare
}

const isStack = ({ name }: Call): boolean => /^stack(_outer)?$/i.test(name)

/** `stack(2, a, b, c)` is `inline(array(struct(a, b), struct(c, NULL)))`: values in rows, one after the other. */
function stacked(call: Call): Call {
  const [count, ...values] = call.args
  const rows = count?.kind === 'literal' ? Number(count.value) : 0
  if (!Number.isInteger(rows) || rows < 1 || values.length === 0) {
    throw new SchemaError(`${title(call)} needs a number of rows and values for them`, {
      allowed: "Allowed: stack(2, 'a', a, 'b', b), with a literal of 1 or more",
      received: count ? title(count) : 'no arguments',
    })
  }
  const width = Math.ceil(values.length / rows)
  const cell = (row: number, k: number): Expression => ({
    kind: 'alias',
    child: values[row * width + k] ?? { kind: 'literal', value: null, dataType: NullType },
    name: `col${k}`,
  })
  const structs = Array.from({ length: rows }, (_, row): Expression => {
    const args = Array.from({ length: width }, (_cell, k) => cell(row, k))
    return { kind: 'call', name: 'struct', args }
  })
  // Spark takes every value for one that may be null.
  return { kind: 'call', name: 'inline_outer', args: [{ kind: 'call', name: 'array', args: structs }] }
}

/** @throws SchemaError for a generator where only values may stand. */
export function refuseGenerators(expressions: readonly Expression[], stage: string): void {
  for (const expression of expressions) {
    if (isGenerator(expression)) {
      throw new SchemaError(`${title(expression)} gives several rows and stands inside an expression`, {
        stage,
        received: title(expression),
        hint: 'Let it stand alone in select, and compute with its column afterwards',
      })
    }
    refuseGenerators(children(expression), stage)
  }
}

/**
 * The generators among the expressions of a select, as a plan that has their columns, and the expressions over that plan.
 * @returns undefined when there is none.
 * @throws SchemaError for one inside an expression, or an argument that is no array or map.
 */
export function generate(
  input: Plan,
  expressions: readonly Expression[],
  over: StructType,
  stage: string,
): { readonly plan: Plan; readonly expressions: readonly Expression[] } | undefined {
  const at = expressions.findIndex((expression) => generatorOf(expression) !== undefined)
  refuseGenerators(
    expressions.flatMap((expression, k) =>
      k === at ? generatorOf(expression)!.args : generatorOf(expression) ? [] : [expression],
    ),
    stage,
  )
  if (at < 0) return undefined
  const call = generatorOf(expressions[at])!
  const generator = GENERATORS.get(call.name.toLowerCase())!
  const [argument] = call.args
  if (call.args.length !== 1) throw wrongArgument(call, 'one argument', stage)
  const made = fieldsOf(call, generator, resolve(argument, over, stage).field.dataType, stage)
  const fields = made.map((field, k) =>
    StructField(`__generated${input.schema.fields.length + k}`, field.dataType, field.nullable),
  )
  const { outer, position, inline } = generator
  const schema = StructType([...input.schema.fields, ...fields])
  const plan: Plan = { kind: 'generate', schema, input, argument, outer, position, inline, fields }
  const names = namesOf(expressions[at], made, stage)
  const columns = fields.map(
    ({ name }, k): Expression => ({ kind: 'alias', child: { kind: 'attribute', name }, name: names[k] }),
  )
  // Each generator after it gives its rows for each of the rows so far.
  const rest = [...expressions.slice(0, at), ...columns, ...expressions.slice(at + 1)]
  return generate(plan, rest, numbered(schema), stage) ?? { plan, expressions: rest }
}

function namesOf(expression: Expression, made: readonly StructField[], stage: string): string[] {
  if (expression.kind !== 'alias') return made.map((field) => field.name)
  const names = expression.names ?? [expression.name]
  if (made.length === names.length) return [...names]
  throw new SchemaError(`${title(expression.child)} gives ${made.length} columns, not ${names.length}`, {
    stage,
    received: names.join(', '),
    hint: `They are called ${made.map((field) => field.name).join(', ')}: give a name for each, alias('a', 'b')`,
  })
}

/** Names, types and nullability of the columns that a generator makes. */
function fieldsOf(call: Call, { outer, position, inline }: Generator, type: DataType, stage: string): StructField[] {
  const pos = position ? [StructField('pos', IntegerType, outer)] : []
  if (inline) {
    const element = type.kind === 'array' ? type.elementType : undefined
    if (type.kind !== 'array' || element?.kind !== 'struct')
      throw wrongArgument(call, 'an array of structs', stage, type)
    const nullable = outer || type.containsNull
    return element.fields.map((field) => StructField(field.name, field.dataType, nullable || field.nullable))
  }
  if (type.kind === 'array') return [...pos, StructField('col', type.elementType, outer || type.containsNull)]
  if (type.kind === 'map') {
    return [
      ...pos,
      StructField('key', type.keyType, outer),
      StructField('value', type.valueType, outer || type.valueContainsNull),
    ]
  }
  throw wrongArgument(call, 'an array or a map', stage, type)
}

const wrongArgument = (call: Call, allowed: string, stage: string, type?: DataType): SchemaError =>
  new SchemaError(`${title(call)} takes ${allowed}`, {
    stage,
    allowed: `Allowed: ${allowed}`,
    received: type ? simpleString(type) : `${call.args.length} arguments`,
  })
