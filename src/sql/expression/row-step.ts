import type { ColumnData } from '../batch.js'
import { buildColumn } from '../column-builder.js'
import { validityOf } from '../columns.js'
import type { BatchTransform } from '../plan.js'
import type { Row } from '../row.js'
import { allForms, type ReadAnyNumber, type RowForm } from '../row-form.js'
import type { DataType, StructField } from '../types.js'
import { type Cell, cellReader, type RowProgram } from './row-program.js'

/** The program of an expression as a step that makes a column. */
export const expressionStep = (name: string, program: RowProgram, output: StructField): BatchTransform => ({
  name,
  inputs: program.inputs.map((field) => field.name),
  outputs: [output],
  filters: false,
  run: (columns, length) => ({ columns: [columnOf(output, cellsOf(program, columns, length))] }),
  forms: (inputs) => allForms([expressionForm(program, output.dataType, inputs)]),
})

/** The program of a condition as a step that keeps the rows for which it is true. */
export const conditionStep = (name: string, program: RowProgram): BatchTransform => ({
  name,
  inputs: program.inputs.map((field) => field.name),
  outputs: [],
  filters: true,
  run: (columns, length) => ({
    columns: [],
    keep: Uint8Array.from(cellsOf(program, columns, length), (cell) => Number(cell === true)),
  }),
})

function cellsOf({ inputs, evaluate }: RowProgram, columns: readonly ColumnData[], length: number): Cell[] {
  const readers = columns.map((column, k) => cellReader(column, inputs[k].dataType))
  const cells: Cell[] = new Array(readers.length).fill(null)
  return Array.from({ length }, (_, row) => {
    for (let k = 0; k < readers.length; k++) cells[k] = readers[k](row)
    return evaluate(cells)
  })
}

function columnOf({ name, dataType }: StructField, cells: readonly Cell[]): ColumnData {
  const valid = validityOf(cells.length, (i) => cells[i] !== null)
  switch (dataType.kind) {
    case 'date':
      return { kind: 'i32', data: Int32Array.from(cells as number[]), valid }
    case 'long':
    case 'timestamp':
      return { kind: 'i64', data: BigInt64Array.from(cells, (cell) => (cell as bigint | null) ?? 0n), valid }
    default:
      return buildColumn(dataType, cells, name)
  }
}

/** Reads the cell of a column in one row; undefined where that is not known. */
type ReadCell = (row: Row) => Cell | undefined

function cellForm(form: RowForm, { kind }: DataType): ReadCell | undefined {
  if (form.kind === 'text') return form.read
  if (form.kind !== 'number') return undefined
  const { read } = form
  // Where only numbers are known, NaN may stand for null.
  const readAny: ReadAnyNumber =
    form.readAny ??
    ((row) => {
      const value = read(row)
      return Number.isNaN(value) ? undefined : value
    })
  const change = ((): ((value: number) => Cell) | undefined => {
    if (kind === 'boolean') return (value) => value !== 0
    return kind === 'long' || kind === 'timestamp' ? BigInt : undefined
  })()
  if (!change) return readAny
  return (row) => {
    const value = readAny(row)
    return value === null || value === undefined ? value : change(value)
  }
}

function expressionForm(
  { inputs, evaluate }: RowProgram,
  type: DataType,
  forms: readonly RowForm[],
): RowForm | undefined {
  const readers = forms.map((form, k) => cellForm(form, inputs[k].dataType))
  if (readers.includes(undefined)) return undefined
  const cells: Cell[] = new Array(readers.length).fill(null)
  const value: ReadCell = (row) => {
    for (let k = 0; k < readers.length; k++) {
      const cell = readers[k]?.(row)
      if (cell === undefined) return undefined
      cells[k] = cell
    }
    return evaluate(cells)
  }
  if (type.kind === 'string') return { kind: 'text', read: value as (row: Row) => string | null | undefined }
  const readAny: ReadAnyNumber = (row) => {
    const cell = value(row)
    if (cell === null || cell === undefined || typeof cell === 'number') return cell
    const number = Number(cell)
    return Number.isSafeInteger(number) ? number : undefined
  }
  return { kind: 'number', read: (row) => readAny(row) ?? Number.NaN, readAny }
}
