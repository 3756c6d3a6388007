import { ParamError } from '../errors.js'
import { knownNames, shortText } from '../util/names.js'

/** Splits options, by names in lower case, into those of a place and the rest. */
export function takeOptions(
  options: ReadonlyMap<string, string>,
  names: readonly string[],
): { readonly own: ReadonlyMap<string, string>; readonly rest: ReadonlyMap<string, string> } {
  const entries = [...options]
  return {
    own: new Map(entries.filter(([name]) => names.includes(name))),
    rest: new Map(entries.filter(([name]) => !names.includes(name))),
  }
}

/** @throws ParamError for an option that nobody knows. @param known names as people write them. */
export function requireKnown(options: ReadonlyMap<string, string>, known: readonly string[], stage: string): void {
  const lower = new Set(known.map((name) => name.toLowerCase()))
  const unknown = [...options.keys()].find((name) => !lower.has(name))
  if (unknown === undefined) return
  throw new ParamError(`there is no option "${unknown}"`, {
    stage,
    param: unknown,
    allowed: knownNames('options', unknown, known),
    received: unknown,
  })
}

/** A whole number of 1 or more; undefined where it is not given. @throws ParamError. */
export function countOption(options: ReadonlyMap<string, string>, name: string, least = 1): number | undefined {
  const text = options.get(name.toLowerCase())
  if (text === undefined) return undefined
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= least) return value
  throw new ParamError(`${name} is ${shortText(text)}`, {
    param: name,
    allowed: `Allowed: a whole number, ${least} or more`,
    received: text,
  })
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  millisecond: 1,
  second: 1000,
  sec: 1000,
  s: 1000,
  minute: 60_000,
  min: 60_000,
  hour: 3_600_000,
  h: 3_600_000,
}

/** Milliseconds of a number, or of a text such as `5 seconds`. @throws ParamError. */
export function interval(value: number | string, param: string): number {
  if (typeof value === 'number' && value >= 0 && Number.isFinite(value)) return value
  const [, digits, unit] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]+?)s?\s*$/i.exec(String(value)) ?? []
  const scale = unit && (UNITS[unit.toLowerCase()] ?? UNITS[`${unit.toLowerCase()}s`])
  if (digits !== undefined && scale) return Number(digits) * scale
  throw new ParamError(`${param} is ${shortText(value)}`, {
    param,
    allowed: "Allowed: milliseconds of 0 or more, or a text such as '5 seconds', '1 minute'",
    received: shortText(value),
  })
}
