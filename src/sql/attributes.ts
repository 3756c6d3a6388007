import { SchemaError } from '../errors.js'
import { knownNames, shortText } from '../util/names.js'
import { DECODERS, EntryReader, entryOf, invalid, isDecodable } from './attribute-entry.js'
import {
  type Attribute as AnyAttribute,
  DEFAULT_NUMERIC,
  given,
  requireAttribute,
  UnresolvedAttribute,
} from './attribute-kinds.js'
import { DoubleType, isNumeric, isVector, type Metadata, StructField, VectorUDT } from './types.js'

export {
  BinaryAttribute,
  isNominal,
  NominalAttribute,
  NumericAttribute,
  numCategories,
  UnresolvedAttribute,
} from './attribute-kinds.js'

/** Key of the ML attributes in the metadata of a column. */
const ML_ATTR = 'ml_attr'

/** ML attribute of a numeric column, or of one slot of a vector column: a frozen plain object. */
export type Attribute = AnyAttribute

/** Reads and writes the ML attribute of a numeric column. Source: `org.apache.spark.ml.attribute.Attribute`. */
export const Attribute = {
  /**
   * Attribute of a numeric column, named after the column; `UnresolvedAttribute` where its metadata says nothing.
   * @param preserveName keep the name in the metadata instead.
   * @throws SchemaError when the column is not numeric or its attribute is malformed.
   */
  fromStructField(field: StructField, preserveName = false): Attribute {
    if (!isNumeric(field.dataType)) {
      throw new SchemaError(`column "${field.name}" is ${field.dataType.kind}`, {
        column: field.name,
        allowed: 'A numeric column has an ML attribute',
        received: field.dataType.kind,
      })
    }
    if (field.metadata[ML_ATTR] === undefined) return UnresolvedAttribute
    const entry = new EntryReader(field.metadata[ML_ATTR], field.name, ML_ATTR)
    const type = entry.string('type') ?? 'numeric'
    if (!isDecodable(type)) throw invalid(field.name, 'type', type)
    const attribute = DECODERS[type](entry)
    const name = preserveName ? attribute.name : field.name
    return Object.freeze(given({ ...attribute, name, index: entry.number('idx') }))
  },

  /** The metadata with the attribute in it; a numeric attribute does not write its type, as in Spark. */
  toMetadata(attribute: Attribute, existing: Metadata = {}): Metadata {
    const { type } = attribute
    const entry = type === 'unresolved' ? {} : entryOf(attribute, attribute.index)
    return { ...existing, [ML_ATTR]: type === 'nominal' || type === 'binary' ? { ...entry, type } : entry }
  },

  /**
   * A double column named after the attribute, never null, whose metadata holds the attribute without name and index.
   * @throws SchemaError when the attribute has no name.
   */
  toStructField(attribute: Attribute, existing: Metadata = {}): StructField {
    if (attribute.name === undefined) {
      throw new SchemaError('an ML attribute without a name is no column', { allowed: 'An attribute with a name' })
    }
    const { name, index: _, ...rest } = attribute
    return StructField(name, DoubleType, false, Attribute.toMetadata(rest as Attribute, existing))
  },
} as const

/**
 * ML attributes of a vector column: how many slots it has, and what is known of each. Source:
 * `org.apache.spark.ml.attribute.AttributeGroup`. Slots without anything to say share one object, and are not written.
 *
 * @example
 * ```ts
 * import { AttributeGroup, BinaryAttribute, NumericAttribute } from 'ridgeline/sql'
 * const group = new AttributeGroup('features', [NumericAttribute({ name: 'age' }), BinaryAttribute({ name: 'member' })])
 * group.toMetadata()
 * // { ml_attr: { num_attrs: 2, attrs: { binary: [{ name: 'member', idx: 1 }], numeric: [{ name: 'age', idx: 0 }] } } }
 * ```
 */
export class AttributeGroup {
  readonly name: string
  /** Number of slots, or -1 when it is not known. */
  readonly size: number
  /** One attribute a slot; undefined when at most their number is known. */
  readonly attributes: readonly Attribute[] | undefined
  #places: ReadonlyMap<string, number> | undefined

