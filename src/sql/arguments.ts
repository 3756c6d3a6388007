import { ParamError } from '../errors.js'
import { knownNames, shortText } from '../util/names.js'
import type { ActionOptions } from './engine.js'
import { Column } from './expression/column.js'
import type { FileFormat } from './plan.js'

/** What an argument of a method may be, and what to write instead of something else. */
interface Expected {
  /** Name of the method. */
  readonly stage: string
  readonly param: string
  readonly allowed: string
  readonly hint?: string
}

/** The error about an argument of a kind that its method does not take; types tell, but JavaScript does not ask them. */
export function wrongArgument(value: unknown, { stage, param, allowed, hint }: Expected): ParamError {
  const received = typeof value === 'function' ? 'a function' : shortText(value)
  return new ParamError(`${param} is ${received}`, { stage, param, allowed: `Allowed: ${allowed}`, received, hint })
}

/** @throws ParamError unless the value is a column or a text. */
export function requireColumnOrText(
  value: unknown,
  stage: string,
  hint = "Write a value as lit(3), an expression as expr('price * 2')",
): void {
  if (value instanceof Column || typeof value === 'string') return
  throw wrongArgument(value, { stage, param: 'column', allowed: 'a Column or a string', hint })
}

/** @throws ParamError unless the value is a column. */
export function requireColumn(value: unknown, stage: string): void {
  if (value instanceof Column) return
  const hint = "Write a value as lit(3), a column as col('price'), an expression as expr('price * 2')"
  throw wrongArgument(value, { stage, param: 'column', allowed: 'a Column', hint })
}

/** @throws ParamError unless every value is a text. */
export function requireTexts(values: readonly unknown[], stage: string, param: string): void {
  for (const value of values) {
    if (typeof value !== 'string') throw wrongArgument(value, { stage, param, allowed: 'strings' })
  }
}

/** @throws ParamError unless the value is a record of options whose signal, if there is one, is an AbortSignal. */
export function requireActionOptions(options: ActionOptions, stage: string): void {
  const hint = 'Pass the signal of an AbortController, or AbortSignal.timeout(ms)'
  if (typeof options !== 'object' || options === null) {
    throw wrongArgument(options, { stage, param: 'options', allowed: '{ signal }', hint })
  }
  const signal: unknown = options.signal
  if (signal === undefined || signal instanceof AbortSignal) return
  throw wrongArgument(signal, { stage, param: 'signal', allowed: 'an AbortSignal', hint })
}

const FORMATS: readonly FileFormat[] = ['csv', 'json', 'parquet', 'text']

/** A format of files by its name, in any case. @throws ParamError naming the formats. */
export function formatOf(name: string, stage: string): FileFormat {
  requireTexts([name], stage, 'format')
  const format = FORMATS.find((known) => known === name.toLowerCase())
  if (format) return format
  throw new ParamError(`the format is ${shortText(name)}`, {
    stage,
    param: 'format',
    allowed: knownNames('formats', name, FORMATS),
    received: shortText(name),
  })
}
