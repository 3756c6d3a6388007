import { Attribute, NumericAttribute } from '../sql/attributes.js'
import type { StructField } from '../sql/types.js'

/**
 * Field of a column of predicted numbers: a double, never null, marked as numeric, as Spark's regression models make
 * it.
 */
export const predictionField = (name: string): StructField => Attribute.toStructField(NumericAttribute({ name }))
