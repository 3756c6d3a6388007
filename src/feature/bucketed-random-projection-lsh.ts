import { DenseMatrix } from '../linalg/matrix.js'
import type { Vector } from '../linalg/vector.js'
import { Vectors } from '../linalg/vectors.js'
import { double } from '../param/row.js'
import { seed } from '../param/shared.js'
import { state } from '../param/state.js'
import { estimator, modelOver } from '../pipeline/define.js'
import type { FitOptions } from '../pipeline/estimator.js'
import type { ComputeSlots } from '../scoring/slot-forms.js'
import type { VectorColumn } from '../sql/batch.js'
import type { ColumnOrigin } from '../sql/column-origin.js'
import { vectorStart } from '../sql/columns.js'
import type { DataFrame } from '../sql/dataframe.js'
import { printable } from '../sql/row-form.js'
import { requireWidth } from '../sql/vector-checks.js'
import { JavaRandom } from '../util/random/java-random.js'
import { inputDimension, LSHModel, lshParams } from './lsh.js'

const SPARK_CLASS = 'org.apache.spark.ml.feature.BucketedRandomProjectionLSH'

const params = {
  ...lshParams,
  bucketLength: double({
    min: 0,
    open: 'left',
    doc: 'the length of each hash bucket: larger buckets miss fewer of the near rows and hold more of the others (> 0)',
  }),
} as const

/** The bucket of one row in each table. */
const bucketSlots =
  (directions: Float64Array, tables: number, share: number): ComputeSlots =>
  (slots, into, at) => {
    for (let t = 0, direction = 0; t < tables; t++, direction += slots.length) {
      let sum = 0
      for (let j = 0; j < slots.length; j++) sum += directions[direction + j] * slots[j]
      into[at + t] = Math.floor(share * sum)
    }
    return true
  }

/**
 * Hashes vectors so that near ones share values (Spark's `BucketedRandomProjectionLSHModel`), as a {@link BucketedRandomProjectionLSH} drew it:
 * each table projects onto a random direction and cuts the line into buckets of `bucketLength`. The distance is Euclid's.
 *
 * `randUnitVectors` has a direction a row: the hash value is floor(direction · x / bucketLength). Output: an array of vectors of one number, a
 * table each. `approxNearestNeighbors` and `approxSimilarityJoin` find near rows; they are sorted and joined by the relational engine.
 * **Null** is a DataError; **NaN** gives the hash value NaN. **Errors**: DataError naming the row for a vector of another length;
 * SchemaError for a missing column, one that is no vector, or an output column that exists. **Cost**: entries x tables a row.
 * **Differs from Spark**: nothing.
 */
export class BucketedRandomProjectionLSHModel extends modelOver(
  LSHModel,
  'org.apache.spark.ml.feature.BucketedRandomProjectionLSHModel',
  params,
  { randUnitVectors: state.matrix('one direction of length 1 a row') },
) {
  protected override get tables(): number {
    return this.randUnitVectors.numRows
  }

  protected override hash(vectors: VectorColumn, length: number, origin: ColumnOrigin): Float64Array {
    const { tables } = this
    const size = this.randUnitVectors.numCols
    requireWidth(vectors, length, size, origin)
    const { indices, values } = vectors
    const directions = this.randUnitVectors.transpose().toArray()
    const share = 1 / this.getBucketLength()
    const hashes = new Float64Array(length * tables)
    for (let row = 0; row < length; row++) {
      const start = vectorStart(vectors, row)
      const end = vectorStart(vectors, row + 1)
      for (let t = 0; t < tables; t++) {
        const direction = t * size
        let sum = 0
        if (indices === null) for (let e = start; e < end; e++) sum += directions[direction + e - start] * values[e]
        else for (let e = start; e < end; e++) sum += directions[direction + indices[e]] * values[e]
        hashes[row * tables + t] = Math.floor(share * sum)
      }
    }
    return hashes
  }

  protected override hashSlots(size: number): ComputeSlots | undefined {
    if (size !== this.randUnitVectors.numCols) return undefined
    return printable(bucketSlots, this.randUnitVectors.transpose().toArray(), this.tables, 1 / this.getBucketLength())
  }

  protected override distance(x: Vector, y: Vector): number | undefined {
    return x.size === y.size ? Math.sqrt(Vectors.sqdist(x, y)) : undefined
  }

  /** Spark's text. */
  override toString(): string {
    return `BucketedRandomProjectionLSHModel: uid=${this.uid}, numHashTables=${this.getNumHashTables()}`
  }
}

/**
 * Draws hash functions for Euclidean distance (Spark's `BucketedRandomProjectionLSH`): random directions, cut into buckets of `bucketLength`.
 * With more tables (`numHashTables`) and longer buckets fewer near rows are missed.
 *
 * `fit` reads no more than the length of the vectors; the draws are Spark's for the same `seed`. **Errors**: ParamError without a
 * `bucketLength`; DataError for a frame without rows; SchemaError for a missing column, one that is no vector, or an output column that exists.
 * **Cost**: a draw for each entry of each direction. **Differs from Spark**: nothing.
 *
 * Source: M. Datar et al., Locality-sensitive hashing scheme based on p-stable distributions, https://doi.org/10.1145/997817.997857
 *
 * @example
 * ```ts
 * import { BucketedRandomProjectionLSH, createDataFrame, Vectors } from 'ridgeline'
 * const places = createDataFrame([{ at: Vectors.dense(1, 1) }, { at: Vectors.dense(9, 9) }])
 * const hashing = new BucketedRandomProjectionLSH({ inputCol: 'at', outputCol: 'hashes', bucketLength: 4, numHashTables: 3, seed: 7 })
 * const model = await hashing.fit(places)
 * await model.approxSimilarityJoin(places, places, 2).select('distCol').show()
 * ```
 */
export class BucketedRandomProjectionLSH extends estimator(
  SPARK_CLASS,
  { ...params, seed: seed(SPARK_CLASS) },
  BucketedRandomProjectionLSHModel,
) {
  protected override async train(data: DataFrame, { signal }: FitOptions): Promise<BucketedRandomProjectionLSHModel> {
    this.getBucketLength()
    const size = await inputDimension(data, this.getInputCol(), this.uid, signal)
    const tables = this.getNumHashTables()
    const random = new JavaRandom(this.getSeed())
    const values = Float64Array.from({ length: tables * size }, () => random.nextGaussian())
    for (let table = 0; table < tables; table++) {
      const direction = values.subarray(table * size, (table + 1) * size)
      const length = Math.sqrt(direction.reduce((sum, x) => sum + x * x, 0))
      const share = 1 / length
      if (length !== 0) for (let i = 0; i < size; i++) direction[i] *= share
    }
    return new BucketedRandomProjectionLSHModel({ randUnitVectors: new DenseMatrix(tables, size, values, true) })
  }
}
