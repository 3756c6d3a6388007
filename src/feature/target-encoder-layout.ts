import type { Params } from '../param/params.js'
import type { SparkLayout } from '../persistence/spark/layout.js'
import { readColumn } from '../persistence/spark/state-columns.js'
import { ArrayType, DoubleType, IntegerType, StructField, StructType } from '../sql/types.js'

const doubles = (name: string): StructField => StructField(name, ArrayType(DoubleType, false))
const schema = StructType([
  StructField('index', IntegerType, false),
  doubles('categories'),
  doubles('counts'),
  doubles('stats'),
])

/** One row a column, with its categories, and the rows and targets of each. */
export const targetEncoderLayout: SparkLayout = {
  async read(source) {
    const rows = [...(await source.rows())].sort((a, b) => Number(a.index) - Number(b.index))
    const column = (name: string) =>
      rows.map((row) => readColumn('doubleArray', row[name], `column "${name}" of "${source.path}"`))
    return { state: { categories: column('categories'), counts: column('counts'), targets: column('stats') } }
  },
  async write(stage, sink) {
    type Lists = readonly (readonly number[])[]
    const { categories, counts, targets } = stage as Params & { categories: Lists; counts: Lists; targets: Lists }
    const rows = categories.map((list, index) => ({
      index,
      categories: list,
      counts: counts[index],
      stats: targets[index],
    }))
    await sink.rows(schema, rows)
    return {}
  },
}
