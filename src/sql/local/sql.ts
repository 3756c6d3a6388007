import { UnsupportedError } from '../../errors.js'
import type { LocalTable } from '../batch.js'
import { borderType, duckType, quoteName } from '../expression/duck-types.js'
import { compileExpression } from '../expression/duckdb.js'
import { identity } from '../expression/identity.js'
import { mapChildren } from '../expression/map-children.js'
import type { Expression } from '../expression/nodes.js'
import { hasWindow, resolve } from '../expression/resolve.js'
import { partitionCount } from '../partition-count.js'
import type { JoinType, Plan, PlanKind, PlanOf } from '../plan.js'
import { isGrouping } from '../planner.js'
import { type DataType, fieldNames, numbered, type StructField, StructType, sameType } from '../types.js'
import type { Kernel } from './duckdb.js'
import { fileScanSql } from './files.js'
import { segmentKernel } from './segment-kernel.js'

/** Name of the hidden column that carries the logical partition of each row through SQL. */
export const PARTITION = '__partition'

/** What a compiled plan needs from the engine while its SQL runs. */
export interface SqlContext {
  /** SQL of a table function over a JavaScript table. */
  table(table: LocalTable): string
  /** SQL of the call of a kernel. */
  kernel(kernel: Kernel): string
}

/** SQL whose columns are those of the plan's schema under their numbered names, and the partition where asked. */
type Compiler<K extends PlanKind> = (plan: PlanOf<K>, context: SqlContext, withPartition: boolean) => string

const quotedNames = (schema: StructType): string[] => fieldNames(numbered(schema)).map(quoteName)

/** SQL of an expression over the columns of a query. */
const over = (schema: StructType): ((expression: Expression) => string) => {
  const names = numbered(schema)
  return (expression) => compileExpression(expression, names)
}

const withHidden = (columns: readonly string[], hidden: boolean, expression = PARTITION): string =>
  [...columns, ...(hidden ? [expression === PARTITION ? PARTITION : `${expression} AS ${PARTITION}`] : [])].join(
    ', ',
  ) || '1'

/** Casts where the engine's own type of a computed column may be another one than Spark's (a sum, a year). */
const typed = (sql: string, field: StructField): string => `CAST(${sql} AS ${duckType(field.dataType)})`

/** A key of groups: rows that are equal show as one value, so -0.0, which equals 0.0, becomes 0.0, as in Spark. */
const plainZero = (sql: string, { kind }: DataType): string =>
  kind === 'double' || kind === 'float' ? `(${sql} + 0)` : sql

const barrier = (plan: Plan): never => {
  throw new UnsupportedError(`a ${plan.kind} cannot be part of a query; it must be computed before`)
}

