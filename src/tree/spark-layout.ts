import { PersistenceError } from '../errors.js'
import type { Params } from '../param/params.js'
import type { SparkContent, SparkExtra, SparkLayout, SparkSink, SparkSource } from '../persistence/spark/layout.js'
import { parseMetadata } from '../persistence/spark/metadata.js'
import type { ParquetRow } from '../persistence/spark/parquet.js'
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

/** A node as a file holds it. Versions before 3.0 have no rawCount. */
interface NodeRow {
  readonly id: number
  readonly prediction: number
  readonly impurity: number
  readonly impurityStats: ArrayLike<number>
  readonly rawCount?: bigint
  readonly gain: number
  readonly leftChild: number
  readonly rightChild: number
  readonly split: {
    readonly featureIndex: number
    readonly leftCategoriesOrThreshold: ArrayLike<number>
    readonly numCategories: number
  }
}

/** The nodes of rows in any order. @throws PersistenceError when they are not numbered from 0, or are no nodes. */
function nodesOf(rows: readonly ParquetRow[], path: string): TreeNodes {
  const table = [...(rows as unknown as readonly NodeRow[])].sort((a, b) => a.id - b.id)
  const damaged = table.find(
    (row, i) => row.id !== i || row.split?.leftCategoriesOrThreshold === undefined || row.impurityStats === undefined,
  )
  if (damaged !== undefined || table.length === 0) {
    throw new PersistenceError(`"${path}" holds nodes that are no tree`, {
      stage: 'load',
      received: path,
      allowed: 'Expected nodes numbered from 0, each with its split',
    })
  }
  const statsSize = table[0].impurityStats.length
  const categorical = table.map(({ split }) => (split.numCategories < 0 ? 0 : split.leftCategoriesOrThreshold.length))
  const offsets = new Int32Array(table.length + 1)
  categorical.forEach((count, i) => {
    offsets[i + 1] = offsets[i] + count
  })
  const categories = new Int32Array(offsets[table.length])
  const impurityStats = new Float64Array(table.length * statsSize)
  table.forEach(({ split, impurityStats: stats }, i) => {
    if (split.numCategories >= 0) categories.set(Int32Array.from(split.leftCategoriesOrThreshold).sort(), offsets[i])
    if (stats.length === statsSize) impurityStats.set(stats, i * statsSize)
  })
  const doubles = (value: (row: NodeRow) => number): Float64Array => Float64Array.from(table, value)
  const ints = (value: (row: NodeRow) => number): Int32Array => Int32Array.from(table, value)
  return {
    statsSize,
    impurityStats,
    categories,
    categoryOffsets: offsets,
    prediction: doubles((row) => row.prediction),
    impurity: doubles((row) => row.impurity),
    rawCount: doubles((row) => Number(row.rawCount ?? -1)),
    gain: doubles((row) => row.gain),
    leftChild: ints((row) => row.leftChild),
    rightChild: ints((row) => row.rightChild),
    feature: ints((row) => row.split.featureIndex),
    threshold: doubles(({ leftChild, split }) =>
      leftChild < 0 || split.numCategories >= 0 ? Number.NaN : split.leftCategoriesOrThreshold[0],
    ),
    numCategories: ints((row) => row.split.numCategories),
  }
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
    return { state: { ...counts(source, names), nodes: nodesOf(await source.rows(), source.path) } }
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
    const ofTrees = new Map<number, ParquetRow[]>()
    for (const row of (await source.rows()) as unknown as { treeID: number; nodeData: ParquetRow }[]) {
      const rows = ofTrees.get(row.treeID)
      if (rows === undefined) ofTrees.set(row.treeID, [row.nodeData])
      else rows.push(row.nodeData)
    }
    // Their columns have other names from 4.1 on.
    const trees = (await source.rows('treesMetadata')).map((row) => Object.values(row) as [number, string, number])
    trees.sort((a, b) => a[0] - b[0])
    const state = { ...constant, ...found }
    const models = trees.map(([id, text]) => {
      const path = `${source.path}/data (tree ${id})`
      return source.bare(parseMetadata(text, path), { ...state, nodes: nodesOf(ofTrees.get(id) ?? [], path) })
    })
    return { state: { ...state, trees: models, treeWeights: trees.map(([, , weight]) => weight) } }
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
