import { SchemaError } from '../errors.js'
import { shortText } from '../util/names.js'
import {
  type Attribute,
  BinaryAttribute,
  given,
  NominalAttribute,
  NumericAttribute,
  type UnresolvedAttribute,
} from './attribute-kinds.js'
import type { Json, Metadata } from './types.js'

/** JSON of one attribute without its type, the keys in the order in which Spark writes them. */
export function entryOf(attribute: Attribute, index: number | undefined): Metadata {
  const { name } = attribute
  switch (attribute.type) {
    case 'unresolved':
      return {}
    case 'numeric': {
      const { min, max, std, sparsity } = attribute
      return given({ min, max, std, sparsity, name, idx: index }) as Metadata
    }
    case 'nominal': {
      const { isOrdinal, numValues, values } = attribute
      return given({ ord: isOrdinal, num_vals: numValues, vals: values, name, idx: index }) as Metadata
    }
    case 'binary':
      return given({ vals: attribute.values, name, idx: index }) as Metadata
  }
}

/** Reads the keys of one attribute; a value of a wrong type is an error that names the column. */
export class EntryReader {
  readonly #entry: Metadata
  readonly #column: string

  constructor(entry: Json | undefined, column: string, what: string) {
    if (entry === null || typeof entry !== 'object' || Array.isArray(entry)) throw invalid(column, what, entry)
    this.#entry = entry as Metadata
    this.#column = column
  }

  has(key: string): boolean {
    return this.#entry[key] !== undefined
  }
  string(key: string): string | undefined {
    return this.#read(key, (value) => typeof value === 'string')
  }
  number(key: string): number | undefined {
    return this.#read(key, (value) => typeof value === 'number')
  }
  boolean(key: string): boolean | undefined {
    return this.#read(key, (value) => typeof value === 'boolean')
  }
  strings(key: string): readonly string[] | undefined {
    return this.#read(key, (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'))
  }
  entries(key: string): readonly EntryReader[] {
    const list = this.#read<readonly Json[]>(key, Array.isArray) ?? []
    return list.map((item) => new EntryReader(item, this.#column, key))
  }
  object(key: string): EntryReader {
    return new EntryReader(this.#entry[key], this.#column, key)
  }
  /** A whole number from 0 to `below - 1`, which must be there. */
  whole(key: string, below = 2 ** 31): number {
    const value = this.number(key)
    if (value === undefined || !Number.isInteger(value) || value < 0 || value >= below) {
      throw invalid(this.#column, key, value)
    }
    return value
  }

  #read<T>(key: string, fits: (value: Json) => boolean): T | undefined {
    const value = this.#entry[key]
    if (value === undefined) return undefined
    if (!fits(value)) throw invalid(this.#column, key, value)
    return value as T
  }
}

/** The error for metadata of a wrong shape, naming the column and the key. */
export const invalid = (column: string, what: string, value: unknown): SchemaError =>
  new SchemaError(`the ML attributes of column "${column}" are malformed: "${what}" is ${shortText(value)}`, {
    column,
    received: shortText(value),
  })

type Decoder = (entry: EntryReader) => Exclude<Attribute, UnresolvedAttribute>

/** How to read an attribute of each type that metadata can name; its place is left to the caller. */
export const DECODERS: Readonly<Record<'numeric' | 'nominal' | 'binary', Decoder>> = {
  numeric: (entry) =>
    NumericAttribute({
      name: entry.string('name'),
      min: entry.number('min'),
      max: entry.number('max'),
      std: entry.number('std'),
      sparsity: entry.number('sparsity'),
    }),
  nominal: (entry) =>
    NominalAttribute({
      name: entry.string('name'),
      isOrdinal: entry.boolean('ord'),
      numValues: entry.number('num_vals'),
      values: entry.strings('vals'),
    }),
  binary: (entry) => BinaryAttribute({ name: entry.string('name'), values: entry.strings('vals') }),
}

/** Whether metadata may name this type of attribute. */
export const isDecodable = (type: string): type is keyof typeof DECODERS => Object.hasOwn(DECODERS, type)
