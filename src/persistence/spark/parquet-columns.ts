import type { ColumnMetaData, FileMetaData, ParquetType } from 'hyparquet'
import { parquetHeader } from 'hyparquet/src/column.js'
import { decompressPage } from 'hyparquet/src/datapage.js'
import { getMaxDefinitionLevel, getMaxRepetitionLevel, getSchemaPath } from 'hyparquet/src/schema.js'
import type { NumberColumn } from './number-column.js'
import { compressors, levelBits } from './parquet-bounds.js'

/** Names of the groups between a list and its elements. */
const LIST_LEVELS = new Set(['list', 'element', 'item', 'bag', 'array'])
/** Packed numbers of more bits do not occur: there are not so many distinct values. */
const MAX_BITS = 24
const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

/**
 * Columns of numbers, and of lists of numbers, inside any structs, by path (`split.featureIndex`). The general reader makes a few
 * arrays for each value of a struct; a forest has millions.
 * @param file its bounds were looked at, see `requireBounds`; those of runs are kept here.
 * @throws RangeError for columns of other kinds.
 */
export function decodeColumns(file: ArrayBuffer, { row_groups, schema }: FileMetaData): Map<string, NumberColumn> {
  const view = new DataView(file)
  const chunks = row_groups.flatMap(({ columns }) => columns.map(({ meta_data }) => meta_data as ColumnMetaData))
  const entries = new Map<string, number>()
  for (const { path_in_schema, num_values } of chunks) {
    const name = nameOf(path_in_schema)
    entries.set(name, (entries.get(name) ?? 0) + Number(num_values))
  }
  const builders = new Map<string, ColumnBuilder>()
  for (const chunk of chunks) {
    const path = getSchemaPath(schema, chunk.path_in_schema)
    const levels = { repetition: getMaxRepetitionLevel(path), definition: getMaxDefinitionLevel(path) }
    if (levels.repetition > 1) throw new RangeError(`${chunk.path_in_schema.join('.')} holds lists of lists`)
    const name = nameOf(chunk.path_in_schema)
    const builder = builders.get(name) ?? new ColumnBuilder(entries.get(name) as number, levels)
    builders.set(name, builder)
    for (const page of pagesOf(view, chunk, levels)) builder.add(page)
  }
  return new Map(Array.from(builders, ([name, builder]) => [name, builder.column()]))
}

const nameOf = (path: readonly string[]): string => path.filter((part) => !LIST_LEVELS.has(part)).join('.')

/** The columns of several files, one after the other. */
export function concatenate(parts: readonly NumberColumn[]): NumberColumn {
  if (parts.length === 1) return parts[0]
  const rows = parts.reduce((sum, part) => sum + part.rows, 0)
  const values = new Float64Array(parts.reduce((sum, part) => sum + part.values.length, 0))
  const starts = parts.every((part) => part.starts !== null) ? new Int32Array(rows + 1) : null
  let [row, at] = [0, 0]
  for (const part of parts) {
    values.set(part.values, at)
    if (starts) for (let i = 0; i <= part.rows; i++) starts[row + i] = at + (part.starts as Int32Array)[i]
    row += part.rows
    at += part.values.length
  }
  return { rows, values, starts }
}

/** Highest levels of a column. */
interface Levels {
  readonly repetition: number
  readonly definition: number
}

/** The levels of each entry of a page, null where there are none, and the values of those that are present. */
interface Page {
  readonly repetitions: Int32Array | null
  readonly definitions: Int32Array | null
  readonly values: ArrayLike<number>
}

function* pagesOf(view: DataView, column: ColumnMetaData, levels: Levels): Generator<Page> {
  const { codec, type } = column
  const starts = [column.data_page_offset, column.dictionary_page_offset ?? 0n].map(Number).filter((start) => start > 0)
  const reader = { view, offset: Math.min(...starts) }
  const end = reader.offset + Number(column.total_compressed_size)
  let dictionary: ArrayLike<number> | undefined
  while (reader.offset < end) {
    const header = parquetHeader(reader)
    const { data_page_header: v1, data_page_header_v2: v2, uncompressed_page_size: size } = header
    const bytes = new Uint8Array(view.buffer, reader.offset, header.compressed_page_size)
    reader.offset += bytes.length
    if (header.type === 'DICTIONARY_PAGE') {
      const unpacked = decompressPage(bytes, size, codec, compressors)
      dictionary = plainValues(viewOf(unpacked), 0, header.dictionary_page_header?.num_values ?? 0, type)
    } else if (v2) {
      const both = v2.repetition_levels_byte_length + v2.definition_levels_byte_length
      const packed = bytes.subarray(both)
      const content = v2.is_compressed === false ? packed : decompressPage(packed, size - both, codec, compressors)
      const read = (max: number, at: number) =>
        max > 0 ? runs(viewOf(bytes), at, levelBits(max), v2.num_values) : null
      const repetitions = read(levels.repetition, 0)
      const definitions = read(levels.definition, v2.repetition_levels_byte_length)
      const count = presentOf(definitions, levels.definition, v2.num_values)
      yield { repetitions, definitions, values: valuesOf(viewOf(content), 0, v2.encoding, count, type, dictionary) }
    } else if (v1) {
      const content = viewOf(decompressPage(bytes, size, codec, compressors))
      let at = 0
      const next = (max: number): Int32Array | null => {
        if (max === 0) return null
        const found = runs(content, at + 4, levelBits(max), v1.num_values)
        at += 4 + content.getUint32(at, true)
        return found
      }
      const repetitions = next(levels.repetition)
      const definitions = next(levels.definition)
      const count = presentOf(definitions, levels.definition, v1.num_values)
      yield { repetitions, definitions, values: valuesOf(content, at, v1.encoding, count, type, dictionary) }
    }
  }
}

