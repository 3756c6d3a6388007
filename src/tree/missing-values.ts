import type { SampledValues } from './sampled-values.js'
import type { TreeRows } from './tree-rows.js'

/** 1 for each feature that a row lacks: it holds NaN. */
export function missingFeatures({ blocks, numFeatures }: TreeRows): Uint8Array {
  const missing = new Uint8Array(numFeatures)
  for (const { features, length } of blocks) {
    const { values, indices, offsets, size } = features
    const entries = offsets ? offsets[length] : length * size
    for (let e = 0; e < entries; e++) {
      if (Number.isNaN(values[e])) missing[indices ? indices[e] : e % size] = 1
    }
  }
  return missing
}

/**
 * The values of a feature that are there, and the weight of the rows that lack it.
 * @param weights weight of each row; null: 1.
 */
export function withoutMissing(
  { feature, values, rows }: SampledValues,
  weights: Float64Array | null,
): { readonly present: SampledValues; readonly missingWeight: number } {
  let missingWeight = 0
  values.forEach((value, i) => {
    if (Number.isNaN(value)) missingWeight += weights ? weights[rows[i]] : 1
  })
  const isPresent = (_: number, i: number): boolean => !Number.isNaN(values[i])
  return { present: { feature, values: values.filter(isPresent), rows: rows.filter(isPresent) }, missingWeight }
}
