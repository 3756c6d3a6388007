import { DataError } from '../../../errors.js'
import type { Vector } from '../../../linalg/vector.js'
import { Vectors } from '../../../linalg/vectors.js'
import type { VectorColumn } from '../../batch.js'
import { buildColumn } from '../../column-builder.js'
import { SummarizerBuffer } from '../../summarizer-buffer.js'
import { ArrayType, DoubleType, LongType, StructField, StructType, VectorUDT } from '../../types.js'
import { type JsFunction, jsFunction } from './js-function.js'

/** Statistics of vectors by the names that Spark's `Summarizer` gives them. */
const METRICS: Readonly<Record<string, (summary: SummarizerBuffer) => Vector | number>> = {
  mean: (summary) => Vectors.dense(summary.mean()),
  sum: (summary) => Vectors.dense(summary.sum()),
  variance: (summary) => Vectors.dense(summary.variance()),
  std: (summary) => Vectors.dense(summary.std()),
  count: (summary) => summary.count,
  numNonZeros: (summary) => Vectors.dense(summary.numNonZeros()),
  max: (summary) => Vectors.dense(summary.max()),
  min: (summary) => Vectors.dense(summary.min()),
  normL2: (summary) => Vectors.dense(summary.normL2()),
  normL1: (summary) => Vectors.dense(summary.normL1()),
}

/** Names and types of the statistics. */
export const METRIC_FIELDS: readonly StructField[] = Object.keys(METRICS).map((name) =>
  StructField(name, name === 'count' ? LongType : VectorUDT, false),
)

/** Rows as the aggregate collects them. */
const WEIGHTED = StructType([StructField('v', VectorUDT), StructField('w', DoubleType)])

function summarize(rows: readonly { readonly v: Vector | null; readonly w: number | null }[] | null) {
  const vectors = (rows ?? []).map(({ v }) => v)
  if (vectors.includes(null)) {
    throw new DataError('a vector to summarise is null', { stage: 'Summarizer', hint: 'Leave out such rows first' })
  }
  const size = vectors[0]?.size ?? 0
  const other = vectors.find((vector) => vector!.size !== size)
  if (other) {
    throw new DataError(`vectors to summarise have the lengths ${size} and ${other.size}`, { stage: 'Summarizer' })
  }
  const weights = Float64Array.from(rows ?? [], ({ w }) => w ?? 0)
  const column = buildColumn(VectorUDT, vectors, 'v') as VectorColumn
  const summary = new SummarizerBuffer(size).add({ ...column, size, sizes: null }, vectors.length, weights)
  return Object.fromEntries(Object.entries(METRICS).map(([name, read]) => [name, read(summary)]))
}

export const VECTOR_FUNCTIONS: readonly JsFunction[] = [
  jsFunction('vector_to_array', [VectorUDT], ArrayType(DoubleType, false), (vector: Vector) =>
    Array.from(vector.toArray()),
  ),
  jsFunction('summarize', [ArrayType(WEIGHTED)], StructType(METRIC_FIELDS), summarize, true),
]
