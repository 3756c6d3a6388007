import { SchemaError, UnsupportedError } from '../../../errors.js'
import { parseDataTypeOrSchema } from '../../ddl.js'
import { ArrayType, type DataType, StringType, type StructField, simpleString } from '../../types.js'
import { castSql } from '../casts.js'
import { formatSql } from '../date-pattern.js'
import { duckType, quoteName, quoteText } from '../duck-types.js'
import { type Operand, scalars } from './row.js'

const schemaText = ({ literal, title }: Operand): string => {
  if (typeof literal === 'string') return literal
  throw new SchemaError(`the schema of from_json is ${title}`, {
    allowed: "Allowed: a literal, such as 'id INT, tags ARRAY<STRING>'",
    received: title,
  })
}

const textOf = (value: string): string => `CAST(to_json(${value}) AS VARCHAR)`

/** Patterns of dates and times in JSON text; ISO texts without. */
export interface JsonPatterns {
  readonly date?: string
  readonly timestamp?: string
}

/** JSON text of a value that is not null. Variables of nested lists have one name, since only the innermost is read. */
function jsonSql(type: DataType, value: string, patterns: JsonPatterns = {}): string {
  const formatted = (pattern: string, sql: string): string => textOf(formatSql(pattern).replaceAll('$1', sql))
  const text = (sql: string): string => castSql(type, StringType, false).replaceAll('$1', sql)
  switch (type.kind) {
    case 'string':
      return textOf(value)
    case 'double':
    case 'float':
      return `CASE WHEN isfinite(${value}) THEN ${text(value)} ELSE '"' || ${text(value)} || '"' END`
    case 'boolean':
    case 'byte':
    case 'short':
    case 'integer':
    case 'long':
    case 'decimal':
      return `CAST(${value} AS VARCHAR)`
    case 'date':
      if (patterns.date !== undefined) return formatted(patterns.date, value)
      return `'"' || CAST(${value} AS VARCHAR) || '"'`
    case 'timestamp':
      if (patterns.timestamp !== undefined) return formatted(patterns.timestamp, value)
      return `strftime(timezone('UTC', ${value}), '"%Y-%m-%dT%H:%M:%S.%gZ"')`
    case 'timestamp_ntz':
      if (patterns.timestamp !== undefined) return formatted(patterns.timestamp, value)
      return `strftime(${value}, '"%Y-%m-%dT%H:%M:%S.%g"')`
    case 'binary':
      return `'"' || to_base64(${value}) || '"'`
    case 'void':
      return "'null'"
    case 'array': {
      const items = `list_transform(${value}, lambda "'j": ${orNull(type.elementType, `"'j"`, patterns)})`
      return `'[' || coalesce(array_to_string(${items}, ','), '') || ']'`
    }
    case 'map': {
      const key = textOf(castSql(type.keyType, StringType, false).replaceAll('$1', `"'j".key`))
      const entry = `${key} || ':' || ${orNull(type.valueType, `"'j".value`, patterns)}`
      return `'{' || coalesce(array_to_string(list_transform(map_entries(${value}), lambda "'j": ${entry}), ','), '') || '}'`
    }
    case 'struct':
      return jsonObjectSql(type.fields, (field) => `(${value}).${quoteName(field.name)}`, patterns)
    default:
      throw new UnsupportedError(`to_json of ${simpleString(type)}`, { hint: 'Turn it into an array first' })
  }
}

const orNull = (type: DataType, value: string, patterns: JsonPatterns): string =>
  `CASE WHEN ${value} IS NULL THEN 'null' ELSE ${jsonSql(type, value, patterns)} END`

/** SQL of the JSON text of an object; fields that are null are left out. @param sqlOf SQL of the value of a field. */
export function jsonObjectSql(
  fields: readonly StructField[],
  sqlOf: (field: StructField) => string,
  patterns: JsonPatterns = {},
): string {
  const parts = fields.map((field) => {
    const at = sqlOf(field)
    const member = `${quoteText(`${JSON.stringify(field.name)}:`)} || ${jsonSql(field.dataType, at, patterns)}`
    return `CASE WHEN ${at} IS NOT NULL THEN ${member} END`
  })
  return parts.length === 0 ? "'{}'" : `'{' || concat_ws(',', ${parts.join(', ')}) || '}'`
}

/** Functions of JSON text. */
export const JSON_TEXTS = scalars([
  {
    name: 'get_json_object',
    takes: 'STRING, STRING',
    gives: 'STRING',
    nullable: 'always',
    sql: 'js_get_json_object($1, $2)',
  },
  {
    name: 'from_json',
    takes: 'STRING, STRING!',
    gives: ([, schema]) => parseDataTypeOrSchema(schemaText(schema)),
    nullable: 'always',
    sql: ([, schema]) =>
      `CAST(CAST(js_fit_json($1, $2) AS JSON) AS ${duckType(parseDataTypeOrSchema(schemaText(schema)))})`,
    title: ([value, schema]) => (/^map</i.test(schema) ? 'entries' : `from_json(${value})`),
  },
  {
    name: 'to_json',
    takes: 'STRUCT|ARRAY|MAP',
    gives: 'STRING',
    nullable: 'always',
    sql: ([{ dataType }]) => `CASE WHEN $1 IS NOT NULL THEN ${jsonSql(dataType, '$1')} END`,
  },
  { name: 'json_array_length', takes: 'STRING', gives: 'INT', nullable: 'always', sql: 'js_json_array_length($1)' },
  {
    name: 'json_object_keys',
    takes: 'STRING',
    gives: () => ArrayType(StringType),
    nullable: 'always',
    sql: 'js_json_object_keys($1)',
  },
  { name: 'schema_of_json', takes: 'STRING', gives: 'STRING', sql: 'js_schema_of_json($1)' },
])
