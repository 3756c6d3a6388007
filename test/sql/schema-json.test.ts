import { expect, test } from 'vitest'
import { SchemaError } from '../../src/errors.js'
import { schemaFromJson, schemaToJson } from '../../src/sql/schema-json.js'
import { ArrayType, LongType, StringType, StructField, StructType, VectorUDT } from '../../src/sql/types.js'

test('a schema comes back from its JSON', () => {
  const schema = StructType([
    StructField('id', LongType, false),
    StructField('words', ArrayType(StringType), true, { comment: 'text' }),
    StructField('v', VectorUDT),
  ])
  expect(schemaFromJson(schemaToJson(schema))).toEqual(schema)
})

test.each([
  ['a text', 'struct'],
  ['another type', { type: 'array', fields: [] }],
  ['no type', { fields: [] }],
  ['no fields', { type: 'struct' }],
  ['a name that is a number', { type: 'struct', fields: [{ name: 1, type: 'long' }] }],
  ['no name', { type: 'struct', fields: [{ type: 'long' }] }],
  ['an unknown type', { type: 'struct', fields: [{ name: 'x', type: 'long long' }] }],
  ['no type of a field', { type: 'struct', fields: [{ name: 'x' }] }],
  ['metadata that are a list', { type: 'struct', fields: [{ name: 'x', type: 'long', metadata: [] }] }],
])('nonsense is refused: %s', (_name, json) => {
  const read = (): StructType => schemaFromJson(json)
  expect(read).toThrow(SchemaError)
  expect(read).toThrow(expect.objectContaining({ details: expect.objectContaining({ hint: expect.any(String) }) }))
})
