import { EngineError, SchemaError } from '../errors.js'
import {
  type ColumnData,
  type DictColumn,
  isValid,
  type LocalTable,
  type Validity,
  type VectorColumn,
} from './batch.js'
import { buildColumn } from './column-builder.js'
import { vectorSize, vectorStart } from './columns.js'
import { type DataType, DoubleType, simpleString } from './types.js'

/** What a table of the package `apache-arrow` has, as far as frames use it; its own type says more: `df.toArrow<Table>()`. */
export interface ArrowTable {
  readonly numRows: number
  readonly numCols: number
  readonly schema: { readonly fields: readonly { readonly name: string }[] }
  getChildAt(index: number): unknown
  toArray(): unknown[]
}

/** The parts of the package that make tables. */
interface Arrow {
  makeData(properties: Readonly<Record<string, unknown>>): Data
  readonly Table: new (schema: unknown, batches: unknown) => ArrowTable
  readonly Schema: new (fields: readonly Field[]) => unknown
  readonly RecordBatch: new (schema: unknown, data: Data) => unknown
  readonly Field: new (name: string, type: unknown, nullable: boolean) => Field
  readonly Struct: new (fields: readonly Field[]) => unknown
  readonly List: new (field: Field) => unknown
  readonly Map_: new (field: Field) => unknown
  readonly TimestampMicrosecond: new (timezone?: string) => unknown
  readonly [simple: string]: unknown
}
interface Data {
  readonly type: unknown
}
type Field = object

/** @throws EngineError where the package is not installed. */
async function loadArrow(): Promise<Arrow> {
  // A name that the compiler does not see, because the package is optional.
  const name = 'apache-arrow'
  try {
    return (await import(name)) as Arrow
  } catch (cause) {
    throw new EngineError('toArrow needs the optional package apache-arrow', {
      stage: 'toArrow',
      hint: 'Install it: npm install apache-arrow; or hand it over: toArrow({ arrow })',
      cause,
    })
  }
}

/** The classes of types that have no parts. */
const SIMPLE: Readonly<Record<string, string>> = {
  double: 'Float64',
  decimal: 'Float64',
  float: 'Float32',
  byte: 'Int8',
  short: 'Int16',
  integer: 'Int32',
  long: 'Int64',
  boolean: 'Bool',
  string: 'Utf8',
  binary: 'Binary',
  date: 'DateDay',
  void: 'Null',
}

/** Makes the data of columns, each of its type. */
class ArrowWriter {
  private readonly arrow: Arrow

  constructor(arrow: Arrow) {
    this.arrow = arrow
  }

  table({ schema, columns, length }: LocalTable): ArrowTable {
    const { arrow } = this
    const children = schema.fields.map(({ name, dataType }, k) => this.data(columns[k], dataType, length, name))
    const fields = schema.fields.map((field, k) => new arrow.Field(field.name, children[k].type, field.nullable))
    const known = new arrow.Schema(fields)
    const rows = arrow.makeData({ type: new arrow.Struct(fields), length, nullCount: 0, children })
    return new arrow.Table(known, [new arrow.RecordBatch(known, rows)])
  }

  private simple(kind: string): unknown {
    return new (this.arrow[SIMPLE[kind]] as new () => unknown)()
  }

  private data(column: ColumnData, type: DataType, length: number, name: string): Data {
    const nulls = nullsOf(column.valid, length)
    const plain = (properties: object, arrowType = this.simple(type.kind)): Data =>
      this.arrow.makeData({ type: arrowType, length, ...nulls, ...properties })
    switch (column.kind) {
      case 'f64':
        return plain({ data: type.kind === 'float' ? Float32Array.from(column.data) : column.data })
      case 'i32': {
        const narrow = { byte: Int8Array, short: Int16Array }[type.kind as string]
        return plain({ data: narrow ? narrow.from(column.data) : column.data })
      }
      case 'i64':
        if (type.kind === 'long') return plain({ data: column.data })
        return plain(
          { data: column.data },
          new this.arrow.TimestampMicrosecond(type.kind === 'timestamp' ? 'UTC' : undefined),
        )
      case 'bool':
        return plain({ data: bitsOf(length, (i) => column.data[i] !== 0) })
      case 'dict':
        return plain(textData(column, length))
      case 'vector': {
        const { offsets, values } = denseEntries(column, length)
        const child = this.data({ kind: 'f64', data: values, valid: null }, DoubleType, values.length, name)
        return plain({ valueOffsets: offsets, child }, this.list(child))
      }
      case 'object':
        return type.kind === 'void' ? plain({}) : plain(...this.nested(column.data, type, name))
    }
  }

  private list(child: Data): unknown {
    return new this.arrow.List(new this.arrow.Field('item', child.type, true))
  }

