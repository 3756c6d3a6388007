import { PersistenceError } from '../../errors.js'
import type { Params } from '../../param/params.js'
import type { StateTable } from '../../param/state.js'
import { ArrayType, LongType, StructField, StructType } from '../../sql/types.js'
import type { SparkContent, SparkExtra, SparkLayout, SparkSink, SparkSource } from './layout.js'
import { stateOf } from './layout.js'
import type { ParquetRow } from './parquet.js'
import { columnType, isColumn, readColumn, writeColumn } from './state-columns.js'

/**
 * The layout of a class whose learned values are the columns of one row in `data`, by their names, and whose learned stages stand in folders of their
 * names. A class without state has its parameters only.
 */
export function plainLayout(state: StateTable): SparkLayout {
  const columns = Object.entries(state).filter(([, { kind }]) => isColumn(kind))
  const stages = Object.keys(state).filter((name) => state[name].kind === 'stage')
  const schema = StructType(
    columns.map(([name, { kind, sparkLong }]) => {
      const { type, nullable } = columnType(kind)
      return StructField(name, sparkLong ? ArrayType(LongType, false) : type, nullable)
    }),
  )
  return {
    async read(source: SparkSource): Promise<SparkContent> {
      const read: Record<string, unknown> = {}
      if (columns.length > 0) {
        const row = await onlyRow(source)
        for (const [name, { kind, sparkOlder }] of columns) {
          const value = row[name] ?? sparkOlder?.(row)
          if (value === undefined || value === null) throw missingColumn(source.path, name)
          read[name] = readColumn(kind, value, `column "${name}" of "${source.path}"`)
        }
      }
      for (const name of stages) read[name] = await source.stage(name)
      return { state: read }
    },
    async write(stage: Params, sink: SparkSink): Promise<SparkExtra> {
      const values = stateOf(stage, state)
      if (columns.length > 0) {
        const row = columns.map(([name, { kind, sparkLong }]) => {
          const value = sparkLong ? (values[name] as readonly number[]).map(BigInt) : writeColumn(kind, values[name])
          return [name, value] as const
        })
        await sink.rows(schema, [Object.fromEntries(row)])
      }
      for (const name of stages) await sink.stage(values[name] as Params, name)
      return {}
    },
  }
}

/** The one row of `data`. @throws PersistenceError when there are others, or none. */
export async function onlyRow(source: SparkSource): Promise<ParquetRow> {
  const rows = await source.rows()
  if (rows.length === 1) return rows[0]
  throw new PersistenceError(`"${source.path}/data" holds ${rows.length} rows`, {
    stage: 'load',
    allowed: 'Expected one row',
  })
}

export const missingColumn = (path: string, name: string): PersistenceError =>
  new PersistenceError(`"${path}/data" has no column "${name}"`, {
    stage: 'load',
    received: path,
    hint: 'It may come from a version of Spark that this library does not know.',
  })
