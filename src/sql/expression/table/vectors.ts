import { SchemaError } from '../../../errors.js'
import { knownNames } from '../../../util/names.js'
import { ArrayType, DoubleType, FloatType, StructType, VectorUDT } from '../../types.js'
import { METRIC_FIELDS } from '../js/vector-functions.js'
import { raise } from '../sql-text.js'
import { aggregates, type Operand, scalars } from './row.js'

const floats = ([, type]: readonly Operand[]): boolean => {
  if (type.literal === 'float64') return false
  if (type.literal === 'float32') return true
  throw new SchemaError(`the type of the numbers is ${type.title}`, {
    stage: 'vector_to_array',
    param: 'dtype',
    allowed: 'Allowed: float64, float32',
    received: type.title,
  })
}

/** Between vectors and arrays. Null is no vector, and an array with null is none. */
export const VECTORS = scalars([
  {
    name: 'vector_to_array',
    takes: 'VECTOR, STRING="float64"',
    gives: (args) => ArrayType(floats(args) ? FloatType : DoubleType, false),
    nullable: 'never',
    sql: (args) => {
      const numbers =
        `CASE WHEN $1 IS NULL THEN ${raise('INVALID_PARAMETER_VALUE', 'vector_to_array of null.')} ` +
        'WHEN ($1)."type" = 1 THEN ($1)."values" ELSE js_vector_to_array($1) END'
      return floats(args) ? `CAST(${numbers} AS FLOAT[])` : numbers
    },
    title: 'UDF($1)',
  },
  {
    name: 'array_to_vector',
    takes: 'ARRAY<N>',
    gives: () => VectorUDT,
    sql:
      'CASE WHEN $1 IS NULL THEN NULL ' +
      `WHEN len(list_filter($1, lambda "let element": "let element" IS NULL)) > 0 THEN ${raise('NOT_NULL_ASSERT_VIOLATION', 'array_to_vector of an array with null.')} ` +
      'ELSE struct_pack("type" := CAST(1 AS TINYINT), "size" := CAST(NULL AS INTEGER), "indices" := CAST(NULL AS INTEGER[]), ' +
      '"values" := CAST($1 AS DOUBLE[])) END',
    title: 'UDF($1)',
  },
])

const metricsOf = ([, , names]: readonly Operand[]): string[] => String(names.literal).split(',')

function metricField(name: string) {
  const field = METRIC_FIELDS.find((known) => known.name === name)
  if (field) return field
  throw new SchemaError(`there is no statistic "${name}"`, {
    stage: 'Summarizer',
    param: 'metrics',
    allowed: knownNames(
      'statistics',
      name,
      METRIC_FIELDS.map((known) => known.name),
    ),
    received: name,
  })
}

/** Statistics of vectors. The rows of a group are collected, and summed up in JavaScript. */
export const VECTOR_AGGREGATES = aggregates([
  {
    name: 'aggregate_metrics',
    takes: 'VECTOR, DOUBLE, STRING',
    gives: (args) => StructType(metricsOf(args).map(metricField)),
    nullable: 'never',
    sql: (args) => {
      const fields = metricsOf(args).map((name) => `"${name}" := "let summary"."${name}"`)
      return `list_transform([js_summarize(list(struct_pack(v := $1, w := $2))$over)], lambda "let summary": struct_pack(${fields.join(', ')}))[1]`
    },
    filtered: -1,
    title: ([vector, weight]) => `aggregate_metrics(${vector}, ${weight})`,
  },
])
