import type { InstanceBlock } from '../optim/instances.js'
import type { Candidates } from './candidates.js'

/** The bin of each feature of each row, row by row, in the narrowest array that holds the numbers. */
export type Bins = Uint8Array | Uint16Array | Int32Array

/** Rows as trees see them; made once, grown from many times. */
export interface TreeData {
  readonly numRows: number
  readonly numFeatures: number
  readonly candidates: Candidates
  /** One weight a row; null: all 1. */
  readonly weights: Float64Array | null
  /** For each logical partition, in order, the number of its first row; then the number of rows. */
  readonly partitionStarts: Int32Array
  /** Number of each logical partition: it seeds the bag of its rows. */
  readonly partitions: Int32Array
  /** The rows themselves, in order. */
  readonly blocks: readonly InstanceBlock[]
  /** `bins[row * numFeatures + feature]`; null where rows are so many that the grower for many rows makes its own. */
  readonly bins: Bins | null
}
