import { ParamError } from '../errors.js'
import { knownNames } from '../util/names.js'
import { requireTexts } from './arguments.js'
import type { Expression } from './expression/nodes.js'
import { attribute, indexOfName } from './names.js'
import type { Plan } from './plan.js'
import { aggregate, expand } from './planner.js'
import { DoubleType, isNumeric, StringType, StructField, StructType } from './types.js'

const call = (name: string, ...args: Expression[]): Expression => ({ kind: 'call', name, args })
const double = (value: number): Expression => ({ kind: 'literal', value, dataType: DoubleType })
const text = (child: Expression): Expression => ({ kind: 'cast', child, dataType: StringType })

/** A column as a double, null where it is a text that is no number. */
const number = ({ name, dataType }: StructField): Expression =>
  dataType.kind === 'string'
    ? { kind: 'cast', child: attribute(name), dataType: DoubleType, safe: true }
    : attribute(name)

const STATISTICS: Readonly<Record<string, (field: StructField) => Expression>> = {
  count: ({ name }) => call('count', attribute(name)),
  count_distinct: ({ name }) => ({ kind: 'call', name: 'count', args: [attribute(name)], distinct: true }),
  approx_count_distinct: ({ name }) => ({ kind: 'call', name: 'count', args: [attribute(name)], distinct: true }),
  mean: (field) => call('avg', number(field)),
  stddev: (field) => call('stddev', number(field)),
  min: ({ name }) => call('min', attribute(name)),
  max: ({ name }) => call('max', attribute(name)),
}

const DESCRIBE = ['count', 'mean', 'stddev', 'min', 'max']
const SUMMARY = ['count', 'mean', 'stddev', 'min', '25%', '50%', '75%', 'max']

function statisticOf(name: string): (field: StructField) => Expression {
  if (name.endsWith('%')) {
    const percent = Number(name.slice(0, -1).trim() || Number.NaN)
    if (percent >= 0 && percent <= 100)
      return (field) => call('percentile_approx', number(field), double(percent / 100))
    throw new ParamError(`the percentile ${name} is out of range`, {
      stage: 'summary',
      param: 'statistics',
      allowed: 'Allowed: 0% to 100%',
      received: name,
    })
  }
  const statistic = Object.hasOwn(STATISTICS, name) ? STATISTICS[name] : undefined
  if (statistic) return statistic
  throw new ParamError(`the statistic ${name} does not exist`, {
    stage: 'summary',
    param: 'statistics',
    allowed: `${knownNames('statistics', name, Object.keys(STATISTICS))}, and percentiles such as 25%`,
    received: name,
  })
}

/** `describe`: count, mean, standard deviation, smallest and largest value of the named columns, or of all numbers and texts. */
export function describe(input: Plan, columns: readonly string[]): Plan {
  requireTexts(columns, 'describe', 'columns')
  const fields = columns.map((name) => input.schema.fields[indexOfName(input.schema, name, 'describe')])
  return statistics(input, DESCRIBE, describable(columns.length > 0 ? fields : input.schema.fields), 'describe')
}

/** `summary`: the named statistics of all columns of numbers and texts. */
export function summary(input: Plan, names: readonly string[]): Plan {
  requireTexts(names, 'summary', 'statistics')
  return statistics(input, names.length > 0 ? names : SUMMARY, describable(input.schema.fields), 'summary')
}

/** Columns of other types are left out, as in Spark. */
const describable = (fields: readonly StructField[]): StructField[] =>
  fields.filter(({ dataType }) => isNumeric(dataType) || dataType.kind === 'string')

/** A row a statistic, its values as texts. All are computed in one pass over the rows. */
function statistics(input: Plan, names: readonly string[], fields: readonly StructField[], stage: string): Plan {
  const makers = names.map(statisticOf)
  const cell = (row: number, column: number): string => `${row} ${column}`
  const aggregates = makers.flatMap((make, row) =>
    fields.map((field, k): Expression => ({ kind: 'alias', child: text(make(field)), name: cell(row, k) })),
  )
  const one =
    aggregates.length > 0 ? aggregates : [{ kind: 'alias', child: call('count', double(1)), name: 'n' } as const]
  const rows = names.map((name, row): Expression[] => [
    { kind: 'alias', child: { kind: 'literal', value: name, dataType: StringType }, name: 'summary' },
    ...fields.map((field, k): Expression => ({ kind: 'alias', child: attribute(cell(row, k)), name: field.name })),
  ])
  const plan = expand(aggregate(input, [], one), rows, stage)
  const schema = StructType(plan.schema.fields.map((field) => StructField(field.name, field.dataType)))
  return { ...plan, schema }
}
