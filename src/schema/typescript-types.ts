import type { DataType } from '../sql/types.js'
import type { FieldSchema } from './field-schema.js'

const isIdentifier = (name: string): boolean => /^[A-Za-z_$][\w$]*$/.test(name)
const property = (name: string): string => (isIdentifier(name) ? name : JSON.stringify(name))
const orNull = (text: string, nullable: boolean): string => (nullable ? `${text} | null` : text)

function typeText(type: DataType): string {
  switch (type.kind) {
    case 'double':
    case 'float':
    case 'decimal':
    case 'byte':
    case 'short':
    case 'integer':
      return 'number'
    case 'long':
      return 'number | bigint'
    case 'boolean':
    case 'string':
      return type.kind
    case 'binary':
      return 'Uint8Array'
    case 'date':
    case 'timestamp':
    case 'timestamp_ntz':
      return 'Date'
    case 'void':
      return 'null'
    case 'vector':
      return 'readonly number[] | Float64Array'
    case 'array':
      return `readonly (${orNull(typeText(type.elementType), type.containsNull)})[]`
    case 'map':
      return `ReadonlyMap<${typeText(type.keyType)}, ${orNull(typeText(type.valueType), type.valueContainsNull)}>`
    case 'struct':
      return `{ ${type.fields.map(({ name, dataType, nullable }) => `readonly ${property(name)}: ${orNull(typeText(dataType), nullable)}`).join('; ')} }`
    case 'matrix':
      return 'object'
  }
}

/** A comment must not end before its end. */
const comment = (text: string): string => `  /** ${text.replaceAll('*/', '*\\/')} */\n`

const SHOWN = 10

function told({ categories, range, size }: FieldSchema): string {
  const parts: string[] = []
  if (categories) {
    const shown = categories
      .slice(0, SHOWN)
      .map((category) => (typeof category === 'string' ? JSON.stringify(category) : String(category)))
    parts.push(
      `Labels: ${shown.join(', ')}${categories.length > SHOWN ? ` and ${categories.length - SHOWN} more` : ''}.`,
    )
  }
  if (range) parts.push(`Fitted on numbers from ${range.min} to ${range.max}.`)
  if (size !== undefined) parts.push(`${size} numbers.`)
  return parts.length > 0 ? comment(parts.join(' ')) : ''
}

/** A column that refuses other labels has their type. */
function inputText({ type, categories, unseen }: FieldSchema): string {
  const literal = type.kind === 'string' && unseen === 'error' && categories && categories.length <= SHOWN
  return literal ? categories.map((label) => JSON.stringify(label)).join(' | ') || 'string' : typeText(type)
}

const outputText =
  (vector: string) =>
  ({ type }: FieldSchema): string =>
    type.kind === 'vector' ? vector : typeText(type)

const declare = (
  name: string,
  fields: readonly FieldSchema[],
  text: (field: FieldSchema) => string,
  mark: string,
): string => {
  const lines = fields.map(
    (field) => `${told(field)}  ${mark}${property(field.name)}: ${orNull(text(field), field.nullable)}\n`,
  )
  return `export interface ${name} {\n${lines.join('')}}\n`
}

/** Declaration of the rows that a model reads: an interface that is exported. */
export const inputDeclaration = (name: string, fields: readonly FieldSchema[]): string =>
  declare(name, fields, inputText, 'readonly ')

/** Declaration of the rows that a scorer gives. @param vector type of a vector. */
export const outputDeclaration = (name: string, fields: readonly FieldSchema[], vector = 'number[]'): string =>
  declare(name, fields, outputText(vector), '')
