import { createHash, type Hash } from 'node:crypto'
import { type Batch, type ColumnData, isValid, type VectorColumn } from '../sql/batch.js'
import type { DataFrame } from '../sql/dataframe.js'
import { schemaToJson } from '../sql/schema-json.js'

/** What tells whether data are the same. */
export interface Fingerprint {
  /** 16 hexadecimal digits of a SHA-256. */
  readonly digest: string
  readonly rows: number
}

/**
 * A fingerprint of the schema and of all values of a frame, in the order of its rows. It does not depend on partitions and batches, nor on whether a vector is dense or sparse.
 * Costs one pass over the data, at some hundred megabytes a second.
 */
export async function fingerprint(frame: DataFrame, signal?: AbortSignal): Promise<Fingerprint> {
  const columns = frame.schema.fields.map(() => new ColumnHash())
  let rows = 0
  for await (const batch of frame.batches(undefined, { signal })) {
    rows += batch.length
    for (const [i, column] of columns.entries()) column.add(batch, batch.columns[i])
  }
  const all = createHash('sha256')
    .update(JSON.stringify(schemaToJson(frame.schema)))
    .update(`\n${rows}\n`)
  for (const column of columns) all.update(column.digest())
  return { digest: all.digest('hex').slice(0, 16), rows }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)

class ColumnHash {
  private readonly valid = createHash('sha256')
  /** Parts of the values, each on its own, so that it does not matter where a batch ends. */
  private readonly parts: readonly [Hash, Hash, Hash] = [
    createHash('sha256'),
    createHash('sha256'),
    createHash('sha256'),
  ]
  private texts: { readonly of: readonly string[]; readonly long: string[] } = { of: [], long: [] }

  add({ length }: Batch, column: ColumnData): void {
    this.valid.update(Uint8Array.from({ length }, (_, i) => Number(isValid(column.valid, i))))
    const [values] = this.parts
    switch (column.kind) {
      case 'dict':
        values.update(this.strings(column.codes.subarray(0, length), column.dictionary))
        break
      case 'object':
        values.update(column.data.slice(0, length).map(jsonText).join('\n'))
        break
      case 'vector':
        this.vectors(column, length)
        break
      default:
        values.update(bytesOf(column.data.subarray(0, length)))
    }
  }

  digest(): Buffer {
    const all = createHash('sha256').update(this.valid.digest())
    for (const part of this.parts) all.update(part.digest())
    return all.digest()
  }

  /** Each with its length before it. */
  private strings(codes: Int32Array, dictionary: readonly string[]): string {
    if (this.texts.of !== dictionary) this.texts = { of: dictionary, long: [] }
    const { long } = this.texts
    for (let k = long.length; k < dictionary.length; k++) long.push(`${dictionary[k].length}:${dictionary[k]}`)
    return Array.from(codes, (code) => long[code] ?? '').join('')
  }

  /** Size and number of entries of each row, and the entries that are not 0. */
  private vectors({ size, sizes, offsets, indices, values }: VectorColumn, length: number): void {
    const rows = new Int32Array(2 * length)
    const end = offsets ? offsets[length] : length * size
    const begin = offsets ? offsets[0] : 0
    const slots = new Int32Array(end - begin)
    const entries = new Float64Array(end - begin)
    let count = 0
    for (let row = 0; row < length; row++) {
      const before = count
      const from = offsets ? offsets[row] : row * size
      const to = offsets ? offsets[row + 1] : from + size
      for (let k = from; k < to; k++) {
        if (values[k] === 0) continue
        slots[count] = indices ? indices[k] : k - from
        entries[count++] = values[k]
      }
      rows[2 * row] = sizes ? sizes[row] : size
      rows[2 * row + 1] = count - before
    }
    this.parts[0].update(bytesOf(rows))
    this.parts[1].update(bytesOf(slots.subarray(0, count)))
    this.parts[2].update(bytesOf(entries.subarray(0, count)))
  }
}

const jsonText = (value: unknown): string =>
  JSON.stringify(value, (_, inner) =>
    typeof inner === 'bigint' || (typeof inner === 'number' && !Number.isFinite(inner)) ? String(inner) : inner,
  ) ?? ''
