import { KernelEngine, type KernelOptions } from '../../kernels/engine.js'
import type { KernelMemory } from '../../kernels/memory.js'
import { POWERS_BYTES, writePowers } from '../../kernels/powers.js'
import { CSV_COLUMN, CSV_LINES } from '../../kernels/records.js'
import type { TurnTaker } from '../../util/turn-taker.js'
import { uninitialized } from '../../util/uninitialized.js'
import type { Batch, ColumnData } from '../batch.js'
import type { DataType } from '../types.js'
import { CsvTexts } from './csv-texts.js'
import { BATCH_ROWS } from './tables.js'

/** What the kernel knows of the types of columns: its number, the bits of whole numbers, and the bytes of a value. */
const TYPES: Readonly<Partial<Record<DataType['kind'], readonly [type: number, bits: number, bytes: number]>>> = {
  string: [1, 0, 4],
  boolean: [2, 0, 1],
  byte: [3, 8, 4],
  short: [3, 16, 4],
  integer: [3, 32, 4],
  long: [4, 64, 8],
  float: [5, 0, 8],
  double: [6, 0, 8],
}
const SKIPPED = [0, 0, 0] as const

/** Why the kernel stopped. */
const [ODD, FULL] = [1, 2]
/** Numbers of a batch that are left to `Number`, at least. */
const UNDECIDED = 1024
/** Values of a batch of very many columns. */
const BATCH_VALUES = 1 << 21
/** Bytes that the kernel may look at before and behind lines. */
const MARGIN = 64

/** Whether the kernel reads cells of a type. */
export const isPlainType = (type: DataType): boolean => TYPES[type.kind] !== undefined

/** How lines are cut into cells, each mark one byte. */
export interface PlainMarks {
  readonly separator: string
  readonly quote: string
}

/** Makes columns of lines of plain csv, by the kernel `parseCsv`: see `assembly/csv.ts`. */
export class CsvParser implements Disposable {
  readonly #engine: KernelEngine
  readonly #columns: readonly PlainColumn[]
  readonly #columnsAt: number
  readonly #maxRows: number
  readonly #record: number
  readonly #fixed: Readonly<Record<'separator' | 'quote' | 'powers' | 'undecided' | 'maxUndecided', number>>
  /** Rows that were given so far. */
  rows = 0

