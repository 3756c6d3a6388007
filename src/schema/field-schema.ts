import type { PlacedField, Program } from '../scoring/program.js'
import { Attribute, AttributeGroup, isNominal, numCategories } from '../sql/attributes.js'
import type { ColumnProfile, Profile } from '../sql/column-profile.js'
import type { ExpectedValues } from '../sql/plan.js'
import { type DataType, isNumeric, isVector, type StructField } from '../sql/types.js'

/** One of the values that a column tells apart. */
export type Category = string | number | bigint

/** Smallest and largest number of a column, NaN aside. */
export interface ValueRange {
  readonly min: number
  readonly max: number
}

/** What a model knows of one column that it reads or gives. */
export interface FieldSchema {
  readonly name: string
  readonly type: DataType
  /** Whether the column may hold null: false where the frame that the model was fitted on said so, or had none. */
  readonly nullable: boolean
  /** The values that the model tells apart, in the order of their indices; absent for a column that is not categorical. */
  readonly categories?: readonly Category[]
  /** What the model does with another value: it refuses it, drops the row, or takes it as one more category. */
  readonly unseen?: 'error' | 'skip' | 'keep'
  /** Smallest and largest number that the fit saw; absent where it is not known. */
  readonly range?: ValueRange
  /** Whether the fit saw nulls; absent where it is not known. */
  readonly nulls?: boolean
  /** Whether the fit saw NaN; absent where it is not known. */
  readonly nans?: boolean
  /** Number of slots of a vector; absent where it is not known. */
  readonly size?: number
}

/** The object without properties that are undefined, so that fields print and compare as what they say. */
const known = <T extends object>(fields: T): T =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T

/** What the ML attributes of a column say of its values. */
function byAttributes(field: StructField): ExpectedValues {
  if (isVector(field.dataType)) {
    const { size } = AttributeGroup.fromStructField(field)
    return size < 0 ? {} : { size }
  }
  return isNumeric(field.dataType) ? indices(numCategories(Attribute.fromStructField(field))) : {}
}

const indices = (count: number | undefined): ExpectedValues =>
  count === undefined ? {} : { categories: Array.from({ length: count }, (_, index) => index) }

/** The same of a column that a model gives: a class is one of so many. Named values may be anything, as those of a target encoder are the numbers themselves. */
function byOwnAttributes(field: StructField): ExpectedValues {
  const attribute = isNumeric(field.dataType) ? Attribute.fromStructField(field) : undefined
  return attribute && isNominal(attribute) && attribute.values ? {} : byAttributes(field)
}

const STRICTEST = ['error', 'skip', 'keep'] as const

/** What several steps that read one column expect of it together: a value that one of them does not know is unseen. */
function together(all: readonly ExpectedValues[]): ExpectedValues {
  const lists = all.flatMap(({ categories }) => (categories ? [categories] : []))
  const [first, ...others] = lists.map((list) => new Set(list))
  return {
    categories: first && lists[0].filter((value) => others.every((set) => set.has(value))),
    unseen: STRICTEST.find((mode) => all.some(({ unseen }) => unseen === mode)),
    size: all.find(({ size }) => size !== undefined)?.size,
  }
}

/** The columns that a program reads, with what its steps and the fit know of them. */
export function inputFields({ inputs, steps }: Program, profile?: Profile): FieldSchema[] {
  const expected = new Map<number, ExpectedValues[]>()
  for (const { inputs: places, transform } of steps) {
    transform.expects?.().forEach((values, k) => {
      if (values) expected.set(places[k], [...(expected.get(places[k]) ?? []), values])
    })
  }
  return inputs.map(({ field, place }) =>
    fieldSchema(field, together([...(expected.get(place) ?? []), byAttributes(field)]), profile?.get(field.name)),
  )
}

/** The columns that a program gives. */
export const outputFields = ({ outputs }: Program): FieldSchema[] =>
  outputs.map(({ field }: PlacedField) => fieldSchema(field, byOwnAttributes(field)))

const fieldSchema = (
  { name, dataType, nullable }: StructField,
  expected: ExpectedValues,
  seen?: ColumnProfile,
): FieldSchema =>
  Object.freeze(
    known({ name, type: dataType, nullable: nullable && seen?.nulls !== false, ...seen, ...known(expected) }),
  )
