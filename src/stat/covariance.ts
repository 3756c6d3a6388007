import { DataError } from '../errors.js'
import { noRows } from '../optim/training-errors.js'
import type { VectorColumn } from '../sql/batch.js'
import { vectorStart } from '../sql/columns.js'
import type { DataFrame } from '../sql/dataframe.js'
import type { ActionOptions } from '../sql/engine.js'
import { type Mergeable, PartitionFold } from '../util/partition-fold.js'
import { TurnTaker } from '../util/turn-taker.js'
import { summarizeRows, type VectorBatch, vectorBatches } from './vector-summary.js'

/** Sums of the products of each two slots of rows: the upper triangle of a symmetric matrix, packed by columns. */
class ProductSums implements Mergeable<ProductSums> {
  readonly triangle: Float64Array
  readonly #row: Float64Array

  constructor(size: number) {
    this.triangle = new Float64Array((size * (size + 1)) / 2)
    this.#row = new Float64Array(size)
  }

  /** Adds one row; where there is a `mean`, less that. */
  add(column: VectorColumn, row: number, mean: Float64Array | undefined): void {
    const { indices, values } = column
    const start = vectorStart(column, row)
    const end = vectorStart(column, row + 1)
    if (mean) this.#addCentred(column, start, end, mean)
    else if (indices === null) this.#addRow(values, start, end - start)
    else {
      for (let q = start; q < end; q++) {
        const at = (indices[q] * (indices[q] + 1)) / 2
        for (let p = start; p <= q; p++) this.triangle[at + indices[p]] += values[q] * values[p]
      }
    }
  }

  #addCentred({ indices, values }: VectorColumn, start: number, end: number, mean: Float64Array): void {
    const row = this.#row
    for (let j = 0; j < mean.length; j++) row[j] = -mean[j]
    if (indices === null) for (let j = 0; j < mean.length; j++) row[j] = values[start + j] - mean[j]
    else for (let e = start; e < end; e++) row[indices[e]] = values[e] - mean[indices[e]]
    this.#addRow(row, 0, row.length)
  }

  #addRow(values: Float64Array, start: number, size: number): void {
    const { triangle } = this
    for (let j = 0, at = 0; j < size; at += ++j) {
      const factor = values[start + j]
      if (factor === 0) continue
      for (let i = 0; i <= j; i++) triangle[at + i] += factor * values[start + i]
    }
  }

  merge(other: ProductSums): this {
    for (let k = 0; k < this.triangle.length; k++) this.triangle[k] += other.triangle[k]
    return this
  }
}

/** Whether more than half of the entries of some row are not 0. */
function hasDenseRow(column: VectorColumn, length: number): boolean {
  for (let i = 0; i < length; i++) {
    const end = vectorStart(column, i + 1)
    let count = 0
    for (let e = vectorStart(column, i); e < end; e++) if (column.values[e] !== 0) count++
    if (1 - count / column.size < 0.5) return true
  }
  return false
}

/** A symmetric matrix with a row and a column for each of `size` slots. */
export interface SymmetricMatrix {
  readonly size: number
  readonly matrix: Float64Array
}

/**
 * Sample covariance of each two slots of a column of vectors, in three passes over the rows. Where every row is half zeros or more, products are summed
 * as they are and the means taken off at the end, as Spark does. Source: `org.apache.spark.mllib.linalg.distributed.RowMatrix`.
 *
 * @throws DataError naming the row for null and for a vector of another length, and when there are fewer than two rows.
 */
export async function covarianceOf(
  data: DataFrame,
  column: string,
  stage: string,
  options: ActionOptions,
): Promise<SymmetricMatrix> {
  return covarianceOfRows(() => vectorBatches(data, column, stage, options), column, stage, options)
}

/** As {@link covarianceOf}. @param rows gives the batches anew for each pass. */
export async function covarianceOfRows(
  rows: () => AsyncIterable<VectorBatch>,
  column: string,
  stage: string,
  options: ActionOptions,
): Promise<SymmetricMatrix> {
  const summary = await summarizeRows(rows())
  if (!summary) throw noRows(stage, column)
  const { count, size } = summary
  if (count < 2) {
    throw new DataError(`column "${column}" holds one row`, {
      stage,
      column,
      allowed: 'Allowed: at least two rows, between which there is a covariance',
      received: '1 row',
    })
  }
  const mean = summary.mean()
  let dense = false
  for await (const { vectors, length } of rows()) {
    dense = hasDenseRow(vectors, length)
    if (dense) break
  }
  const turns = new TurnTaker(options.signal)
  const fold = new PartitionFold(() => new ProductSums(size))
  for await (const { vectors, length, partition } of rows()) {
    const sums = fold.of(partition)
    for (let i = 0; i < length; i++) {
      sums.add(vectors, i, dense ? mean : undefined)
      if (turns.due()) await turns.take()
    }
  }
  const { triangle } = fold.result()!
  const matrix = new Float64Array(size * size)
  for (let j = 0, k = 0; j < size; j++) {
    for (let i = 0; i <= j; i++, k++) {
      const offset = dense ? 0 : (count / (count - 1)) * mean[i] * mean[j]
      matrix[j * size + i] = triangle[k] / (count - 1) - offset
      matrix[i * size + j] = matrix[j * size + i]
    }
  }
  return { size, matrix }
}
