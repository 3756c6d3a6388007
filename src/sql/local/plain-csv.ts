import { isUtf8 } from 'node:buffer'
import { type FileHandle, open } from 'node:fs/promises'
import type { KernelOptions } from '../../kernels/engine.js'
import type { KernelMemory } from '../../kernels/memory.js'
import { TurnTaker } from '../../util/turn-taker.js'
import type { Batch } from '../batch.js'
import { csvMarks } from '../csv-cells.js'
import { passedColumn } from '../expression/references.js'
import type { Plan, PlanOf } from '../plan.js'
import type { DataType } from '../types.js'
import { corruptName } from './corrupt-column.js'
import { CsvParser, isPlainType, type PlainMarks } from './csv-parser.js'

/** Files of csv that may be plain. */
export interface PlainScan {
  readonly paths: readonly string[]
  /** Types of the columns of the files; undefined where nobody asks what their cells are. */
  readonly types: readonly (DataType | undefined)[]
  /** The columns that are wanted, in order. */
  readonly wanted: readonly number[]
  readonly marks: PlainMarks
  readonly header: boolean
}

/** Bytes that are read at a time; a line may be twice as long. */
const BLOCK = 1 << 20
const [LF, CR] = [10, 13]

/** Options that say nothing of the cells of plain csv, or are looked at below. */
const KNOWN: ReadonlySet<string> = new Set([
  ...['header', 'inferschema', 'sep', 'delimiter', 'quote', 'escape', 'mode', 'encoding', 'charset'],
  ...['timestampformat', 'dateformat', 'columnnameofcorruptrecord', 'recursivefilelookup', 'pathglobfilter'],
])
/** Marks of one byte that are no part of numbers. */
const [SEPARATOR, QUOTE] = [/^[\t,;|:!#$%&*/<=>?@^~]$/, /^["'`]$/]
const MODES: readonly (string | undefined)[] = [undefined, 'permissive', 'dropmalformed', 'failfast']
const FLAGS: readonly (string | undefined)[] = [undefined, 'true', 'false']

/** The plan as a scan of csv that may be plain; undefined where it is another plan, or its options ask for more. */
export function plainScan(plan: Plan): PlainScan | undefined {
  const found = passedScan(plan)
  if (found?.scan.format !== 'csv' || found.scan.partitioned) return undefined
  const { scan, wanted } = found
  const { schema, paths, options } = scan
  const marks = csvMarks(options)
  const mode = options.mode?.toLowerCase()
  const header = options.header?.toLowerCase()
  const isPlain =
    Object.keys(options).every((name) => KNOWN.has(name)) &&
    MODES.includes(mode) &&
    FLAGS.includes(header) &&
    (options.encoding ?? 'utf-8') === 'utf-8' &&
    SEPARATOR.test(marks.separator) &&
    QUOTE.test(marks.quote) &&
    marks.escape === marks.quote &&
    schema.fields.every(({ name, dataType }) => isPlainType(dataType) && name !== corruptName(options)) &&
    // The engine reads the names of compressed files, and patterns.
    !paths.some((path) => /[*?[]|[.](t?gz|zst)$/i.test(path))
  if (!isPlain) return undefined
  // Lines with cells that do not fit are left out even where nobody wants these cells.
  const all = mode === 'dropmalformed'
  const types = schema.fields.map(({ dataType }, k) =>
    wanted.includes(k) || (all && dataType.kind !== 'string') ? dataType : undefined,
  )
  return { paths, types, wanted, marks, header: header === 'true' }
}

/** The scan whose columns a plan passes on, and which ones in which order. */
function passedScan(plan: Plan): { scan: PlanOf<'fileScan'>; wanted: readonly number[] } | undefined {
  if (plan.kind === 'fileScan') return { scan: plan, wanted: plan.schema.fields.map((_, k) => k) }
  const below = plan.kind === 'project' ? passedScan(plan.input) : undefined
  if (plan.kind !== 'project' || !below) return undefined
  const indices = plan.expressions.map((expression) => passedColumn(expression, plan.input.schema))
  return indices.includes(-1) ? undefined : { ...below, wanted: indices.map((k) => below.wanted[k]) }
}

/**
 * The rows of plain csv: files in UTF-8 whose lines all end in the same way and have as many cells as the schema, which are numbers in their usual
 * form, words, or quoted text without quotes and line breaks. Memory does not depend on the size of the files.
 * @param blockBytes bytes that are read at a time.
 * @returns undefined when all rows were given; else how many, for what comes next is not plain, or cannot be read.
 * @throws the signal's reason.
 */
export async function* plainRows(
  scan: PlainScan,
  signal?: AbortSignal,
  blockBytes = BLOCK,
  options: KernelOptions = {},
): AsyncGenerator<Batch, number | undefined> {
  using parser = new CsvParser(scan.types, scan.marks, options)
  const blocks = [0, 1].map(() => parser.allocate(2 * blockBytes) + blockBytes)
  const turns = new TurnTaker(signal)
  for (const path of scan.paths) {
    signal?.throwIfAborted()
    const file = await open(path).catch(() => undefined)
    if (!file) return parser.rows
    try {
      const lines = new FileLines(file, parser.memory, blocks, blockBytes)
      for (let part = await lines.next(); part !== 'end'; part = await lines.next()) {
        signal?.throwIfAborted()
        if (part === 'odd') return parser.rows
        const at = part.isFirst && scan.header ? headerEnd(parser.memory, part, scan) : part.at
        if (at === undefined) return parser.rows
        if (!(yield* parser.parse({ ...part, at }, scan.wanted, lines.reading, turns))) return parser.rows
      }
    } finally {
      await file.close()
    }
  }
  return undefined
}

/** Lines in kernel memory. */
interface Lines {
  readonly at: number
  readonly end: number
  readonly crlf: boolean
  readonly isFirst: boolean
}

/** Address behind the line of names; undefined where it is not plain. */
function headerEnd(memory: KernelMemory, { at, end, crlf }: Lines, { types, marks }: PlainScan): number | undefined {
  const length = memory.u8.subarray(at, end).indexOf(LF) + 1
  const line = memory.text(at, at + length - (crlf ? 2 : 1))
  const cells = line.split(marks.separator).map((cell) => cell.split(marks.quote))
  // A cell has no quotes, or two around it.
  const isPlain = cells.every(
    (parts) => parts.length === 1 || (parts.length === 3 && parts[0] === '' && parts[2] === ''),
  )
  return isPlain && cells.length === types.length && !/[\r\0]/.test(line) ? at + length : undefined
}

/** The lines of a file, block by block, the next one read while one is used. */
class FileLines {
  readonly #file: FileHandle
  readonly #memory: KernelMemory
  readonly #blocks: readonly number[]
  readonly #blockBytes: number
  /** Bytes of the file that were asked for, and those of a line that has begun, which stand before the next block. */
  #position = 0
  #begun = 0
  #turn = 0
  #isFirst = true
  #crlf = false
  /** The read that is under way: bytes, none at the end, -1 where it fails. */
  reading: Promise<number>

  /** @param blocks two addresses, with as many bytes before as behind. */
  constructor(file: FileHandle, memory: KernelMemory, blocks: readonly number[], blockBytes: number) {
    this.#file = file
    this.#memory = memory
    this.#blocks = blocks
    this.#blockBytes = blockBytes
    this.reading = this.#read()
  }

  #read(): Promise<number> {
    return this.#file.read(this.#memory.u8, this.#blocks[this.#turn], this.#blockBytes, this.#position).then(
      ({ bytesRead }) => bytesRead,
      () => -1,
    )
  }

  /** The next lines, valid until the next call. `odd`: what follows cannot be read here. */
  async next(): Promise<Lines | 'end' | 'odd'> {
    for (;;) {
      const block = this.#blocks[this.#turn]
      const size = await this.reading
      const { u8 } = this.#memory
      const at = block - this.#begun
      if (size < 0) return 'odd'
      if (size === 0) {
        // An empty file is no plain one.
        if (this.#begun === 0) return this.#isFirst ? 'odd' : 'end'
        // The last line has no end.
        u8.set(this.#crlf ? [CR, LF] : [LF], block)
        this.#begun = 0
        return this.#lines(at, block + (this.#crlf ? 2 : 1))
      }
      this.#position += size
      this.#turn = 1 - this.#turn
      this.reading = this.#read()
      const next = block + size
      const end = block + u8.subarray(block, next).lastIndexOf(LF) + 1
      const rest = next - (end > block ? end : at)
      if (rest > this.#blockBytes) return 'odd'
      const other = this.#blocks[this.#turn]
      u8.copyWithin(other - rest, next - rest, next)
      this.#begun = rest
      if (end > block) return this.#lines(at, end)
    }
  }

  #lines(at: number, end: number): Lines | 'odd' {
    const { u8 } = this.#memory
    const text = u8.subarray(at, end)
    const isFirst = this.#isFirst
    this.#isFirst = false
    if (!isUtf8(text)) return 'odd'
    if (isFirst) {
      if (text[0] === 0xef) return 'odd'
      const lineEnd = text.indexOf(LF)
      this.#crlf = lineEnd > 0 && text[lineEnd - 1] === CR
    }
    return { at, end, crlf: this.#crlf, isFirst }
  }
}
