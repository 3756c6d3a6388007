import { ParamError } from '../errors.js'
import { children } from './expression/children.js'
import { mapChildren } from './expression/map-children.js'
import type { Expression } from './expression/nodes.js'
import { outputName, title } from './expression/title.js'
import { attribute } from './names.js'
import type { Draw, Plan } from './plan.js'
import { DoubleType, fieldNames, IntegerType, LongType, StructField, StructType } from './types.js'

/** Functions whose value depends on the place of a row in its partition, and which therefore the rows' own order must give. */
const KINDS: Readonly<Record<string, Draw['kind']>> = {
  rand: 'rand',
  random: 'rand',
  randn: 'randn',
  monotonically_increasing_id: 'id',
  spark_partition_id: 'partition',
}

const TYPES = { rand: DoubleType, randn: DoubleType, id: LongType, partition: IntegerType } as const

const kindOf = (expression: Expression): Draw['kind'] | undefined =>
  expression.kind === 'call' ? KINDS[expression.name.toLowerCase()] : undefined

const hasDraw = (expression: Expression): boolean =>
  kindOf(expression) !== undefined || children(expression).some(hasDraw)

/** @throws ParamError for a seed that is no literal whole number. */
function drawOf(call: Expression, kind: Draw['kind'], name: string): Draw {
  const args = call.kind === 'call' ? call.args : []
  const [seed] = args
  const value = seed?.kind === 'literal' ? seed.value : undefined
  const whole = typeof value === 'bigint' || Number.isSafeInteger(value)
  const seeded = kind === 'rand' || kind === 'randn'
  if (args.length > (seeded ? 1 : 0) || (seed && !whole && value !== null)) {
    throw new ParamError(`the arguments of ${title(call)} are wrong`, {
      stage: 'select',
      allowed: seeded ? 'Allowed: nothing, or a literal whole number as the seed' : 'Allowed: no arguments',
      received: title(call),
    })
  }
  return { name, kind, seed: whole ? BigInt(value as number | bigint) : BigInt(Math.floor(Math.random() * 2 ** 53)) }
}

/**
 * The expressions with the columns that draw random numbers or count rows, such as `rand(5)`, computed before, in the order of the rows.
 * @returns undefined where there are none.
 */
export function withDraws(
  input: Plan,
  expressions: readonly Expression[],
): { readonly input: Plan; readonly expressions: readonly Expression[] } | undefined {
  if (!expressions.some(hasDraw)) return undefined
  const taken = new Set(fieldNames(input.schema).map((name) => name.toLowerCase()))
  const draws: Draw[] = []
  const replace = (expression: Expression): Expression => {
    const kind = kindOf(expression)
    if (kind === undefined) return mapChildren(expression, replace)
    let name = `__draw${draws.length}`
    while (taken.has(name)) name = `_${name}`
    draws.push(drawOf(expression, kind, name))
    return attribute(name)
  }
  const replaced = expressions.map((expression): Expression => {
    if (!hasDraw(expression)) return expression
    const child = replace(expression)
    // A condition has no name, but an alias does not harm it.
    return child.kind === 'alias' || child.kind === 'sort'
      ? child
      : { kind: 'alias', child, name: outputName(expression) }
  })
  const fields = draws.map(({ name, kind }) => StructField(name, TYPES[kind], false))
  const schema = StructType([...input.schema.fields, ...fields])
  return { input: { kind: 'draw', schema, input, draws }, expressions: replaced }
}
