import type { KernelMemory } from '../memory.js'
import { CSV_COLUMN, CSV_LINES } from '../records.js'
import { findText } from './text-table.js'

const [DONE, ODD, FULL] = [0, 1, 2]
const [SKIPPED, TEXT, BOOLEAN, INTEGER, LONG, FLOAT] = [0, 1, 2, 3, 4, 5]
const [NUL, LF, CR] = [0, 10, 13]

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/
/** Floats below have fewer digits. */
const LEAST_FLOAT = 2 ** -126

type Lines = ReturnType<typeof CSV_LINES.read>

/** Twin of `parseCsv` in `assembly/csv.ts`. Numbers are those of `Number`, so that none is left to the caller. */
export function parseCsv(memory: KernelMemory, record: number): void {
  const lines = CSV_LINES.read(memory, record)
  for (let k = 0; k < lines.columnCount; k++) {
    const column = lines.columns + k * CSV_COLUMN.bytes
    memory.u32[(column + CSV_COLUMN.offsets.hasNulls) / 4] = 0
    const { valid } = CSV_COLUMN.read(memory, column)
    memory.u8.fill(0xff, valid, valid + Math.ceil(lines.maxRows / 8))
  }
  const result = { ...lines, rows: 0, state: DONE, full: 0 }
  while (result.rows < lines.maxRows && result.at < lines.end) {
    const next = parseLine(memory, lines, result.at, result.rows)
    if (typeof next !== 'number') {
      Object.assign(result, next)
      break
    }
    result.at = next
    result.rows++
  }
  CSV_LINES.write(memory, record, result)
}

/** Address of the next line, or why it cannot be read. */
function parseLine(
  memory: KernelMemory,
  { columns, columnCount, separator, quote, crlf }: Lines,
  line: number,
  row: number,
): number | { state: number; full?: number } {
  const { u8 } = memory
  const isBreak = (byte: number): boolean => byte === LF || byte === CR
  const odd = { state: ODD }
  if (isBreak(u8[line])) return odd
  let at = line
  for (let k = 0; k < columnCount; k++) {
    const isQuoted = u8[at] === quote
    const start = isQuoted ? at + 1 : at
    let end = start
    const ends = (byte: number): boolean =>
      byte === quote || isBreak(byte) || byte === NUL || (!isQuoted && byte === separator)
    while (!ends(u8[end])) end++
    if (isQuoted && u8[end] !== quote) return odd
    const column = columns + k * CSV_COLUMN.bytes
    const state = end === start ? setNull(memory, column, row) : parseCell(memory, column, row, start, end)
    if (state === FULL) return { state, full: column }
    if (state === ODD) return odd
    at = isQuoted ? end + 1 : end
    if (k === columnCount - 1) break
    if (u8[at] !== separator) return odd
    at++
  }
  if (crlf) return u8[at] === CR && u8[at + 1] === LF ? at + 2 : odd
  return u8[at] === LF ? at + 1 : odd
}

function setNull(memory: KernelMemory, address: number, row: number): number {
  const { type, valid } = CSV_COLUMN.read(memory, address)
  memory.u32[(address + CSV_COLUMN.offsets.hasNulls) / 4] = 1
  memory.u8[valid + (row >> 3)] &= ~(1 << (row & 7))
  if (type !== SKIPPED) store(memory, address, row, 0)
  return DONE
}

/** Writes the value of a row: a double, a whole number, a code, or 0 or 1. */
function store(memory: KernelMemory, address: number, row: number, value: number | bigint): void {
  const { type, values } = CSV_COLUMN.read(memory, address)
  if (type === LONG) {
    memory.u32[values / 4 + 2 * row] = Number(BigInt.asUintN(32, BigInt(value)))
    memory.u32[values / 4 + 2 * row + 1] = Number(BigInt.asUintN(32, BigInt(value) >> 32n))
  } else if (type >= FLOAT) memory.f64[values / 8 + row] = Number(value)
  else if (type === BOOLEAN) memory.u8[values + row] = Number(value)
  else memory.i32[values / 4 + row] = Number(value)
}

/** Reads a cell that is not empty. @returns what stops the reading, or DONE. */
function parseCell(memory: KernelMemory, address: number, row: number, start: number, end: number): number {
  const { type, bits } = CSV_COLUMN.read(memory, address)
  if (type === SKIPPED) return DONE
  if (type === TEXT) {
    const code = findText(memory, address, start, end)
    if (code < 0) return FULL
    store(memory, address, row, code)
    return DONE
  }
  const value = plainValue(memory.text(start, end), type, bits)
  if (value === undefined) return ODD
  store(memory, address, row, value)
  return DONE
}

/** The value of a cell; undefined where it is not plain. */
function plainValue(text: string, type: number, bits: number): number | bigint | undefined {
  if (type === BOOLEAN) return text === 'true' ? 1 : text === 'false' ? 0 : undefined
  if (type === INTEGER || type === LONG) {
    if (!/^-?\d{1,19}$/.test(text)) return undefined
    const value = BigInt(text)
    return BigInt.asIntN(bits, value) === value ? value : undefined
  }
  if (!NUMBER.test(text)) return undefined
  const value = Number(text)
  // Beyond what doubles hold.
  if (!Number.isFinite(value) || (value === 0 && /^[^eE]*[1-9]/.test(text))) return undefined
  return type === FLOAT ? floatOf(value) : value
}

/** The nearest float of a number by the nearest double, where that tells it. */
function floatOf(value: number): number | undefined {
  const single = Math.fround(value)
  const [low] = new Uint32Array(Float64Array.of(value).buffer)
  const isHalfway = (low & 0x1fffffff) === 0x10000000
  return isHalfway || !Number.isFinite(single) || (single !== 0 && Math.abs(single) <= LEAST_FLOAT) ? undefined : single
}
