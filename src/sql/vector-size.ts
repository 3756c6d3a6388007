import { AttributeGroup } from './attributes.js'
import type { LocalTable } from './batch.js'
import { passedColumn } from './expression/references.js'
import type { Plan, PlanKind, PlanOf } from './plan.js'
import { fieldIndex } from './types.js'
import { firstWidth } from './vector-checks.js'

/**
 * Length of the vectors of a column as far as it is known without running the plan: from the data that it starts from, where they are in
 * memory, or from the metadata of the step that makes the column; else undefined.
 */
export function knownVectorSize(plan: Plan, column: string): number | undefined {
  return (SOURCES[plan.kind] as (plan: Plan, column: string) => number | undefined)(plan, column)
}

const ofInput = (
  plan: Exclude<Plan, PlanOf<'localScan' | 'fileScan' | 'streamScan' | 'join' | 'union' | 'setOperation'>>,
  column: string,
) => knownVectorSize(plan.input, column)
const unknown = (): undefined => undefined

const SOURCES: { readonly [K in PlanKind]: (plan: PlanOf<K>, column: string) => number | undefined } = {
  localScan: ({ table }, column) => firstSize(table, column),
  fileScan: unknown,
  streamScan: unknown,
  project: ({ input, schema, expressions }, column) => {
    const source = passedColumn(expressions[fieldIndex(schema, column)], input.schema)
    return source < 0 ? undefined : knownVectorSize(input, input.schema.fields[source].name)
  },
  expand: unknown,
  generate: unknown,
  filter: ofInput,
  aggregate: unknown,
  join: ({ left, right }, column) => knownVectorSize(fieldIndex(left.schema, column) >= 0 ? left : right, column),
  union: ({ left }, column) => knownVectorSize(left, column),
  setOperation: unknown,
  sort: ofInput,
  limit: ofInput,
  sample: ofInput,
  draw: ofInput,
  repartition: ofInput,
  cache: ofInput,
  mlSegment: ({ input, transforms }, column) => {
    const made = transforms.flatMap((transform) => transform.outputs).findLast((field) => field.name === column)
    if (!made) return knownVectorSize(input, column)
    const { size } = AttributeGroup.fromStructField(made)
    return size < 0 ? undefined : size
  },
}

function firstSize({ schema, columns, length }: LocalTable, name: string): number | undefined {
  const column = columns[fieldIndex(schema, name)]
  return column?.kind === 'vector' ? firstWidth(column, length) : undefined
}
