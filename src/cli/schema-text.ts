import { RidgelineError, UnsupportedError } from '../errors.js'
import type { Persistable } from '../persistence/persistable.js'
import { Transformer } from '../pipeline/transformer.js'
import type { FieldSchema } from '../schema/field-schema.js'
import { shortText } from '../util/names.js'

/** Forms in which the schema of a model is printed. */
export const SCHEMA_FORMS = ['json-schema', 'openapi', 'mlflow', 'typescript'] as const
export type SchemaForm = (typeof SCHEMA_FORMS)[number]

/** Labels that are shown of a column. */
const SHOWN = 5

/** What a model knows of a column beyond its type. */
export type ColumnFacts = Pick<FieldSchema, 'range' | 'nulls' | 'nans' | 'size' | 'unseen'> & {
  readonly categories?: readonly (string | number)[]
}

/** The facts as JSON holds them. */
export function factsOf(field: FieldSchema | undefined): ColumnFacts {
  if (!field) return {}
  const { name: _name, type: _type, nullable: _nullable, categories, ...facts } = field
  const values = categories?.map((value) => (typeof value === 'bigint' ? String(value) : value))
  return { ...facts, ...(values ? { categories: values } : {}) }
}

/** The facts behind the type of a column: `, 3 labels (FR, DE, US), others: error`. */
export function factsText({ categories, unseen, range, nulls, nans, size }: ColumnFacts): string {
  const shown = categories?.slice(0, SHOWN).join(', ')
  const parts = [
    categories && `${categories.length} labels (${shown}${categories.length > SHOWN ? ', …' : ''})`,
    categories && unseen && `others: ${unseen}`,
    size !== undefined && `${size} numbers`,
    range && `${range.min} to ${range.max}`,
    nulls && 'with nulls',
    nans && 'with NaN',
  ]
  return parts
    .filter((part) => part)
    .map((part) => `, ${part}`)
    .join('')
}

/** What is known of the columns that a stage reads; nothing of one that does not know its schema, or does not score rows. */
export function knownInputs(stage: Persistable): ReadonlyMap<string, FieldSchema> {
  if (!(stage instanceof Transformer)) return new Map()
  try {
    return new Map(stage.modelSchema().inputs.map((field) => [field.name, field]))
  } catch (error) {
    if (error instanceof RidgelineError) return new Map()
    throw error
  }
}

/**
 * The schema of a stage in one of the forms.
 * @param types of the columns, in DDL.
 * @throws UnsupportedError for an estimator or an evaluator; NotFittedError where the types are not known; what `modelSchema` raises.
 */
export function schemaText(stage: Persistable, form: SchemaForm, types: string | undefined): string {
  if (!(stage instanceof Transformer)) {
    throw new UnsupportedError(`${shortText(stage)} does not transform rows`, {
      stage: 'inspect',
      allowed: 'Allowed: a model or a transformer',
      hint: 'Fit the estimator and save its model.',
    })
  }
  const schema = stage.modelSchema(types === undefined ? {} : { schema: types })
  if (form === 'typescript') return schema.toTypeScript()
  const forms = {
    'json-schema': () => schema.toJSONSchema(),
    openapi: () => schema.toOpenAPI(),
    mlflow: () => schema.toMlflowSignature(),
  }
  return `${JSON.stringify(forms[form](), null, 1)}\n`
}
