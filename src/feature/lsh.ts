import { DataError, ParamError } from '../errors.js'
import { DenseVector, Vector } from '../linalg/vector.js'
import { accepts, int } from '../param/row.js'
import { singleColumn } from '../param/shared.js'
import { type FrameInput, frameOf } from '../pipeline/arguments.js'
import { Model } from '../pipeline/model.js'
import type { ComputeSlots } from '../scoring/slot-forms.js'
import { slotsWriter } from '../scoring/vector-forms.js'
import { AttributeGroup } from '../sql/attributes.js'
import { isValid, type ObjectColumn, type VectorColumn } from '../sql/batch.js'
import { buildColumn } from '../sql/column-builder.js'
import { type ColumnOrigin, valueError } from '../sql/column-origin.js'
import { columnReader } from '../sql/column-reader.js'
import { vectorSize } from '../sql/columns.js'
import type { DataFrame } from '../sql/dataframe.js'
import { posexplode, struct } from '../sql/expression/functions.js'
import { columnOf } from '../sql/names.js'
import type { BatchTransform } from '../sql/plan.js'
import type { Row } from '../sql/row.js'
import { ArrayType, DoubleType, fieldOf, StructField, type StructType, VectorUDT } from '../sql/types.js'
import { requireVectors } from '../sql/vector-checks.js'
import { shortText } from '../util/names.js'

/** Type of a column of hash values: a vector of one number for each table. */
const HASHES = ArrayType(VectorUDT)

/** Parameters of every locality sensitive hash. */
export const lshParams = {
  ...singleColumn(accepts.vector, HASHES),
  numHashTables: int({
    default: 1,
    min: 1,
    doc: 'number of hash tables: more of them find more of the near rows and cost more (> 0)',
  }),
} as const

/**
 * What fitted locality sensitive hashes share (Spark's `LSHModel`): the column of hash values, the nearest rows to a vector, and the near
 * pairs of two frames. A subclass gives the hash values and the distance.
 */
export abstract class LSHModel extends Model {
  /** Number of tables that were drawn. */
  protected abstract readonly tables: number

  /**
   * Hash values of the first `length` rows of a column without nulls: one a table, row after row.
   * @throws DataError naming a row that cannot be hashed.
   */
  protected abstract hash(vectors: VectorColumn, length: number, origin: ColumnOrigin): Float64Array

  /** Distance of two vectors. @returns undefined where there is none. */
  protected abstract distance(x: Vector, y: Vector): number | undefined

  override bind(_schema: StructType): BatchTransform {
    const column = this.getOrDefault('inputCol') as string
    return {
      name: this.uid,
      inputs: [column],
      outputs: [StructField(this.hashColumn, HASHES)],
      filters: false,
      run: ([input], length, firstRow) => {
        const origin = { stage: this.uid, column, firstRow }
        requireVectors(input as VectorColumn, length, origin)
        const hashes = this.hash(input as VectorColumn, length, origin)
        const data = Array.from({ length }, (_, row) => this.hashesOf(hashes, row))
        return { columns: [{ kind: 'object', data, valid: null }] }
      },
      forms: ([input]) => {
        if (input.kind !== 'vector' || input.parts.some(({ kind }) => kind === 'entries')) return undefined
        const compute = this.hashSlots(input.size)
        if (!compute) return undefined
        const { slots, write } = slotsWriter(input)
        const hashes = new Float64Array(this.tables)
        const read = (row: Row) => (write(row) && compute(slots, hashes, 0) ? this.hashesOf(hashes, 0) : undefined)
        return [{ kind: 'list', read }]
      },
    }
  }

  /** The hashes of a vector of so many slots; undefined where its length is wrong. */
  protected abstract hashSlots(size: number): ComputeSlots | undefined

  /**
   * The rows that are nearest to a vector, of those that share a hash value with it: near rows may be missed. The distance is added as
   * `distCol`, the hash values are where the frame does not have them.
   * @throws ParamError for a key that is no vector or cannot be hashed, or a number below 1; SchemaError as `transform`.
   */
  approxNearestNeighbors(
    dataset: FrameInput,
    key: Vector,
    numNearestNeighbors: number,
    distCol = 'distCol',
  ): DataFrame {
    if (!Number.isInteger(numNearestNeighbors) || numNearestNeighbors < 1) {
      throw this.refused('numNearestNeighbors', 'Allowed: a whole number of 1 or more', numNearestNeighbors)
    }
    if (!(key instanceof Vector)) throw this.refused('key', 'Allowed: a vector', key)
    const wanted = this.keyHashes(key)
    const hashed = this.hashed(dataset)
    const column = this.getOrDefault('inputCol') as string
    const near: BatchTransform = {
      name: this.uid,
      inputs: [column, this.hashColumn],
      outputs: [StructField(distCol, DoubleType, false)],
      filters: true,
      run: ([input, hashes], length, firstRow) => {
        const origin = { stage: this.uid, column, firstRow }
        requireVectors(input as VectorColumn, length, origin)
        const vectorAt = columnReader(input, VectorUDT)
        const { data, valid } = hashes as ObjectColumn
        const keep = new Uint8Array(length)
        const distances = new Float64Array(length)
        for (let row = 0; row < length; row++) {
          if (!isValid(valid, row)) throw valueError('null', row, { ...origin, column: this.hashColumn }, 'hash values')
          const own = data[row] as readonly Vector[]
          if (!own.some((hash, table) => hash.size === 1 && hash.toArray()[0] === wanted[table])) continue
          keep[row] = 1
          distances[row] = this.requireDistance(vectorAt(row) as Vector, key, firstRow + row)
        }
        return { columns: [{ kind: 'f64', data: distances, valid: null }], keep }
      },
    }
    return hashed.withTransform(near).orderBy(columnOf(distCol)).limit(numNearestNeighbors)
  }