/** Puts the pages of a column one after the other. */
class ColumnBuilder {
  readonly #levels: Levels
  readonly #values: Float64Array
  readonly #starts: Int32Array | null
  #count = 0
  #rows = 0

  /** @param entries values, nulls and empty lists, at most. */
  constructor(entries: number, levels: Levels) {
    this.#levels = levels
    this.#values = new Float64Array(entries)
    this.#starts = levels.repetition > 0 ? new Int32Array(entries + 1) : null
  }

  /** @throws RangeError when there are more entries than were announced. */
  add({ repetitions, definitions, values }: Page): void {
    const [into, starts, most] = [this.#values, this.#starts, this.#levels.definition]
    const entries = definitions?.length ?? values.length
    let [rows, count, at] = [this.#rows, this.#count, 0]
    if (count + entries > into.length) throw new RangeError('a page has more values than its column')
    if (starts === null && values.length === entries) {
      into.set(values, count)
      this.#rows += entries
      this.#count += entries
      return
    }
    for (let i = 0; i < entries; i++) {
      const present = definitions === null || definitions[i] === most
      if (starts === null || repetitions === null || repetitions[i] === 0) {
        if (starts) starts[rows] = count
        rows++
      }
      if (present) into[count++] = values[at++]
      else if (starts === null) into[count++] = Number.NaN
    }
    this.#rows = rows
    this.#count = count
  }

  column(): NumberColumn {
    const [rows, values] = [this.#rows, this.#values.subarray(0, this.#count)]
    if (this.#starts) this.#starts[rows] = this.#count
    return { rows, values, starts: this.#starts?.subarray(0, rows + 1) ?? null }
  }
}

function presentOf(definitions: Int32Array | null, most: number, entries: number): number {
  if (definitions === null) return entries
  let count = 0
  for (let i = 0; i < entries; i++) if (definitions[i] === most) count++
  return count
}

function valuesOf(
  view: DataView,
  at: number,
  encoding: string,
  count: number,
  type: ParquetType,
  dictionary: ArrayLike<number> | undefined,
): ArrayLike<number> {
  if (encoding === 'PLAIN') return plainValues(view, at, count, type)
  if (dictionary === undefined) throw new RangeError(`a column is encoded as ${encoding} without a dictionary`)
  if (count === 0) return []
  const words = runs(view, at + 1, view.getUint8(at), count)
  const values = new Float64Array(count)
  for (let i = 0; i < count; i++) {
    if (words[i] >= dictionary.length) throw new RangeError(`word ${words[i]} is not in the dictionary`)
    values[i] = dictionary[words[i]]
  }
  return values
}

/** Numbers one after the other; 64-bit integers as doubles. */
function plainValues(view: DataView, at: number, count: number, type: ParquetType): Float64Array {
  const width = type === 'DOUBLE' || type === 'INT64' ? 8 : 4
  if (at + count * width > view.byteLength) throw new RangeError('a page ends within its values')
  if (type === 'DOUBLE' && LITTLE_ENDIAN) {
    const start = view.byteOffset + at
    return new Float64Array(view.buffer.slice(start, start + count * width))
  }
  const values = new Float64Array(count)
  for (let i = 0, from = at; i < count; i++, from += width) {
    if (type === 'INT32') values[i] = view.getInt32(from, true)
    else if (type === 'INT64') values[i] = view.getInt32(from + 4, true) * 2 ** 32 + view.getUint32(from, true)
    else if (type === 'DOUBLE') values[i] = view.getFloat64(from, true)
    else if (type === 'FLOAT') values[i] = view.getFloat32(from, true)
    else throw new RangeError(`a column has values of type ${type}`)
  }
  return values
}

/** Runs of equal numbers and of packed ones, as numbers. */
function runs(view: DataView, start: number, width: number, count: number): Int32Array {
  if (width > MAX_BITS) throw new RangeError(`numbers have ${width} bits`)
  const numbers = new Int32Array(count)
  let at = start
  for (let seen = 0; seen < count; ) {
    let [run, shift] = [0, 0]
    for (let byte = 0x80; byte & 0x80; shift += 7) {
      byte = view.getUint8(at++)
      run += (byte & 0x7f) * 2 ** shift
    }
    const length = Math.floor(run / 2)
    if (run % 2 === 0) {
      let value = 0
      for (let k = 0; k < width; k += 8) value |= view.getUint8(at++) << k
      numbers.fill(value, seen, Math.min(count, seen + length))
      seen += length
    } else {
      unpack(view, at, width, numbers.subarray(seen, seen + 8 * length))
      at += length * width
      seen += 8 * length
    }
  }
  return numbers
}

function unpack(view: DataView, start: number, width: number, into: Int32Array): void {
  const mask = 2 ** width - 1
  let [at, bits, buffer] = [start, 0, 0]
  for (let i = 0; i < into.length; i++) {
    for (; bits < width; bits += 8) buffer |= view.getUint8(at++) << bits
    into[i] = buffer & mask
    buffer >>>= width
    bits -= width
  }
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
