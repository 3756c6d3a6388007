import { KernelEngine, type KernelOptions } from '../kernels/engine.js'
import { COLUMN, FIND_THRESHOLDS, SAMPLE_ROWS } from '../kernels/records.js'
import type { TurnTaker } from '../util/turn-taker.js'
import { RowReader } from './row-reader.js'
import type { TreeRows } from './tree-rows.js'

/** A sample of rows that all have weight 1, and what is wanted of it. */
export interface ThresholdJob {
  readonly rows: TreeRows
  /** 1 for each row in the sample; null: all are. */
  readonly sampled: Uint8Array | null
  /** Number of rows in the sample, and the number that was expected. */
  readonly height: number
  readonly expected: number
  /** Features whose thresholds are wanted. */
  readonly features: readonly number[]
  /** Most thresholds of a feature. */
  readonly most: number
}

/** Fewer values of a feature are sorted sooner without kernels. */
const FEW_VALUES = 8192
/** Rows are copied to the kernels, all of them: a smaller share is picked sooner without. */
const LEAST_SHARE = 1 / 16
/** Values in the memory of the kernels at once. */
const MOST_VALUES = 2 ** 22
/** Values that are copied at once: they are to stay in a processor's second cache. */
const STAGED_VALUES = 2 ** 15
/** The kernel counts digits in so many bytes. */
const COUNTER_BYTES = 49_152

/** Whether kernels find thresholds sooner than plain loops. */
export const isWorthKernels = ({ rows, height, features }: ThresholdJob): boolean =>
  height >= FEW_VALUES && height >= LEAST_SHARE * rows.numRows && height * features.length <= MOST_VALUES

/** Thresholds of each of the features, see `thresholdsOf`, from the values in the sample. */
export async function kernelThresholds(
  job: ThresholdJob,
  turns: TurnTaker,
  options?: KernelOptions,
): Promise<Float64Array[]> {
  const { height, expected, features, most } = job
  using engine = KernelEngine.acquire(options)
  const { memory } = engine
  const columns = memory.allocate(COLUMN.bytes * features.length)
  features.forEach((feature, i) => {
    COLUMN.write(memory, columns + i * COLUMN.bytes, {
      ...{ values: memory.allocate(8 * height), counts: memory.allocate(8 * height) },
      ...{ thresholds: memory.allocate(8 * Math.max(most, 1)), length: 0, distinct: 0, found: 0, feature },
    })
  })
  await sample(job, engine, columns, turns)
  const spareBytes = COUNTER_BYTES + 8 * height
  const record = memory.allocate(FIND_THRESHOLDS.bytes)
  const spare = memory.allocate(engine.threads * spareBytes)
  FIND_THRESHOLDS.write(memory, record, { columns, spare, spareBytes, most, expected })
  await engine.run('findThresholds', record, features.length, turns)
  return features.map((_, i) => {
    const { thresholds, found } = COLUMN.read(memory, columns + i * COLUMN.bytes)
    return Float64Array.from(memory.f64.subarray(thresholds / 8, thresholds / 8 + found))
  })
}

/** Adds the values of the sample to the columns. */
async function sample(
  { rows, sampled, features }: ThresholdJob,
  engine: KernelEngine,
  columns: number,
  turns: TurnTaker,
): Promise<void> {
  const { memory } = engine
  const { numRows, numFeatures } = rows
  const step = Math.min(numRows, Math.max(1, Math.floor(STAGED_VALUES / numFeatures)))
  const values = memory.allocate(8 * step * numFeatures)
  const flags = sampled ? memory.allocate(step) : 0
  const record = memory.allocate(SAMPLE_ROWS.bytes)
  const reader = new RowReader(rows)
  for (let row = 0; row < numRows; row += step) {
    const rowCount = Math.min(step, numRows - row)
    reader.read(rowCount, memory.f64.subarray(values / 8, values / 8 + rowCount * numFeatures))
    if (sampled) memory.u8.set(sampled.subarray(row, row + rowCount), flags)
    SAMPLE_ROWS.write(memory, record, {
      ...{ values, rowCount, featureCount: numFeatures, flags, columns, columnCount: features.length },
    })
    await engine.run('sampleRows', record, 1, turns)
  }
}
