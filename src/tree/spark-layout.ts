import { PersistenceError } from '../errors.js'
import type { Params } from '../param/params.js'
import type { SparkContent, SparkExtra, SparkLayout, SparkSink, SparkSource } from '../persistence/spark/layout.js'
import { parseMetadata } from '../persistence/spark/metadata.js'
import type { NumberColumn } from '../persistence/spark/number-column.js'
import type { ParquetColumns, ParquetRow } from '../persistence/spark/parquet.js'
import { missingColumn } from '../persistence/spark/plain-layout.js'
import { ArrayType, DoubleType, IntegerType, LongType, StringType, StructField, StructType } from '../sql/types.js'
import { isLeaf, nodeCount, type TreeNodes } from './nodes.js'

const required = (name: string, type: StructField['dataType']): StructField => StructField(name, type, false)

const splitType = StructType([
  required('featureIndex', IntegerType),
  StructField('leftCategoriesOrThreshold', ArrayType(DoubleType, false)),
  required('numCategories', IntegerType),
])
const nodeType = StructType([
  required('id', IntegerType),
  required('prediction', DoubleType),
  required('impurity', DoubleType),
  StructField('impurityStats', ArrayType(DoubleType, false)),
  required('rawCount', LongType),
  required('gain', DoubleType),
  required('leftChild', IntegerType),
  required('rightChild', IntegerType),
  StructField('split', splitType),
])
const ensembleType = StructType([required('treeID', IntegerType), StructField('nodeData', nodeType)])
const treesType = StructType([
  required('treeID', IntegerType),
  StructField('metadata', StringType),
  required('weights', DoubleType),
])

/** The rows of a tree as Spark saves them, one a node. */
function rowsOf(nodes: TreeNodes): ParquetRow[] {
  const { statsSize } = nodes
  return Array.from({ length: nodeCount(nodes) }, (_, id) => {
    const categories = Array.from(nodes.categories.subarray(nodes.categoryOffsets[id], nodes.categoryOffsets[id + 1]))
    const values = nodes.numCategories[id] < 0 ? [nodes.threshold[id]] : categories
    return {
      id,
      prediction: nodes.prediction[id],
      impurity: nodes.impurity[id],
      impurityStats: Array.from(nodes.impurityStats.subarray(id * statsSize, (id + 1) * statsSize)),
      rawCount: BigInt(nodes.rawCount[id]),
      gain: nodes.gain[id],
      leftChild: nodes.leftChild[id],
      rightChild: nodes.rightChild[id],
      split: {
        featureIndex: nodes.feature[id],
        leftCategoriesOrThreshold: isLeaf(nodes, id) ? [] : values,
        numCategories: nodes.numCategories[id],
      },
    }
  })
}

/** Columns of a table of nodes, as a file holds them. Versions before 3.0 have no rawCount. */
class NodeColumns {
  private readonly columns: ParquetColumns
  private readonly prefix: string
  private readonly path: string

  /** @param prefix path of the nodes among the columns. */
  constructor(columns: ParquetColumns, prefix: string, path: string) {
    this.columns = columns
    this.prefix = prefix
    this.path = path
  }

  /** The nodes of some rows. @throws PersistenceError when they are not numbered from 0, or are no nodes. */
  nodes(rows: Int32Array): TreeNodes {
    const ids = this.column('id').values
    const order = rows.every((row, i) => ids[row] === i) ? rows : rows.slice().sort((a, b) => ids[a] - ids[b])
    const stats = this.column('impurityStats')
    const lists = this.column('split.leftCategoriesOrThreshold')
    if (!stats.starts || !lists.starts || order.length === 0 || !order.every((row, id) => ids[row] === id)) {
      throw new PersistenceError(`"${this.path}" holds nodes that are no tree`, {
        stage: 'load',
        received: this.path,
        allowed: 'Expected nodes numbered from 0, each with its split',
      })
    }
    // Loops, since from() asks an iterator for each of millions.
    const fill = <T extends Float64Array | Int32Array>(into: T, name: string): T => {
      const { values } = this.column(name)
      for (let i = 0; i < into.length; i++) into[i] = values[order[i]]
      return into
    }
    const doubles = (name: string): Float64Array => fill(new Float64Array(order.length), name)
    const ints = (name: string): Int32Array => fill(new Int32Array(order.length), name)
    const statsSize = stats.starts[order[0] + 1] - stats.starts[order[0]]
    const impurityStats = new Float64Array(order.length * statsSize)
    const numCategories = ints('split.numCategories')
    const leftChild = ints('leftChild')
    const threshold = new Float64Array(order.length).fill(Number.NaN)
    const categoryOffsets = new Int32Array(order.length + 1)
    const categories: number[] = []
    for (let i = 0; i < order.length; i++) {
      const row = order[i]
      const first = stats.starts[row]
      const size = stats.starts[row + 1] - first
      for (let k = 0; size === statsSize && k < size; k++) impurityStats[i * statsSize + k] = stats.values[first + k]
      const [begin, end] = [lists.starts[row], lists.starts[row + 1]]
      if (numCategories[i] >= 0) categories.push(...lists.values.slice(begin, end).sort())
      else if (leftChild[i] >= 0 && begin < end) threshold[i] = lists.values[begin]
      categoryOffsets[i + 1] = categories.length
    }
    return {
      statsSize,
      impurityStats,
      threshold,
      numCategories,
      leftChild,
      categoryOffsets,
      categories: Int32Array.from(categories),
      prediction: doubles('prediction'),
      impurity: doubles('impurity'),
      rawCount: this.has('rawCount') ? doubles('rawCount') : new Float64Array(order.length).fill(-1),
      gain: doubles('gain'),
      rightChild: ints('rightChild'),
      feature: ints('split.featureIndex'),
    }
  }

