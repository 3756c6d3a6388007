import type { TreeStrategy } from '../../src/tree/strategy.js'
import type { Rows } from './growing.js'

/** A node of a tree that was grown from the definitions alone. */
export interface NaiveNode {
  readonly prediction: number
  readonly impurity: number
  readonly rows: number
  readonly split?: {
    readonly feature: number
    readonly threshold: number
    readonly gain: number
    readonly left: NaiveNode
    readonly right: NaiveNode
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/**
 * Grows a tree over continuous features by trying every split on every node and computing each measure from the rows: no
 * bins, no running sums, no differences. All half-way points between values are candidates.
 */
export function naiveTree({ features, labels, weights }: Rows, strategy: TreeStrategy): NaiveNode {
  const all = labels.map((_, row) => row)
  const weight = (rows: readonly number[]): number => sum(rows.map((row) => weights?.[row] ?? 1))
  const totalWeight = weight(all)
  const candidates = features[0].map((_, f) => {
    const values = [...new Set(features.map((row) => row[f]))].sort((a, b) => a - b)
    return values.slice(1).map((value, i) => (values[i] + value) / 2)
  })

  const mean = (rows: readonly number[]): number => sum(rows.map((r) => (weights?.[r] ?? 1) * labels[r])) / weight(rows)
  const shares = (rows: readonly number[]): number[] =>
    Array.from({ length: strategy.numClasses }, (_, k) => weight(rows.filter((r) => labels[r] === k)) / weight(rows))
  function impurityOf(rows: readonly number[]): number {
    if (strategy.impurity === 'gini') return 1 - sum(shares(rows).map((p) => p * p))
    if (strategy.impurity === 'entropy') return -sum(shares(rows).map((p) => (p > 0 ? p * Math.log2(p) : 0)))
    const center = mean(rows)
    return sum(rows.map((r) => (weights?.[r] ?? 1) * (labels[r] - center) ** 2)) / weight(rows)
  }
  function predictionOf(rows: readonly number[]): number {
    if (strategy.numClasses === 0) return mean(rows)
    const all = shares(rows)
    return all.indexOf(Math.max(...all))
  }

  function node(rows: readonly number[], level: number): NaiveNode {
    const leaf = { prediction: predictionOf(rows), impurity: impurityOf(rows), rows: rows.length }
    if (level === strategy.maxDepth) return leaf
    let best = { gain: 1e-10, feature: -1, threshold: 0 }
    candidates.forEach((thresholds, feature) => {
      for (const threshold of thresholds) {
        const [left, right] = divide(rows, feature, threshold)
        if (Math.min(left.length, right.length) < strategy.minInstancesPerNode) continue
        if (Math.min(weight(left), weight(right)) < strategy.minWeightFractionPerNode * totalWeight) continue
        const after = (weight(left) * impurityOf(left) + weight(right) * impurityOf(right)) / weight(rows)
        const gain = leaf.impurity - after
        if (gain >= strategy.minInfoGain && gain > best.gain + 1e-10) best = { gain, feature, threshold }
      }
    })
    if (best.feature < 0) return leaf
    const [left, right] = divide(rows, best.feature, best.threshold).map((part) => node(part, level + 1))
    if (!left.split && !right.split && left.prediction === right.prediction) return leaf
    return { ...leaf, split: { ...best, left, right } }
  }

  function divide(rows: readonly number[], feature: number, threshold: number): [number[], number[]] {
    const goesLeft = (row: number): boolean => features[row][feature] <= threshold
    return [rows.filter(goesLeft), rows.filter((row) => !goesLeft(row))]
  }

  return node(all, 0)
}
