import { DenseVector, SparseVector, type Vector } from '../linalg/vector.js'
import type { ColumnData } from '../sql/batch.js'
import { columnReader, dateValue } from '../sql/column-reader.js'
import { denseVectors } from '../sql/columns.js'
import type { Row } from '../sql/row.js'
import { type NumberForm, nextRow, type RowForm, type VectorForm } from '../sql/row-form.js'
import type { DataType, StructField } from '../sql/types.js'
import { entriesReader } from './entry-forms.js'
import { inputForms } from './input-form.js'
import { shapeOf, type VectorShape } from './output-shape.js'
import { type Program, readCounts, type Step } from './program.js'
import { inputColumn } from './row-input.js'
import { sharedForm } from './slot-forms.js'
import { slotsWriter } from './vector-forms.js'

/** The answer where forms do not know one: the steps of the program must say. */
export const UNKNOWN = Symbol('unknown')

/** Reads a value of a row; `UNKNOWN` where forms do not know it. */
type ReadValue = (row: Row) => unknown

/** A column of one row that a step is given; undefined where forms do not know it. */
type FillColumn = (row: Row) => ColumnData | undefined

/** A step without forms, which runs over columns of one row. */
interface ColumnStep {
  readonly step: Step
  /** How each input is filled; null where an earlier step has made it. */
  readonly fill: readonly (FillColumn | null)[]
}

/** What a program is in forms: the form of each place that has one, and the steps that have none. */
interface Forms {
  readonly forms: ReadonlyMap<number, RowForm>
  readonly columnSteps: readonly ColumnStep[]
}

/** @returns undefined where a step cannot run over what forms give, or none has a form. */
function formsOf(program: Program): Forms | undefined {
  const { inputs, steps } = program
  const fields = new Map(inputs.map(({ field, place }) => [place, field]))
  const forms = inputForms(program)
  const reads = readCounts(program)
  const columnSteps: ColumnStep[] = []
  for (const step of steps) {
    const { transform } = step
    const given = step.inputs.map((place) => forms.get(place))
    // A step that drops rows is left out only where somebody reads the form that says NaN for them.
    const heard = !transform.filters || step.outputs.every((place) => reads.has(place))
    const known = heard && given.every((form) => form !== undefined)
    const made = known ? transform.forms?.(given as RowForm[]) : undefined
    if (made) {
      step.outputs.forEach((place, k) => {
        forms.set(place, (reads.get(place) ?? 0) > 1 ? sharedForm(made[k]) : made[k])
      })
      continue
    }
    const { anyStorage = false } = transform
    if (!anyStorage && step.inputs.some((place) => !fields.has(place) && hasUnknownStorage(forms.get(place))))
      return undefined
    const fill = step.inputs.map((place): FillColumn | null => {
      const field = fields.get(place)
      if (field) return (row) => givenColumn(field, row)
      const form = forms.get(place)
      return form ? columnFiller(form) : null
    })
    columnSteps.push({ step, fill })
  }
  return columnSteps.length < steps.length ? { forms, columnSteps } : undefined
}

const hasUnknownStorage = (form: RowForm | undefined): boolean => form?.kind === 'vector' && !form.storage

/** A column of the input. @throws DataError for a value of another type. */
const givenColumn = (field: StructField, row: Row): ColumnData | undefined =>
  row[field.name] === undefined ? undefined : inputColumn(field, [row[field.name]])

/** A column of the value of a form. Columns never change, so each row has one of its own. */
function columnFiller(form: RowForm): FillColumn {
  switch (form.kind) {
    case 'number':
      return (row) => {
        const value = form.read(row)
        return Number.isNaN(value) ? undefined : { kind: 'f64', data: Float64Array.of(value), valid: null }
      }
    case 'text':
      return (row) => {
        const text = form.read(row)
        return text === undefined || text === null
          ? undefined
          : { kind: 'dict', codes: new Int32Array(1), dictionary: [text], valid: null }
      }
    case 'list':
      return (row) => {
        const list = form.read(row)
        return list && { kind: 'object', data: [list], valid: null }
      }
    case 'vector': {
      const read = vectorReader(form)
      return (row) => {
        const vector = read(row)
        return vector && vectorColumn(vector)
      }
    }
  }
}

/** A vector as a column of one row. */
function vectorColumn({ size, indices, values }: Vector): ColumnData {
  if (indices === null) return denseVectors(values, size)
  return { ...denseVectors(values, size), offsets: Int32Array.of(0, values.length), indices }
}

/** Reads vectors as they are stored; dense ones where that is not known. */
function vectorReader(form: VectorForm): (row: Row) => Vector | undefined {
  const readEntries = form.storage === 'sparse' || form.storage === 'compressed' ? entriesReader(form) : undefined
  if (readEntries && form.parts.some(({ kind }) => kind === 'entries')) {
    return (row) => {
      const entries = readEntries(row)
      if (entries === undefined) return undefined
      const [indices, values] = [entries.indices.slice(0, entries.count), entries.values.slice(0, entries.count)]
      const vector = new SparseVector(form.size, indices, values)
      return form.storage === 'sparse' ? vector : vector.compressed()
    }
  }
  const { slots, write } = slotsWriter(form)
  return (row) => {
    if (!write(row)) return undefined
    const vector = new DenseVector(slots.slice())
    return form.storage === 'compressed' ? vector.compressed() : vector
  }
}