const compilers: { readonly [K in PlanKind]: Compiler<K> } = {
  localScan: (plan, context, withPartition) => {
    const border = StructType(plan.schema.fields.map((f) => ({ ...f, dataType: borderType(f.dataType) })))
    const names = quotedNames(plan.schema)
    const columns = plan.schema.fields.map((field, k) =>
      sameType(field.dataType, border.fields[k].dataType)
        ? `c${k} AS ${names[k]}`
        : `${typed(`c${k}`, field)} AS ${names[k]}`,
    )
    return `SELECT ${withHidden(columns, withPartition, 'partition')} FROM ${context.table({ ...plan.table, schema: border })}`
  },
  fileScan: (plan, _context, withPartition) => {
    const sql = fileScanSql(plan)
    return withPartition ? `SELECT *, 0 AS ${PARTITION} FROM (${sql})` : sql
  },
  project: (plan, context, withPartition) => {
    const names = quotedNames(plan.schema)
    const sqlOf = over(plan.input.schema)
    const columns = plan.expressions.map((expression, k) => {
      const sql = sqlOf(expression)
      return `${expression.kind === 'attribute' ? sql : typed(sql, plan.schema.fields[k])} AS ${names[k]}`
    })
    if (plan.expressions.some(hasWindow)) {
      return `SELECT ${withHidden(columns, withPartition, '0')} FROM (${compile(plan.input, context, false)})`
    }
    return `SELECT ${withHidden(columns, withPartition)} FROM (${compile(plan.input, context, withPartition)})`
  },
  expand: (plan, context, withPartition) => {
    const sqlOf = over(plan.input.schema)
    const rows = plan.projections.map((row) => {
      const cells = row.map((expression, k) => `c${k}: ${typed(sqlOf(expression), plan.schema.fields[k])}`)
      return `{row: 0${cells.map((cell) => `, ${cell}`).join('')}}`
    })
    const hidden = withPartition ? `, ${PARTITION}` : ''
    const input = `SELECT unnest([${rows.join(', ')}]) AS r${hidden} FROM (${compile(plan.input, context, withPartition)})`
    const columns = quotedNames(plan.schema).map((name, k) => `r.c${k} AS ${name}`)
    return `SELECT ${withHidden(columns, withPartition)} FROM (${input})`
  },
  generate: (plan, context, withPartition) => {
    const inputs = quotedNames(plan.input.schema)
    const { dataType } = resolve(plan.argument, numbered(plan.input.schema)).field
    const argument = over(plan.input.schema)(plan.argument)
    const list = dataType.kind === 'map' ? `map_entries(${argument})` : argument
    const hidden = withPartition ? [PARTITION] : []
    const listed = `SELECT ${[...inputs, ...hidden, `${list} AS __list`].join(', ')} FROM (${compile(plan.input, context, withPartition)})`
    const rows = plan.outer ? 'CASE WHEN coalesce(len(__list), 0) = 0 THEN [NULL] ELSE __list END' : '__list'
    const position = plan.position
      ? ['CASE WHEN len(__list) > 0 THEN generate_subscripts(__list, 1) - 1 END AS __pos']
      : []
    const unnested = `SELECT ${[...inputs, ...hidden, `unnest(${rows}) AS __item`, ...position].join(', ')} FROM (${listed})`
    const parts =
      dataType.kind === 'map'
        ? ['__item.key', '__item.value']
        : plan.inline
          ? plan.fields.map((_, k) => `struct_extract_at(__item, ${k + 1})`)
          : ['__item']
    const names = quotedNames(plan.schema).slice(inputs.length)
    const made = [...(plan.position ? ['__pos'] : []), ...parts].map(
      (sql, k) => `${typed(sql, plan.fields[k])} AS ${names[k]}`,
    )
    return `SELECT ${withHidden([...inputs, ...made], withPartition)} FROM (${unnested})`
  },
  filter: (plan, context, withPartition) => {
    const condition = over(plan.input.schema)(plan.condition)
    return `SELECT * FROM (${compile(plan.input, context, withPartition)}) WHERE ${condition}`
  },
  aggregate: (plan, context, withPartition) => {
    const names = quotedNames(plan.schema)
    const input = compile(plan.input, context, false)
    const columnSql = (sql: string, k: number): string => `${typed(sql, plan.schema.fields[k])} AS ${names[k]}`
    const keys = plan.grouping
      .map(over(plan.input.schema))
      .map((sql, k) => plainZero(sql, plan.schema.fields[k].dataType))
    if (plan.sets === undefined) {
      const all = [...keys, ...plan.aggregates.map(over(plan.input.schema))].map(columnSql)
      const groups = keys.length > 0 ? ` GROUP BY ${keys.join(', ')}` : ''
      return `SELECT ${withHidden(all, withPartition, '0')} FROM (${input})${groups}`
    }
    // Keys are columns of their own, so that aggregates still see the columns that they are made of where a set leaves them out.
    const keyNames = keys.map((_, k) => `__group${k}`)
    const fields = keyNames.map((name, k) => ({ ...plan.schema.fields[k], name }))
    const sqlOf = over(StructType([...numbered(plan.input.schema).fields, ...fields]))
    const aggregates = plan.aggregates.map((e) => sqlOf(withKeys(e, plan.grouping, keyNames)))
    const sets = plan.sets.map((set) => `(${set.map((k) => keyNames[k]).join(', ')})`)
    const withKeyColumns = `SELECT *, ${keys.map((sql, k) => `${sql} AS ${keyNames[k]}`).join(', ')} FROM (${input})`
    const all = [...keyNames, ...aggregates].map(columnSql)
    return `SELECT ${withHidden(all, withPartition, '0')} FROM (${withKeyColumns}) GROUP BY GROUPING SETS (${sets.join(', ')}) HAVING count(*) > 0`
  },
  join: (plan, context, withPartition) => compileJoin(plan, context, withPartition),
  union: (plan, context, withPartition) => {
    const names = quotedNames(plan.schema)
    const offset = partitionCount(plan.left)
    const side = (input: Plan, shift: number): string => {
      const own = quotedNames(input.schema)
      const columns = own.map((name, k) => `${name} AS ${names[k]}`)
      const hidden = shift === 0 ? PARTITION : `${PARTITION} + ${shift}`
      return `SELECT ${withHidden(columns, withPartition, hidden)} FROM (${compile(input, context, withPartition)})`
    }
    return `${side(plan.left, 0)} UNION ALL ${side(plan.right, offset)}`
  },
  setOperation: (plan, context, withPartition) => {
    const names = quotedNames(plan.schema)
    const side = (input: Plan): string => {
      const columns = quotedNames(input.schema).map((name, k) => {
        const { dataType } = plan.schema.fields[k]
        return `${plainZero(name, dataType)} AS ${names[k]}`
      })
      return `SELECT ${columns.join(', ') || '1'} FROM (${compile(input, context, false)})`
    }
    const operator = `${plan.operation.toUpperCase()}${plan.all ? ' ALL' : ''}`
    const rows = `${side(plan.left)} ${operator} ${side(plan.right)}`
    return `SELECT ${withHidden(names, withPartition, '0')} FROM (${rows})`
  },
  sort: (plan, context, withPartition) => {
    const keys = plan.order.map(over(plan.input.schema))
    const local = !plan.global && partitionCount(plan.input) > 1
    const input = compile(plan.input, context, local)
    const order = [...(local ? [PARTITION] : []), ...keys].join(', ')
    const hidden = plan.global || !local ? '0' : PARTITION
    return `SELECT ${withHidden(quotedNames(plan.schema), withPartition, hidden)} FROM (${input}) ORDER BY ${order}`
  },
  limit: (plan, context, withPartition) => {
    const columns = withHidden(quotedNames(plan.schema), withPartition, '0')
    return `SELECT ${columns} FROM (${compile(plan.input, context, false)}) ${rangeSql(plan)}`
  },
  repartition: (plan, context, withPartition) => {
    const columns = quotedNames(plan.schema)
    if (plan.shuffle) {
      const numbered = `SELECT *, row_number() OVER () - 1 AS __row FROM (${compile(plan.input, context, false)})`
      const dealt = `CAST(__row % ${plan.partitions} AS INTEGER)`
      return `SELECT ${withHidden(columns, withPartition, dealt)} FROM (${numbered}) ORDER BY ${dealt}, __row`
    }
    if (!withPartition) return compile(plan.input, context, false)
    const from = partitionCount(plan.input)
    const to = partitionCount(plan)
    const grouped = `CAST(((${PARTITION} + 1) * ${to} - 1) // ${from} AS INTEGER)`
    return `SELECT ${withHidden(columns, true, grouped)} FROM (${compile(plan.input, context, true)})`
  },
  streamScan: barrier,
  sample: barrier,
  draw: barrier,
  cache: barrier,
  mlSegment: (plan, context, withPartition) => {
    const { kernel, filters, outputs } = segmentKernel(plan)
    const names = quotedNames(plan.schema)
    const inputs = quotedNames(plan.input.schema)
    const inputNames = new Map(plan.input.schema.fields.map((field, k) => [field.name, inputs[k]]))
    const columns = plan.schema.fields.map((field, k) => {
      const output = outputs.indexOf(field.name)
      return `${output < 0 ? inputNames.get(field.name) : `__ml.o${output}`} AS ${names[k]}`
    })
    const input = compile(plan.input, context, withPartition)
    const called = `SELECT *, ${context.kernel(kernel)} AS __ml FROM (${input})`
    return `SELECT ${withHidden(columns, withPartition)} FROM (${called})${filters ? ' WHERE __ml.keep' : ''}`
  },
}

