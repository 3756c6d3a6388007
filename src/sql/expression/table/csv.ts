import { SchemaError } from '../../../errors.js'
import { parseSchema } from '../../ddl.js'
import { StringType, type StructType, simpleString } from '../../types.js'
import { castSql } from '../casts.js'
import { duckType, quoteName, quoteText } from '../duck-types.js'
import { type Operand, scalars } from './row.js'

const schemaOf = ({ literal, title }: Operand): StructType => {
  if (typeof literal === 'string') return parseSchema(literal)
  throw new SchemaError(`the schema of from_csv is ${title}`, {
    allowed: "Allowed: a literal, such as 'id INT, city STRING'",
    received: title,
  })
}

/** The fields of a struct as texts, times as csv files have them. */
function cells({ dataType, title }: Operand): string {
  const texts = (dataType as StructType).fields.map(({ name, dataType: type }) => {
    const value = `($1).${quoteName(name)}`
    switch (type.kind) {
      case 'string':
        return value
      case 'timestamp':
        return `strftime(timezone('UTC', ${value}), ${quoteText('%Y-%m-%dT%H:%M:%S.%gZ')})`
      case 'timestamp_ntz':
        return `strftime(${value}, ${quoteText('%Y-%m-%dT%H:%M:%S.%g')})`
      case 'array':
      case 'map':
      case 'struct':
      case 'vector':
      case 'matrix':
      case 'binary':
        throw new SchemaError(`${title} holds a ${simpleString(type)}, which csv cannot hold`, {
          column: name,
          hint: 'Use to_json, or leave it out',
        })
      default:
        return castSql(type, StringType, false).replaceAll('$1', value)
    }
  })
  return `[${texts.join(', ')}]`
}

/** Functions of csv text, with Spark's marks: a comma, quotes, and a backslash before quotes in quotes. */
export const CSV_TEXTS = scalars([
  {
    name: 'to_csv',
    takes: 'STRUCT',
    gives: 'STRING',
    nullable: 'always',
    sql: ([row]) => `CASE WHEN $1 IS NOT NULL THEN js_csv_line(${cells(row)}) END`,
  },
  {
    name: 'from_csv',
    takes: 'STRING, STRING!',
    gives: ([, schema]) => schemaOf(schema),
    nullable: ([text]) => text.nullable,
    sql: ([, schema]) => `CAST(CAST(js_csv_json($1, $2) AS JSON) AS ${duckType(schemaOf(schema))})`,
    title: 'from_csv($1)',
  },
  { name: 'schema_of_csv', takes: 'STRING', gives: 'STRING', sql: 'js_schema_of_csv($1)' },
])
