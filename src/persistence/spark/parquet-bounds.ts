import { gunzipSync } from 'node:zlib'
import type { ColumnMetaData, Compressors, FileMetaData, PageHeader, SchemaElement } from 'hyparquet'
import { parquetHeader } from 'hyparquet/src/column.js'
import { decompressPage } from 'hyparquet/src/datapage.js'
import { getMaxDefinitionLevel, getMaxRepetitionLevel, getSchemaPath } from 'hyparquet/src/schema.js'

// A saved model is untrusted input, and the reader believes what a file says of its sizes: here they are looked at before it does.

/** Most values of a column in a group of rows, and most bytes of a page once it is unpacked. A file that says more is damaged. */
const MAX_VALUES = 2 ** 26
const MAX_PAGE_BYTES = 2 ** 30
/** Writers may fill up the last run of packed numbers. */
const PADDING_GROUPS = 64
const RUN_LENGTH = new Set(['RLE', 'PLAIN_DICTIONARY', 'RLE_DICTIONARY'])

/** Codecs beside snappy, which the reader has itself. */
export const compressors: Compressors = {
  GZIP: (input, length) => new Uint8Array(gunzipSync(input, { maxOutputLength: Math.max(1, length) })),
}

/**
 * Looks at all numbers of a parquet file that say how much there is: pages lie inside the file, one after the other, and have no more values than their
 * column, which has no more than can be held; runs of equal numbers are no longer than their page.
 * @param content whether pages are unpacked to look at their runs, too; who reads runs with bounds does without.
 * @throws RangeError, or what unpacking a page raises.
 */
export function requireBounds(file: ArrayBuffer, { row_groups, schema }: FileMetaData, content: boolean): void {
  if (schema.some(({ num_children = 0 }) => num_children < 0 || num_children > schema.length)) {
    throw new RangeError('the schema has more columns than it says')
  }
  const view = new DataView(file)
  for (const { columns, num_rows } of row_groups) {
    if (columns.length === 0 && num_rows > 0) throw new RangeError('there are rows without columns')
    for (const { meta_data, file_path } of columns) {
      if (meta_data === undefined || file_path !== undefined) throw new RangeError('a column lies in another file')
      if (num_rows < 0 || num_rows > meta_data.num_values) throw new RangeError('a column has fewer values than rows')
      requirePages(view, meta_data, content ? levelsOf(schema, meta_data) : null)
    }
  }
}

/** Bits of the numbers up to a level. */
export const levelBits = (most: number): number => 32 - Math.clz32(most)

/** Bits of a repetition and of a definition level; 0 where there are none. */
interface Levels {
  readonly repetition: number
  readonly definition: number
}

function levelsOf(schema: SchemaElement[], { path_in_schema }: ColumnMetaData): Levels {
  const path = getSchemaPath(schema, path_in_schema)
  return {
    repetition: levelBits(getMaxRepetitionLevel(path)),
    definition: levelBits(getMaxDefinitionLevel(path)),
  }
}

function requirePages(view: DataView, column: ColumnMetaData, levels: Levels | null): void {
  let left = within(Number(column.num_values), MAX_VALUES, 'values')
  const starts = [column.data_page_offset, column.dictionary_page_offset ?? 0n].map(Number).filter((start) => start > 0)
  const reader = { view, offset: within(Math.min(...starts), view.byteLength, 'offset') }
  const end = within(reader.offset + Number(column.total_compressed_size), view.byteLength, 'size')
  while (reader.offset < end) {
    const header = parquetHeader(reader)
    const { data_page_header: v1, data_page_header_v2: v2, dictionary_page_header: dictionary } = header
    const size = within(header.compressed_page_size, end - reader.offset, 'size of a page')
    within(header.uncompressed_page_size, MAX_PAGE_BYTES, 'size of a page')
    const page = new Uint8Array(view.buffer, reader.offset, size)
    reader.offset += size
    if (header.type === 'DICTIONARY_PAGE') within(dictionary?.num_values ?? -1, MAX_VALUES, 'values of a dictionary')
    else {
      const values = within((header.type === 'DATA_PAGE_V2' ? v2 : v1)?.num_values ?? -1, left, 'values of a page')
      left -= values
      if (levels === null) continue
      if (header.type === 'DATA_PAGE_V2') requirePageV2(page, header, column, levels, values)
      else requirePage(page, header, column, levels, values)
    }
  }
}

function requirePage(
  page: Uint8Array,
  header: PageHeader,
  { codec }: ColumnMetaData,
  levels: Levels,
  values: number,
): void {
  const view = viewOf(decompressPage(page, header.uncompressed_page_size, codec, compressors))
  let at = 0
  for (const width of [levels.repetition, levels.definition]) {
    if (width === 0) continue
    const length = within(view.getUint32(at, true), view.byteLength - at - 4, 'size of levels')
    requireRuns(view, at + 4, width, values)
    at += 4 + length
  }
  requireValues(view, at, header.data_page_header?.encoding, values)
}

function requirePageV2(
  page: Uint8Array,
  header: PageHeader,
  { codec }: ColumnMetaData,
  levels: Levels,
  values: number,
): void {
  const v2 = header.data_page_header_v2 as NonNullable<PageHeader['data_page_header_v2']>
  within(v2.num_rows, values, 'rows of a page')
  within(v2.num_nulls, values, 'nulls of a page')
  const repetition = within(v2.repetition_levels_byte_length, page.length, 'size of levels')
  const both = within(
    repetition + within(v2.definition_levels_byte_length, page.length, 'size of levels'),
    page.length,
    'size of levels',
  )
  if (levels.repetition > 0) requireRuns(viewOf(page), 0, levels.repetition, values)
  if (levels.definition > 0) requireRuns(viewOf(page), repetition, levels.definition, values)
  const packed = page.subarray(both)
  const size = within(header.uncompressed_page_size - both, MAX_PAGE_BYTES, 'size of a page')
  const unpacked = v2.is_compressed === false ? packed : decompressPage(packed, size, codec, compressors)
  requireValues(viewOf(unpacked), 0, v2.encoding, values)
}

function requireValues(view: DataView, at: number, encoding: string | undefined, values: number): void {
  if (encoding === 'PLAIN' || view.byteLength === at) return
  if (encoding === undefined || !RUN_LENGTH.has(encoding)) throw new RangeError(`the encoding ${encoding} is not known`)
  if (encoding === 'RLE') requireRuns(view, at + 4, 1, values)
  else requireRuns(view, at + 1, within(view.getUint8(at), 32, 'bits of a number'), values)
}

/** Runs of equal or packed numbers, as the reader goes through them: none is empty, or longer than the values. */
function requireRuns(view: DataView, start: number, width: number, values: number): void {
  let at = start
  for (let seen = 0; seen < values && at < view.byteLength; ) {
    let [run, shift] = [0, 0]
    for (let byte = 0x80; byte & 0x80; shift += 7) {
      byte = view.getUint8(at++)
      run += (byte & 0x7f) * 2 ** shift
    }
    const count = Math.floor(run / 2)
    const packed = run % 2 === 1
    within(count, packed ? Math.ceil(values / 8) + PADDING_GROUPS : values, 'length of a run')
    if (count === 0) throw new RangeError('a run is empty')
    seen += packed ? 8 * count : count
    at += packed ? count * width : (width + 7) >> 3
  }
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

function within(value: number, most: number, what: string): number {
  if (Number.isInteger(value) && value >= 0 && value <= most) return value
  throw new RangeError(`the ${what} is ${value}, and at most ${most}`)
}
