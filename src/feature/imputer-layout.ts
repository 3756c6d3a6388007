import type { Params } from '../param/params.js'
import type { SparkLayout } from '../persistence/spark/layout.js'
import { onlyRow } from '../persistence/spark/plain-layout.js'
import { readColumn } from '../persistence/spark/state-columns.js'
import { DoubleType, StructField, StructType } from '../sql/types.js'

/** One row, with a column named after each input column that holds its surrogate. */
export const imputerLayout: SparkLayout = {
  async read(source) {
    const entries = Object.entries(await onlyRow(source))
    const surrogates = entries.map(([name, value]) =>
      readColumn('double', value, `column "${name}" of "${source.path}"`),
    )
    return { state: { columns: entries.map(([name]) => name), surrogates } }
  },
  async write(stage, sink) {
    const { columns, surrogates } = stage as Params & { columns: readonly string[]; surrogates: readonly number[] }
    const schema = StructType(columns.map((name) => StructField(name, DoubleType, false)))
    await sink.rows(schema, [Object.fromEntries(columns.map((name, k) => [name, surrogates[k]]))])
    return {}
  },
}
