import type { Batch, ColumnData, VectorColumn } from '../sql/batch.js'
import { type ColumnOrigin, valueError } from '../sql/column-origin.js'
import { vectorSize, vectorStart } from '../sql/columns.js'
import type { DataFrame } from '../sql/dataframe.js'
import { doublesOf, weightsOf } from '../sql/doubles.js'
import { requireVectors, requireWidth } from '../sql/vector-checks.js'
import { partsOf } from '../sql/vector-parts.js'
import { allFinite } from '../util/all-finite.js'
import { TurnTaker } from '../util/turn-taker.js'
import { noRows } from './training-errors.js'

/** Rows to learn from, checked: no nulls, finite numbers, vectors of one length, weights of 0 or more. */
export interface InstanceBlock {
  readonly length: number
  readonly features: VectorColumn
  readonly labels: Float64Array
  /** One weight a row; null: all 1. */
  readonly weights: Float64Array | null
  /** Logical partition of the rows; blocks come in order of partitions. */
  readonly partition: number
  /** Number of the first row within the frame; absent: 0. */
  readonly firstRow?: number
  /** The further column, where one was asked for. */
  readonly extra?: ColumnData
}

/** Which columns make up an instance. */
export interface InstanceColumns {
  /** `uid` of the stage that learns, for errors. */
  readonly stage: string
  readonly features: string
  readonly label: string
  /** Empty: all weights are 1. */
  readonly weight: string
  /** A further column that is read along, unchecked. Absent or empty: none. */
  readonly extra?: string
  /** Whether features may be NaN, for learners that know missing values. */
  readonly missing?: boolean
  /** Whether the caller sees to it that labels and features are finite, by {@link Instances.requireFinite} or by what comes of them. */
  readonly finiteLater?: boolean
}

/** By default, rows are kept in memory for later passes while they take no more than this. */
const KEPT_BYTES = 256 * 2 ** 20

/**
 * The rows of a frame as checked blocks, for any number of passes. The first pass reads the frame and keeps its rows
 * while they are few; later passes take the kept rows or read the frame again, so that data larger than memory can be
 * learned from.
 */
export class Instances implements AsyncIterable<InstanceBlock> {
  readonly #data: DataFrame
  readonly #columns: InstanceColumns
  readonly #signal: AbortSignal | undefined
  #kept: InstanceBlock[] | undefined

  readonly #keptBytes: number

  constructor(data: DataFrame, columns: InstanceColumns, signal?: AbortSignal, keptBytes = KEPT_BYTES) {
    this.#data = data
    this.#columns = columns
    this.#signal = signal
    this.#keptBytes = keptBytes
  }

  /**
   * All blocks that hold rows, in order. Between blocks, the event loop gets a turn now and then.
   * @throws DataError naming column and row for a null, for a label or feature that is not finite, for a weight that is
   *   negative or not finite, for a vector of another length than the first, and when there are no rows; the signal's
   *   reason when the caller aborts.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<InstanceBlock> {
    if (this.#kept) {
      yield* inTurns(this.#kept, this.#signal)
      return
    }
    const { features, label, weight, extra = '' } = this.#columns
    const names = [features, label, weight, extra].filter((name) => name !== '')
    const kept: InstanceBlock[] = []
    let bytes = 0
    let buffers: ReadonlySet<ArrayBufferLike> = new Set()
    let size = -1
    let firstRow = 0
    for await (const batch of this.#data.batches(names, { signal: this.#signal })) {
      if (batch.length === 0) continue
      const block = this.#check(batch, firstRow, size)
      size = block.features.size
      firstRow += block.length
      // What several blocks are views of is the frame's own memory: it is there anyway.
      const arrays = arraysOf(block.features)
      for (const { buffer, byteLength } of arrays) if (!buffers.has(buffer)) bytes += byteLength
      buffers = new Set(arrays.map(({ buffer }) => buffer))
      if (bytes <= this.#keptBytes) kept.push(block)
      else kept.length = 0
      yield block
    }
    if (firstRow === 0) throw noRows(this.#columns.stage, features)
    if (bytes <= this.#keptBytes) this.#kept = kept
  }

  /** All blocks, where a pass was made and they were few enough to be kept. */
  get kept(): readonly InstanceBlock[] | undefined {
    return this.#kept
  }

