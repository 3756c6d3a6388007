import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { SchemaError } from '../../src/errors.js'
import {
  Attribute,
  AttributeGroup,
  BinaryAttribute,
  isNominal,
  NominalAttribute,
  NumericAttribute,
  numCategories,
  UnresolvedAttribute,
} from '../../src/sql/attributes.js'
import {
  DoubleType,
  IntegerType,
  isVector,
  type Metadata,
  StringType,
  StructField,
  VectorUDT,
} from '../../src/sql/types.js'

const recorded: { source: string; type: string; metadata: Metadata }[] = JSON.parse(
  readFileSync(new URL('./data/ml-attributes.json', import.meta.url), 'utf8'),
).columns
const TYPES: Record<string, typeof DoubleType> = { vector: VectorUDT, double: DoubleType, int: IntegerType }
const columns = recorded.map((c) => ({ ...c, field: StructField('c', TYPES[c.type], true, c.metadata) }))
const vectorColumn = (metadata: Metadata) => StructField('c', VectorUDT, true, { ml_attr: metadata })
const numericColumn = (metadata: Metadata) => StructField('c', DoubleType, true, { ml_attr: metadata })

/** Text with keys in their order, which toEqual does not look at. */
const text = JSON.stringify

describe('metadata recorded from Spark 4.0.1 comes out as it went in', () => {
  const vectors = columns.filter((c) => isVector(c.field.dataType))
  it.each(vectors.map((c) => ({ ...c, shown: text(c.metadata) })))('$source $shown', ({ field, metadata }) => {
    expect(text(AttributeGroup.fromStructField(field).toMetadata())).toBe(text(metadata))
  })

  // The prediction of a tree model carries the group of its features column; read as an attribute that says nothing.
  const isGroup = (c: (typeof columns)[number]) => Object.hasOwn(c.metadata.ml_attr as Metadata, 'attrs')
  const scalars = columns.filter((c) => !isVector(c.field.dataType))
  it.each(scalars.map((c) => ({ ...c, shown: text(c.metadata) })))('$source $shown', (column) => {
    const attribute = Attribute.fromStructField(column.field, true)
    expect(text(Attribute.toMetadata(attribute))).toBe(isGroup(column) ? '{"ml_attr":{}}' : text(column.metadata))
  })
})

describe('attribute of a column', () => {
  it('takes the name of the column unless told to keep its own', () => {
    const field = numericColumn({ type: 'nominal', name: 'own', vals: ['a', 'b'] })
    expect(Attribute.fromStructField(field)).toEqual(NominalAttribute({ name: 'c', values: ['a', 'b'] }))
    expect(Attribute.fromStructField(field, true)).toEqual(NominalAttribute({ name: 'own', values: ['a', 'b'] }))
    expect(Attribute.fromStructField(StructField('c', DoubleType))).toBe(UnresolvedAttribute)
  })

  it('becomes a column without name and index in its metadata', () => {
    const attribute = NominalAttribute({ name: 'city', index: 3, isOrdinal: false, values: ['a'] })
    const field = Attribute.toStructField(attribute, { comment: 'x' })
    const metadata = { comment: 'x', ml_attr: { ord: false, vals: ['a'], type: 'nominal' } }
    expect(field).toEqual(StructField('city', DoubleType, false, metadata))
    expect(() => Attribute.toStructField(NumericAttribute())).toThrow(SchemaError)
  })

  it('knows its categories', () => {
    expect(numCategories(NominalAttribute({ values: ['a', 'b', 'c'] }))).toBe(3)
    expect(numCategories(NominalAttribute({ numValues: 4 }))).toBe(4)
    expect(numCategories(NominalAttribute())).toBeUndefined()
    expect(numCategories(BinaryAttribute())).toBe(2)
    expect(numCategories(NumericAttribute())).toBeUndefined()
    expect([NominalAttribute(), BinaryAttribute(), NumericAttribute(), UnresolvedAttribute].map(isNominal)).toEqual([
      true,
      true,
      false,
      false,
    ])
  })

  it.each<[string, () => unknown]>([
    ['an empty name', () => NumericAttribute({ name: '' })],
    ['a negative index', () => BinaryAttribute({ index: -1 })],
    ['a negative deviation', () => NumericAttribute({ std: -1 })],
    ['a sparsity above 1', () => NumericAttribute({ sparsity: 1.5 })],
    ['three values of a binary attribute', () => BinaryAttribute({ values: ['a', 'b', 'c'] })],
    ['values and their number', () => NominalAttribute({ numValues: 1, values: ['a'] })],
    ['a text column', () => Attribute.fromStructField(StructField('c', StringType))],
    ['an unknown type', () => Attribute.fromStructField(numericColumn({ type: 'toString' }))],
    ['metadata of a wrong type', () => Attribute.fromStructField(numericColumn({ vals: 'a', type: 'nominal' }))],
    ['a number for metadata', () => Attribute.fromStructField(StructField('c', DoubleType, true, { ml_attr: 1 }))],
  ])('refuses %s', (_, make) => {
    expect(make).toThrow(SchemaError)
  })
})

