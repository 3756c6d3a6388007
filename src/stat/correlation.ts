import { ParamError, SchemaError } from '../errors.js'
import { Matrices } from '../linalg/matrices.js'
import { denseVectors, vectorStart } from '../sql/columns.js'
import type { DataFrame } from '../sql/dataframe.js'
import type { ActionOptions } from '../sql/engine.js'
import { fieldOf, isVector, MatrixUDT, StructField, StructType, simpleString } from '../sql/types.js'
import { shortText } from '../util/names.js'
import { TurnTaker } from '../util/turn-taker.js'
import { covarianceOf, covarianceOfRows, type SymmetricMatrix } from './covariance.js'
import { type VectorBatch, vectorBatches } from './vector-summary.js'

const STAGE = 'Correlation'
/** A variance that is not larger is that of a constant. */
const NO_VARIANCE = 1e-12

/**
 * Correlations of each two slots of a column of vectors (Spark's `ml.stat.Correlation`).
 *
 * `pearson` is the covariance over both deviations, `spearman` the same of ranks, in which equal values share the mean of theirs. With a constant slot (of a variance of at
 * most 1e-12) a correlation is NaN; that of a slot with itself is 1.
 *
 * **Null** is a DataError. **NaN** makes the correlations of its slot NaN; as a rank it is beyond all numbers, and equals nothing. **Errors**: DataError naming the row for a vector of another
 * length, and when there are fewer than two rows; SchemaError for a column that is no vector; ParamError for an unknown method. **Cost**: three passes, O(rows n^2) for n slots; for ranks, all
 * rows in memory and a sort of each slot. **Differs from Spark**: rounding.
 *
 * @example
 * ```ts
 * import { Correlation, createDataFrame, Vectors } from 'ridgeline'
 * const data = createDataFrame([[1, 1], [2, 8], [3, 27]].map((x) => ({ x: Vectors.dense(x) })))
 * const correlations = await Correlation.corr(data, 'x', 'spearman')
 * await correlations.show() // 1.0 everywhere
 * ```
 */
export const Correlation = {
  /**
   * The matrix of correlations, in a frame of one row whose column is named `pearson(column)` or `spearman(column)`.
   * @throws as above.
   */
  async corr(
    data: DataFrame,
    column: string,
    method: 'pearson' | 'spearman' = 'pearson',
    options: ActionOptions = {},
  ): Promise<DataFrame> {
    if (method !== 'pearson' && method !== 'spearman') {
      throw new ParamError(`the method is ${shortText(method)}`, {
        stage: STAGE,
        param: 'method',
        allowed: 'Allowed: pearson, spearman',
        received: shortText(method),
        hint: 'Leave it out for pearson.',
      })
    }
    const field = fieldOf(data.schema, column, STAGE)
    if (!isVector(field.dataType)) throw noVectors(field)
    const covariance =
      method === 'pearson'
        ? await covarianceOf(data, field.name, STAGE, options)
        : await covarianceOfRanks(data, field.name, options)
    const { size, matrix } = correlations(covariance)
    const schema = StructType([StructField(`${method}(${column})`, MatrixUDT, false)])
    return data.session.createDataFrame([[Matrices.dense(size, size, matrix)]], schema, { numPartitions: 1 })
  },
} as const

const noVectors = ({ name, dataType }: StructField): SchemaError =>
  new SchemaError(`column "${name}" has type ${simpleString(dataType)}`, {
    stage: STAGE,
    column: name,
    allowed: 'Allowed: vector',
    received: simpleString(dataType),
    hint: 'Put columns of numbers into vectors with a VectorAssembler; stat.corr correlates two columns.',
  })

function correlations({ size, matrix }: SymmetricMatrix): SymmetricMatrix {
  const deviations = Float64Array.from({ length: size }, (_, j) => {
    const variance = matrix[j * size + j]
    return Math.abs(variance) <= NO_VARIANCE ? 0 : Math.sqrt(variance)
  })
  const made = matrix.map((covariance, k) => {
    const product = deviations[Math.trunc(k / size)] * deviations[k % size]
    return product === 0 ? Number.NaN : covariance / product
  })
  for (let j = 0; j < size; j++) made[j * size + j] = 1
  return { size, matrix: made }
}

async function covarianceOfRanks(data: DataFrame, column: string, options: ActionOptions): Promise<SymmetricMatrix> {
  const batches: VectorBatch[] = []
  for await (const batch of vectorBatches(data, column, STAGE, options)) batches.push(batch)
  const size = batches[0]?.vectors.size ?? 0
  const count = batches.reduce((sum, { length }) => sum + length, 0)
  const ranks = slotsOf(batches, count, size)
  const turns = new TurnTaker(options.signal)
  for (const slot of ranks) {
    rank(slot)
    await turns.take()
  }
  const rows = new Float64Array(count * size)
  ranks.forEach((slot, j) => {
    for (let i = 0; i < count; i++) rows[i * size + j] = slot[i]
  })
  async function* ranked(): AsyncGenerator<VectorBatch> {
    if (count > 0) yield { vectors: denseVectors(rows, size), length: count, partition: 0 }
  }
  return covarianceOfRows(ranked, column, STAGE, options)
}

/** The values of each slot, row by row. */
function slotsOf(batches: readonly VectorBatch[], count: number, size: number): Float64Array[] {
  const slots = Array.from({ length: size }, () => new Float64Array(count))
  let row = 0
  for (const { vectors, length } of batches) {
    const { indices, values } = vectors
    for (let i = 0; i < length; i++, row++) {
      const start = vectorStart(vectors, i)
      const end = vectorStart(vectors, i + 1)
      for (let e = start; e < end; e++) slots[indices === null ? e - start : indices[e]][row] = values[e]
    }
  }
  return slots
}

/** Replaces values by their ranks from 0: equal ones get the mean of theirs, NaN ones those after all numbers, in turn. */
function rank(values: Float64Array): void {
  // Adding 0 makes 0 of -0, which equals it.
  const sorted = values.map((value) => value + 0).sort()
  let numbers = sorted.length
  while (numbers > 0 && Number.isNaN(sorted[numbers - 1])) numbers--
  let missing = numbers
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) values[i] = missing++
    else values[i] = (below(sorted, numbers, values[i], false) + below(sorted, numbers, values[i], true) - 1) / 2
  }
}

/** How many of the first `count` numbers are below a value, or with `orEqual` at most it. */
function below(sorted: Float64Array, count: number, value: number, orEqual: boolean): number {
  let [low, high] = [0, count]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle] < value || (orEqual && sorted[middle] === value)) low = middle + 1
    else high = middle
  }
  return low
}
