import { type FlatTree, setWords } from './flat-tree.js'

/** Most thresholds of a column: bins are bytes, and up to four more are counted where NaN is above all. */
const MOST_THRESHOLDS = 251
/** Most categories: with what is none and with NaN they are told by a byte. */
const MOST_CATEGORIES = 254
/** Words of a set of categories. */
export const SET_WORDS = 8

/** Conditions of one feature: numbers `first`, `first + 1` ... of all. */
export interface ConditionColumn {
  readonly feature: number
  readonly first: number
  readonly count: number
  readonly missingLeft: boolean
  /** Thresholds, ascending. A row goes right above. Empty where sets decide. */
  readonly thresholds: Float64Array
  /** Number of categories; -1 where thresholds decide. */
  readonly arity: number
  /** Sets of categories that go right, eight words each. */
  readonly sets: Uint32Array
}

/** What trees ask of rows: each condition once. */
export interface Conditions {
  /** Number of conditions; number 0 holds in no row. */
  readonly count: number
  readonly columns: readonly ConditionColumn[]
  /** For each tree, the condition on which a node goes right; 0 at a leaf. */
  readonly byNode: readonly Int32Array[]
}

/** Splits of a feature that can be told from the same bins. */
interface Splits {
  readonly feature: number
  readonly missingLeft: boolean
  readonly arity: number
  /** Tree and node of each. */
  readonly trees: number[]
  readonly nodes: number[]
}

/** The conditions of trees; null where a split is not of the kind that the kernels know. */
export function conditionsOf(trees: readonly FlatTree[]): Conditions | null {
  const byNode = trees.map(({ left }) => new Int32Array(left.length))
  const columns: ConditionColumn[] = []
  let count = 1
  for (const splits of gather(trees)) {
    const added =
      splits.arity < 0 ? thresholdColumns(splits, trees, byNode, count) : setColumn(splits, trees, byNode, count)
    if (!added) return null
    for (const column of added) count += column.count
    columns.push(...added)
  }
  return { count, columns, byNode }
}

function gather(trees: readonly FlatTree[]): Splits[] {
  const found = new Map<string, Splits>()
  // A key is made only where a split differs from the last one of its feature.
  const recent: Splits[] = []
  trees.forEach(({ feature: features, left, special }, tree) => {
    for (let node = 0; node < left.length; node++) {
      if (left[node] < node) continue
      const feature = features[node]
      const arity = special ? special.arity[node] : -1
      const missingLeft = special !== null && special.missingLeft[node] === 1
      let splits: Splits | undefined = recent[feature]
      if (splits?.arity !== arity || splits.missingLeft !== missingLeft) {
        const key = `${feature} ${arity} ${missingLeft}`
        splits = found.get(key) ?? { feature, missingLeft, arity, trees: [], nodes: [] }
        found.set(key, splits)
        recent[feature] = splits
      }
      splits.trees.push(tree)
      splits.nodes.push(node)
    }
  })
  return [...found.values()]
}

function thresholdColumns(
  splits: Splits,
  trees: readonly FlatTree[],
  byNode: readonly Int32Array[],
  first: number,
): ConditionColumn[] | null {
  const { feature, missingLeft, nodes } = splits
  const all = Float64Array.from(nodes, (node, i) => trees[splits.trees[i]].threshold[node])
  // A threshold that is no number is above none and below none.
  if (all.some(Number.isNaN)) return null
  const thresholds = all
    .slice()
    .sort()
    .filter((threshold, i, sorted) => i === 0 || threshold !== sorted[i - 1])
  nodes.forEach((node, i) => {
    byNode[splits.trees[i]][node] = first + placeOf(thresholds, all[i])
  })
  const columns: ConditionColumn[] = []
  for (let from = 0; from < thresholds.length; from += MOST_THRESHOLDS) {
    const part = thresholds.subarray(from, from + MOST_THRESHOLDS)
    const rest = { feature, missingLeft, arity: -1, sets: new Uint32Array() }
    columns.push({ ...rest, first: first + from, count: part.length, thresholds: part })
  }
  return columns
}

/** Place of a number in a list that holds it. */
function placeOf(ascending: Float64Array, value: number): number {
  let from = 0
  for (let to = ascending.length - 1; from < to; ) {
    const middle = (from + to) >> 1
    if (ascending[middle] < value) from = middle + 1
    else to = middle
  }
  return from
}

function setColumn(
  { feature, arity, trees: owners, nodes }: Splits,
  trees: readonly FlatTree[],
  byNode: readonly Int32Array[],
  first: number,
): ConditionColumn[] | null {
  if (arity > MOST_CATEGORIES) return null
  const words = setWords(arity)
  const places = new Map<string, number>()
  const sets: number[] = []
  nodes.forEach((node, i) => {
    const { starts, sets: all } = trees[owners[i]].special!
    const set = all.subarray(starts[node], starts[node] + words)
    const key = set.join()
    const place = places.get(key) ?? places.size
    if (place === places.size) {
      places.set(key, place)
      for (let word = 0; word < SET_WORDS; word++) sets.push(word < words ? set[word] : 0)
    }
    byNode[owners[i]][node] = first + place
  })
  const rest = { feature, missingLeft: false, arity, thresholds: new Float64Array() }
  return [{ ...rest, first, count: places.size, sets: Uint32Array.from(sets) }]
}
