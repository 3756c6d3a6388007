import { state } from '../param/state.js'
import type { SparkLayout } from '../persistence/spark/layout.js'
import { missingColumn, onlyRow } from '../persistence/spark/plain-layout.js'
import { model } from '../pipeline/define.js'
import { AttributeGroup } from '../sql/attributes.js'
import type { DataFrame } from '../sql/dataframe.js'
import { columnOf } from '../sql/names.js'
import { fieldOf, MapType, StringType, StructField, StructType } from '../sql/types.js'

const prefixSchema = StructType([
  StructField('vectorCol', StringType),
  StructField('prefixesToRewrite', MapType(StringType, StringType)),
])

// Steps inside the model of an RFormula, which Spark saves as stages of their own. They have no parameters.

/** Drops the columns that encoding needed in between (Spark's private `ColumnPruner`). */
export class ColumnPruner extends model(
  'org.apache.spark.ml.feature.ColumnPruner',
  {},
  { columnsToPrune: state.strings('names of the columns to drop; those that do not exist are passed over') },
) {
  override transformSchema(schema: StructType): StructType {
    return StructType(schema.fields.filter(({ name }) => !this.columnsToPrune.includes(name)))
  }

  protected override apply(data: DataFrame): DataFrame {
    return data.select(...this.transformSchema(data.schema).fields.map(({ name }) => columnOf(name)))
  }
}

/**
 * Names the slots of a vector column after what they were made of, and puts it behind the other columns (Spark's private
 * `VectorAttributeRewriter`).
 */
export class VectorAttributeRewriter extends model(
  'org.apache.spark.ml.feature.VectorAttributeRewriter',
  {},
  {
    vectorCol: state.string('name of the vector column'),
    prefixesToRewrite: state.stringLists('pairs of a text in the names of slots and what takes its place'),
  },
) {
  static readonly sparkLayout: SparkLayout = {
    async read(source) {
      const { vectorCol, prefixesToRewrite } = await onlyRow(source)
      if (typeof vectorCol !== 'string') throw missingColumn(source.path, 'vectorCol')
      if (!prefixesToRewrite) throw missingColumn(source.path, 'prefixesToRewrite')
      const pairs = Object.entries(prefixesToRewrite).map(([from, to]) => [from, String(to)])
      return { state: { vectorCol, prefixesToRewrite: pairs } }
    },
    async write(stage, sink) {
      const { vectorCol, prefixesToRewrite } = stage as VectorAttributeRewriter
      await sink.rows(prefixSchema, [
        { vectorCol, prefixesToRewrite: new Map(prefixesToRewrite as [string, string][]) },
      ])
      return {}
    },
  }

  override transformSchema(schema: StructType): StructType {
    const { name, dataType, nullable } = fieldOf(schema, this.vectorCol, this.uid)
    const others = schema.fields.filter((field) => field.name !== name)
    return StructType([...others, StructField(name, dataType, nullable, this.rewritten(schema).toMetadata())])
  }

  protected override apply(data: DataFrame): DataFrame {
    const others = data.columns.filter((name) => name !== this.vectorCol).map(columnOf)
    const metadata = this.rewritten(data.schema).toMetadata()
    return data.select(...others, columnOf(this.vectorCol).alias(this.vectorCol, metadata))
  }

  private rewritten(schema: StructType): AttributeGroup {
    const group = AttributeGroup.fromStructField(fieldOf(schema, this.vectorCol, this.uid))
    const rename = (name: string): string =>
      this.prefixesToRewrite.reduce((text, [from, to]) => text.replaceAll(from, () => to), name)
    const slots = group.attributes?.map((slot) =>
      slot.name === undefined ? slot : { ...slot, name: rename(slot.name) },
    )
    return new AttributeGroup(this.vectorCol, slots ?? (group.size < 0 ? undefined : group.size))
  }
}
