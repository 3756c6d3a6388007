import { TurnTaker } from '../util/turn-taker.js'
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

/**
 * Profiles of those columns that are in memory as they are: one pass over each at the speed of memory, and none where it was profiled before. Columns that would have to be
 * read from files, or computed, are left out.
 */
export async function profileInMemory(
  frame: DataFrame,
  names: readonly string[],
  options: ActionOptions,
): Promise<Profile> {
  const turns = new TurnTaker(options.signal)
  const profiles = new Map<string, ColumnProfile>()
  for (const name of names) {
    const whole = wholeColumn(frame.plan, name)
    if (whole) profiles.set(name, await profileOf(whole, fieldOf(frame.schema, name).dataType, turns))
  }
  return profiles
}

async function profileOf({ column, length }: WholeColumn, type: DataType, turns: TurnTaker): Promise<ColumnProfile> {
  const known = found.get(column)
  if (known) return known
  const profiler = new ColumnProfiler(type)
  for (let start = 0; start < length; start += STEP) {
    profiler.add(column, start, Math.min(length, start + STEP))
    if (turns.due()) await turns.take()
  }
  found.set(column, profiler.profile)
  return profiler.profile
}

/** Profiles of columns of any frame. Those that are not in memory cost a pass over the frame. */
export async function profileColumns(
  frame: DataFrame,
  names: readonly string[],
  options: ActionOptions,
): Promise<Profile> {
  const profiles = new Map(await profileInMemory(frame, names, options))
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
