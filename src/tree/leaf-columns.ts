import { Attribute, AttributeGroup, NominalAttribute } from '../sql/attributes.js'
import type { ColumnData } from '../sql/batch.js'
import { denseVectors } from '../sql/columns.js'
import { StructField, VectorUDT } from '../sql/types.js'
import { leafCount, leafNumbers, type TreeNodes } from './nodes.js'

/** Number of the leaf of one tree, as a nominal column. */
export const leafField = (name: string, nodes: TreeNodes): StructField =>
  Attribute.toStructField(NominalAttribute({ name, numValues: leafCount(nodes) }))

/** Numbers of the leaves of several trees, as a vector column with a nominal slot a tree. */
export function leavesField(name: string, trees: readonly TreeNodes[]): StructField {
  const slots = trees.map((nodes) => NominalAttribute({ numValues: leafCount(nodes) }))
  return StructField(name, VectorUDT, true, new AttributeGroup(name, slots).toMetadata())
}

/** Column of `leafField`. @param leaves node numbers, as `leavesOf` gives them for the one tree. */
export function leafColumn(nodes: TreeNodes, leaves: Int32Array): ColumnData {
  const numbers = leafNumbers(nodes)
  return { kind: 'f64', data: Float64Array.from(leaves, (leaf) => numbers[leaf]), valid: null }
}

/** Column of `leavesField`. @param leaves node numbers, as `leavesOf` gives them. */
export function leavesColumn(trees: readonly TreeNodes[], leaves: Int32Array, length: number): ColumnData {
  const values = new Float64Array(trees.length * length)
  trees.forEach((nodes, tree) => {
    const numbers = leafNumbers(nodes)
    for (let row = 0; row < length; row++) values[row * trees.length + tree] = numbers[leaves[tree * length + row]]
  })
  return denseVectors(values, trees.length)
}