  /**
   * The pairs of rows of two frames whose distance is below a threshold, of those that share a hash value: near pairs may be missed. Columns:
   * `datasetA` and `datasetB`, each with all columns of its frame and the hash values, and `distCol`. Pairs of equal rows come once, as
   * in Spark.
   * @throws ParamError for a threshold that is no number; SchemaError as `transform`.
   */
  approxSimilarityJoin(datasetA: FrameInput, datasetB: FrameInput, threshold: number, distCol = 'distCol'): DataFrame {
    if (typeof threshold !== 'number') throw this.refused('threshold', 'Allowed: a number', threshold)
    const column = this.getOrDefault('inputCol') as string
    const [a, b] = [this.tableRows(datasetA, 'datasetA'), this.tableRows(datasetB, 'datasetB')]
    const pairs = a.join(b, ['pos', 'col']).drop('pos', 'col').distinct()
    const near: BatchTransform = {
      name: this.uid,
      inputs: ['datasetA', 'datasetB'],
      outputs: [StructField(distCol, DoubleType, false)],
      filters: true,
      run: ([left, right], length, firstRow) => {
        const [x, y] = [left, right].map((rows) => (rows as ObjectColumn).data as readonly Record<string, Vector>[])
        const distances = Float64Array.from({ length }, (_, row) =>
          this.requireDistance(x[row][column], y[row][column], firstRow + row),
        )
        const keep = Uint8Array.from(distances, (distance) => (distance < threshold ? 1 : 0))
        return { columns: [{ kind: 'f64', data: distances, valid: null }], keep }
      },
    }
    return pairs.withTransform(near)
  }

  private get hashColumn(): string {
    return this.getOrDefault('outputCol') as string
  }

  private hashesOf(hashes: Float64Array, row: number): DenseVector[] {
    const start = row * this.tables
    return Array.from(
      { length: this.tables },
      (_, table) => new DenseVector(hashes.slice(start + table, start + table + 1)),
    )
  }

  private keyHashes(key: Vector): Float64Array {
    const column = buildColumn(VectorUDT, [key], 'key') as VectorColumn
    return this.hash(column, 1, { stage: this.uid, column: 'key', firstRow: 0 })
  }

  /** The frame with its hash values. */
  private hashed(dataset: FrameInput): DataFrame {
    const frame = frameOf(this, dataset)
    return frame.columns.includes(this.hashColumn) ? frame : this.transform(frame)
  }

  /** A row for each hash value: number of the table, hash, and the whole row of the frame as one value. */
  private tableRows(dataset: FrameInput, name: string): DataFrame {
    const hashed = this.hashed(dataset)
    const row = struct(...hashed.columns.map(columnOf)).alias(name)
    return hashed.select(row, posexplode(columnOf(this.hashColumn)))
  }

  private requireDistance(x: Vector, y: Vector, row: number): number {
    const distance = this.distance(x, y)
    if (distance !== undefined) return distance
    throw new DataError('two vectors have no distance', {
      stage: this.uid,
      column: this.getOrDefault('inputCol') as string,
      row,
      allowed:
        'Allowed: vectors of the length that the model was fitted on, one of each pair with an entry that is not zero',
    })
  }

  private refused(param: string, allowed: string, received: unknown): ParamError {
    const text = shortText(received)
    return new ParamError(`"${param}" is ${text}`, { stage: this.uid, param, allowed, received: text })
  }
}

/**
 * Length of the vectors of a column: what its metadata say, or that of the first row.
 * @throws DataError for a frame without rows, or whose first row is null.
 */
export async function inputDimension(
  data: DataFrame,
  column: string,
  stage: string,
  signal: AbortSignal | undefined,
): Promise<number> {
  const { size } = AttributeGroup.fromStructField(fieldOf(data.schema, column, stage))
  if (size >= 0) return size
  for await (const { columns, length } of data.batches([column], { signal })) {
    if (length === 0) continue
    const vectors = columns[0] as VectorColumn
    requireVectors(vectors, 1, { stage, column, firstRow: 0 })
    return vectorSize(vectors, 0)
  }
  throw new DataError('there are no rows to learn from', {
    stage,
    column,
    hint: 'Fit on a frame with at least one row.',
  })
}
