import type { ColumnData, LocalTable } from './batch.js'
import { type ColumnProfile, ColumnProfiler, type Profile, STEP } from './column-profile.js'
import type { DataFrame } from './dataframe.js'
import type { ActionOptions } from './engine.js'
import { passedColumn } from './expression/references.js'
import type { Plan } from './plan.js'
import { type DataType, fieldIndex, fieldOf } from './types.js'

/** Columns never change: what was found of one holds as long as it is there. */
const found = new WeakMap<ColumnData, ColumnProfile>()

/** A column that is in memory as a whole, and its number of rows. */
interface WholeColumn {
  readonly column: ColumnData
  readonly length: number
}

/** The column of a table that a plan passes on as it is; undefined where its rows have to be computed. */
function wholeColumn(plan: Plan, name: string): WholeColumn | undefined {
  switch (plan.kind) {
    case 'localScan':
      return inTable(plan.table, name)
    case 'cache':
      return plan.slot.value ? inTable(plan.slot.value, name) : undefined
    case 'repartition':
      return wholeColumn(plan.input, name)
    case 'project': {
      const passed = passedColumn(plan.expressions[fieldIndex(plan.schema, name)], plan.input.schema)
      return passed < 0 ? undefined : wholeColumn(plan.input, plan.input.schema.fields[passed].name)
    }
    case 'mlSegment':
      return plan.transforms.some(({ filters, outputs }) => filters || outputs.some((field) => field.name === name))
        ? undefined
        : wholeColumn(plan.input, name)
    default:
      return undefined
  }
}

const inTable = ({ schema, columns, length }: LocalTable, name: string): WholeColumn => ({
  column: columns[fieldIndex(schema, name)],
  length,
})

/** Columns that are in memory as they are, to be profiled when somebody asks. */
export class ColumnsInMemory {
  private readonly columns = new Map<string, WholeColumn & { readonly type: DataType }>()

  /** Columns of a frame that would have to be read from files, or computed, are left out. */
  constructor(frame: DataFrame, names: readonly string[]) {
    for (const name of names) {
      const whole = wholeColumn(frame.plan, name)
      if (whole) this.columns.set(name, { ...whole, type: fieldOf(frame.schema, name).dataType })
    }
  }

  get isEmpty(): boolean {
    return this.columns.size === 0
  }

  /** One pass over each column at the speed of memory, and none where it was profiled before. */
  profile(): Profile {
    return new Map(
      Array.from(this.columns, ([name, { column, length, type }]) => [name, profileOf(column, length, type)]),
    )
  }
}

function profileOf(column: ColumnData, length: number, type: DataType): ColumnProfile {
  const known = found.get(column)
  if (known) return known
  const profiler = new ColumnProfiler(type)
  for (let start = 0; start < length; start += STEP) profiler.add(column, start, Math.min(length, start + STEP))
  found.set(column, profiler.profile)
  return profiler.profile
}

/** Profiles of columns of any frame. Those that are not in memory cost a pass over the frame. */
export async function profileColumns(
  frame: DataFrame,
  names: readonly string[],
  options: ActionOptions,
): Promise<Profile> {
  const profiles = new Map(new ColumnsInMemory(frame, names).profile())
  const rest = names.filter((name) => !profiles.has(name))
  if (rest.length === 0) return profiles
  const profilers = rest.map((name) => new ColumnProfiler(fieldOf(frame.schema, name).dataType))
  for await (const { columns, length } of frame.batches(rest, options)) {
    profilers.forEach((profiler, k) => {
      profiler.add(columns[k], 0, length)
    })
  }
  rest.forEach((name, k) => {
    profiles.set(name, profilers[k].profile)
  })
  return profiles
}
