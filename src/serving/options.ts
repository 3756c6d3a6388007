import { ParamError } from '../errors.js'
import { knownNames, shortText } from '../util/names.js'

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

/** Options whose values belong into no error. */
const SECRET: ReadonlySet<string> = new Set(['tokens', 'tls'])

/** What an option may be, in words, and whether a value is that. */
interface Rule {
  readonly allowed: string
  readonly test: (value: unknown) => boolean
}

const isFunction = (value: unknown): boolean => typeof value === 'function'
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null
const text: Rule = { allowed: 'a text that is not empty', test: (value) => typeof value === 'string' && value !== '' }
const milliseconds: Rule = {
  allowed: 'milliseconds, 0 or more, and less than 25 days',
  test: (value) => typeof value === 'number' && value >= 0 && value < 2 ** 31,
}
const listOf = (what: string, test: (value: unknown) => boolean): Rule => ({
  allowed: `a list of ${what}`,
  test: (value) => Array.isArray(value) && value.every(test),
})

/** Rules of options whose values nothing else checks; columns, schemas and policies are checked where they are used. */
const RULES: Readonly<Record<string, Rule | undefined>> = {
  name: text,
  version: text,
  outputCols: undefined,
  schema: undefined,
  policies: undefined,
  timeout: milliseconds,
  protocols: listOf('protocols', (value) => isObject(value) && isFunction((value as { register?: unknown }).register)),
  tokens: listOf('texts without spaces', (value) => typeof value === 'string' && /^\S+$/.test(value)),
  metrics: {
    allowed: 'true, false, or a registry of prom-client',
    test: (value) => typeof value === 'boolean' || isObject(value),
  },
  bodyLimit: {
    allowed: 'a number of bytes, at least 1',
    test: (value) => Number.isInteger(value) && (value as number) > 0,
  },
  logRequests: { allowed: 'true or false', test: (value) => typeof value === 'boolean' },
  tls: {
    allowed: '{ key, cert }, both in PEM',
    test: (value) => isObject(value) && 'key' in (value as object) && 'cert' in (value as object),
  },
  logLevel: { allowed: LOG_LEVELS.join(', '), test: (value) => (LOG_LEVELS as readonly unknown[]).includes(value) },
  logStream: {
    allowed: 'an object with a method write',
    test: (value) => isObject(value) && isFunction((value as { write?: unknown }).write),
  },
  receiveTimeout: milliseconds,
  closeDelay: milliseconds,
  closeGrace: milliseconds,
  closeTimeout: milliseconds,
}

/** @throws ParamError for an option that does not exist, or has a value that it cannot have. */
export function requireServerOptions(options: unknown): void {
  const refused = (problem: string, param: string, allowed: string, received: string): ParamError =>
    new ParamError(problem, { stage: 'createServer', param, allowed, received })
  if (!isObject(options) || Array.isArray(options)) {
    const shown = shortText(options)
    throw refused(`the options are ${shown}`, 'options', 'Allowed: an object', shown)
  }
  for (const [name, value] of Object.entries(options as object)) {
    if (!Object.hasOwn(RULES, name))
      throw refused(`option "${name}" does not exist`, name, knownNames('options', name, Object.keys(RULES)), name)
    const rule = RULES[name]
    if (value === undefined || !rule || rule.test(value)) continue
    const shown = SECRET.has(name) ? 'of another kind' : shortText(value)
    throw refused(`option "${name}" is ${shown}`, name, `Allowed: ${rule.allowed}`, shown)
  }
}