/** The expression with `grouping(x)` and `grouping_id()` over the columns that hold the keys. */
function withKeys(expression: Expression, grouping: readonly Expression[], keyNames: readonly string[]): Expression {
  if (expression.kind !== 'call' || !isGrouping(expression.name)) {
    return mapChildren(expression, (child) => withKeys(child, grouping, keyNames))
  }
  const known = grouping.map((group) => identity(group.kind === 'alias' ? group.child : group))
  const numbers = expression.args.length > 0 ? expression.args.map((arg) => known.indexOf(identity(arg))) : known.keys()
  return { ...expression, args: [...numbers].map((k) => ({ kind: 'attribute', name: keyNames[k] })) }
}

const rangeSql = ({ offset, count }: PlanOf<'limit'>): string =>
  [...(Number.isFinite(count) ? [`LIMIT ${count}`] : []), ...(offset > 0 ? [`OFFSET ${offset}`] : [])].join(' ')

const JOINS: Record<JoinType, string> = {
  inner: 'JOIN',
  left: 'LEFT JOIN',
  right: 'RIGHT JOIN',
  full: 'FULL JOIN',
  left_semi: 'SEMI JOIN',
  left_anti: 'ANTI JOIN',
  cross: 'CROSS JOIN',
}

function compileJoin(plan: PlanOf<'join'>, context: SqlContext, withPartition: boolean): string {
  const leftWidth = plan.left.schema.fields.length
  const both = StructType([...plan.left.schema.fields, ...plan.right.schema.fields])
  // One name a column across both sides, so that a condition needs no qualifiers.
  const unique = fieldNames(numbered(both)).map(quoteName)
  const side = (input: Plan, shift: number): string => {
    const columns = quotedNames(input.schema).map((name, k) => `${name} AS ${unique[shift + k]}`)
    return `(SELECT ${columns.join(', ') || '1'} FROM (${compile(input, context, false)}))`
  }
  const at =
    (schema: StructType, shift: number) =>
    (name: string): string =>
      unique[shift + schema.fields.findIndex((field) => field.name === name)]
  const leftName = at(plan.left.schema, 0)
  const rightName = at(plan.right.schema, leftWidth)
  const conditions = plan.using.map((name) => `${leftName(name)} = ${rightName(name)}`)
  if (plan.condition) conditions.push(compileExpression(plan.condition, numbered(both)))
  const on = conditions.length > 0 ? ` ON ${conditions.join(' AND ')}` : ''
  const kind = on === '' && plan.type !== 'left_semi' && plan.type !== 'left_anti' ? JOINS.cross : JOINS[plan.type]
  const columns = joinOutputs(plan, leftName, rightName, unique)
  const names = quotedNames(plan.schema)
  const select = columns.map((column, k) => `${column} AS ${names[k]}`)
  const always = on === '' && kind !== JOINS.cross ? ' ON true' : on
  return `SELECT ${withHidden(select, withPartition, '0')} FROM ${side(plan.left, 0)} ${kind} ${side(plan.right, leftWidth)}${always}`
}

