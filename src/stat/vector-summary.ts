import { noRows } from '../optim/training-errors.js'
import type { VectorColumn } from '../sql/batch.js'
import type { DataFrame } from '../sql/dataframe.js'
import type { ActionOptions } from '../sql/engine.js'
import { SummarizerBuffer } from '../sql/summarizer-buffer.js'
import { firstWidth, requireVectors, requireWidth } from '../sql/vector-checks.js'
import { PartitionFold } from '../util/partition-fold.js'

/** The vectors of one batch, none of them null. */
export interface VectorBatch {
  readonly vectors: VectorColumn
  readonly length: number
  readonly partition: number
}

/**
 * The batches of a column of vectors, all as long as the first.
 * @throws DataError naming the row for null, and for a vector of another length.
 */
export async function* vectorBatches(
  data: DataFrame,
  column: string,
  stage: string,
  { signal }: ActionOptions,
): AsyncGenerator<VectorBatch> {
  let size: number | undefined
  let firstRow = 0
  for await (const { columns, length, partition } of data.batches([column], { signal })) {
    const vectors = columns[0] as VectorColumn
    const origin = { stage, column, firstRow }
    requireVectors(vectors, length, origin)
    size ??= firstWidth(vectors, length)
    if (size === undefined) continue
    requireWidth(vectors, length, size, origin)
    yield { vectors: { ...vectors, size, sizes: null }, length, partition }
    firstRow += length
  }
}

/** Statistics of each slot of vectors, summed in Spark's order; undefined without rows. */
export async function summarizeRows(rows: AsyncIterable<VectorBatch>): Promise<SummarizerBuffer | undefined> {
  let size = 0
  const fold = new PartitionFold(() => new SummarizerBuffer(size))
  for await (const { vectors, length, partition } of rows) {
    size = vectors.size
    fold.of(partition).add(vectors, length)
  }
  return fold.result()
}

/**
 * Statistics of each slot of a column of vectors, summed in Spark's order.
 * @throws DataError naming the row for null and for a vector of another length, and when there are no rows.
 */
export async function summarizeVectors(
  data: DataFrame,
  column: string,
  stage: string,
  options: ActionOptions,
): Promise<SummarizerBuffer> {
  const total = await summarizeRows(vectorBatches(data, column, stage, options))
  if (!total) throw noRows(stage, column)
  return total
}
