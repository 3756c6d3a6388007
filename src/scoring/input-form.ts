import { Vector } from '../linalg/vector.js'
import { AttributeGroup } from '../sql/attributes.js'
import type { ReadNumber, RowForm } from '../sql/row-form.js'
import type { StructField } from '../sql/types.js'

/** A reader of numbers of one property; `exact` gives the number that the column would hold, or NaN for what it would refuse. */
const numbers =
  (name: string, exact: (value: number) => number): ReadNumber =>
  (row) => {
    const value = row[name]
    return typeof value === 'number' ? exact(value) : Number.NaN
  }

const whole =
  (bits: number) =>
  (value: number): number =>
    (value << (32 - bits)) >> (32 - bits) === value ? value | 0 : Number.NaN

/** The form of a column of the input; undefined for types that rows do not hold as they are. */
export function inputForm(field: StructField): RowForm | undefined {
  const { name, dataType } = field
  const number = (read: ReadNumber): RowForm => ({ kind: 'number', read })
  switch (dataType.kind) {
    case 'double':
    case 'decimal':
      return number((row) => {
        const value = row[name]
        return typeof value === 'number' ? value : Number.NaN
      })
    case 'float':
      return number(numbers(name, Math.fround))
    case 'byte':
      return number(numbers(name, whole(8)))
    case 'short':
      return number(numbers(name, whole(16)))
    case 'integer':
      return number(numbers(name, whole(32)))
    case 'long':
      // A long has no -0.
      return number(numbers(name, (value) => (Number.isSafeInteger(value) ? value + 0 : Number.NaN)))
    case 'boolean':
      return number((row) => {
        const value = row[name]
        return typeof value === 'boolean' ? Number(value) : Number.NaN
      })
    case 'string':
      return {
        kind: 'text',
        read: (row) => {
          const value = row[name]
          return typeof value === 'string' ? value : undefined
        },
      }
    case 'vector':
      return vectorForm(field)
    default:
      return undefined
  }
}

function vectorForm(field: StructField): RowForm | undefined {
  const { size } = AttributeGroup.fromStructField(field)
  if (size < 0) return undefined
  const { name } = field
  const write = (row: Readonly<Record<string, unknown>>, into: Float64Array, at: number): boolean => {
    const value = row[name]
    const values = value instanceof Vector ? value.toArray() : value
    if (!(values instanceof Float64Array || Array.isArray(values)) || values.length !== size) return false
    let known = true
    for (let j = 0; j < size; j++) {
      const x: unknown = values[j]
      known &&= typeof x === 'number' && !Number.isNaN(x)
      into[at + j] = x as number
    }
    return known
  }
  return { kind: 'vector', size, parts: [{ kind: 'numbers', size, write }] }
}
