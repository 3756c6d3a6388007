import { parseDouble } from './decimal'
import { findText } from './text-table'

/** Lines of csv text that become columns. */
@unmanaged
export class CsvLines {
  /** Address of the first byte, then of the first byte that was not read. 64 bytes behind the end must be readable, and 16 before the start. */
  at: usize
  /** Behind the last line, which ends with a line break. */
  end: usize
  /** Records {@link CsvColumn}, one after another. */
  columns: usize
  columnCount: u32
  /** Bytes that separate cells, and that stand around them. */
  separator: u32
  quote: u32
  /** Whether lines end with two bytes. */
  crlf: u32
  /** Rows that there is room for, and rows that were made. */
  maxRows: u32
  rows: u32
  /** Why reading stopped: DONE, ODD or FULL. */
  state: u32
  /** The column whose table of texts is FULL; 0 where `undecided` is. */
  full: usize
  /** 20 powers of ten from 1 and 651 powers of five from 5^-342: whole numbers of 64 bits, and upper and lower halves of 128 bits. */
  powers: usize
  /** Four numbers of 32 bits for each cell that is left to the caller: column, row, address and length of a number. */
  undecided: usize
  undecidedCount: u32
  maxUndecided: u32
}

/** A column of the lines. */
@unmanaged
export class CsvColumn {
  /** SKIPPED, TEXT, BOOLEAN, INTEGER, LONG, FLOAT or DOUBLE. */
  type: u32
  /** Bits of a whole number. */
  bits: u32
  /** Values: 4 bytes a row (8 for LONG, FLOAT and DOUBLE, 1 for BOOLEAN); codes of texts. */
  values: usize
  /** A bit a row, 1 where there is a value, and whether there is any row without. */
  valid: usize
  hasNulls: u32
  /** Table of texts: slots with the number of a text, from 1, or 0; as many as a power of 2, less 1. */
  slots: usize
  slotMask: u32
  /** Hash, offset and length of each text, and the texts, each padded with zeros to whole words. */
  entries: usize
  count: u32
  maxCount: u32
  texts: usize
  textBytes: u32
  maxTextBytes: u32
}

/** All lines were read, or as many as there is room for. */
const DONE: u32 = 0
/** The line is not plain: another reader must say what it means. */
export const ODD: u32 = 1
/** There is no room for another text, or another cell that is left to the caller. */
export const FULL: u32 = 2

const SKIPPED: u32 = 0
const TEXT: u32 = 1
const BOOLEAN: u32 = 2
const INTEGER: u32 = 3
const LONG: u32 = 4
export const FLOAT: u32 = 5

const LF: u32 = 10
const CR: u32 = 13
const MINUS: u32 = 0x2d

/** One task: reads lines from `at`, until the end, the first line that is not plain, or until room is missing. */
export function parseCsv(csv: CsvLines, task: u32, thread: u32): void {
  const maxRows = csv.maxRows
  const end = csv.end
  for (let k: u32 = 0, column = csv.columns; k < csv.columnCount; k++, column += offsetof<CsvColumn>()) {
    changetype<CsvColumn>(column).hasNulls = 0
    memory.fill(changetype<CsvColumn>(column).valid, 0xff, (maxRows + 7) >> 3)
  }
  csv.state = DONE
  csv.full = 0
  let at = csv.at
  let row: u32 = 0
  for (; row < maxRows && at < end; row++) {
    const next = parseLine(csv, at, row)
    if (!next) break
    at = next
  }
  csv.at = at
  csv.rows = row
}

