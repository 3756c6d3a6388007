import { ParamError } from '../errors.js'
import { knownNames, shortText } from '../util/names.js'
import type { FieldSchema } from './field-schema.js'
import { valueTest } from './value-test.js'

/** What may be wrong with the value of a column. */
export const VIOLATIONS = ['missing', 'null', 'nan', 'wrongType', 'unseen', 'outOfRange'] as const
export type Violation = (typeof VIOLATIONS)[number]

/** What becomes of such a value: the row is refused, the value is left for the model, or another value takes its place. */
export type Policy = 'error' | 'keep' | 'impute'

/** Policies of a column. */
export type ColumnPolicies = { readonly [V in Violation]?: Policy }

/** How a validator treats rows that are not as the model expects them. See `docs/schema.md`. */
export interface Policies extends ColumnPolicies {
  /** Properties that the model does not read: refused, left there (default), or taken off the row. */
  readonly extra?: 'error' | 'keep' | 'drop'
  /** Policies of single columns, which win over those of all. */
  readonly columns?: { readonly [column: string]: ColumnPolicies }
  /** Values that `impute` puts in, by column. */
  readonly impute?: { readonly [column: string]: unknown }
}

/** Without a policy: what cannot be scored is refused, all else is left for the model, whose stages have policies of their own (`handleInvalid`). */
const DEFAULTS: Readonly<Record<Violation, Policy>> = {
  missing: 'error',
  null: 'keep',
  nan: 'keep',
  wrongType: 'error',
  unseen: 'keep',
  outOfRange: 'keep',
}

/** Policies of one column, each with a value. */
export type FullPolicies = Readonly<Record<Violation, Policy>>

const POLICIES: readonly unknown[] = ['error', 'keep', 'impute']
const EXTRA: readonly unknown[] = ['error', 'keep', 'drop']

function refused(stage: string, param: string, value: unknown, allowed: string, hint?: string): ParamError {
  return new ParamError(`the policy "${param}" is ${shortText(value)}`, {
    stage,
    param,
    allowed: `Allowed: ${allowed}`,
    received: shortText(value),
    hint,
  })
}

function requireNames(stage: string, given: unknown, param: string, names: readonly string[], what: string): void {
  if (typeof given !== 'object' || given === null) throw refused(stage, param, given, `an object of ${what}`)
  const unknown = Object.keys(given).find((name) => !names.includes(name))
  if (unknown === undefined) return
  throw new ParamError(`${param} has no "${unknown}"`, {
    stage,
    param,
    allowed: knownNames(what, unknown, names),
    received: unknown,
  })
}

function requirePolicies(stage: string, given: object, where: string): void {
  for (const violation of VIOLATIONS) {
    const policy = (given as Record<string, unknown>)[violation]
    if (policy === undefined || POLICIES.includes(policy)) continue
    throw refused(stage, `${where}${violation}`, policy, '"error", "keep" or "impute"')
  }
}

/** @throws ParamError for a policy or a column that does not exist, and for a value that its column cannot hold. */
export function requireValid(stage: string, fields: readonly FieldSchema[], given: Policies): void {
  const columns = fields.map(({ name }) => name)
  requireNames(stage, given, 'policies', [...VIOLATIONS, 'extra', 'columns', 'impute'], 'policies')
  requirePolicies(stage, given, '')
  const { extra, columns: single = {}, impute = {} } = given
  if (extra !== undefined && !EXTRA.includes(extra)) throw refused(stage, 'extra', extra, '"error", "keep" or "drop"')
  requireNames(stage, single, 'columns', columns, 'columns')
  for (const [name, policies] of Object.entries(single)) {
    requireNames(stage, policies, `columns.${name}`, VIOLATIONS, 'policies')
    requirePolicies(stage, policies, `columns.${name}.`)
  }
  requireNames(stage, impute, 'impute', columns, 'columns')
  for (const field of fields) {
    if (!Object.hasOwn(impute, field.name)) continue
    const { categories: _categories, range: _range, ...plain } = field
    const value = impute[field.name]
    const violation = valueTest(plain)(value)
    if (violation !== 'wrongType' && violation !== 'missing') continue
    throw refused(stage, `impute.${field.name}`, value, `a value of the column, which is ${field.type.kind}`)
  }
}

/** Policies of a column. */
export const policiesOf = (column: string, { columns, ...all }: Policies): FullPolicies => {
  const own = columns && Object.hasOwn(columns, column) ? columns[column] : {}
  const entries = VIOLATIONS.map((violation) => [violation, own[violation] ?? all[violation] ?? DEFAULTS[violation]])
  return Object.fromEntries(entries) as FullPolicies
}

/**
 * The value that `impute` puts in: the one that is given, else what the schema tells. For a number out of range that is the nearest end of the range, for
 * labels the first one, which is the most frequent unless the indexer was told another order.
 * @throws ParamError where neither tells one.
 */
export function imputer(
  stage: string,
  field: FieldSchema,
  violation: Violation,
  given: Policies['impute'],
): (value: unknown) => unknown {
  const { name, range, categories } = field
  if (given && Object.hasOwn(given, name)) {
    const value = given[name]
    return () => value
  }
  if (violation === 'outOfRange' && range) return (value) => ((value as number) < range.min ? range.min : range.max)
  if (categories && categories.length > 0) return () => categories[0]
  throw new ParamError(`there is no value to impute column "${name}" with (${violation})`, {
    stage,
    param: 'impute',
    column: name,
    allowed: 'The schema tells one for labels, and for numbers out of range',
    hint: `Give one: { impute: { ${name}: … } }, or set the policy for the columns that need it: { columns: { … } }.`,
  })
}
