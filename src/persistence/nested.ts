import type { ParamMap } from '../param/param.js'
import type { Params } from '../param/params.js'
import type { ValueKind } from '../param/row.js'
import type { StateTable } from '../param/state.js'

/** The stages inside a value of a kind; none for kinds that hold no stages. */
function stagesIn(kind: ValueKind, value: unknown): readonly Params[] {
  if (value === undefined) return []
  if (kind === 'stage') return [value as Params]
  if (kind === 'stageArray') return value as Params[]
  if (kind === 'stageArrayArray') return (value as Params[][]).flat()
  if (kind === 'paramMaps') {
    const pairs = (value as ParamMap[]).flatMap((map) => map.toArray())
    return pairs.flatMap((pair) => stagesIn(pair.param.row.kind, pair.value))
  }
  return []
}

/** A stage and all stages inside it, depth first, by what the tables declare: parameters first, then state. */
export function* nestedStages(stage: Params): Generator<Params> {
  yield stage
  const { params, state } = stage.definition as Params['definition'] & { readonly state?: StateTable }
  for (const [name, row] of Object.entries(params)) {
    if (stage.isSet(name)) for (const child of stagesIn(row.kind, stage.get(name))) yield* nestedStages(child)
  }
  for (const [name, row] of Object.entries(state ?? {})) {
    const value = (stage as unknown as Record<string, unknown>)[name]
    for (const child of stagesIn(row.kind, value)) yield* nestedStages(child)
  }
}
