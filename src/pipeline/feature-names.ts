import { AttributeGroup } from '../sql/attributes.js'
import { fieldIndex, isVector, type StructField, type StructType } from '../sql/types.js'
import type { Transformer } from './transformer.js'

/** Names of the slots of vector columns, by column. */
export type SlotNames = Map<string, readonly string[]>

/** What a vector column says of its slots: their names, `<column>_<index>` for those without; undefined where not even their number is known. */
export function slotNamesOf(field: StructField): string[] | undefined {
  const group = AttributeGroup.fromStructField(field)
  if (group.size < 0) return undefined
  return Array.from({ length: group.size }, (_, i) => group.attributes?.[i].name ?? `${field.name}_${i}`)
}

const saysNames = (field: StructField): boolean =>
  AttributeGroup.fromStructField(field)
    .names()
    ?.some((name) => name !== undefined) ?? false

/**
 * Adds the vector columns that a stage makes. Stages that work slot by slot, such as scalers, lose the names of slots in Spark's metadata; here those of their
 * input go on.
 * @returns the schema after the stage.
 */
export function addSlotNames(stage: Transformer, schema: StructType, names: SlotNames): StructType {
  const made = stage.transformSchema(schema)
  for (const field of made.fields) {
    const before = schema.fields[fieldIndex(schema, field.name)]
    if (!isVector(field.dataType) || before === field) continue
    const own = slotNamesOf(field)
    const source =
      stage.keepsSlots && !saysNames(field) ? names.get(stage.getOrDefault('inputCol') as string) : undefined
    const kept = source && (own === undefined || source.length === own.length) ? source : own
    if (kept) names.set(field.name, kept)
    else names.delete(field.name)
  }
  return made
}

/** The column of vectors that a stage is about: the features of a predictor, else the last vector column that it makes. */
export function featureColumn(stage: Transformer, before: StructType): string | undefined {
  if (stage.hasParam('featuresCol') && !stage.hasParam('outputCol')) return stage.getOrDefault('featuresCol') as string
  const made = stage
    .transformSchema(before)
    .fields.filter((field) => isVector(field.dataType) && before.fields[fieldIndex(before, field.name)] !== field)
  return made.at(-1)?.name
}