describe('group of a vector column', () => {
  const group = new AttributeGroup('v', [
    NumericAttribute({ name: 'age' }),
    NominalAttribute({ name: 'city', values: ['a', 'b'] }),
    NumericAttribute(),
    UnresolvedAttribute,
  ])

  it('answers by place and by name', () => {
    expect(group.size).toBe(4)
    expect(group.names()).toEqual(['age', 'city', undefined, undefined])
    expect(group.indexOf('city')).toBe(1)
    expect(group.getAttr('city')).toBe(group.getAttr(1))
    expect(group.hasAttr('nowhere')).toBe(false)
    expect(() => group.indexOf('citi')).toThrowErrorMatchingInlineSnapshot(
      `[SchemaError: column "v" has no slot "citi". Known slots: age, city. Did you mean "city"?]`,
    )
    expect(() => group.getAttr(4)).toThrow(SchemaError)
  })

  it('writes only slots with something to say, and reads the others as numeric', () => {
    const field = group.toStructField()
    expect(field.metadata).toEqual({
      ml_attr: {
        num_attrs: 4,
        attrs: { numeric: [{ name: 'age', idx: 0 }], nominal: [{ vals: ['a', 'b'], name: 'city', idx: 1 }] },
      },
    })
    expect(AttributeGroup.fromStructField(field).attributes?.map((a) => a.type)).toEqual([
      'numeric',
      'nominal',
      'numeric',
      'numeric',
    ])
  })

  it('may know only its size, or nothing', () => {
    expect(new AttributeGroup('v', 3).toMetadata({ a: 1 })).toEqual({ a: 1, ml_attr: { num_attrs: 3 } })
    expect(new AttributeGroup('v', 3).getAttr(2)).toBe(UnresolvedAttribute)
    expect(new AttributeGroup('v').size).toBe(-1)
    expect(new AttributeGroup('v').names()).toBeUndefined()
    expect(AttributeGroup.fromStructField(StructField('v', VectorUDT))).toEqual(new AttributeGroup('v'))
  })

  it.each<[string, () => unknown]>([
    ['no name', () => new AttributeGroup('')],
    ['a negative size', () => new AttributeGroup('v', -1)],
    ['a column that is no vector', () => AttributeGroup.fromStructField(StructField('c', DoubleType))],
    ['attributes without their number', () => AttributeGroup.fromStructField(vectorColumn({ attrs: {} }))],
    [
      'a place beyond the size',
      () => AttributeGroup.fromStructField(vectorColumn({ num_attrs: 1, attrs: { numeric: [{ idx: 1 }] } })),
    ],
    [
      'an attribute without a place',
      () => AttributeGroup.fromStructField(vectorColumn({ num_attrs: 1, attrs: { numeric: [{ name: 'a' }] } })),
    ],
  ])('refuses %s', (_, make) => {
    expect(make).toThrow(SchemaError)
  })

  it('finds every one of 10,000 named slots', () => {
    const slots = Array.from({ length: 10_000 }, (_, i) => NumericAttribute({ name: `v_${i}` }))
    const field = new AttributeGroup('v', slots).toStructField()
    const read = AttributeGroup.fromStructField(field)
    expect(slots.every(({ name }, i) => read.indexOf(name as string) === i)).toBe(true)
  })
})
