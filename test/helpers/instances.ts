import type { InstanceBlock } from '../../src/optim/instances.js'
import type { VectorColumn } from '../../src/sql/batch.js'
import type { Corpus } from '../golden/corpus.js'
import { decodeNumber } from '../golden/decode.js'
import type { Recorded, RecordedObject } from './compare.js'

interface SparseRow {
  readonly size: number
  readonly indices: readonly number[]
  readonly values: readonly number[]
}
/** One vector: its elements, or the form of `SparseVector`. */
export type VectorRow = readonly number[] | SparseRow

const isSparse = (row: VectorRow): row is SparseRow => 'indices' in row

/** Column of vectors without nulls: dense when all rows are, else in compressed rows. */
export function vectorColumn(rows: readonly VectorRow[]): VectorColumn {
  const common = { kind: 'vector', sizes: null, dense: null, valid: null } as const
  if (!rows.some(isSparse)) {
    const values = Float64Array.from((rows as readonly (readonly number[])[]).flat())
    return { ...common, size: (rows[0] as readonly number[]).length, offsets: null, indices: null, values }
  }
  const sparse = rows.map((row) =>
    isSparse(row) ? row : { size: row.length, indices: row.map((_, i) => i), values: row },
  )
  const offsets = new Int32Array(rows.length + 1)
  sparse.forEach((row, i) => {
    offsets[i + 1] = offsets[i] + row.indices.length
  })
  return {
    ...common,
    size: sparse[0].size,
    offsets,
    indices: Int32Array.from(sparse.flatMap((row) => row.indices)),
    values: Float64Array.from(sparse.flatMap((row) => row.values)),
  }
}

/** A recorded vector as a row of `vectorColumn`. */
export function vectorRow(recorded: Recorded): VectorRow {
  const { type, size, indices, values } = recorded as RecordedObject
  const numbers = (values as Recorded[]).map(decodeNumber)
  return type === 1 ? numbers : { size: size as number, indices: indices as number[], values: numbers }
}

/** All elements of a recorded vector. */
export function vectorElements(recorded: Recorded): number[] {
  const row = vectorRow(recorded)
  if (!isSparse(row)) return [...row]
  const elements = new Array<number>(row.size).fill(0)
  row.indices.forEach((index, entry) => {
    elements[index] = row.values[entry]
  })
  return elements
}

/** Rows `from .. to` of each logical partition, as Spark's `parallelize` slices them. */
export const slices = (length: number, partitions: number): (readonly [from: number, to: number])[] =>
  Array.from({ length: partitions }, (_, p) => [
    Math.floor((p * length) / partitions),
    Math.floor(((p + 1) * length) / partitions),
  ])

/** A recorded data set with columns `features`, `label` and perhaps `weight`, one block a partition. */
export function recordedBlocks(
  corpus: Corpus,
  dataset: string,
  partitions: number,
  weighted: boolean,
): InstanceBlock[] {
  const rows = corpus.rows(dataset)
  const numbers = (column: string, from: number, to: number): Float64Array =>
    Float64Array.from(rows.slice(from, to), (row) => decodeNumber(row[column]))
  return slices(rows.length, partitions).map(([from, to], partition) => ({
    length: to - from,
    partition,
    features: vectorColumn(rows.slice(from, to).map((row) => vectorRow(row.features))),
    labels: numbers('label', from, to),
    weights: weighted ? numbers('weight', from, to) : null,
  }))
}