/** Address of the next line; 0, and the state, where the line cannot be read. */
function parseLine(csv: CsvLines, line: usize, row: u32): usize {
  const separator = csv.separator
  const quote = csv.quote
  const last = csv.columns + (csv.columnCount - 1) * offsetof<CsvColumn>()
  let at = line
  let byte: u32 = load<u8>(at)
  if (byte == LF || byte == CR) return stop(csv, ODD)
  for (let address = csv.columns; ; address += offsetof<CsvColumn>()) {
    const column = changetype<CsvColumn>(address)
    let close: usize = 0
    if (byte == quote) {
      close = textEnd(++at, quote, quote)
      if (load<u8>(close) != quote) return stop(csv, ODD)
      byte = load<u8>(at)
    }
    if (close ? at == close : byte == separator || byte == LF || byte == CR) setNull(column, row)
    else {
      at = parseCell(csv, column, row, at, close)
      if (!at) return stop(csv, csv.state == FULL ? FULL : ODD)
    }
    if (close && at++ != close) return stop(csv, ODD)
    byte = load<u8>(at)
    if (address == last) break
    if (byte != separator) return stop(csv, ODD)
    byte = load<u8>(++at)
  }
  if (csv.crlf) return byte == CR && load<u8>(at, 1) == LF ? at + 2 : stop(csv, ODD)
  return byte == LF ? at + 1 : stop(csv, ODD)
}

@inline
function stop(csv: CsvLines, state: u32): usize {
  csv.state = state
  return 0
}

/** Reads a cell that is not empty. @returns the address behind it, 0 where it is not plain. */
@inline
function parseCell(csv: CsvLines, column: CsvColumn, row: u32, at: usize, close: usize): usize {
  const type = column.type
  if (type > LONG) return parseDouble(csv, column, row, at)
  if (type == INTEGER || type == LONG) return parseInteger(column, row, at)
  if (type == BOOLEAN) return parseBoolean(column, row, at)
  const end = close ? close : textEnd(at, csv.separator, csv.quote)
  if (type == TEXT) {
    const code = findText(column, at, <u32>(end - at))
    if (code < 0) {
      csv.state = FULL
      csv.full = changetype<usize>(column)
      return 0
    }
    store<i32>(column.values + (<usize>row << 2), code)
  }
  return end
}

function setNull(column: CsvColumn, row: u32): void {
  column.hasNulls = 1
  const bits = column.valid + (row >> 3)
  store<u8>(bits, load<u8>(bits) & ~(<u8>1 << <u8>(row & 7)))
  if (column.type >= LONG) store<u64>(column.values + (<usize>row << 3), 0)
  else if (column.type == BOOLEAN) store<u8>(column.values + row, 0)
  else if (column.type != SKIPPED) store<u32>(column.values + (<usize>row << 2), 0)
}

/** Address of the first byte that may end a cell: a mark, the end of a line, or one that no text has. */
@inline
function textEnd(at: usize, separator: u32, quote: u32): usize {
  const separators = i8x16.splat(<i8>separator)
  const quotes = i8x16.splat(<i8>quote)
  while (true) {
    const bytes = v128.load(at)
    const marks = v128.or(i8x16.eq(bytes, separators), i8x16.eq(bytes, quotes))
    const breaks = v128.or(i8x16.eq(bytes, i8x16.splat(10)), i8x16.eq(bytes, i8x16.splat(13)))
    const found = i8x16.bitmask(v128.or(v128.or(marks, breaks), i8x16.eq(bytes, i8x16.splat(0))))
    if (found) return at + ctz(found)
    at += 16
  }
}

/** `true` or `false`. */
function parseBoolean(column: CsvColumn, row: u32, at: usize): usize {
  const word = load<u32>(at)
  const isTrue = word == 0x65757274
  if (!isTrue && !(word == 0x736c6166 && load<u8>(at, 4) == 0x65)) return 0
  store<u8>(column.values + row, <u8>isTrue)
  return at + 5 - <usize>isTrue
}

/** Digits, at most 19, perhaps after a minus. */
@inline
function parseInteger(column: CsvColumn, row: u32, at: usize): usize {
  const negative = load<u8>(at) == MINUS
  at += <usize>negative
  let value: u64 = 0
  let length: usize = 0
  for (; length < 20; length++) {
    const digit = <u32>load<u8>(at + length) - 0x30
    if (digit > 9) break
    value = value * 10 + digit
  }
  const bound = ((<u64>1) << (column.bits - 1)) - <u64>!negative
  if (length - 1 > 18 || value > bound) return 0
  const signed = negative ? 0 - value : value
  if (column.type == LONG) store<u64>(column.values + (<usize>row << 3), signed)
  else store<u32>(column.values + (<usize>row << 2), <u32>signed)
  return at + length
}
