import { AttributeGroup } from '../sql/attributes.js'
import { fieldOf, isVector, StructField, type StructType, VectorUDT } from '../sql/types.js'

/** A column of vectors whose metadata tell their length only. */
export const sizedField = (name: string, size: number): StructField =>
  StructField(name, VectorUDT, true, new AttributeGroup(name, size).toMetadata())

/** A column of vectors that are as long as those of another column, as far as the metadata of that one tell. */
export function likeSizedField(name: string, schema: StructType, input: string, stage: string): StructField {
  const field = fieldOf(schema, input, stage)
  const size = isVector(field.dataType) ? AttributeGroup.fromStructField(field).size : -1
  return size < 0 ? StructField(name, VectorUDT) : sizedField(name, size)
}