  /** @param types of the columns of the file; those that nobody wants are undefined. */
  constructor(types: readonly (DataType | undefined)[], marks: PlainMarks, options: KernelOptions = {}) {
    // Memory of its own, for whoever takes the rows may run kernels meanwhile; one thread, for starting others takes as long as reading a large file.
    this.#engine = KernelEngine.acquire({ ...options, threads: 1 })
    const { memory } = this
    const powers = memory.allocate(POWERS_BYTES)
    writePowers(memory, powers)
    this.#record = memory.allocate(CSV_LINES.bytes)
    this.#columnsAt = memory.allocate(CSV_COLUMN.bytes * types.length)
    // A multiple of 8, so that validity bits need no shifting.
    this.#maxRows = Math.max(64, Math.min(BATCH_ROWS, Math.floor(BATCH_VALUES / types.length / 8) * 8))
    this.#columns = types.map(
      (type, k) => new PlainColumn(memory, this.#columnsAt + k * CSV_COLUMN.bytes, type, this.#maxRows),
    )
    const maxUndecided = Math.max(UNDECIDED, types.length)
    this.#fixed = {
      separator: marks.separator.charCodeAt(0),
      quote: marks.quote.charCodeAt(0),
      powers,
      undecided: memory.allocate(16 * maxUndecided),
      maxUndecided,
    }
  }

  get memory(): KernelMemory {
    return this.#engine.memory
  }

  /** Room for so many bytes of text, where the kernel may look beyond them. */
  allocate(bytes: number): number {
    return this.memory.allocate(bytes + 2 * MARGIN) + MARGIN
  }

  /**
   * The rows of lines.
   * @param wanted which columns to give, in which order.
   * @param reading what else writes into the memory now; it must not move meanwhile.
   * @returns whether all lines are plain; else the rows before the first one that is not were given.
   */
  async *parse(
    lines: { readonly at: number; readonly end: number; readonly crlf: boolean },
    wanted: readonly number[],
    reading: Promise<unknown>,
    turns: TurnTaker,
  ): AsyncGenerator<Batch, boolean> {
    const { memory } = this
    const { end, crlf } = lines
    for (let at = lines.at; at < end; ) {
      CSV_LINES.write(memory, this.#record, {
        ...this.#fixed,
        ...{ at, end, columns: this.#columnsAt, columnCount: this.#columns.length, crlf: Number(crlf) },
        ...{ maxRows: this.#maxRows, rows: 0, state: 0, full: 0, undecidedCount: 0 },
      })
      this.#engine.runSync('parseCsv', this.#record, 1)
      const { rows, state, full, undecidedCount, at: next } = CSV_LINES.read(memory, this.#record)
      this.#decide(undecidedCount)
      at = next
      if (rows > 0) {
        this.rows += rows
        yield { length: rows, columns: wanted.map((k) => this.#columns[k].take(rows)), partition: 0 }
      }
      if (turns.due()) await turns.take()
      if (state === ODD) return false
      if (state === FULL && full !== 0) {
        await reading
        this.#columns[(full - this.#columnsAt) / CSV_COLUMN.bytes].texts!.extend()
      }
    }
    return true
  }

  /** Reads the numbers that the kernel left. */
  #decide(count: number): void {
    const { u32, f64 } = this.memory
    for (let i = 0; i < count; i++) {
      const entry = this.#fixed.undecided / 4 + 4 * i
      const [column, row, start, length] = u32.subarray(entry, entry + 4)
      f64[this.#columns[column].values / 8 + row] = Number(this.memory.text(start, start + length))
    }
  }

  /** Gives the memory back. */
  [Symbol.dispose](): void {
    this.#engine[Symbol.dispose]()
  }
}

/** A column in kernel memory. */
class PlainColumn {
  readonly #memory: KernelMemory
  readonly #record: number
  readonly #type: DataType | undefined
  readonly #valid: number
  /** Address of the values. */
  readonly values: number
  /** Dictionary of a column of texts. */
  readonly texts: CsvTexts | undefined

  constructor(memory: KernelMemory, record: number, dataType: DataType | undefined, maxRows: number) {
    this.#memory = memory
    this.#record = record
    this.#type = dataType
    const [type, bits, bytes] = dataType ? TYPES[dataType.kind]! : SKIPPED
    this.values = memory.allocate(bytes * maxRows)
    this.#valid = memory.allocate(maxRows / 8)
    CSV_COLUMN.write(memory, record, {
      ...{ type, bits, values: this.values, valid: this.#valid, hasNulls: 0 },
      ...{ slots: 0, slotMask: 0, entries: 0, count: 0, maxCount: 0, texts: 0, textBytes: 0, maxTextBytes: 0 },
    })
    this.texts = dataType?.kind === 'string' ? new CsvTexts(memory, record) : undefined
  }

  /** The first rows, as a column of its own. */
  take(rows: number): ColumnData {
    const hasNulls = this.#memory.u32[(this.#record + CSV_COLUMN.offsets.hasNulls) / 4] !== 0
    const valid = hasNulls ? this.#copy(this.#valid, new Uint8Array((rows + 7) >> 3)) : null
    switch (this.#type!.kind) {
      case 'string':
        return {
          kind: 'dict',
          codes: this.#copy(this.values, new Int32Array(rows)),
          dictionary: this.texts!.dictionary,
          valid,
        }
      case 'boolean':
        return { kind: 'bool', data: this.#copy(this.values, new Uint8Array(rows)), valid }
      case 'long':
        return { kind: 'i64', data: this.#copy(this.values, new BigInt64Array(rows)), valid }
      case 'float':
      case 'double':
        return { kind: 'f64', data: this.#copy(this.values, uninitialized(rows)), valid }
      default:
        return { kind: 'i32', data: this.#copy(this.values, new Int32Array(rows)), valid }
    }
  }

  #copy<T extends ArrayBufferView>(address: number, target: T): T {
    this.#memory.read(address, target)
    return target
  }
}
