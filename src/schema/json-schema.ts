import type { DataType, Json } from '../sql/types.js'
import type { FieldSchema } from './field-schema.js'
import { type Policies, policiesOf, type Violation } from './policies.js'

/** A JSON Schema: plain JSON. */
export type JsonSchema = { readonly [keyword: string]: Json }

export const DIALECT = 'https://json-schema.org/draft/2020-12/schema'

const INTEGERS: Readonly<Record<string, JsonSchema>> = {
  byte: { type: 'integer', minimum: -128, maximum: 127 },
  short: { type: 'integer', minimum: -32_768, maximum: 32_767 },
  integer: { type: 'integer', minimum: -2_147_483_648, maximum: 2_147_483_647 },
  long: { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
}

/** The schema of values of a type, as JSON writes them. Null elements are allowed where the type says so. */
function typeSchema(type: DataType): JsonSchema {
  switch (type.kind) {
    case 'double':
    case 'float':
    case 'decimal':
      return { type: 'number' }
    case 'byte':
    case 'short':
    case 'integer':
    case 'long':
      return INTEGERS[type.kind]
    case 'boolean':
    case 'string':
      return { type: type.kind }
    case 'binary':
      return { type: 'string', contentEncoding: 'base64' }
    case 'date':
      return { type: 'string', format: 'date' }
    case 'timestamp':
    case 'timestamp_ntz':
      return { type: 'string', format: 'date-time' }
    case 'void':
      return { type: 'null' }
    case 'vector':
      return { type: 'array', items: { type: 'number' } }
    case 'matrix':
      return { type: 'object' }
    case 'array':
      return { type: 'array', items: orNull(typeSchema(type.elementType), type.containsNull) }
    case 'map':
      return { type: 'object', additionalProperties: orNull(typeSchema(type.valueType), type.valueContainsNull) }
    case 'struct': {
      const properties = type.fields.map(({ name, dataType, nullable }) => [
        name,
        orNull(typeSchema(dataType), nullable),
      ])
      const required = type.fields.filter(({ nullable }) => !nullable).map(({ name }) => name)
      return {
        type: 'object',
        properties: Object.fromEntries(properties),
        ...(required.length > 0 ? { required } : {}),
      }
    }
  }
}

/** The schema with null beside its values. */
function orNull(schema: JsonSchema, nullable: boolean): JsonSchema {
  if (!nullable || schema.type === 'null') return schema
  const values = schema.enum as readonly Json[] | undefined
  return { ...schema, type: [schema.type, 'null'] as readonly Json[], ...(values ? { enum: [...values, null] } : {}) }
}

/** What is known of a column in a sentence, for what is not a rule. */
function description({ categories, range }: FieldSchema): string {
  if (range) return `Fitted on numbers from ${range.min} to ${range.max}.`
  return categories ? `Fitted on ${categories.length} labels.` : ''
}

/** What a schema of a column makes rules of. */
interface Rules {
  readonly wrongType: boolean
  readonly null: boolean
  readonly unseen: boolean
  readonly outOfRange: boolean
}

/** The schema of a column. Labels and ranges are rules where the policies refuse what is outside, else they are told as examples and in the description. */
function fieldSchema(field: FieldSchema, rules: Rules, told = description(field)): JsonSchema {
  const { type, categories, range, size } = field
  // JSON has no integers beyond 2^53.
  const values = categories?.every((category) => typeof category !== 'bigint') ? categories : []
  const labels: JsonSchema =
    values.length > 0 ? { [rules.unseen && rules.wrongType ? 'enum' : 'examples']: values } : {}
  if (!rules.wrongType) return { ...labels, ...(told === '' ? {} : { description: told }) }
  const schema: JsonSchema = {
    ...typeSchema(type),
    ...(size === undefined ? {} : { minItems: size, maxItems: size }),
    ...(range && rules.outOfRange ? { minimum: range.min, maximum: range.max } : {}),
    ...labels,
    ...(told === '' ? {} : { description: told }),
  }
  return orNull(schema, rules.null)
}

/** The schema of rows that a validator with these policies takes, as JSON. */
export function inputSchema(fields: readonly FieldSchema[], policies: Policies): JsonSchema {
  const own = new Map(fields.map((field) => [field.name, policiesOf(field.name, policies)]))
  const refuses = (name: string, violation: Violation): boolean => own.get(name)?.[violation] === 'error'
  const required = fields.filter(({ name }) => refuses(name, 'missing')).map(({ name }) => name)
  return {
    type: 'object',
    properties: Object.fromEntries(
      fields.map((field) => {
        const { name } = field
        const rules = {
          wrongType: refuses(name, 'wrongType'),
          null: !refuses(name, 'null'),
          unseen: refuses(name, 'unseen'),
          outOfRange: refuses(name, 'outOfRange'),
        }
        return [name, fieldSchema(field, rules)]
      }),
    ),
    ...(required.length > 0 ? { required } : {}),
    ...(policies.extra === 'error' ? { additionalProperties: false } : {}),
  }
}

/** The schema of what a scorer gives, as JSON. */
export const outputSchema = (fields: readonly FieldSchema[]): JsonSchema => ({
  type: 'object',
  properties: Object.fromEntries(
    fields.map((field) => [
      field.name,
      fieldSchema(field, { wrongType: true, null: field.nullable, unseen: true, outOfRange: false }, ''),
    ]),
  ),
  required: fields.map(({ name }) => name),
})
