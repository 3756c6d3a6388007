import type { ModelSchema } from '../schema/model-schema.js'
import { RequestProblem } from './problem.js'

const malformed = (message: string): RequestProblem => new RequestProblem('malformed', message)
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Rows given as lists of values in the order of some names. @param what the name of the lists in errors. */
export function rowsOfLists(lists: unknown, names: readonly string[], what: string): object[] {
  if (!Array.isArray(lists)) throw malformed(`${what} must be a list of rows`)
  return lists.map((list: unknown, i) => {
    if (!Array.isArray(list)) throw malformed(`${what} must be a list of rows, which are lists; row ${i} is none`)
    // Without names nothing can be found; whoever checks the row says which columns are missing.
    if (names.length > 0 && list.length !== names.length)
      throw malformed(`row ${i} of ${what} has ${list.length} values for ${names.length} columns`)
    const row: Record<string, unknown> = {}
    for (let k = 0; k < names.length; k++) row[names[k]] = list[k]
    return row
  })
}

/** Rows given as lists by the name of a column. @param what the name of the columns in errors. */
export function rowsOfColumns(columns: Readonly<Record<string, unknown>>, what: string): object[] {
  const names = Object.keys(columns)
  let length: number | undefined
  for (const name of names) {
    const values = columns[name]
    if (!Array.isArray(values)) throw malformed(`column "${name}" of ${what} must be a list`)
    length ??= values.length
    if (values.length !== length)
      throw malformed(`column "${name}" of ${what} has ${values.length} values, column "${names[0]}" has ${length}`)
  }
  return Array.from({ length: length ?? 0 }, (_, i) => {
    const row: Record<string, unknown> = {}
    for (const name of names) row[name] = (columns[name] as unknown[])[i]
    return row
  })
}

/**
 * Rows given as objects; of a model that reads one column, also as bare values of that column, such as lists of numbers where it is a vector. Lists for a model of
 * several columns name none, so that whoever checks the rows says which columns are missing.
 * @param what the name of the rows in errors.
 */
export function rowsOfInstances(instances: unknown, { inputs }: ModelSchema, what: string): object[] {
  if (!Array.isArray(instances)) throw malformed(`${what} must be a list of rows`)
  const [only, ...others] = inputs
  return instances.map((instance: unknown, i) => {
    if (isObject(instance)) return instance
    if (only !== undefined && others.length === 0) return { [only.name]: instance }
    if (Array.isArray(instance)) return {}
    throw malformed(`row ${i} of ${what} must be an object with a property for each column`)
  })
}
