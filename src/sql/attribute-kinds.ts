import { SchemaError } from '../errors.js'
import { shortText } from '../util/names.js'

interface Named {
  /** Name of the attribute; never empty. */
  readonly name?: string
  /** Place in a vector, of an attribute on its own. In a group the place in the list counts instead. */
  readonly index?: number
}

/** A continuous feature. Source: `org.apache.spark.ml.attribute.NumericAttribute`. */
export interface NumericAttribute extends Named {
  readonly type: 'numeric'
  readonly min?: number
  readonly max?: number
  readonly std?: number
  /** Fraction of zeros, in [0, 1]. */
  readonly sparsity?: number
}
/** A categorical feature: its values are category indices. Source: `org.apache.spark.ml.attribute.NominalAttribute`. */
export interface NominalAttribute extends Named {
  readonly type: 'nominal'
  /** Whether the order of the categories means something. */
  readonly isOrdinal?: boolean
  /** Number of categories; only where `values` is not given. */
  readonly numValues?: number
  /** The categories, in the order of their indices. */
  readonly values?: readonly string[]
}
/** A feature that is 0 or 1. Source: `org.apache.spark.ml.attribute.BinaryAttribute`. */
export interface BinaryAttribute extends Named {
  readonly type: 'binary'
  /** What 0 and 1 stand for. */
  readonly values?: readonly string[]
}
/** A feature of which nothing is known. Source: `org.apache.spark.ml.attribute.UnresolvedAttribute`. */
export interface UnresolvedAttribute {
  readonly type: 'unresolved'
  readonly name?: undefined
}

type Options<T> = Omit<T, 'type'>

/** `NumericAttribute({ name: 'age' })`. */
export const NumericAttribute = (options: Options<NumericAttribute> = {}): NumericAttribute => {
  const { std, sparsity } = options
  requireAttribute(std === undefined || std >= 0, 'std', std, 'std is at least 0')
  requireAttribute(
    sparsity === undefined || (sparsity >= 0 && sparsity <= 1),
    'sparsity',
    sparsity,
    'sparsity is in [0, 1]',
  )
  return make('numeric', options)
}

/** `NominalAttribute({ name: 'city', values: ['Paris', 'Lyon'] })`. */
export const NominalAttribute = (options: Options<NominalAttribute> = {}): NominalAttribute => {
  const { numValues, values } = options
  requireAttribute(numValues === undefined || numValues >= 0, 'numValues', numValues, 'numValues is at least 0')
  requireAttribute(
    numValues === undefined || !values,
    'numValues',
    numValues,
    'Only one of numValues and values is given',
  )
  return make('nominal', options)
}

/** `BinaryAttribute({ name: 'city=Paris' })`. */
export const BinaryAttribute = (options: Options<BinaryAttribute> = {}): BinaryAttribute => {
  const { values } = options
  requireAttribute(!values || values.length === 2, 'values', values, 'A binary attribute has two values')
  return make('binary', options)
}

/** The attribute of a column without ML attributes. */
export const UnresolvedAttribute: UnresolvedAttribute = Object.freeze({ type: 'unresolved' })

/** ML attribute of a numeric column, or of one slot of a vector column: a frozen plain object. */
export type Attribute = NumericAttribute | NominalAttribute | BinaryAttribute | UnresolvedAttribute

/** The attribute of a slot of a vector of which only the existence is known. */
export const DEFAULT_NUMERIC = NumericAttribute()

function make<T extends Attribute['type']>(type: T, options: Named): Extract<Attribute, { type: T }> {
  requireAttribute(options.name !== '', 'name', options.name, 'A name is not empty')
  requireAttribute(options.index === undefined || options.index >= 0, 'index', options.index, 'index is at least 0')
  return Object.freeze({ type, ...given(options) }) as unknown as Extract<Attribute, { type: T }>
}

/** The object without its undefined entries. */
export function given<T extends object>(options: T): T {
  const kept: Partial<T> = {}
  for (const key in options) if (options[key] !== undefined) kept[key] = options[key]
  return kept as T
}

/** Refuses an impossible attribute. */
export function requireAttribute(ok: boolean, what: string, received: unknown, allowed: string): void {
  if (!ok) throw new SchemaError(`ML attributes: ${what} is ${shortText(received)}`, { allowed })
}

/** Whether values of the attribute are category indices: nominal or binary. */
export const isNominal = (attribute: Attribute): attribute is NominalAttribute | BinaryAttribute =>
  attribute.type === 'nominal' || attribute.type === 'binary'

/** Number of categories of a nominal or binary attribute; undefined when unknown, or for another attribute. */
export function numCategories(attribute: Attribute): number | undefined {
  if (attribute.type === 'binary') return 2
  return attribute.type === 'nominal' ? (attribute.numValues ?? attribute.values?.length) : undefined
}