/** The join's output columns in order: the used ones once, then the others of the left, then those of the right side. */
function joinOutputs(
  plan: PlanOf<'join'>,
  leftName: (name: string) => string,
  rightName: (name: string) => string,
  unique: readonly string[],
): string[] {
  const used = (name: string): string => {
    if (plan.type === 'right') return rightName(name)
    return plan.type === 'full' ? `coalesce(${leftName(name)}, ${rightName(name)})` : leftName(name)
  }
  const outputs = plan.using.map(used)
  const rest = (schema: StructType, shift: number): void => {
    schema.fields.forEach((field, k) => {
      if (!plan.using.includes(field.name)) outputs.push(unique[shift + k])
    })
  }
  rest(plan.left.schema, 0)
  if (plan.type !== 'left_semi' && plan.type !== 'left_anti') rest(plan.right.schema, plan.left.schema.fields.length)
  return outputs
}

/**
 * SQL of a plan. Samples and caches must have been replaced by scans of their rows.
 * @param withPartition whether the rows carry their logical partition in the column `__partition`, in order of partitions.
 */
export function compile(plan: Plan, context: SqlContext, withPartition: boolean): string {
  return (compilers[plan.kind] as (plan: Plan, context: SqlContext, withPartition: boolean) => string)(
    plan,
    context,
    withPartition,
  )
}

/** SQL whose columns can be read into batches: decimals as doubles, partition last where asked. */
export function compileForReading(plan: Plan, context: SqlContext, withPartition: boolean): string {
  const names = quotedNames(plan.schema)
  const columns = plan.schema.fields.map((field, k) => {
    const border = borderType(field.dataType)
    return sameType(field.dataType, border) ? names[k] : `CAST(${names[k]} AS ${duckType(border)}) AS ${names[k]}`
  })
  return `SELECT ${withHidden(columns, withPartition)} FROM (${compile(plan, context, withPartition)})`
}

/** Names and types of the columns of `compileForReading`. */
export function readingFields(schema: StructType): StructField[] {
  const names = fieldNames(numbered(schema))
  return schema.fields.map((field, k) => ({ ...field, name: names[k], dataType: borderType(field.dataType) }))
}

/** Aggregates whose value is the same in whatever order rows come. */
const ORDER_FREE: ReadonlySet<string> = new Set([
  'count',
  'count_if',
  'min',
  'max',
  'bool_and',
  'bool_or',
  'every',
  'some',
  'any',
])

const isOrderFree = (expression: Expression): boolean => {
  const bare = expression.kind === 'alias' ? expression.child : expression
  return bare.kind === 'call' && ORDER_FREE.has(bare.name.toLowerCase())
}

/** Whether the order in which threads take rows may show in the result: in the order of rows, or in rounded sums. */
export function dependsOnOrder(plan: Plan): boolean {
  switch (plan.kind) {
    case 'aggregate':
      return plan.grouping.length > 0 || !plan.aggregates.every(isOrderFree) || dependsOnOrder(plan.input)
    case 'project':
      return plan.expressions.some(hasWindow) || dependsOnOrder(plan.input)
    case 'join':
    case 'setOperation':
    case 'sort':
      return true
    case 'localScan':
    case 'fileScan':
    case 'streamScan':
      return false
    case 'union':
      return dependsOnOrder(plan.left) || dependsOnOrder(plan.right)
    default:
      return dependsOnOrder(plan.input)
  }
}
