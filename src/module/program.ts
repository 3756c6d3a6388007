import { UnsupportedError } from '../errors.js'
import { inputForms } from '../scoring/input-form.js'
import { type Program, readCounts, type Step } from '../scoring/program.js'
import { sharedForm } from '../scoring/slot-forms.js'
import { recipeOf } from '../sql/printable.js'
import type { Row } from '../sql/row.js'
import {
  type NumberForm,
  printable,
  type ReadAnyNumber,
  type ReadEntries,
  type ReadNumber,
  type RowForm,
  type SlotsForm,
  type WriteNumbers,
} from '../sql/row-form.js'
import { type DataType, isVector, type StructField, simpleString } from '../sql/types.js'
import {
  columnOf,
  isNullOrKnown,
  isNullOrNumbers,
  type ModuleInput,
  type ModuleStep,
  slotsKnown,
  valueKnown,
} from './runtime.js'

/** A program in forms alone. */
export interface ModuleProgram {
  /** The form of each place. */
  readonly forms: ReadonlyMap<number, RowForm>
  readonly inputs: readonly ModuleInput[]
  readonly steps: readonly ModuleStep[]
  /** Whether rows that drop out are known by outputs that nobody reads. */
  readonly checks: readonly ((row: Row) => boolean)[]
}

/** @throws UnsupportedError naming the column, or the stage, that has no form. */
export function moduleProgram(model: string, program: Program): ModuleProgram {
  const { inputs, steps } = program
  const forms = inputForms(program)
  for (const { field, place } of inputs) if (!forms.has(place)) throw withoutInputForm(model, field)
  const names = new Map(inputs.map(({ field, place }) => [place, field.name]))
  const reads = readCounts(program)
  const checks: ((row: Row) => boolean)[] = []
  /** Reads and writes that an earlier step answers for. */
  const answered = new Set<unknown>()
  const moduleSteps = steps.map((step): ModuleStep => {
    const { transform } = step
    const made = transform.forms?.(step.inputs.map((place) => forms.get(place)!))
    if (!made?.every(isPrintable)) throw withoutForm(model, step)
    const known = step.outputs.map((place, k) => {
      const count = reads.get(place) ?? 0
      const form = count > 1 ? sharedForm(made[k]) : made[k]
      forms.set(place, form)
      const isKnown = knownOf(form, answered)
      if (transform.filters && count === 0 && isKnown) checks.push(isKnown)
      return isKnown
    })
    const columns = step.inputs.map((place, k) => {
      const input = names.get(place)
      const value = input === undefined ? valueReader(forms.get(place)!) : printable(columnOf, input)
      return { name: transform.inputs[k], value }
    })
    return { stage: transform.name, columns, known, drops: transform.drops ?? null }
  })
  return {
    forms,
    inputs: inputs.map(({ field, place }) => moduleInput(field, forms.get(place)!)),
    steps: moduleSteps,
    checks,
  }
}

function withoutInputForm(model: string, { name, dataType }: StructField): UnsupportedError {
  const type = simpleString(dataType)
  return new UnsupportedError(
    `column "${name}" holds ${isVector(dataType) ? 'vectors of a length that its metadata do not tell' : type}`,
    {
      stage: model,
      column: name,
      allowed: 'A module reads numbers, strings, booleans, dates, lists of strings, and vectors of known length',
      received: type,
      hint: `${isVector(dataType) ? 'Begin the pipeline with a VectorSizeHint' : 'Choose output columns that do not need it'}, or score with model.scorer().`,
    },
  )
}

/** Whether all functions of a form are made by `printable`: others may name what a module does not hold. */
function isPrintable(form: RowForm): boolean {
  if (form.kind === 'vector') {
    return form.parts.every((part) => recipeOf(readerOf(part)) !== undefined)
  }
  const any = form.kind === 'number' ? form.readAny : undefined
  return [form.read, any].every((read) => read === undefined || recipeOf(read))
}

const withoutForm = (model: string, { transform }: Step): UnsupportedError =>
  new UnsupportedError(
    `stage ${transform.name}, which makes ${columnList(transform.outputs)} of ${columnList(transform.inputs.map((name) => ({ name })))}, cannot be written as a module`,
    {
      stage: model,
      column: transform.outputs[0]?.name,
      allowed: 'A module holds stages that have forms which can be printed (docs/scoring.md)',
      received: transform.name,
      hint: 'Choose output columns that do not need it, compute its columns before the model, or score with model.scorer().',
    },
  )

const columnList = (columns: readonly { readonly name: string }[]): string =>
  `column${columns.length === 1 ? '' : 's'} ${columns.map(({ name }) => `"${name}"`).join(', ')}`

/** Whether a form knows its value; null where others have answered that. */
function knownOf(form: RowForm, answered: Set<unknown>): ((row: Row) => boolean) | null {
  const isNew = (read: unknown): boolean => {
    if (answered.has(read)) return false
    answered.add(read)
    return true
  }
  switch (form.kind) {
    case 'number':
      if (form.readAny) return printable(valueKnown, form.readAny)
      answered.add(form.read)
      return printable(slotsKnown, [form.read], [], [], [])
    case 'text':
    case 'list':
      return printable(valueKnown, form.read)
    case 'vector': {
      const parts = form.parts.filter((part) => isNew(readerOf(part)))
      if (parts.length === 0) return null
      const reads: ReadNumber[] = []
      const values: (ReadAnyNumber | ReadEntries)[] = []
      const writes: WriteNumbers[] = []
      const sizes: number[] = []
      for (const part of parts) {
        if (part.kind === 'numbers') {
          writes.push(part.writeAny ?? part.write)
          sizes.push(part.size)
        } else if (part.kind === 'entries') values.push(part.read)
        else if (part.kind === 'number' && part.readAny) values.push(part.readAny)
        else reads.push(part.read)
      }
      return printable(slotsKnown, reads, values, writes, sizes)
    }
  }
}

/** What reads or writes a part of a vector, NaN too where that is known. */
const readerOf = (part: SlotsForm): object =>
  part.kind === 'numbers' ? (part.writeAny ?? part.write) : (part.kind === 'number' && part.readAny) || part.read

/** The value of a column that a step has made; null: a vector. */
function valueReader(form: RowForm): ModuleStep['columns'][number]['value'] {
  if (form.kind === 'vector') return null
  return (form as NumberForm).readAny ?? form.read
}

function moduleInput(field: StructField, form: RowForm): ModuleInput {
  const { name, dataType } = field
  switch (form.kind) {
    case 'vector':
      return {
        name,
        expected: `a list of ${form.size} numbers`,
        fits: printable(isNullOrNumbers, name, form.size),
      }
    case 'list':
      return { name, expected: 'a list of strings', fits: printable(isNullOrKnown, name, form.read) }
    case 'text':
      return { name, expected: 'a string', fits: printable(valueKnown, form.read) }
    case 'number':
      return { name, expected: expected(dataType), fits: printable(isNullOrKnown, name, form.readAny ?? form.read) }
  }
}

function expected({ kind }: DataType): string {
  if (kind === 'boolean') return 'a boolean'
  if (kind === 'date' || kind.startsWith('timestamp')) return 'a Date'
  return ['byte', 'short', 'integer', 'long'].includes(kind) ? `a whole number of type ${kind}` : 'a number'
}
