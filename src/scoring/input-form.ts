import { AttributeGroup } from '../sql/attributes.js'
import {
  type NumberForm,
  printable,
  type ReadAnyNumber,
  type ReadList,
  type ReadNumber,
  type ReadText,
  type RowForm,
  type WriteNumbers,
} from '../sql/row-form.js'
import { isVector, type StructField } from '../sql/types.js'
import type { Program } from './program.js'

const doubleOf =
  (name: string): ReadNumber =>
  (row) => {
    const value = row[name]
    return typeof value === 'number' ? value : Number.NaN
  }

/** A reader of the number that a column holds for that of a row; `exact` says NaN for what it would refuse. */
const exactOf =
  (name: string, exact: (value: number) => number): ReadNumber =>
  (row) => {
    const value = row[name]
    return typeof value === 'number' ? exact(value) : Number.NaN
  }

/** A long as a number where that loses nothing; it has no -0. */
const longOf =
  (name: string): ReadNumber =>
  (row) => {
    const given = row[name]
    const value = typeof given === 'bigint' ? Number(given) : given
    return Number.isSafeInteger(value) ? (value as number) + 0 : Number.NaN
  }

const booleanOf =
  (name: string): ReadNumber =>
  (row) => {
    const value = row[name]
    return typeof value === 'boolean' ? Number(value) : Number.NaN
  }

/** Days or microseconds since 1970-01-01. */
const timeOf =
  (name: string, unit: number, parts: number): ReadNumber =>
  (row) => {
    const value = row[name]
    return value instanceof Date ? Math.floor(value.getTime() / unit) * parts : Number.NaN
  }

const wordsOf =
  (name: string): ReadList<string> =>
  (row) => {
    const value = row[name]
    if (!Array.isArray(value)) return undefined
    for (let k = 0; k < value.length; k++) if (typeof value[k] !== 'string') return undefined
    return value
  }

const textOf =
  (name: string): ReadText =>
  (row) => {
    const value = row[name]
    return typeof value === 'string' || value === null ? value : undefined
  }

const anyDoubleOf =
  (name: string, exact: (value: number) => number): ReadAnyNumber =>
  (row) => {
    const value = row[name]
    if (typeof value === 'number') return exact(value)
    return value === null ? null : undefined
  }

/** A reader for columns that hold no NaN. */
const anyWholeOf =
  (name: string, read: ReadNumber): ReadAnyNumber =>
  (row) => {
    const value = read(row)
    if (!Number.isNaN(value)) return value
    return row[name] === null ? null : undefined
  }

/** Slots of a list of numbers, or of a vector. @param takesNaN whether NaN is a number like others. */
const slotsOf =
  (name: string, size: number, takesNaN: boolean): WriteNumbers =>
  (row, into, at) => {
    const value = row[name] as { toArray?: () => unknown } | null | undefined
    const values = typeof value?.toArray === 'function' ? value.toArray() : value
    if (!(values instanceof Float64Array || Array.isArray(values)) || values.length !== size) return false
    let known = true
    for (let j = 0; j < size; j++) {
      const x: unknown = values[j]
      known &&= typeof x === 'number' && (takesNaN || !Number.isNaN(x))
      into[at + j] = x as number
    }
    return known
  }

/** Gives a number that fits into so many bits. */
const ofBits =
  (bits: number) =>
  (value: number): number =>
    (value << (32 - bits)) >> (32 - bits) === value ? value | 0 : Number.NaN

const sameNumber = (value: number): number => value

const wholeForm = (name: string, read: ReadNumber): NumberForm => ({
  kind: 'number',
  read,
  readAny: printable(anyWholeOf, name, read),
})

/** The forms of the inputs of a program by place; those of types that rows do not hold as they are have none. */
export function inputForms(program: Program): Map<number, RowForm> {
  const { inputs, steps } = program
  // Where the metadata do not tell how long vectors are, the steps that read them do.
  const sizes = new Map<number, number>()
  for (const { transform, inputs: places } of steps) {
    transform.expects?.().forEach((expected, k) => {
      if (expected?.size !== undefined) sizes.set(places[k], expected.size)
    })
  }
  for (const { field, place } of inputs) {
    const { size } = isVector(field.dataType) ? AttributeGroup.fromStructField(field) : { size: -1 }
    if (size >= 0) sizes.set(place, size)
  }
  const unknown = inputs.filter(({ field, place }) => isVector(field.dataType) && !sizes.has(place))
  if (unknown.length === 1) {
    const size = sizeLeft(program, formsOf(inputs, new Map([...sizes, [unknown[0].place, 0]])))
    if (size !== undefined) sizes.set(unknown[0].place, size)
  }
  return formsOf(inputs, sizes)
}

/**
 * By how much the first vector whose length is known is longer than its form: the length of an input that was taken to be empty, beside others that
 * are assembled with it.
 */
function sizeLeft({ steps }: Program, forms: Map<number, RowForm>): number | undefined {
  for (const { transform, inputs, outputs } of steps) {
    const given = inputs.map((place) => forms.get(place))
    const expected = transform.expects?.() ?? []
    for (const [k, form] of given.entries()) {
      const size = expected[k]?.size
      if (form?.kind === 'vector' && size !== undefined && size !== form.size) return Math.max(0, size - form.size)
    }
    const made = given.includes(undefined) ? undefined : transform.forms?.(given as RowForm[])
    made?.forEach((form, k) => {
      forms.set(outputs[k], form)
    })
  }
  return undefined
}

function formsOf(inputs: Program['inputs'], sizes: ReadonlyMap<number, number>): Map<number, RowForm> {
  const forms = new Map<number, RowForm>()
  for (const { field, place } of inputs) {
    const form = inputForm(field, sizes.get(place))
    if (form) forms.set(place, form)
  }
  return forms
}

function inputForm(field: StructField, size: number | undefined): RowForm | undefined {
  const { name, dataType } = field
  const whole = (exact: (value: number) => number): NumberForm => wholeForm(name, printable(exactOf, name, exact))
  switch (dataType.kind) {
    case 'double':
    case 'decimal':
      return { kind: 'number', read: printable(doubleOf, name), readAny: printable(anyDoubleOf, name, sameNumber) }
    case 'float':
      return {
        kind: 'number',
        read: printable(exactOf, name, Math.fround),
        readAny: printable(anyDoubleOf, name, Math.fround),
      }
    case 'byte':
      return whole(printable(ofBits, 8))
    case 'short':
      return whole(printable(ofBits, 16))
    case 'integer':
      return whole(printable(ofBits, 32))
    case 'long':
      return wholeForm(name, printable(longOf, name))
    case 'boolean':
      return wholeForm(name, printable(booleanOf, name))
    case 'date':
      return wholeForm(name, printable(timeOf, name, 86_400_000, 1))
    case 'timestamp':
    case 'timestamp_ntz':
      return wholeForm(name, printable(timeOf, name, 1, 1000))
    case 'string':
      return { kind: 'text', read: printable(textOf, name) }
    case 'array':
      return dataType.elementType.kind === 'string' ? { kind: 'list', read: printable(wordsOf, name) } : undefined
    case 'vector':
      return size === undefined ? undefined : vectorForm(name, size)
    default:
      return undefined
  }
}

function vectorForm(name: string, size: number): RowForm {
  const [write, writeAny] = [false, true].map((takesNaN) => printable(slotsOf, name, size, takesNaN))
  return { kind: 'vector', size, parts: [{ kind: 'numbers', size, write, writeAny }] }
}