/** The value of a column for the number that its form is; undefined: the number itself. */
function valueOfNumber({ kind }: DataType): ((value: number) => unknown) | undefined {
  if (kind === 'boolean') return (value) => value === 1
  if (kind === 'date') return dateValue
  return kind === 'timestamp' || kind === 'timestamp_ntz' ? (micros) => new Date(Math.floor(micros / 1000)) : undefined
}

function numberReader({ read, readAny }: NumberForm, type: DataType): ReadValue {
  const change = valueOfNumber(type)
  if (readAny) {
    return (row) => {
      const value = readAny(row)
      return value === undefined ? UNKNOWN : value === null || !change ? value : change(value)
    }
  }
  return (row) => {
    const value = read(row)
    return Number.isNaN(value) ? UNKNOWN : change ? change(value) : value
  }
}

function valueReader(form: RowForm, type: DataType, vectors: VectorShape): ReadValue {
  switch (form.kind) {
    case 'number':
      return numberReader(form, type)
    case 'text':
      return (row) => {
        const text = form.read(row)
        return text === undefined ? UNKNOWN : text
      }
    case 'list': {
      const { read } = form
      const shape = shapeOf(type, vectors)
      if (!shape) return (row) => read(row) ?? UNKNOWN
      return (row) => {
        const list = read(row)
        return list === undefined ? UNKNOWN : shape(list)
      }
    }
    case 'vector': {
      if (vectors === 'vector') {
        const read = vectorReader(form)
        return (row) => read(row) ?? UNKNOWN
      }
      const { slots, write } = slotsWriter(form)
      return (row) => (write(row) ? Array.from(slots) : UNKNOWN)
    }
  }
}

/**
 * Scores rows by forms as far as the stages have them: numbers are read from the row and computed, vectors lie in an array that is there already, and only
 * steps without a form run over columns of one row.
 * @returns a function that gives the row, or `UNKNOWN`; undefined where forms gain nothing.
 */
export function formScorer(program: Program, vectors: VectorShape): ((row: Row) => Row | typeof UNKNOWN) | undefined {
  const { outputs, places } = program
  const known = formsOf(program)
  if (!known) return undefined
  const { forms, columnSteps } = known
  const given = new Map(program.inputs.map(({ field, place }) => [place, field]))
  // Not all forms know which of the vectors are sparse.
  if (vectors === 'vector' && outputs.some(({ place }) => !given.has(place) && hasUnknownStorage(forms.get(place))))
    return undefined
  const columns = new Array<ColumnData | undefined>(places)
  const readers = outputs.map(({ field: { dataType }, place }): ReadValue => {
    const form = forms.get(place)
    // The forms of vectors of the input do not tell whether these are dense.
    const isGiven = vectors === 'vector' && form?.kind === 'vector' && given.has(place)
    if (form && !isGiven) return valueReader(form, dataType, vectors)
    const shape = shapeOf(dataType, vectors)
    const field = given.get(place)
    return (row) => {
      const column = field ? givenColumn(field, row) : columns[place]
      if (!column) return UNKNOWN
      const value = columnReader(column, dataType)(0)
      return shape ? shape(value) : value
    }
  })
  const names = outputs.map(({ field }) => field.name)
  if (columnSteps.length === 0 && names.length === 1) {
    const [name] = names
    const [read] = readers
    return (row) => {
      nextRow()
      const value = read(row)
      return value === UNKNOWN ? UNKNOWN : { [name]: value }
    }
  }
  return (row) => {
    nextRow()
    for (const { step, fill } of columnSteps) {
      const made = runStep(step, fill, columns, row)
      if (made !== true) return made
    }
    const result: Row = {}
    for (let k = 0; k < names.length; k++) {
      const value = readers[k](row)
      if (value === UNKNOWN) return UNKNOWN
      result[names[k]] = value
    }
    return result
  }
}

/** Runs a step over columns of one row. @returns `UNKNOWN` where it drops the row, or an input is not known. */
function runStep(
  { transform, inputs, outputs }: Step,
  fill: readonly (FillColumn | null)[],
  columns: (ColumnData | undefined)[],
  row: Row,
): true | typeof UNKNOWN {
  for (let k = 0; k < inputs.length; k++) {
    const filler = fill[k]
    if (filler === null) continue
    const column = filler(row)
    if (!column) return UNKNOWN
    columns[inputs[k]] = column
  }
  const made = transform.run(
    inputs.map((place) => columns[place] as ColumnData),
    1,
    0,
  )
  // A step before, which has a form, may refuse the row.
  if (made.keep?.[0] === 0) return UNKNOWN
  outputs.forEach((place, k) => {
    columns[place] = made.columns[k]
  })
  return true
}
