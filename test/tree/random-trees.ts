import type { VectorColumn } from '../../src/sql/batch.js'
import { denseVectors } from '../../src/sql/columns.js'
import { goesLeft, isLeaf, type TreeNodes } from '../../src/tree/nodes.js'
import type { XORShiftRandom } from '../../src/util/random/xorshift.js'

/** How random trees look. */
export interface TreeShape {
  readonly numFeatures: number
  readonly maxDepth: number
  /** Chance that a node above `maxDepth` is split; 1: complete trees. */
  readonly splitChance: number
  /** Chance that a split asks for categories, and how many there are of each feature. */
  readonly categories?: { readonly chance: number; readonly arity: readonly number[] }
  /** Whether splits know where NaN goes. */
  readonly missing?: boolean
  /** Thresholds to choose from; any number by default. */
  readonly thresholds?: readonly number[]
}

const whole = (random: XORShiftRandom, bound: number): number => Math.floor(random.nextDouble() * bound)

/** A random tree. */
export function randomTree(random: XORShiftRandom, shape: TreeShape): TreeNodes {
  const nodes: { left: number; right: number; feature: number; threshold: number; arity: number; set: number[] }[] = []
  const grow = (depth: number): number => {
    const at = nodes.length
    const node = { left: -1, right: -1, feature: -1, threshold: Number.NaN, arity: -1, set: [] as number[] }
    nodes.push(node)
    if (depth === shape.maxDepth || random.nextDouble() >= shape.splitChance) return at
    node.feature = whole(random, shape.numFeatures)
    const { categories, thresholds } = shape
    if (categories && random.nextDouble() < categories.chance) {
      node.arity = categories.arity[node.feature % categories.arity.length]
      const share = random.nextDouble()
      node.set = Array.from({ length: node.arity }, (_, k) => k).filter(() => random.nextDouble() < share)
    } else {
      node.threshold = thresholds ? thresholds[whole(random, thresholds.length)] : random.nextGaussian()
    }
    node.left = grow(depth + 1)
    node.right = grow(depth + 1)
    return at
  }
  grow(0)
  const count = nodes.length
  const offsets = Int32Array.from({ length: count + 1 }, (_, i) =>
    nodes.slice(0, i).reduce((sum, { set }) => sum + set.length, 0),
  )
  return {
    prediction: Float64Array.from(nodes, () => random.nextGaussian()),
    impurity: new Float64Array(count),
    impurityStats: Float64Array.from({ length: 3 * count }, () => random.nextDouble()),
    statsSize: 3,
    rawCount: new Float64Array(count),
    gain: new Float64Array(count),
    leftChild: Int32Array.from(nodes, ({ left }) => left),
    rightChild: Int32Array.from(nodes, ({ right }) => right),
    feature: Int32Array.from(nodes, ({ feature }) => feature),
    threshold: Float64Array.from(nodes, ({ threshold }) => threshold),
    numCategories: Int32Array.from(nodes, ({ arity }) => arity),
    categoryOffsets: offsets,
    categories: Int32Array.from(nodes.flatMap(({ set }) => set)),
    ...(shape.missing && {
      missingLeft: Int32Array.from(nodes, ({ left }) => Number(left >= 0 && random.nextDouble() < 0.5)),
    }),
  }
}

const SPECIAL = [Number.NaN, Infinity, -Infinity, 0, -0, 1, 2, 3, 2.5, -1, 254, 1e300, Number.MIN_VALUE]

/** Random rows, which hold some of `borders`, NaN, infinities, zeros of both signs and categories. */
export function randomValues(
  random: XORShiftRandom,
  numRows: number,
  numFeatures: number,
  borders: readonly number[] = [],
): Float64Array {
  return Float64Array.from({ length: numRows * numFeatures }, () => {
    const kind = whole(random, 8)
    if (kind === 0) return SPECIAL[whole(random, SPECIAL.length)]
    if (kind === 1) return whole(random, 40)
    return kind === 2 && borders.length > 0 ? borders[whole(random, borders.length)] : random.nextGaussian()
  })
}

/** The same rows as dense vectors, and as sparse ones, of which each third is stored in full. */
export function bothForms(values: Float64Array, size: number): { dense: VectorColumn; sparse: VectorColumn } {
  const numRows = values.length / size
  const offsets = [0]
  const indices: number[] = []
  const entries: number[] = []
  for (let row = 0; row < numRows; row++) {
    for (let j = 0; j < size; j++) {
      const value = values[row * size + j]
      if (row % 3 > 0 && Object.is(value, 0)) continue
      indices.push(j)
      entries.push(value)
    }
    offsets.push(entries.length)
  }
  return {
    dense: denseVectors(values, size),
    sparse: {
      ...denseVectors(Float64Array.from(entries), size),
      offsets: Int32Array.from(offsets),
      indices: Int32Array.from(indices),
      dense: Uint8Array.from({ length: numRows }, (_, row) => Number(row % 3 === 0)),
    },
  }
}

/** Number of the leaf that a row falls in. */
export function naiveLeaf(nodes: TreeNodes, row: Float64Array): number {
  let node = 0
  while (!isLeaf(nodes, node)) {
    node = goesLeft(nodes, node, row[nodes.feature[node]]) ? nodes.leftChild[node] : nodes.rightChild[node]
  }
  return node
}
