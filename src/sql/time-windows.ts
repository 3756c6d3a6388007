import { SchemaError } from '../errors.js'
import { bind } from './column-identity.js'
import { children } from './expression/children.js'
import { identity } from './expression/identity.js'
import { intervalOf } from './expression/interval.js'
import { literal } from './expression/literal.js'
import { mapChildren } from './expression/map-children.js'
import type { Expression } from './expression/nodes.js'
import { resolve } from './expression/resolve.js'
import { outputName, title } from './expression/title.js'
import { attribute } from './names.js'
import type { Plan } from './plan.js'
import { type ArrayType, fieldNames, LongType, StructField, StructType } from './types.js'

type Call = Extract<Expression, { kind: 'call' }>

const DAY = 86_400_000_000

const isWindow = (expression: Expression): expression is Call =>
  expression.kind === 'call' && expression.name.toLowerCase() === 'window'

const windowsIn = (expression: Expression): Call[] =>
  isWindow(expression) ? [expression] : children(expression).flatMap(windowsIn)

/** Microseconds of a text such as `10 minutes`. @throws SchemaError for what is none, or has months. */
function micros(text: Expression, what: string): number {
  const refuse = (problem: string): never => {
    throw new SchemaError(`the ${what} of a time window is ${title(text)}: ${problem}`, {
      stage: 'window',
      received: title(text),
      allowed: 'Allowed: a literal of weeks, days, hours, minutes or seconds',
      hint: "Write '10 minutes' or '1 day 12 hours'",
    })
  }
  if (text.kind !== 'literal' || typeof text.value !== 'string') return refuse('no literal text')
  const parts = [...text.value.matchAll(/([+-]?[\d.]+)\s*([a-z]+)/gi)].map(([, n, unit]) => [n, unit] as const)
  const interval = intervalOf(parts)
  if (typeof interval === 'string') return refuse(interval)
  if (interval.months !== 0) return refuse('months differ in length')
  return interval.days * DAY + interval.micros
}

/** The call that lists the windows of a row, and whether there may be several. @throws SchemaError for durations that do not fit. */
function listOf(call: Call): { list: Expression; sliding: boolean } {
  const [time, duration, slide, start] = call.args
  const length = micros(duration ?? literal(null), 'duration')
  const given = slide?.kind === 'literal' && slide.value === null ? undefined : slide
  const step = given ? micros(given, 'slide') : length
  const offset = start ? micros(start, 'start') : 0
  if (length <= 0 || step <= 0 || step > length || Math.abs(offset) >= step) {
    throw new SchemaError(
      `${title(call)} has a duration of ${length}, a slide of ${step} and a start of ${offset} microseconds`,
      {
        stage: 'window',
        allowed: 'Allowed: a slide from 1 microsecond up to the duration, a start below the slide',
        hint: 'Give a longer duration, or a shorter slide',
      },
    )
  }
  const numbers = [length, step, offset].map((value) => literal(BigInt(value), LongType))
  return { list: { kind: 'call', name: '+windows', args: [time, ...numbers] }, sliding: step < length }
}

/**
 * The expressions with `window(time, duration, slide, start)` as a column that is computed before: the rows once for each window that holds
 * their time, and not at all where that is null.
 * @returns undefined where there is none.
 * @throws SchemaError for several windows, a time that is none, and durations that do not fit.
 */
export function withTimeWindows(
  input: Plan,
  expressions: readonly Expression[],
): { readonly input: Plan; readonly expressions: readonly Expression[] } | undefined {
  const calls = new Map(expressions.flatMap(windowsIn).map((call) => [identity(call), call]))
  if (calls.size === 0) return undefined
  if (calls.size > 1) {
    throw new SchemaError('there are several time windows in one step', {
      stage: 'window',
      received: [...calls.values()].map((call) => title(call.args[0])).join(', '),
      hint: 'Add one as a column first: withColumn, then use the column',
    })
  }
  const [call] = calls.values()
  const { list, sliding } = listOf(call)
  const {
    expressions: [argument],
    schema: over,
  } = bind([list], input, 'window')
  const { dataType } = resolve(argument, over, 'window').field
  let name = 'window'
  while (fieldNames(input.schema).some((taken) => taken.toLowerCase() === name)) name = `_${name}`
  const fields = [StructField(name, (dataType as ArrayType).elementType, sliding)]
  const schema = StructType([...input.schema.fields, ...fields])
  const replace = (expression: Expression): Expression =>
    isWindow(expression) ? attribute(name) : mapChildren(expression, replace)
  const replaced = expressions.map((expression): Expression => {
    if (windowsIn(expression).length === 0) return expression
    const child = replace(expression)
    return child.kind === 'alias' || child.kind === 'sort'
      ? child
      : { kind: 'alias', child, name: outputName(expression) }
  })
  const plan: Plan = { kind: 'generate', schema, input, argument, outer: false, position: false, inline: false, fields }
  return { input: plan, expressions: replaced }
}