  /** The parts of nested values, and their type. */
  private nested(values: readonly unknown[], type: DataType, name: string): [parts: object, type: unknown] {
    const { arrow } = this
    const child = (items: readonly unknown[], itemType: DataType): Data =>
      this.data(buildColumn(itemType, items, name), itemType, items.length, name)
    switch (type.kind) {
      case 'binary':
        return [byteData(values as readonly (Uint8Array | null)[]), this.simple('binary')]
      case 'array': {
        const lists = values.map((value) => (value === null ? [] : Array.from(value as ArrayLike<unknown>)))
        const items = child(lists.flat(), type.elementType)
        return [{ valueOffsets: offsetsOf(lists.map((list) => list.length)), child: items }, this.list(items)]
      }
      case 'struct': {
        const children = type.fields.map((field) =>
          child(
            values.map((value) => (value as Record<string, unknown> | null)?.[field.name] ?? null),
            field.dataType,
          ),
        )
        const fields = type.fields.map((field, k) => new arrow.Field(field.name, children[k].type, field.nullable))
        return [{ children }, new arrow.Struct(fields)]
      }
      case 'map': {
        const lists = values.map((value) => [...((value as ReadonlyMap<unknown, unknown> | null) ?? [])])
        const entries = lists.flat()
        const children = [
          child(
            entries.map(([key]) => key),
            type.keyType,
          ),
          child(
            entries.map(([, value]) => value),
            type.valueType,
          ),
        ]
        const fields = [
          new arrow.Field('key', children[0].type, false),
          new arrow.Field('value', children[1].type, true),
        ]
        const pairs = new arrow.Struct(fields)
        const data = arrow.makeData({ type: pairs, length: entries.length, nullCount: 0, children })
        const map = new arrow.Map_(new arrow.Field('entries', pairs, false))
        return [{ valueOffsets: offsetsOf(lists.map((list) => list.length)), child: data }, map]
      }
      default:
        throw new SchemaError(`column "${name}" of type ${simpleString(type)} has no type of Arrow`, {
          stage: 'toArrow',
          column: name,
          hint: 'Leave it out, or turn it into an array first',
        })
    }
  }
}

function nullsOf(valid: Validity, length: number): { nullCount: number; nullBitmap?: Uint8Array } {
  if (valid === null) return { nullCount: 0 }
  let nullCount = 0
  for (let i = 0; i < length; i++) if (!isValid(valid, i)) nullCount++
  return { nullCount, nullBitmap: valid }
}

function bitsOf(length: number, isSet: (i: number) => boolean): Uint8Array {
  const bits = new Uint8Array((length + 7) >> 3)
  for (let i = 0; i < length; i++) if (isSet(i)) bits[i >> 3] |= 1 << (i & 7)
  return bits
}

function offsetsOf(lengths: readonly number[]): Int32Array {
  const offsets = new Int32Array(lengths.length + 1)
  for (let i = 0; i < lengths.length; i++) offsets[i + 1] = offsets[i] + lengths[i]
  return offsets
}

function byteData(values: readonly (Uint8Array | null)[]): { valueOffsets: Int32Array; data: Uint8Array } {
  const valueOffsets = offsetsOf(values.map((value) => value?.length ?? 0))
  const data = new Uint8Array(valueOffsets[values.length])
  for (const [i, value] of values.entries()) if (value) data.set(value, valueOffsets[i])
  return { valueOffsets, data }
}

function textData({ codes, dictionary, valid }: DictColumn, length: number): object {
  const encoder = new TextEncoder()
  const texts = dictionary.map((text) => encoder.encode(text))
  return byteData(Array.from({ length }, (_, i) => (isValid(valid, i) ? texts[codes[i]] : null)))
}

/** All elements of vectors, zeros included. */
function denseEntries(column: VectorColumn, length: number): { offsets: Int32Array; values: Float64Array } {
  const sizes = Array.from({ length }, (_, i) => (isValid(column.valid, i) ? vectorSize(column, i) : 0))
  const offsets = offsetsOf(sizes)
  const values = new Float64Array(offsets[length])
  for (let i = 0; i < length; i++) {
    if (sizes[i] === 0) continue
    const [start, end] = [vectorStart(column, i), vectorStart(column, i + 1)]
    for (let k = start; k < end; k++) values[offsets[i] + (column.indices?.[k] ?? k - start)] = column.values[k]
  }
  return { offsets, values }
}

/** A table of the package `apache-arrow` with the rows of a table. @param given the package, where it is loaded already. */
export async function arrowTable(table: LocalTable, given?: object): Promise<ArrowTable> {
  return new ArrowWriter((given as Arrow | undefined) ?? (await loadArrow())).table(table)
}