  /** All blocks at once, held in memory whatever their size. */
  async collect(): Promise<readonly InstanceBlock[]> {
    if (this.#kept) return this.#kept
    const blocks: InstanceBlock[] = []
    for await (const block of this) blocks.push(block)
    this.#kept = blocks
    return blocks
  }

  /** @throws DataError for a label or a feature of a block that is not finite. */
  requireFinite({ features, length, labels, firstRow = 0 }: InstanceBlock): void {
    const { stage, features: featuresColumn, label, missing = false } = this.#columns
    requireFiniteVectors(features, length, { stage, column: featuresColumn, firstRow }, missing)
    requireFiniteLabels(labels, { stage, column: label, firstRow })
  }

  #check({ columns, length, partition }: Batch, firstRow: number, size: number): InstanceBlock {
    const { stage, features, label, weight, extra = '', finiteLater = false } = this.#columns
    const origin = (column: string): ColumnOrigin => ({ stage, column, firstRow })
    const block = {
      length,
      partition,
      firstRow,
      features: vectorsOfOneLength(columns[0] as VectorColumn, length, size, origin(features)),
      labels: doublesOf(columns[1], length, origin(label)),
      weights: weight === '' ? null : weightsOf(columns[2], length, origin(weight)),
      ...(extra === '' ? {} : { extra: columns[columns.length - 1] }),
    }
    if (!finiteLater) this.requireFinite(block)
    return block
  }
}

async function* inTurns(blocks: readonly InstanceBlock[], signal?: AbortSignal): AsyncGenerator<InstanceBlock> {
  const turns = new TurnTaker(signal)
  for (const block of blocks) {
    if (turns.due()) await turns.take()
    yield block
  }
}

function requireFiniteLabels(labels: Float64Array, origin: ColumnOrigin): void {
  if (allFinite(labels)) return
  const row = labels.findIndex((label) => !Number.isFinite(label))
  throw valueError(String(labels[row]), row, origin, 'a finite number')
}

/** What holds the rows of a block. */
function arraysOf(features: VectorColumn): ArrayBufferView[] {
  const parts = partsOf(features)
  if (parts) return parts.map((part) => (part.kind === 'numbers' ? part.data : part.codes))
  return features.indices ? [features.values, features.indices] : [features.values]
}

/** @param size length that every vector must have; -1: that of the first one. */
function vectorsOfOneLength(column: VectorColumn, length: number, size: number, origin: ColumnOrigin): VectorColumn {
  requireVectors(column, length, origin)
  const expected = size < 0 ? vectorSize(column, 0) : size
  requireWidth(column, length, expected, origin)
  return column.size === expected ? column : { ...column, size: expected, sizes: null }
}

/** @param missing whether NaN may be among the numbers. */
function requireFiniteVectors(column: VectorColumn, length: number, origin: ColumnOrigin, missing: boolean): void {
  if (hasFiniteParts(column)) return
  const entries = column.values.subarray(0, vectorStart(column, length))
  if (allFinite(entries)) return
  const entry = entries.findIndex((value) => !Number.isFinite(value) && !(missing && Number.isNaN(value)))
  if (entry < 0) return
  let row = 0
  while (vectorStart(column, row + 1) <= entry) row++
  throw valueError(`a vector with ${entries[entry]}`, row, origin, 'vectors of finite numbers')
}

/** Whether a column is known by its parts and all of their numbers are finite. */
function hasFiniteParts(column: VectorColumn): boolean {
  const parts = partsOf(column)
  if (!parts) return false
  return parts.every((part) => {
    if (part.kind === 'oneHot') return allFinite(part.on) && (part.off === null || allFinite(part.off))
    const { data, shift, scale } = part
    if (data instanceof Float64Array) return allFinite(data, shift, scale)
    return Number.isFinite((2 ** 31 + Math.abs(shift)) * scale)
  })
}
