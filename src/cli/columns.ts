import type { ColumnTest, ValueKind } from '../param/row.js'
import type { Persistable, PersistableClass } from '../persistence/persistable.js'
import { Transformer } from '../pipeline/transformer.js'
import { type StructType, simpleString } from '../sql/types.js'

/** A column that a model reads. */
export interface InputColumn {
  readonly name: string
  /** What its type may be, by the parameter that names it. */
  readonly accepts: ColumnTest
}
/** A column that a model makes. */
export interface OutputColumn {
  readonly name: string
  readonly type: string
}
/** What a model reads from a frame and adds to it. */
export interface ModelColumns {
  readonly inputs: readonly InputColumn[]
  readonly outputs: readonly OutputColumn[]
}

/** Columns by the roles of a stage's own parameters; parameters that are not in use name none. */
function ownColumns(stage: Persistable): ModelColumns {
  const inputs: InputColumn[] = []
  const outputs: OutputColumn[] = []
  const several = stage.hasParam('inputCols') && stage.hasParam('inputCol') && stage.isSet('inputCols')
  for (const [param, { role }] of Object.entries(stage.definition.params)) {
    if (!role || !stage.isDefined(param) || (several && (param === 'inputCol' || param === 'outputCol'))) continue
    if (role.io === 'input' && role.fitOnly) continue
    for (const name of [stage.getOrDefault(param)].flat() as string[]) {
      if (name === '') continue
      if (role.io === 'input') inputs.push({ name, accepts: role.accepts })
      else outputs.push({ name, type: simpleString(role.yields) })
    }
  }
  return { inputs, outputs }
}

const HOLDS_STAGES: ReadonlySet<ValueKind> = new Set(['stage', 'stageArray'])

/** The stages that a fitted stage without columns of its own, such as a pipeline, runs in order; else the stage alone. */
function stagesRun(stage: Persistable): Persistable[] {
  const own = ownColumns(stage)
  const { state } = stage.constructor as unknown as PersistableClass
  const held = Object.entries(state).filter(([, row]) => HOLDS_STAGES.has(row.kind))
  if (held.length === 0 || own.inputs.length + own.outputs.length > 0) return [stage]
  const inner = held.flatMap(([name]) => (stage as unknown as Record<string, unknown>)[name]) as Persistable[]
  return inner.filter((child) => child instanceof Transformer).flatMap(stagesRun)
}

/**
 * Columns that a stage reads and makes when it transforms a frame, as far as its parameters and the schema that it was fitted on tell.
 * What a stage makes and a later one reads is no input.
 */
export function modelColumns(stage: Persistable): ModelColumns {
  const inputs = new Map<string, InputColumn>()
  const outputs = new Map<string, OutputColumn>()
  for (const part of stagesRun(stage)) {
    const own = ownColumns(part)
    for (const column of own.inputs) {
      if (!outputs.has(column.name) && !inputs.has(column.name)) inputs.set(column.name, column)
    }
    for (const column of own.outputs) outputs.set(column.name, column)
  }
  for (const column of addedColumns(stage)) outputs.set(column.name, column)
  return { inputs: [...inputs.values()], outputs: [...outputs.values()] }
}

/** Columns that a fitted stage adds to the schema that it was fitted on. */
function addedColumns({ inputSchema, outputSchema }: Persistable): OutputColumn[] {
  if (!inputSchema || !outputSchema) return []
  const there = new Set(inputSchema.fields.map(({ name }) => name))
  return outputSchema.fields
    .filter(({ name }) => !there.has(name))
    .map(({ name, dataType }) => ({ name, type: simpleString(dataType) }))
}

/** Type of an input: that of the schema that the model was fitted on, else what the parameter accepts. */
export function inputType({ name, accepts }: InputColumn, schema: StructType | undefined): string {
  const field = schema?.fields.find((candidate) => candidate.name === name)
  return field ? simpleString(field.dataType) : accepts.text
}