  private has(name: string): boolean {
    return this.columns.has(`${this.prefix}${name}`)
  }

  private column(name: string): NumberColumn {
    const found = this.columns.get(`${this.prefix}${name}`)
    if (found === undefined || found.rows !== this.columns.get(`${this.prefix}id`)?.rows) {
      throw missingColumn(this.path, `${this.prefix}${name}`)
    }
    return found
  }
}

/** Numbers of the rows of each tree. Most files have those of a tree side by side: the map is asked once for each such run. */
function rowsByTree(trees: Float64Array): Map<number, Int32Array> {
  const runs: [tree: number, start: number, end: number][] = []
  const counts = new Map<number, number>()
  for (let start = 0, end = 0; start < trees.length; start = end) {
    const tree = trees[start]
    while (end < trees.length && trees[end] === tree) end++
    runs.push([tree, start, end])
    counts.set(tree, (counts.get(tree) ?? 0) + end - start)
  }
  const rows = new Map(Array.from(counts, ([tree, count]) => [tree, new Int32Array(count)]))
  counts.clear()
  for (const [tree, start, end] of runs) {
    const [into, at] = [rows.get(tree) as Int32Array, counts.get(tree) ?? 0]
    for (let row = start; row < end; row++) into[at + row - start] = row
    counts.set(tree, at + end - start)
  }
  return rows
}

/** Numbers in the metadata, by name. @throws PersistenceError. */
function counts(source: SparkSource, names: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    names.map((name) => {
      const value = source.metadata.all[name]
      if (Number.isInteger(value)) return [name, value as number]
      throw new PersistenceError(`the metadata of "${source.path}" have no ${name}`, {
        stage: 'load',
        received: source.path,
      })
    }),
  )
}

const texts = (model: object, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, String((model as Record<string, unknown>)[name])]))

/** @param names what the metadata tell beside the parameters: `numFeatures`, and `numClasses` of classifiers. */
export const treeLayout = (...names: readonly string[]): SparkLayout => ({
  async read(source: SparkSource): Promise<SparkContent> {
    const columns = await source.columns()
    const rows = Int32Array.from({ length: columns.get('id')?.rows ?? 0 }, (_, row) => row)
    return { state: { ...counts(source, names), nodes: new NodeColumns(columns, '', source.path).nodes(rows) } }
  },
  async write(model: Params, sink: SparkSink): Promise<SparkExtra> {
    await sink.rows(nodeType, rowsOf((model as unknown as { nodes: TreeNodes }).nodes))
    return { fields: texts(model, names) }
  },
})

interface Tree extends Params {
  readonly nodes: TreeNodes
}

/**
 * @param names as of `treeLayout`.
 * @param constant learned values that Spark's model does not have, which are always the same.
 */
export const ensembleLayout = (
  names: readonly string[],
  constant: Readonly<Record<string, unknown>> = {},
): SparkLayout => ({
  async read(source: SparkSource): Promise<SparkContent> {
    const found = counts(source, names)
    const columns = await source.columns()
    const rows = rowsByTree(columns.get('treeID')?.values ?? new Float64Array())
    const nodes = new NodeColumns(columns, 'nodeData.', source.path)
    // Their columns have other names from 4.1 on.
    const trees = (await source.rows('treesMetadata')).map((row) => Object.values(row) as [number, string, number])
    trees.sort((a, b) => a[0] - b[0])
    const state = { ...constant, ...found }
    const models = trees.map(async ([id, text]) => {
      const path = `${source.path}/data (tree ${id})`
      return source.bare(parseMetadata(text, path), { ...state, nodes: nodes.nodes(rows.get(id) ?? new Int32Array()) })
    })
    return { state: { ...state, trees: await Promise.all(models), treeWeights: trees.map(([, , weight]) => weight) } }
  },
  async write(model: Params, sink: SparkSink): Promise<SparkExtra> {
    const { trees, treeWeights } = model as unknown as { trees: readonly Tree[]; treeWeights: readonly number[] }
    const rows = trees.flatMap(({ nodes }, treeID) => rowsOf(nodes).map((nodeData) => ({ treeID, nodeData })))
    await sink.rows(ensembleType, rows)
    const metadata = trees.map((tree, treeID) => ({
      treeID,
      metadata: sink.metadata(tree),
      weights: treeWeights[treeID],
    }))
    await sink.rows(treesType, metadata, 'treesMetadata')
    return { fields: { ...texts(model, names), numTrees: String(trees.length) } }
  },
})
