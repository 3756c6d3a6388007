import { DataError } from '../errors.js'
import type { Vector } from '../linalg/vector.js'
import { seed } from '../param/shared.js'
import { state } from '../param/state.js'
import { estimator, modelOver } from '../pipeline/define.js'
import type { FitOptions } from '../pipeline/estimator.js'
import type { ComputeSlots } from '../scoring/slot-forms.js'
import type { VectorColumn } from '../sql/batch.js'
import { type ColumnOrigin, valueError } from '../sql/column-origin.js'
import { vectorStart } from '../sql/columns.js'
import type { DataFrame } from '../sql/dataframe.js'
import { printable } from '../sql/row-form.js'
import { JavaRandom } from '../util/random/java-random.js'
import { inputDimension, LSHModel, lshParams } from './lsh.js'

const SPARK_CLASS = 'org.apache.spark.ml.feature.MinHashLSH'

/** Spark's prime: hash values lie below it. */
const PRIME = 2_038_074_743

/** `(factor * a + b) mod PRIME` of whole numbers below 2^31, without leaving the whole numbers that a double can hold. */
function modularHash(factor: number, a: number, b: number): number {
  const prime = 2_038_074_743
  const high = (factor * (a >>> 16)) % prime
  return (high * 0x10000 + factor * (a & 0xffff) + b) % prime
}

/** The hashes of one row; a vector of zeros has none. */
const leastHashes =
  (coefficients: Float64Array, hashOf: typeof modularHash): ComputeSlots =>
  (slots, into, at) => {
    const tables = coefficients.length / 2
    let known = false
    into.fill(Number.POSITIVE_INFINITY, at, at + tables)
    for (let j = 0; j < slots.length; j++) {
      if (slots[j] === 0) continue
      known = true
      for (let t = 0; t < tables; t++) {
        into[at + t] = Math.min(into[at + t], hashOf(1 + j, coefficients[2 * t], coefficients[2 * t + 1]))
      }
    }
    return known
  }

/** Places of the entries that are not zero, in increasing order. */
function places({ indices, values }: Vector): number[] {
  const found: number[] = []
  for (let k = 0; k < values.length; k++) if (values[k] !== 0) found.push(indices === null ? k : indices[k])
  return found
}

/**
 * Hashes sets so that similar ones share values (Spark's `MinHashLSHModel`), as a {@link MinHashLSH} drew it. A vector stands for the set of
 * its places that are not zero; the distance of two sets is Jaccard's: 1 - |A ∩ B| / |A ∪ B|.
 *
 * `randCoefficients` has a and b of each table: the hash value is the least ((1 + i) a + b) mod 2038074743 over the places i. Output: an array
 * of vectors of one number, a table each. `approxNearestNeighbors` and `approxSimilarityJoin` find near rows; they are sorted and joined by
 * the relational engine. **Null**, and a vector without an entry that is not zero, are DataErrors; **NaN** is an entry. **Errors**:
 * SchemaError for a missing column, one that is no vector, or an output column that exists. **Cost**: entries x tables a row.
 * **Differs from Spark**: nothing.
 */
export class MinHashLSHModel extends modelOver(LSHModel, 'org.apache.spark.ml.feature.MinHashLSHModel', lshParams, {
  randCoefficients: state.ints('a and b of each table: a0, b0, a1, b1, …'),
}) {
  protected override get tables(): number {
    return this.randCoefficients.length / 2
  }

  protected override hash(vectors: VectorColumn, length: number, origin: ColumnOrigin): Float64Array {
    const { tables } = this
    const { indices, values } = vectors
    const coefficients = Float64Array.from(this.randCoefficients)
    const hashes = new Float64Array(length * tables).fill(PRIME)
    for (let row = 0; row < length; row++) {
      const start = vectorStart(vectors, row)
      const end = vectorStart(vectors, row + 1)
      for (let e = start; e < end; e++) {
        if (values[e] === 0) continue
        const factor = 1 + (indices === null ? e - start : indices[e])
        for (let t = 0, at = row * tables; t < tables; t++, at++) {
          const hash = modularHash(factor, coefficients[2 * t], coefficients[2 * t + 1])
          if (hash < hashes[at]) hashes[at] = hash
        }
      }
      if (hashes[row * tables] === PRIME) {
        throw valueError('a vector of zeros', row, origin, 'vectors with an entry that is not zero')
      }
    }
    return hashes
  }

  protected override hashSlots(): ComputeSlots {
    return printable(leastHashes, Float64Array.from(this.randCoefficients), modularHash)
  }

  protected override distance(x: Vector, y: Vector): number | undefined {
    const [a, b] = [places(x), places(y)]
    let shared = 0
    for (let i = 0, j = 0; i < a.length && j < b.length; ) {
      if (a[i] === b[j]) {
        shared++
        i++
        j++
      } else if (a[i] < b[j]) i++
      else j++
    }
    const union = a.length + b.length - shared
    return union === 0 ? undefined : 1 - shared / union
  }

  /** Spark's text. */
  override toString(): string {
    return `MinHashLSHModel: uid=${this.uid}, numHashTables=${this.getNumHashTables()}`
  }
}

/**
 * Draws hash functions for sets (Spark's `MinHashLSH`), such that the chance of an equal hash value is the similarity of two sets. With
 * more tables (`numHashTables`) fewer near rows are missed.
 *
 * `fit` reads no more than the length of the vectors; the draws are Spark's for the same `seed`. **Errors**: DataError for a frame without
 * rows; SchemaError for a missing column, one that is no vector, or an output column that exists. **Cost**: two draws a table.
 * **Differs from Spark**: nothing.
 *
 * Source: A. Broder, On the resemblance and containment of documents, https://doi.org/10.1109/SEQUEN.1997.666900
 *
 * @example
 * ```ts
 * import { createDataFrame, MinHashLSH, Vectors } from 'ridgeline'
 * const rides = createDataFrame([{ stops: Vectors.sparse(5, [0, 1], [1, 1]) }, { stops: Vectors.sparse(5, [3], [1]) }])
 * const hashing = new MinHashLSH({ inputCol: 'stops', outputCol: 'hashes', numHashTables: 3, seed: 7 })
 * const model = await hashing.fit(rides)
 * await model.approxNearestNeighbors(rides, Vectors.sparse(5, [0, 1, 2], [1, 1, 1]), 1).select('stops', 'distCol').show()
 * ```
 */
export class MinHashLSH extends estimator(SPARK_CLASS, { ...lshParams, seed: seed(SPARK_CLASS) }, MinHashLSHModel) {
  protected override async train(data: DataFrame, { signal }: FitOptions): Promise<MinHashLSHModel> {
    const size = await inputDimension(data, this.getInputCol(), this.uid, signal)
    if (size > PRIME) {
      throw new DataError(`the vectors have length ${size}`, {
        stage: this.uid,
        column: this.getInputCol(),
        allowed: `Allowed: at most ${PRIME}`,
      })
    }
    const random = new JavaRandom(this.getSeed())
    const randCoefficients: number[] = []
    for (let table = 0; table < this.getNumHashTables(); table++) {
      randCoefficients.push(1 + random.nextInt(PRIME - 1), random.nextInt(PRIME - 1))
    }
    return new MinHashLSHModel({ randCoefficients })
  }
}
