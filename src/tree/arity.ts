import { SchemaError } from '../errors.js'
import { AttributeGroup, isNominal, numCategories } from '../sql/attributes.js'
import type { StructField } from '../sql/types.js'

/**
 * Number of categories of each feature by the ML attributes of its column; 0: continuous, which is what a feature without
 * an attribute is. Source: Spark's `MetadataUtils.getCategoricalFeatures`.
 * @throws SchemaError for a nominal feature that does not say how many categories it has.
 */
export function categoricalArity(field: StructField, numFeatures: number, stage: string): Int32Array {
  const arity = new Int32Array(numFeatures)
  AttributeGroup.fromStructField(field).attributes?.forEach((attribute, feature) => {
    if (!isNominal(attribute) || feature >= numFeatures) return
    const categories = numCategories(attribute)
    if (categories === undefined) {
      throw new SchemaError(`feature ${feature} is nominal, but does not say how many values it has`, {
        stage,
        column: field.name,
        allowed: 'A nominal attribute of a feature has values, or their number',
        received: attribute.name === undefined ? `slot ${feature}` : `slot ${feature} ("${attribute.name}")`,
        hint: 'Index the feature with StringIndexer or VectorIndexer, which write the values down.',
      })
    }
    arity[feature] = categories
  })
  return arity
}