  /**
   * @param name name of the column.
   * @param slots number of slots, or one attribute a slot; neither when nothing is known.
   */
  constructor(name: string, slots?: number | readonly Attribute[]) {
    requireAttribute(name !== '', 'name', name, 'A group has a name')
    const countable = typeof slots !== 'number' || (Number.isInteger(slots) && slots >= 0)
    requireAttribute(countable, 'the number of slots', slots, 'A whole number from 0')
    this.name = name
    this.attributes = typeof slots === 'number' ? undefined : slots
    this.size = typeof slots === 'number' ? slots : (slots?.length ?? -1)
  }

  /**
   * The group in the metadata of a vector column.
   * @throws SchemaError when the column is no vector or its attributes are malformed.
   */
  static fromStructField(field: StructField): AttributeGroup {
    const { name, dataType, metadata } = field
    if (!isVector(dataType)) {
      throw new SchemaError(`column "${name}" is ${dataType.kind}`, {
        column: name,
        allowed: 'A vector column has an attribute group',
        received: dataType.kind,
      })
    }
    if (metadata[ML_ATTR] === undefined) return new AttributeGroup(name)
    const group = new EntryReader(metadata[ML_ATTR], name, ML_ATTR)
    if (!group.has('attrs')) {
      return new AttributeGroup(name, group.has('num_attrs') ? group.whole('num_attrs') : undefined)
    }
    const attributes = new Array<Attribute>(group.whole('num_attrs')).fill(DEFAULT_NUMERIC)
    const byType = group.object('attrs')
    for (const [type, decode] of Object.entries(DECODERS)) {
      for (const entry of byType.entries(type)) attributes[entry.whole('idx', attributes.length)] = decode(entry)
    }
    return new AttributeGroup(name, attributes)
  }

  /** Name of each slot, undefined where it has none; undefined altogether when the slots are not known. */
  names(): (string | undefined)[] | undefined {
    return this.attributes?.map((attribute) => attribute.name)
  }

  /** Whether a slot has this name. */
  hasAttr(name: string): boolean {
    return this.#slots().has(name)
  }

  /**
   * Place of the slot with this name.
   * @throws SchemaError naming the known slots.
   */
  indexOf(name: string): number {
    const place = this.#slots().get(name)
    if (place !== undefined) return place
    throw new SchemaError(`column "${this.name}" has no slot "${name}"`, {
      column: this.name,
      allowed: knownNames('slots', name, [...this.#slots().keys()]),
    })
  }

  /**
   * Attribute of a slot, by name or by place; `UnresolvedAttribute` for a place of which nothing is known.
   * @throws SchemaError when there is no such slot.
   */
  getAttr(slot: string | number): Attribute {
    const place = typeof slot === 'string' ? this.indexOf(slot) : slot
    const known = this.size >= 0
    if (!Number.isInteger(place) || place < 0 || (known && place >= this.size)) {
      throw new SchemaError(`column "${this.name}" has no slot ${shortText(place)}`, {
        column: this.name,
        allowed: known ? `Slots 0 to ${this.size - 1}` : 'Whole numbers from 0',
      })
    }
    return this.attributes?.[place] ?? UnresolvedAttribute
  }

  /** The metadata with the group in it. */
  toMetadata(existing: Metadata = {}): Metadata {
    return { ...existing, [ML_ATTR]: this.#encode() }
  }

  /** The vector column, never null, with the group in its metadata. */
  toStructField(existing: Metadata = {}): StructField {
    return StructField(this.name, VectorUDT, false, this.toMetadata(existing))
  }

  #encode(): Metadata {
    if (!this.attributes) return this.size < 0 ? {} : { num_attrs: this.size }
    const entries = { nominal: [] as Metadata[], binary: [] as Metadata[], numeric: [] as Metadata[] }
    this.attributes.forEach((attribute, index) => {
      if (attribute.type === 'unresolved' || attribute === DEFAULT_NUMERIC) return
      const entry = entryOf(attribute, index)
      const saysNothing = attribute.type === 'numeric' && Object.keys(entry).length === 1
      if (!saysNothing) entries[attribute.type].push(entry)
    })
    const attrs = Object.fromEntries(Object.entries(entries).filter((list) => list[1].length > 0))
    return { num_attrs: this.attributes.length, attrs }
  }

  /** Built on first need: most groups are never asked by name. Of slots with one name, the last counts, as in Spark. */
  #slots(): ReadonlyMap<string, number> {
    if (!this.#places) {
      const places = new Map<string, number>()
      this.attributes?.forEach((attribute, i) => {
        if (attribute.name !== undefined) places.set(attribute.name, i)
      })
      this.#places = places
    }
    return this.#places
  }
}
