import { DataError, SchemaError, UnsupportedError } from '../../errors.js'
import { Vector } from '../../linalg/vector.js'
import { wrongArgument } from '../../sql/arguments.js'
import { columnReader } from '../../sql/column-reader.js'
import type { DanfoDataFrame } from '../../sql/danfo.js'
import { DataFrame } from '../../sql/dataframe.js'
import type { ActionOptions } from '../../sql/engine.js'
import { indexOfName } from '../../sql/names.js'
import { requireDistinctNames } from '../../sql/row.js'
import { type DataType, fieldNames } from '../../sql/types.js'
import { TurnTaker } from '../../util/turn-taker.js'

/** What `toDanfo` needs of danfojs-node or danfojs: `import * as dfd from 'danfojs-node'`. */
export interface DanfoModule<F = DanfoDataFrame> {
  readonly DataFrame: new (
    // biome-ignore lint/suspicious/noExplicitAny: the types of danfo's arguments are danfo's own
    data?: any,
    // biome-ignore lint/suspicious/noExplicitAny: the types of danfo's arguments are danfo's own
    options?: any,
  ) => F
}

/** How a danfo DataFrame is made. */
export interface ToDanfoOptions extends ActionOptions {
  /** Column that becomes the index: distinct numbers or texts, none of them null. 0, 1, 2 … when not given. */
  readonly index?: string
}

const DTYPES: Readonly<Record<string, string>> = {
  double: 'float32',
  float: 'float32',
  decimal: 'float32',
  byte: 'int32',
  short: 'int32',
  integer: 'int32',
  long: 'int32',
  boolean: 'boolean',
  date: 'datetime',
  timestamp: 'datetime',
  timestamp_ntz: 'datetime',
}

/** Danfo's name of a type. Values that danfo does not know, such as lists, it calls strings. */
const dtypeOf = (type: DataType): string => DTYPES[type.kind] ?? 'string'

/**
 * A danfo DataFrame with the rows of a frame. All of them are read into memory.
 *
 * **Types**: double, float and decimal become float32 (danfo's name; the values stay doubles), whole numbers int32, boolean boolean, date
 * and timestamp datetime (`Date`), string string. Vectors become lists of numbers; arrays, maps and structs stay what `collect` gives. Danfo
 * calls such columns string. **Null** is null and **NaN** is NaN, both of which danfo takes as missing.
 *
 * @param danfo danfo itself, as it was imported. Without it `danfojs-node` is imported, or else `danfojs`.
 * @throws DataError for a long that no JavaScript number holds; SchemaError for columns that share a name and for an index that cannot be one;
 *   UnsupportedError when danfo is not given and not installed.
 * @example
 * ```ts
 * import { createDataFrame } from 'ridgeline'
 * import { toDanfo } from 'ridgeline/interop/danfo'
 * // With danfo: import * as dfd from 'danfojs-node'
 * class FrameOfDanfo {
 *   values: unknown[][]
 *   constructor(values: unknown[][]) {
 *     this.values = values
 *   }
 * }
 * const danfo = await toDanfo(createDataFrame([{ city: 'FR', km: 7.5 }]), { DataFrame: FrameOfDanfo })
 * danfo.values // [['FR', 7.5]]
 * ```
 */
export function toDanfo<F>(frame: DataFrame, danfo: DanfoModule<F>, options?: ToDanfoOptions): Promise<F>
export function toDanfo(frame: DataFrame, danfo?: undefined, options?: ToDanfoOptions): Promise<DanfoDataFrame>
export async function toDanfo(
  frame: DataFrame,
  danfo?: DanfoModule<unknown>,
  { index, ...options }: ToDanfoOptions = {},
): Promise<unknown> {
  if (!(frame instanceof DataFrame)) {
    throw wrongArgument(frame, { stage: 'toDanfo', param: 'frame', allowed: 'a DataFrame' })
  }
  if (danfo !== undefined && typeof danfo?.DataFrame !== 'function') {
    const hint = "Write import * as dfd from 'danfojs-node' and give dfd"
    throw wrongArgument(danfo, { stage: 'toDanfo', param: 'danfo', allowed: 'danfojs-node or danfojs', hint })
  }
  requireDistinctNames(frame.schema)
  const at = index === undefined ? -1 : indexOfName(frame.schema, index, 'toDanfo')
  const { DataFrame: Danfo } = danfo ?? (await installedDanfo())
  const { columns, length } = await frame.toTable(options)
  const readers = frame.schema.fields.map(({ name, dataType }, k) => {
    const read = columnReader(columns[k], dataType)
    return (row: number) => plainValue(read(row), name, row)
  })
  const kept = frame.schema.fields.map((_, k) => k).filter((k) => k !== at)
  const turns = new TurnTaker(options.signal)
  const rows: unknown[][] = []
  for (let row = 0; row < length; row++) {
    if (turns.due()) await turns.take()
    rows.push(kept.map((k) => readers[k](row)))
  }
  return new Danfo(rows, {
    columns: kept.map((k) => fieldNames(frame.schema)[k]),
    dtypes: kept.map((k) => dtypeOf(frame.schema.fields[k].dataType)),
    ...(index !== undefined && length > 0 && { index: indexOf(readers[at], length, index) }),
  })
}

/** A value as danfo can hold it. */
function plainValue(value: unknown, column: string, row: number): unknown {
  if (value instanceof Vector) return Array.from(value.toArray())
  if (typeof value !== 'bigint') return value
  throw new DataError(`column "${column}" holds ${value}, which is no exact JavaScript number`, {
    stage: 'toDanfo',
    column,
    row,
    hint: "Cast the column: col('id').cast('string')",
  })
}

/** The values of the column of the index. @throws SchemaError when they cannot be one. */
function indexOf(read: (row: number) => unknown, length: number, column: string): unknown[] {
  const values = Array.from({ length }, (_, row) => read(row))
  const refused = (problem: string, row: number): SchemaError =>
    new SchemaError(`column "${column}" cannot be the index: ${problem}`, {
      stage: 'toDanfo',
      column,
      row,
      allowed: 'Allowed: distinct numbers or texts',
    })
  const seen = new Set<unknown>()
  for (const [row, value] of values.entries()) {
    if (typeof value !== 'string' && typeof value !== 'number') throw refused(`it holds ${value}`, row)
    if (seen.has(value)) throw refused(`${JSON.stringify(value)} appears twice`, row)
    seen.add(value)
  }
  return values
}

/** Danfo, where one of its packages is installed. */
async function installedDanfo(): Promise<DanfoModule<unknown>> {
  let cause: unknown
  for (const name of ['danfojs-node', 'danfojs']) {
    try {
      const found = (await import(name)) as DanfoModule<unknown> & { readonly default?: DanfoModule<unknown> }
      return typeof found.DataFrame === 'function' ? found : (found.default ?? found)
    } catch (error) {
      cause ??= error
    }
  }
  throw new UnsupportedError('danfo cannot be loaded', {
    stage: 'toDanfo',
    hint: 'Run npm install danfojs-node, or give danfo as the second argument',
    cause,
  })
}
