import type { InstanceColumns } from '../optim/instances.js'
import type { Params } from '../param/params.js'
import { requireColumn } from '../pipeline/schema.js'
import type { StructType } from '../sql/types.js'

/** The columns that a stage learns from, by its parameters. */
export function instanceColumnsOf(stage: Params): InstanceColumns {
  const value = (name: string): string => stage.getOrDefault(name) as string
  return {
    stage: stage.uid,
    features: value('featuresCol'),
    label: value('labelCol'),
    weight: stage.isDefined('weightCol') ? value('weightCol') : '',
    missing: value('handleMissing') === 'learn',
  }
}

/**
 * The columns that a model is judged by: those that its estimator learned from.
 * @throws SchemaError when one is missing or of a wrong type.
 */
export function judgedColumnsOf(model: Params, schema: StructType): InstanceColumns {
  const columns = instanceColumnsOf(model)
  for (const param of ['featuresCol', 'labelCol', 'weightCol']) {
    const { role } = model.definition.params[param]
    const column = model.isDefined(param) ? (model.getOrDefault(param) as string) : ''
    if (role?.io === 'input' && column !== '') requireColumn(model, schema, column, role.accepts, param)
  }
  return columns
}
